//! Who is using the console.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::error::ConsoleError;
use doorward_domain::id::AccountId;

/// The signed-in administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    pub account: AccountId,
    pub display_name: String,
    pub email: Option<String>,
}

/// The administrator of this request, as the server found them in the session; provided as context by the console's
/// routes, which let nobody else in.
///
/// # Errors
/// `SignedOut` without a session.
#[cfg(feature = "ssr")]
pub fn require_admin() -> Result<Administrator, ConsoleError> {
    use_context::<Administrator>().ok_or(ConsoleError::SignedOut)
}

/// The administrator of the request that is rendered; nobody in the browser, which is told by the server.
#[must_use]
pub fn of_request() -> Option<Administrator> {
    use_context()
}
