//! Why an application gets no answer to its question: the errors of RFC 6749 §5.2, which introspection and revocation
//! share (RFC 7662 §2.3, RFC 7009 §2.2.1).

use axum::Json;
use axum::response::{IntoResponse, Response};
use doorward_oidc::jose::KeyError;
use doorward_oidc::token::{NO_STORE, TokenError, TokenErrorCode};
use doorward_storage::StorageError;
use http::{HeaderValue, StatusCode, header};

use super::form::FormFault;
use crate::log::chain;
use crate::signin::fault::SignInFault;

/// Why there is no answer. Only `Refused` and `Form` tell the caller more than that it is our fault.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] TokenError),
    #[error("the form was not read")]
    Form(FormFault),
    #[error("the database refused")]
    Storage(#[from] StorageError),
    #[error("a token could not be signed")]
    Key(#[from] KeyError),
    #[error("the grant cannot be used")]
    Grant(#[from] SignInFault),
    #[error("the grant cannot be read")]
    Unreadable,
}

impl From<FormFault> for Failure {
    fn from(fault: FormFault) -> Self {
        Self::Form(fault)
    }
}

impl Failure {
    fn error(&self) -> TokenError {
        match self {
            Self::Refused(error) => *error,
            Self::Form(fault) => TokenError::new(TokenErrorCode::InvalidRequest, fault.sentence()),
            Self::Storage(error) if error.is_retryable() => {
                TokenError::new(TokenErrorCode::TemporarilyUnavailable, "Try again in a moment.")
            }
            Self::Storage(_) | Self::Key(_) | Self::Grant(_) | Self::Unreadable => {
                TokenError::new(TokenErrorCode::ServerError, "Something went wrong on our side.")
            }
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Form(fault) => fault.status(),
            Self::Refused(_) | Self::Storage(_) | Self::Key(_) | Self::Grant(_) | Self::Unreadable => {
                StatusCode::from_u16(self.error().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }

    /// The word in the metrics.
    pub(super) fn word(&self) -> &'static str {
        match self.error().code {
            TokenErrorCode::InvalidRequest => "invalid_request",
            TokenErrorCode::InvalidClient => "invalid_client",
            TokenErrorCode::InvalidGrant => "invalid_grant",
            TokenErrorCode::UnauthorizedClient => "unauthorized_client",
            TokenErrorCode::UnsupportedGrantType => "unsupported_grant_type",
            TokenErrorCode::InvalidScope => "invalid_scope",
            TokenErrorCode::ServerError => "server_error",
            TokenErrorCode::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    fn log(&self) {
        match self {
            Self::Refused(_) | Self::Form(_) => tracing::debug!(outcome = self.word(), "not answered"),
            Self::Storage(error) if error.is_retryable() => {
                tracing::warn!(error = chain(self), "not answered: the database does not answer");
            }
            Self::Storage(_) | Self::Key(_) | Self::Grant(_) | Self::Unreadable => {
                tracing::error!(error = chain(self), "not answered");
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.log();
        let (status, error) = (self.status(), self.error());
        let mut response = (status, NO_STORE, Json(error)).into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = error.www_authenticate() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if error.code == TokenErrorCode::TemporarilyUnavailable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
