//! Access tokens: JWTs of RFC 9068, so that a resource server can check them alone.

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use serde::{Deserialize, Serialize};

use crate::jose::{KeyError, SigningKeys};
use crate::scope::ScopeSet;

/// What an access token says.
#[derive(Debug, Clone)]
pub struct AccessToken<'a> {
    /// Our issuer.
    pub issuer: &'a str,
    /// Whom it is meant for; our issuer when the application names no resource (RFC 9068 §3).
    pub audience: &'a str,
    /// The person as this application sees them, or the `client_id` itself under client credentials (§2.2).
    pub subject: &'a str,
    /// The application.
    pub client_id: &'a str,
    /// What was granted.
    pub scope: ScopeSet,
    /// The grant it stems from, for userinfo and revocation. `None` under client credentials.
    pub grant_id: Option<&'a GrantId>,
    /// Unique among all tokens: 16 fresh random bytes.
    pub id: [u8; 16],
    /// When it is issued.
    pub now: Timestamp,
    /// How long it works, in seconds.
    pub life_seconds: u32,
    /// When the person last proved something.
    pub auth_time: Option<Timestamp>,
    /// The level reached.
    pub acr: Option<&'a str>,
}

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: &'a str,
    exp: i64,
    iat: i64,
    jti: String,
    #[serde(skip_serializing_if = "ScopeSet::is_empty")]
    scope: ScopeSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
}

impl AccessToken<'_> {
    /// Signs the token. Use the application's own algorithm: its resource servers check with the same library.
    ///
    /// # Errors
    /// `Missing`, `Claims` or `Library`.
    pub fn mint(&self, keys: &SigningKeys, alg: SigningAlg) -> Result<String, KeyError> {
        keys.signer(alg, self.now)?.sign_access_token(&Payload {
            iss: self.issuer,
            aud: self.audience,
            sub: self.subject,
            client_id: self.client_id,
            exp: (self.now + Duration::seconds(self.life_seconds.into())).timestamp(),
            iat: self.now.timestamp(),
            jti: crate::jose::encode(self.id),
            scope: self.scope,
            gid: self.grant_id.map(GrantId::as_str),
            auth_time: self.auth_time.map(|at| at.timestamp()),
            acr: self.acr,
        })
    }
}

/// What a verified access token of ours says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AccessTokenClaims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    #[serde(default)]
    pub(crate) auth_time: Option<i64>,
    #[serde(default)]
    pub(crate) acr: Option<String>,
    /// The person as the application sees them.
    pub sub: String,
    /// The application.
    pub client_id: String,
    /// Unique among all tokens.
    pub jti: String,
    /// What was granted.
    #[serde(default)]
    pub scope: ScopeSet,
    /// The grant; its being alive is for the caller to see.
    #[serde(default, rename = "gid")]
    pub grant_id: Option<GrantId>,
}

impl AccessTokenClaims {
    /// When it ends by itself.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        Timestamp::from_timestamp(self.exp, 0).unwrap_or(Timestamp::MAX_UTC)
    }
}
