//! The userinfo endpoint (OpenID Connect Core §5.3) and bearer tokens (RFC 6750).

use doorward_domain::Claims;
use doorward_domain::secret::SecretText;

use crate::authorize::ClaimsRequest;
use crate::claims::claims_for;
use crate::params::Params;
use crate::scope::{Scope, ScopeSet};

/// Why a bearer token is not accepted (RFC 6750 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// No token was sent; the answer names no error.
    #[error("no token was sent")]
    Missing,
    /// Two tokens, or a header that cannot be read.
    #[error("the request is malformed")]
    InvalidRequest,
    /// Expired, revoked, tampered with, or no access token.
    #[error("the token is not valid")]
    InvalidToken,
    /// The token does not allow this.
    #[error("the token lacks a scope")]
    InsufficientScope,
}

impl BearerError {
    /// HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidRequest => 400,
            Self::Missing | Self::InvalidToken => 401,
            Self::InsufficientScope => 403,
        }
    }

    /// Value of `WWW-Authenticate`.
    #[must_use]
    pub fn www_authenticate(self) -> &'static str {
        match self {
            Self::Missing => "Bearer realm=\"userinfo\"",
            Self::InvalidRequest => {
                "Bearer realm=\"userinfo\", error=\"invalid_request\", error_description=\"Send one access token.\""
            }
            Self::InvalidToken => {
                "Bearer realm=\"userinfo\", error=\"invalid_token\", \
                 error_description=\"The access token is invalid, expired or revoked.\""
            }
            Self::InsufficientScope => "Bearer realm=\"userinfo\", error=\"insufficient_scope\", scope=\"openid\"",
        }
    }
}

/// Takes the access token from the header `Authorization` (RFC 6750 §2.1) or, for a form, from the body (§2.2). A token in
/// the query is not looked at: addresses end up in logs (RFC 9700 §4.3.2).
///
/// # Errors
/// `Missing` or `InvalidRequest`.
pub fn bearer_token(authorization: Option<&str>, form: Option<&Params>) -> Result<SecretText, BearerError> {
    let body = form.and_then(|params| params.get("access_token"));
    match (authorization, body) {
        (None, None) => Err(BearerError::Missing),
        (None, Some(token)) => Ok(SecretText::new(token)),
        (Some(header), None) => {
            let (scheme, token) = header.split_once(' ').ok_or(BearerError::InvalidRequest)?;
            match (scheme.eq_ignore_ascii_case("Bearer"), token.trim()) {
                (false, _) => Err(BearerError::Missing),
                (true, "") => Err(BearerError::InvalidRequest),
                (true, token) => Ok(SecretText::new(token)),
            }
        }
        (Some(_), Some(_)) => Err(BearerError::InvalidRequest),
    }
}

/// What userinfo answers: `sub`, always and the same as in the ID token (§5.3.2), and the claims granted.
///
/// # Errors
/// `InsufficientScope` without `openid`.
pub fn body(
    subject: &str,
    scopes: ScopeSet,
    requested: &ClaimsRequest,
    required: &[String],
    source: &Claims,
) -> Result<Claims, BearerError> {
    if !scopes.contains(Scope::Openid) {
        return Err(BearerError::InsufficientScope);
    }
    let mut claims = claims_for(scopes, &requested.userinfo, required, source);
    claims.insert("sub".to_owned(), subject.into());
    Ok(claims)
}
