//! Settings of an OpenID Connect connection, and what they must be.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::invalid::Check;
use crate::secret::SecretText;

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
    /// Absent in everything that leaves the server; absent in a change means "keep the one you have", which is refused
    /// when the issuer or the token endpoint becomes another. `null` in a change takes it away.
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
    #[serde(default = "default_skew", deserialize_with = "skew")]
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

/// Reads the clock difference: of a number that no `u16` holds the limit of the setting is told, not that of the type.
fn skew<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let seconds = i64::deserialize(deserializer)?;
    u16::try_from(seconds).map_err(|_| {
        let sent = serde::de::Unexpected::Signed(seconds);
        serde::de::Error::invalid_value(sent, &"a whole number from 0 to 120")
    })
}

/// Longest issuer, client id, endpoint or secret, in bytes.
const SETTING_LIMIT: usize = 2048;

impl OidcSettings {
    pub(super) fn check(&self, check: &mut Check) {
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
            crate::upstream_signature::are_known(&self.id_token_signing_alg_values),
            "/oidc/id_token_signing_alg_values",
            "Name algorithms such as RS256 or ES256, or none at all to accept every safe one. Unsigned ID tokens are \
             always refused.",
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

/// Plain http is let through here because a development provider on this machine has no certificate; the server, which
/// knows whether it may be called, refuses it elsewhere.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "http")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
}
