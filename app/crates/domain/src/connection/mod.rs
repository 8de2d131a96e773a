//! Connections: our configured links to identity providers.

mod draft;
mod oidc;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::ConnectionId;
use crate::jit::JitSettings;
use crate::mapping::AttributeRule;
use crate::text::Handle;
pub use draft::ConnectionDraft;
pub use oidc::{EndpointUrl, OidcSettings, UpstreamAuthMethod};

/// A configured link to one identity provider. Secrets are in it, so it never leaves the server: [`ConnectionDraft`]
/// is what the console and the management API read and write.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    pub id: ConnectionId,
    /// Never changes: flows, scripts and the redirect URI name the connection by it.
    pub handle: Handle,
    pub display_name: String,
    pub template: Template,
    /// A disabled connection signs nobody in, from any entry point.
    pub enabled: bool,
    pub oidc: OidcSettings,
    pub attributes: Vec<AttributeRule>,
    /// How a new account's username is made; `None` is the default of design.md §2.1. See [`crate::mapping::username`].
    pub username_template: Option<String>,
    pub jit: JitSettings,
    /// Keep second factors in a record bound to (connection, subject) when there is no account.
    pub factors_without_account: bool,
    /// Send one-time codes to the address the provider asserts as verified.
    pub otp_to_asserted_email: bool,
    /// `acr` values of the provider that count as a passed second factor.
    pub trusted_acr: Vec<String>,
    /// `amr` values of the provider that count as a passed second factor.
    pub trusted_amr: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts saves; the ETag of the management API.
    pub version: i64,
}

/// What a connection was made from: decides its logo, its help text and which settings are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Template {
    /// Any OpenID Provider.
    Oidc,
    /// The provider inside this binary, for demonstrations and tests.
    TestIdp,
}

impl Connection {
    /// Whether it trusts what a provider says it checked: one value of either list is enough (S37).
    #[must_use]
    pub fn trusts(&self, acr: Option<&str>, amr: &[String]) -> bool {
        acr.is_some_and(|acr| self.trusted_acr.iter().any(|trusted| trusted == acr))
            || amr.iter().any(|value| self.trusted_amr.contains(value))
    }

    /// Whether codes may go to the address the provider asserts as verified, for somebody without an account (S39). A
    /// record of second factors holds no address, so the provider's is the only one there is.
    #[must_use]
    pub fn mails_to_asserted_address(&self) -> bool {
        self.otp_to_asserted_email || self.factors_without_account
    }
}

impl Template {
    /// Every template that works in this version.
    pub const ALL: [Self; 2] = [Self::Oidc, Self::TestIdp];

    /// The name in the management API and the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::TestIdp => "test_idp",
        }
    }
}
