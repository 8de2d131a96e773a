//! Errors of the token endpoint, to the letter of RFC 6749 §5.2.

use serde::Serialize;

/// The codes of RFC 6749 §5.2, and `server_error` for our own faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenErrorCode {
    /// A parameter is missing, repeated or wrong.
    InvalidRequest,
    /// Who calls is not proven.
    InvalidClient,
    /// The code or refresh token is not valid, or not this application's.
    InvalidGrant,
    /// The application may not use this grant.
    UnauthorizedClient,
    /// We do not know this grant.
    UnsupportedGrantType,
    /// More than was granted.
    InvalidScope,
    /// Something broke here.
    ServerError,
    /// Try again later.
    TemporarilyUnavailable,
}

/// An error answer. Serialises to its body; send it with [`super::NO_STORE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{code:?}: {description}")]
pub struct TokenError {
    /// What kind.
    #[serde(rename = "error")]
    pub code: TokenErrorCode,
    /// For the developer: one of our own sentences, never text from outside.
    #[serde(rename = "error_description")]
    pub description: &'static str,
}

impl TokenError {
    /// The one answer to an unknown application, a wrong secret and a wrong method.
    pub const INVALID_CLIENT: Self = Self::new(
        TokenErrorCode::InvalidClient,
        "The application could not be authenticated with the registered method.",
    );
    /// The one answer to a code or refresh token that is unknown, used, expired or another application's.
    pub const INVALID_GRANT: Self = Self::new(
        TokenErrorCode::InvalidGrant,
        "The code or refresh token is invalid, expired, revoked or was used before.",
    );

    /// To whoever holds the code: it was asked for by somebody with another `code_verifier`, or with none.
    pub const CODE_VERIFIER: Self = Self::new(
        TokenErrorCode::InvalidGrant,
        "The code_verifier does not fit the code_challenge of the request.",
    );
    /// To whoever holds the code: it was asked for with another `redirect_uri`.
    pub const REDIRECT_URI: Self = Self::new(
        TokenErrorCode::InvalidGrant,
        "The redirect_uri is not the one of the authorization request.",
    );

    /// An error with one of our sentences.
    #[must_use]
    pub const fn new(code: TokenErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.code {
            TokenErrorCode::InvalidClient => 401,
            TokenErrorCode::InvalidRequest
            | TokenErrorCode::InvalidGrant
            | TokenErrorCode::UnauthorizedClient
            | TokenErrorCode::UnsupportedGrantType
            | TokenErrorCode::InvalidScope => 400,
            TokenErrorCode::ServerError => 500,
            TokenErrorCode::TemporarilyUnavailable => 503,
        }
    }

    /// Value of `WWW-Authenticate`, which every 401 has (RFC 9110 §15.5.2), in the scheme that a caller's header
    /// `Authorization` can use (RFC 6749 §5.2). No browser asks a person because of it: scripts of other origins send no
    /// credentials, and nobody comes here by a link.
    #[must_use]
    pub fn www_authenticate(&self) -> Option<&'static str> {
        (self.status() == 401).then_some("Basic realm=\"token\", charset=\"UTF-8\"")
    }
}
