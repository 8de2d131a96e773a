//! The successful answer (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).

use serde::Serialize;

use crate::scope::ScopeSet;

/// Headers of every answer of the token endpoint and of userinfo, errors too: "MUST include" (RFC 6749 §5.1).
pub const NO_STORE: [(&str, &str); 2] = [("cache-control", "no-store"), ("pragma", "no-cache")];

/// A successful token response. Send it as JSON with [`NO_STORE`].
#[derive(Serialize)]
pub struct TokenResponse {
    /// Access token.
    pub access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Life of the access token in seconds.
    pub expires_in: u32,
    /// Refresh token, when the application may refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// ID token, when `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted; it may be less than asked for.
    #[serde(skip_serializing_if = "ScopeSet::is_empty")]
    pub scope: ScopeSet,
}

impl TokenResponse {
    /// A response with an access token alone; set the other fields as they apply.
    #[must_use]
    pub fn new(access_token: String, expires_in: u32, scope: ScopeSet) -> Self {
        Self {
            access_token,
            token_type: "Bearer",
            expires_in,
            refresh_token: None,
            id_token: None,
            scope,
        }
    }
}

/// Prints no token.
impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
