//! Applications: who asks us for sign-in. Protocol fields carry their names of RFC 7591 and its OpenID Connect sibling.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use crate::Timestamp;
use crate::expectation::{self, Expectation};
use crate::flow::SignInFlow;
use crate::id::ApplicationId;
use crate::invalid::{Check, Invalid};
use crate::text::{Handle, display_name};

/// An application that asks for sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    pub id: ApplicationId,
    pub handle: Handle,
    pub name: String,
    pub client_id: String,
    /// HMAC of the client secret; the secret itself is shown once and never kept.
    pub client_secret_hash: Option<Vec<u8>>,
    pub enabled: bool,
    pub protocol: ProtocolSettings,
    pub flow: SignInFlow,
    /// What must stay true of the flow.
    pub expectations: Vec<Expectation>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Counts saves; the ETag of the management API.
    pub version: i64,
}

impl Application {
    /// Every connection that its flow or its expectations name.
    #[must_use]
    pub fn connections(&self) -> BTreeSet<&Handle> {
        let expected = self.expectations.iter().flat_map(Expectation::connections);
        self.flow.connections().into_iter().chain(expected).collect()
    }
}

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
    /// Keys for `private_key_jwt` (RFC 7517 §5), given in place.
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

/// How an application authenticates at our token endpoint (OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ClientAuthMethod {
    ClientSecretBasic,
    ClientSecretPost,
    PrivateKeyJwt,
    None,
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

/// The JSON of `POST` and `PUT /api/v1/applications`. `client_id` and `client_secret` may be brought along by people
/// who migrate; otherwise they are made for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicationDraft {
    pub handle: Handle,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<crate::secret::SecretText>,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(flatten)]
    pub protocol: ProtocolSettings,
    #[serde(default = "SignInFlow::password_only")]
    pub flow: SignInFlow,
    /// What must stay true of the flow; a save that breaks one has the finding `expectation-broken`.
    #[serde(default)]
    pub expectations: Vec<Expectation>,
}

fn yes() -> bool {
    true
}

impl From<&Application> for ApplicationDraft {
    /// The current settings without their secret.
    fn from(application: &Application) -> Self {
        Self {
            handle: application.handle.clone(),
            name: application.name.clone(),
            client_id: Some(application.client_id.clone()),
            client_secret: None,
            enabled: application.enabled,
            protocol: application.protocol.clone(),
            flow: application.flow.clone(),
            expectations: application.expectations.clone(),
        }
    }
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

    fn check(&self, check: &mut Check) {
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
        let has_keys = self
            .jwks
            .as_ref()
            .and_then(|j| j.get("keys"))
            .and_then(Value::as_array)
            .is_some_and(|k| !k.is_empty());
        check.require(
            has_keys || self.auth_method() != ClientAuthMethod::PrivateKeyJwt,
            "/jwks",
            "The method private_key_jwt needs the application's public keys.",
        );
        let claims_fine =
            self.required_claims.len() <= 50 && self.required_claims.iter().all(|c| (1..=100).contains(&c.len()));
        check.require(
            claims_fine,
            "/required_claims",
            "Enter at most 50 claim names of 1 to 100 characters.",
        );
    }
}

fn same_but_loopback_port(registered: &str, requested: &str) -> bool {
    let (Ok(mut left), Ok(right)) = (Url::parse(registered), Url::parse(requested)) else {
        return false;
    };
    let loopback = match left.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    // Both sides must be written the way they parse, so that no spelling trick hides behind the parser.
    loopback
        && left.scheme() == "http"
        && right.as_str() == requested
        && left.set_port(right.port()).is_ok()
        && left.as_str() == requested
}

fn check_redirect_uri(uri: &str) -> Result<(), &'static str> {
    if uri.len() > 2048 {
        return Err("Use at most 2,048 characters.");
    }
    if uri.contains(['\\', '*', ' ']) || uri.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err("Write the address in full, without spaces, wildcards or backslashes.");
    }
    let url = Url::parse(uri).map_err(|_| "Enter a full address such as https://app.example.com/callback.")?;
    if url.fragment().is_some() {
        return Err("Remove the part after #: a redirect URI has no fragment (RFC 6749 §3.1.2).");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Remove the user name or password from the address.");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local(&url) => Ok(()),
        "http" => Err("Use https; plain http is only for localhost and loopback addresses."),
        // Private-use schemes of native applications (RFC 8252 §7.1) contain a dot.
        scheme if scheme.contains('.') => Ok(()),
        _ => Err("Use an https address, or a private scheme such as com.example.app:/callback."),
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What the server adds to a draft when it makes an application.
pub struct Credentials {
    /// Used when the draft brings none.
    pub client_id: String,
    /// HMAC of the secret, `None` for applications without one.
    pub client_secret_hash: Option<Vec<u8>>,
}

impl ApplicationDraft {
    /// Whether this application authenticates with a secret.
    #[must_use]
    pub fn needs_secret(&self) -> bool {
        matches!(
            self.protocol.auth_method(),
            ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost
        )
    }

    /// Makes a new application of a draft. `known` answers whether a connection exists.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn create(
        self,
        id: ApplicationId,
        credentials: Credentials,
        known: impl Fn(&Handle) -> bool,
        now: Timestamp,
    ) -> Result<Application, Invalid> {
        self.build(id, credentials, known, (now, now), 1)
    }

    /// Changes an application. The handle and the client id stay.
    ///
    /// # Errors
    /// Every field that breaks a rule.
    pub fn apply(
        self,
        current: &Application,
        known: impl Fn(&Handle) -> bool,
        now: Timestamp,
    ) -> Result<Application, Invalid> {
        let mut check = Check::default();
        check.require(
            self.handle == current.handle,
            "/handle",
            "The handle cannot change. Change the name instead.",
        );
        let same_client = self.client_id.as_ref().is_none_or(|id| *id == current.client_id);
        check.require(
            same_client,
            "/client_id",
            "The client id cannot change. Add another application instead.",
        );
        check.finish()?;
        let credentials = Credentials {
            client_id: current.client_id.clone(),
            client_secret_hash: current.client_secret_hash.clone(),
        };
        self.build(
            current.id.clone(),
            credentials,
            known,
            (current.created_at, now),
            current.version + 1,
        )
    }

    fn build(
        self,
        id: ApplicationId,
        credentials: Credentials,
        known: impl Fn(&Handle) -> bool,
        (created_at, updated_at): (Timestamp, Timestamp),
        version: i64,
    ) -> Result<Application, Invalid> {
        let mut check = Check::default();
        let name = check.take("/name", display_name(&self.name));
        let client_id = self.client_id.clone().unwrap_or(credentials.client_id);
        // RFC 6749 appendix A.1: visible characters only.
        let id_fine = (1..=200).contains(&client_id.len()) && client_id.bytes().all(|b| (0x21..=0x7E).contains(&b));
        check.require(id_fine, "/client_id", "Use 1 to 200 visible ASCII characters.");
        if let Some(secret) = &self.client_secret {
            let fine = (16..=512).contains(&secret.expose().len())
                && secret.expose().bytes().all(|b| (0x20..=0x7E).contains(&b));
            check.require(fine, "/client_secret", "Use 16 to 512 visible ASCII characters.");
        }
        self.protocol.check(&mut check);
        self.flow.check(&known, &mut check);
        expectation::check(&self.expectations, &known, &mut check);
        self.flow.check_order(&mut check);
        check.finish()?;
        let mut protocol = self.protocol;
        protocol.token_endpoint_auth_method = Some(protocol.auth_method());
        Ok(Application {
            id,
            handle: self.handle,
            name: name.unwrap_or_default(),
            client_id,
            client_secret_hash: credentials.client_secret_hash,
            enabled: self.enabled,
            protocol,
            flow: self.flow,
            expectations: self.expectations,
            created_at,
            updated_at,
            version,
        })
    }
}
