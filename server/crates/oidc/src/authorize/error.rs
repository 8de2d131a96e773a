//! Errors the application is told by redirect.

use super::request::ResponseMode;
use super::response::AuthorizationResponse;

/// The codes of RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6 and of "Unmet Authentication Requirements 1.0".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter is missing, repeated or wrong.
    InvalidRequest,
    /// The application may not use this grant.
    UnauthorizedClient,
    /// The person, or a rule, said no.
    AccessDenied,
    /// Anything but `code`.
    UnsupportedResponseType,
    /// `scope` cannot be read.
    InvalidScope,
    /// Something broke here.
    ServerError,
    /// Try again later.
    TemporarilyUnavailable,
    /// `prompt=none`, and a page would be needed.
    InteractionRequired,
    /// `prompt=none`, and nobody is signed in.
    LoginRequired,
    /// `prompt=none`, and an account would have to be chosen.
    AccountSelectionRequired,
    /// `prompt=none`, and consent would have to be asked.
    ConsentRequired,
    /// The essential `acr` was not reached.
    UnmetAuthenticationRequirements,
    /// `request` is not supported.
    RequestNotSupported,
    /// `request_uri` is not supported.
    RequestUriNotSupported,
    /// `registration` is not supported.
    RegistrationNotSupported,
}

impl ErrorCode {
    /// The code on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::AccessDenied => "access_denied",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::InteractionRequired => "interaction_required",
            Self::LoginRequired => "login_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
        }
    }
}

/// An error for the application, with the verified place to send it to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub struct AuthorizationError {
    /// What kind.
    pub code: ErrorCode,
    /// For the developer: one of our own sentences, never text from outside.
    pub description: &'static str,
    pub(crate) redirect_uri: String,
    pub(crate) response_mode: ResponseMode,
    pub(crate) state: Option<String>,
}

impl AuthorizationError {
    /// The response that carries the error.
    #[must_use]
    pub fn respond(&self, issuer: &str) -> AuthorizationResponse {
        AuthorizationResponse::new(&self.redirect_uri, self.response_mode, self.state.as_deref(), issuer)
            .with("error", self.code.as_str())
            .with("error_description", self.description)
    }
}
