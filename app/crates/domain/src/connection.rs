//! Connections: our configured links to identity providers.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::Timestamp;
use crate::id::ConnectionId;
use crate::invalid::{Check, Invalid};
use crate::jit::JitSettings;
use crate::mapping::{AttributeRule, default_rules};
use crate::secret::SecretText;
use crate::text::{Handle, display_name};

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

/// The address of an endpoint.
#[cfg(not(target_arch = "wasm32"))]
pub type EndpointUrl = Url;
/// The address of an endpoint, as the server has checked it: checking takes tables of Unicode, which weigh more than a
/// page of the console.
#[cfg(target_arch = "wasm32")]
pub type EndpointUrl = String;

/// Settings of an OpenID Connect connection. Endpoint names are those of the discovery document
/// (OpenID Connect Discovery 1.0 §3); one that is typed wins over one that is discovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OidcSettings {
    /// Compared byte for byte with `iss` (OpenID Connect Core §2).
    pub issuer: String,
    pub client_id: String,
    /// Absent in everything that leaves the server; absent in a change means "keep the one you have".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretText>,
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_endpoint: Option<EndpointUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint: Option<EndpointUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<EndpointUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<EndpointUrl>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<EndpointUrl>,
    #[serde(default)]
    pub token_endpoint_auth_method: UpstreamAuthMethod,
    /// Ask the userinfo endpoint for more claims after the ID token; costs one more call.
    #[serde(default)]
    pub fetch_userinfo: bool,
    /// Signature algorithms accepted on ID tokens; empty means every asymmetric one we know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token_signing_alg_values: Vec<String>,
    /// Clock difference accepted, in seconds, at most 120.
    #[serde(default = "default_skew")]
    pub clock_skew_seconds: u16,
    /// More query parameters for the authorization request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_parameters: Vec<(String, String)>,
}

/// How we authenticate at the provider's token endpoint (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UpstreamAuthMethod {
    #[default]
    ClientSecretBasic,
    ClientSecretPost,
    /// A public client: PKCE alone.
    None,
}

fn default_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

fn default_skew() -> u16 {
    60
}

/// What an administrator or a program may set on a connection: the JSON of `POST` and `PUT /api/v1/connections`.
///
/// A missing field takes its default, the same in the console and in the API: just-in-time provisioning is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectionDraft {
    pub handle: Handle,
    pub display_name: String,
    #[serde(default = "default_template")]
    pub template: Template,
    #[serde(default = "yes")]
    pub enabled: bool,
    pub oidc: OidcSettings,
    #[serde(default = "default_rules")]
    pub attributes: Vec<AttributeRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_template: Option<String>,
    #[serde(default)]
    pub jit: JitSettings,
    #[serde(default)]
    pub factors_without_account: bool,
    #[serde(default)]
    pub otp_to_asserted_email: bool,
    #[serde(default)]
    pub trusted_acr: Vec<String>,
    #[serde(default)]
    pub trusted_amr: Vec<String>,
}

fn default_template() -> Template {
    Template::Oidc
}

fn yes() -> bool {
    true
}

impl From<&Connection> for ConnectionDraft {
    /// The current settings without their secret.
    fn from(connection: &Connection) -> Self {
        Self {
            handle: connection.handle.clone(),
            display_name: connection.display_name.clone(),
            template: connection.template,
            enabled: connection.enabled,
            oidc: OidcSettings {
                client_secret: None,
                ..connection.oidc.clone()
            },
            attributes: connection.attributes.clone(),
            username_template: connection.username_template.clone(),
            jit: connection.jit,
            factors_without_account: connection.factors_without_account,
            otp_to_asserted_email: connection.otp_to_asserted_email,
            trusted_acr: connection.trusted_acr.clone(),
            trusted_amr: connection.trusted_amr.clone(),
        }
    }
}

impl ConnectionDraft {
    /// Makes a new connection of a draft.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn create(self, id: ConnectionId, now: Timestamp) -> Result<Connection, Invalid> {
        self.build(id, now, now, 1)
    }

    /// Changes a connection to what the draft says; a draft without a client secret keeps the one there is.
    ///
    /// # Errors
    /// Every field that breaks a rule; the handle cannot change.
    pub fn apply(mut self, current: &Connection, now: Timestamp) -> Result<Connection, Invalid> {
        let mut check = Check::default();
        check.require(
            self.handle == current.handle,
            "/handle",
            "The handle cannot change: flows, scripts and the redirect URI use it. Change the display name instead.",
        );
        check.finish()?;
        if self.oidc.client_secret.is_none() {
            self.oidc.client_secret.clone_from(&current.oidc.client_secret);
        }
        self.build(current.id.clone(), current.created_at, now, current.version + 1)
    }

    fn build(
        self,
        id: ConnectionId,
        created_at: Timestamp,
        updated_at: Timestamp,
        version: i64,
    ) -> Result<Connection, Invalid> {
        let mut check = Check::default();
        let name = check.take("/display_name", display_name(&self.display_name));
        self.oidc.check(&mut check);
        crate::mapping::check_rules(&self.attributes, &mut check);
        if let Some(template) = &self.username_template {
            check.take("/username_template", crate::mapping::check_username_template(template));
        }
        for (field, values) in [("/trusted_acr", &self.trusted_acr), ("/trusted_amr", &self.trusted_amr)] {
            let fine = values.len() <= 50 && values.iter().all(|v| (1..=200).contains(&v.len()));
            check.require(fine, field, "Enter at most 50 values of 1 to 200 characters.");
        }
        check.finish()?;
        Ok(Connection {
            id,
            handle: self.handle,
            display_name: name.unwrap_or_default(),
            template: self.template,
            enabled: self.enabled,
            oidc: self.oidc,
            attributes: self.attributes,
            username_template: self.username_template,
            jit: self.jit,
            factors_without_account: self.factors_without_account,
            otp_to_asserted_email: self.otp_to_asserted_email,
            trusted_acr: self.trusted_acr,
            trusted_amr: self.trusted_amr,
            created_at,
            updated_at,
            version,
        })
    }
}

/// Longest issuer, client id, endpoint or secret, in bytes.
const SETTING_LIMIT: usize = 2048;

impl OidcSettings {
    fn check(&self, check: &mut Check) {
        match Url::parse(&self.issuer) {
            Ok(url) if is_web(&url) && url.query().is_none() && url.fragment().is_none() => {}
            _ => check.fault(
                "/oidc/issuer",
                "Enter the issuer as an address that starts with https://, without a query or fragment.",
            ),
        }
        check.require(
            self.issuer.len() <= SETTING_LIMIT,
            "/oidc/issuer",
            "Use at most 2,048 characters.",
        );
        let id_fine =
            (1..=SETTING_LIMIT).contains(&self.client_id.len()) && !self.client_id.chars().any(char::is_control);
        check.require(
            id_fine,
            "/oidc/client_id",
            "Enter the client id the provider gave you, at most 2,048 characters.",
        );
        self.check_secret(check);
        for (field, endpoint) in [
            ("/oidc/authorization_endpoint", &self.authorization_endpoint),
            ("/oidc/token_endpoint", &self.token_endpoint),
            ("/oidc/userinfo_endpoint", &self.userinfo_endpoint),
            ("/oidc/jwks_uri", &self.jwks_uri),
            ("/oidc/end_session_endpoint", &self.end_session_endpoint),
        ] {
            let fine = endpoint
                .as_ref()
                .map(AsRef::as_ref)
                .is_none_or(|text: &str| text.len() <= SETTING_LIMIT && Url::parse(text).is_ok_and(|url| is_web(&url)));
            check.require(fine, field, "Enter an address that starts with https://.");
        }
        let scope_fine = |s: &String| {
            (1..=200).contains(&s.len()) && s.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
        };
        check.require(
            self.scopes.len() <= 50 && self.scopes.iter().all(scope_fine),
            "/oidc/scopes",
            "Scopes are words without spaces, quotes or backslashes.",
        );
        check.require(
            self.scopes.iter().any(|s| s == "openid"),
            "/oidc/scopes",
            "Keep the scope openid: without it the provider sends no ID token.",
        );
        check.require(
            self.clock_skew_seconds <= 120,
            "/oidc/clock_skew_seconds",
            "Use at most 120 seconds.",
        );
        self.check_parameters(check);
    }

    fn check_secret(&self, check: &mut Check) {
        let length = self.client_secret.as_ref().map_or(0, |s| s.expose().len());
        check.require(
            length <= SETTING_LIMIT,
            "/oidc/client_secret",
            "Use at most 2,048 characters.",
        );
        check.require(
            length > 0 || self.token_endpoint_auth_method == UpstreamAuthMethod::None,
            "/oidc/client_secret",
            "Enter the client secret the provider gave you, or choose the method none for a public client.",
        );
    }

    fn check_parameters(&self, check: &mut Check) {
        /// Parameters we set ourselves; one typed by hand would undo a protection.
        const OURS: [&str; 10] = [
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
            "request",
        ];
        for (name, _) in &self.additional_parameters {
            check.require(
                !OURS.contains(&name.as_str()),
                "/oidc/additional_parameters",
                "Remove the parameters that are set for you, such as state or nonce.",
            );
        }
        let total: usize = self.additional_parameters.iter().map(|(n, v)| n.len() + v.len()).sum();
        check.require(
            total <= SETTING_LIMIT,
            "/oidc/additional_parameters",
            "Use at most 2,048 characters in all.",
        );
    }
}

/// Plain http is let through here because a development provider on this machine has no certificate; the outbound
/// client refuses it elsewhere.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
}
