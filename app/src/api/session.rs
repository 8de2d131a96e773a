//! Who is using the console.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::error::ConsoleError;
use doorward_domain::id::AccountId;

/// The signed-in administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    pub account: AccountId,
    pub display_name: String,
    pub email: Option<String>,
}

/// The administrator of a request, or why it is not done; provided as context by the console's routes.
pub type Entrance = Result<Administrator, ConsoleError>;

/// The administrator of this request, as the server found them in the session.
///
/// # Errors
/// `SignedOut` without a session; `Unproven` where the function wants a fresh proof; `Unavailable`.
#[cfg(feature = "ssr")]
pub fn require_admin() -> Entrance {
    use_context::<Entrance>().unwrap_or(Err(ConsoleError::SignedOut))
}

/// Nothing but whether the administrator's last proof is good for what decides who gets in (S48).
///
/// # Errors
/// As for everything that wants it.
#[server(prefix = "/console/fn", endpoint = "session/proof", input = Json)]
pub async fn check_proof() -> Result<(), ConsoleError> {
    require_admin().map(|_| ())
}

/// The administrator of the request that is rendered; nobody in the browser, which is told by the server.
#[must_use]
pub fn of_request() -> Option<Administrator> {
    use_context::<Entrance>()?.ok()
}
