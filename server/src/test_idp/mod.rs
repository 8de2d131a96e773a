//! The Test IdP: an OpenID Provider inside the binary, for demonstrations, tests and trying flows (design.md §6.7).
//!
//! A real provider with its own keys at its own issuer `{public URL}/test-idp`, used through the same federation code
//! as any other. It keeps nothing: requests and codes are sealed and travel through the browser. It is off unless
//! `DOORWARD_TEST_IDP` or `--demo` turns it on, because it vouches for anybody.

mod code;
mod http;
mod page;
mod persona;
mod token;

use std::sync::Arc;

use doorward_domain::Timestamp;
use doorward_vault::Keyring;

pub use http::router;
pub use persona::Persona;
pub use token::{CLIENT_ID, client_secret};

/// Path of the issuer below the public URL.
pub const PATH: &str = "/test-idp";

/// What the Test IdP needs from the server around it.
pub struct TestIdp {
    /// The public URL without a slash at the end.
    pub public_url: String,
    pub keyring: Arc<Keyring>,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub codes: Arc<dyn SingleUse>,
}

/// Remembers what has been used, for all nodes.
#[async_trait::async_trait]
pub trait SingleUse: Send + Sync {
    /// Whether this is the first use of `key`; `None` when the database does not answer.
    async fn first_use(&self, key: &str, expires_at: Timestamp) -> Option<bool>;
}

impl TestIdp {
    fn issuer(&self) -> String {
        format!("{}{PATH}", self.public_url)
    }
}
