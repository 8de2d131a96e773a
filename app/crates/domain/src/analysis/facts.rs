//! What the analyser knows of connections, and of what a script may use.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::connection::Connection;
use crate::script_http::{self, Origins};
use crate::script_link;
use crate::script_secret::SecretName;
use crate::text::Handle;

/// What the analyser knows of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFacts {
    pub handle: Handle,
    pub display_name: String,
    pub enabled: bool,
    /// Just-in-time provisioning makes an account at the first sign-in.
    pub jit: bool,
    /// Emailed codes may go to an address that only the provider vouches for.
    pub otp_to_asserted_email: bool,
    /// Second factors of people without an account are kept without a profile.
    pub factors_without_account: bool,
    /// It trusts some `acr` or `amr`, with which a provider's own second factor stands for one of ours.
    pub trusts_factors: bool,
    /// A script may link people to an account.
    pub may_link: bool,
}

impl From<&Connection> for ConnectionFacts {
    fn from(connection: &Connection) -> Self {
        Self {
            handle: connection.handle.clone(),
            display_name: connection.display_name.clone(),
            enabled: connection.enabled,
            jit: connection.jit.enabled,
            otp_to_asserted_email: connection.otp_to_asserted_email,
            factors_without_account: connection.factors_without_account,
            trusts_factors: !(connection.trusted_acr.is_empty() && connection.trusted_amr.is_empty()),
            may_link: script_link::is_allowed(connection),
        }
    }
}

/// Where scripts may send requests. Only a server knows: what reads addresses is heavy, and the console's code does
/// without it.
pub trait Reach: std::fmt::Debug + Send + Sync {
    /// The host of an address that may be called.
    ///
    /// # Errors
    /// A sentence for the script's author.
    fn host(&self, address: &str) -> Result<String, String>;
}

impl Reach for Origins {
    fn host(&self, address: &str) -> Result<String, String> {
        let url = script_http::address(address, self)?;
        Ok(url.host_str().unwrap_or_default().to_owned())
    }
}

/// What the analyser knows of what a script may use.
#[derive(Debug, Clone, Default)]
pub struct ScriptFacts {
    /// The secrets that exist; `None` where that is not known, and each is taken to exist.
    pub secrets: Option<BTreeSet<SecretName>>,
    /// The origins it may call; `None` where that is not known, and each is taken to be allowed.
    pub origins: Option<Arc<dyn Reach>>,
}
