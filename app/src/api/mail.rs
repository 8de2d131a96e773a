//! Mails that come back.

use serde::{Deserialize, Serialize};

/// A report about a mail, as the mail server sent it to the sender's address (RFC 3464).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailReport {
    /// The whole message, head and body.
    pub report: String,
}
