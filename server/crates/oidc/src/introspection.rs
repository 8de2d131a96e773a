//! What the introspection endpoint says of a token (RFC 7662 §2.2).

use serde::Serialize;

use crate::mint::AccessTokenClaims;
use crate::scope::ScopeSet;

/// An answer. Of anything but a good token of ours it says that it is not active, and not why (§2.2, §4): the default.
/// Times are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Introspection {
    /// Whether the token is good now.
    pub active: bool,
    /// `Bearer` for an access token; a refresh token has no type.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "ScopeSet::is_empty")]
    scope: ScopeSet,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
}

/// A refresh token that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodRefreshToken {
    /// Our issuer.
    pub issuer: String,
    /// The application it was issued to.
    pub client_id: String,
    /// The person as that application sees them.
    pub subject: String,
    /// What was granted.
    pub scope: ScopeSet,
    /// When it ends unless it is used, in seconds since 1970.
    pub expires_at: i64,
}

impl From<AccessTokenClaims> for Introspection {
    /// Of a verified access token whose grant is alive.
    fn from(token: AccessTokenClaims) -> Self {
        Self {
            active: true,
            token_type: Some("Bearer"),
            scope: token.scope,
            client_id: Some(token.client_id),
            sub: Some(token.sub),
            aud: Some(token.aud),
            iss: Some(token.iss),
            exp: Some(token.exp),
            iat: Some(token.iat),
            jti: Some(token.jti),
            auth_time: token.auth_time,
            acr: token.acr,
        }
    }
}

impl From<GoodRefreshToken> for Introspection {
    fn from(token: GoodRefreshToken) -> Self {
        Self {
            active: true,
            scope: token.scope,
            client_id: Some(token.client_id),
            sub: Some(token.subject),
            iss: Some(token.issuer),
            exp: Some(token.expires_at),
            ..Self::default()
        }
    }
}
