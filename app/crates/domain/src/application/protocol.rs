//! How an application speaks OpenID Connect.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::keys::check_keys;
use super::redirect::{check_redirect_uri, same_but_loopback_port};
use crate::invalid::Check;

/// How an application speaks OpenID Connect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProtocolSettings {
    #[serde(default)]
    pub client_type: ClientType,
    /// Compared byte for byte (RFC 9700 §2.1), except for the port of a loopback address (RFC 8252 §7.3).
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<String>,
    /// `None` in a draft: the default that suits the client type.
    #[serde(default)]
    pub token_endpoint_auth_method: Option<ClientAuthMethod>,
    #[serde(default = "default_grants")]
    pub grant_types: Vec<GrantType>,
    #[serde(default)]
    pub id_token_signed_response_alg: SigningAlg,
    /// Public keys for `private_key_jwt` (RFC 7517 §5), given in place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Claims without which a sign-in is not finished: the person is asked for what is missing.
    #[serde(default)]
    pub required_claims: Vec<String>,
    #[serde(default)]
    pub subject_type: SubjectType,
    /// Default maximum age of an authentication, in seconds (OpenID Connect Registration §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u32>,
}

/// Whether an application can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ClientType {
    #[default]
    Confidential,
    Public,
}

/// How an application authenticates at our token endpoint (OpenID Connect Core §9). A secret is taken in the header and in
/// the body, whichever of the two is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ClientAuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    None,
}

impl ClientAuthMethod {
    /// Whether the application has a secret. It may send it either way, whichever of the two is set.
    #[must_use]
    pub fn is_by_secret(self) -> bool {
        match self {
            Self::ClientSecretBasic | Self::ClientSecretPost => true,
            Self::PrivateKeyJwt | Self::None => false,
        }
    }
}

/// What an application may send to the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

fn default_grants() -> Vec<GrantType> {
    vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
}

/// Signature algorithm of ID tokens (RFC 7518 §3.1, RFC 8037). RS256 costs twenty times as much as ES256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SigningAlg {
    #[default]
    ES256,
    EdDSA,
    RS256,
}

impl SigningAlg {
    /// Every algorithm we sign with.
    pub const ALL: [Self; 3] = [Self::ES256, Self::EdDSA, Self::RS256];

    /// The name in `alg`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }
}

/// Whether two applications see the same `sub` for one person (OpenID Connect Core §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SubjectType {
    #[default]
    Public,
    Pairwise,
}

impl ProtocolSettings {
    /// The settings of a new confidential web application.
    #[must_use]
    pub fn web(redirect_uris: Vec<String>) -> Self {
        Self {
            client_type: ClientType::Confidential,
            redirect_uris,
            post_logout_redirect_uris: vec![],
            token_endpoint_auth_method: Some(ClientAuthMethod::ClientSecretBasic),
            grant_types: default_grants(),
            id_token_signed_response_alg: SigningAlg::ES256,
            jwks: None,
            required_claims: vec![],
            subject_type: SubjectType::Public,
            default_max_age: None,
        }
    }

    /// The method in force: the one set, else the default of the client type.
    #[must_use]
    pub fn auth_method(&self) -> ClientAuthMethod {
        self.token_endpoint_auth_method.unwrap_or(match self.client_type {
            ClientType::Confidential => ClientAuthMethod::ClientSecretBasic,
            ClientType::Public => ClientAuthMethod::None,
        })
    }

    /// Whether the application may use a grant type.
    #[must_use]
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether a redirect URI of a request is registered: byte for byte (RFC 9700 §4.1.3), save that a native
    /// application on the loopback interface picks its port at run time (RFC 8252 §7.3).
    #[must_use]
    pub fn redirects_to(&self, requested: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| registered == requested || same_but_loopback_port(registered, requested))
    }

    pub(super) fn check(&self, check: &mut Check) {
        for (field, uris) in [
            ("/redirect_uris", &self.redirect_uris),
            ("/post_logout_redirect_uris", &self.post_logout_redirect_uris),
        ] {
            check.require(uris.len() <= 100, field, "Use at most 100 addresses.");
            for (index, uri) in uris.iter().enumerate() {
                check.take(&format!("{field}/{index}"), check_redirect_uri(uri));
            }
        }
        let needs_redirect = self.allows(GrantType::AuthorizationCode);
        check.require(
            !needs_redirect || !self.redirect_uris.is_empty(),
            "/redirect_uris",
            "Add at least one redirect URI.",
        );
        check.require(
            !self.grant_types.is_empty(),
            "/grant_types",
            "Allow at least one grant type.",
        );
        let public = self.client_type == ClientType::Public;
        check.require(
            public == (self.auth_method() == ClientAuthMethod::None),
            "/token_endpoint_auth_method",
            "A public application uses the method none; a confidential one uses any other.",
        );
        check.require(
            !(public && self.allows(GrantType::ClientCredentials)),
            "/grant_types",
            "A public application cannot use client credentials: it has no secret to prove itself with.",
        );
        let needs_keys = self.auth_method() == ClientAuthMethod::PrivateKeyJwt;
        check_keys(self.jwks.as_ref(), needs_keys, check);
        let claims_fine =
            self.required_claims.len() <= 50 && self.required_claims.iter().all(|c| (1..=100).contains(&c.len()));
        check.require(
            claims_fine,
            "/required_claims",
            "Enter at most 50 claim names of 1 to 100 characters.",
        );
    }
}
