//! Takes reports of mails that came back.

use std::sync::Arc;

use doorward_app::api::error::ConsoleError;
use doorward_app::api::mail::MailReport;
use serde_json::Value;

use super::body;
use super::core::Core;
use super::refusal::{Outcome, Refusal};
use crate::mail::report::{Recorded, Report, record};

/// For the management API.
#[derive(Clone)]
pub struct MailReports(Arc<Core>);

impl MailReports {
    pub(super) fn new(core: Core) -> Self {
        Self(Arc::new(core))
    }

    /// Enters what a mail server says of a mail that it had taken. The same report twice changes nothing.
    ///
    /// # Errors
    /// `Invalid` for anything but a report about a mail of ours, `NotFound` for a mail nobody remembers; those of the
    /// database.
    pub async fn receive(&self, sent: Value) -> Result<(), ConsoleError> {
        self.enter(sent).await.map_err(Refusal::answer)
    }

    async fn enter(&self, sent: Value) -> Outcome<()> {
        let MailReport { report } = body::read(sent, "")?;
        let what = "Hand in a whole delivery report (RFC 3464) about a mail of this server.";
        let report = Report::parse(&report).ok_or_else(|| Refusal::field("/report", what))?;
        match record(&self.0, report).await? {
            Recorded::Failed | Recorded::Nothing => Ok(()),
            Recorded::Unknown => Err(ConsoleError::NotFound.into()),
        }
    }
}
