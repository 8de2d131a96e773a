//! Why an application gets no answer to its question: the errors of RFC 6749 §5.2, which introspection and revocation
//! share (RFC 7662 §2.3, RFC 7009 §2.2.1).

use axum::Json;
use axum::response::{IntoResponse, Response};
use doorward_oidc::client_auth::ClientRefused;
use doorward_oidc::jose::KeyError;
use doorward_oidc::token::{GrantRefused, NO_STORE, TokenError, TokenErrorCode};
use doorward_storage::StorageError;
use http::{HeaderValue, StatusCode, header};

use super::form::FormFault;
use crate::http::request::RequestId;
use crate::log::chain;
use crate::signin::fault::SignInFault;

/// Why there is no answer. Of a fault of ours the caller learns that it is one, and of `Client` and `NotGranted` hardly
/// more than that it is theirs.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Refused(#[from] TokenError),
    #[error(transparent)]
    Client(#[from] ClientRefused),
    #[error(transparent)]
    NotGranted(#[from] GrantRefused),
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
            Self::Client(refused) => (*refused).into(),
            Self::NotGranted(refused) => (*refused).into(),
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
            Self::Refused(_)
            | Self::Client(_)
            | Self::NotGranted(_)
            | Self::Storage(_)
            | Self::Key(_)
            | Self::Grant(_)
            | Self::Unreadable => {
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

    /// Answers, and says in the log why the request was refused. `client_id` is what the caller calls itself, unproven.
    pub(super) fn refuse(self, RequestId(request_id): &RequestId, client_id: &str, what: &'static str) -> Response {
        let reason = match &self {
            Self::Refused(error) => error.description.to_owned(),
            Self::Form(fault) => fault.sentence().to_owned(),
            Self::Client(refused) => refused.to_string(),
            Self::NotGranted(refused) => refused.to_string(),
            Self::Storage(_) | Self::Key(_) | Self::Grant(_) | Self::Unreadable => return self.into_response(),
        };
        tracing::info!(
            request_id,
            client_id,
            outcome = self.word(),
            reason,
            "{what} was refused"
        );
        self.into_response()
    }

    /// A fault of ours. What was refused is told by [`Self::refuse`].
    fn log(&self) {
        match self {
            Self::Refused(_) | Self::Client(_) | Self::NotGranted(_) | Self::Form(_) => {}
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
