//! Where a provider tells that it has logged somebody out (OpenID Connect Back-Channel Logout 1.0 §2.5).
//!
//! No browser comes here, and no cookie counts: all there is is a signed token. Whether anybody was signed in does not show
//! in the answer.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use doorward_domain::text::Handle;
use doorward_federation::{FaultKind, LogoutFault};
use doorward_oidc::token::NO_STORE;
use doorward_storage::StorageError;
use http::{StatusCode, header};
use serde_json::json;

use crate::http::oidc::form::{self, Body, FormFault};
use crate::log::chain;
use crate::signin::hop::Hop;
use crate::signin::upstream_logout;

/// Why nobody is logged out.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no such connection")]
    NoConnection,
    #[error("the connection is disabled")]
    Disabled,
    #[error("the form was not read")]
    Form(FormFault),
    #[error("there is no logout token")]
    NoToken,
    #[error("the token was used before")]
    UsedBefore,
    #[error("nobody is logged out")]
    Logout(#[from] LogoutFault),
    #[error("the database refused")]
    Storage(#[from] StorageError),
}

pub(super) async fn receive(hop: Hop, Path(handle): Path<String>, body: Body) -> Response {
    match take(&hop, &handle, body).await {
        Ok(()) => (StatusCode::OK, NO_STORE).into_response(),
        Err(failure) => refused(&hop, &failure),
    }
}

async fn take(hop: &Hop, handle: &str, body: Body) -> Result<(), Failure> {
    let handle: Handle = handle.parse().map_err(|_| Failure::NoConnection)?;
    let found = hop.snapshot.connection_by_handle(&handle).cloned();
    let connection = found.ok_or(Failure::NoConnection)?;
    if !connection.enabled {
        return Err(Failure::Disabled);
    }
    let form = form::read(&hop.headers, body).map_err(Failure::Form)?;
    let token = form.get("logout_token").ok_or(Failure::NoToken)?;
    let federation = &hop.state.federation;
    let logout = federation.verify_logout(&connection, token, hop.now).await?;
    if upstream_logout::end(hop, &connection, logout).await? {
        Ok(())
    } else {
        Err(Failure::UsedBefore)
    }
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoConnection => StatusCode::NOT_FOUND,
            Self::Form(fault) => fault.status(),
            Self::Logout(LogoutFault::Provider(fault)) if is_passing(fault.kind()) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Storage(error) if error.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Storage(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Disabled | Self::NoToken | Self::UsedBefore | Self::Logout(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// For whoever looks after the provider.
    fn sentence(&self) -> String {
        match self {
            Self::NoConnection => "There is no connection at this address.".to_owned(),
            Self::Disabled => "The connection is disabled.".to_owned(),
            Self::Form(fault) => fault.sentence().to_owned(),
            Self::NoToken => "Send the logout_token.".to_owned(),
            Self::UsedBefore => "The logout token was used before.".to_owned(),
            Self::Logout(LogoutFault::Token(fault)) => format!("The logout token is refused: {fault}."),
            Self::Logout(LogoutFault::Provider(_)) => {
                "The provider's keys are not to be had, so the token cannot be checked.".to_owned()
            }
            Self::Storage(_) => "Try again in a moment.".to_owned(),
        }
    }
}

/// Whether the same token may be taken a little later.
fn is_passing(kind: FaultKind) -> bool {
    match kind {
        FaultKind::Unreachable | FaultKind::Slow => true,
        FaultKind::Aborted | FaultKind::Refused | FaultKind::Misconfigured | FaultKind::Clock => false,
    }
}

fn refused(hop: &Hop, failure: &Failure) -> Response {
    let (status, request_id) = (failure.status(), hop.request_id.as_str());
    let error = chain(failure);
    let word = match status {
        StatusCode::SERVICE_UNAVAILABLE => {
            tracing::warn!(request_id, error, "a logout has to wait");
            "temporarily_unavailable"
        }
        StatusCode::INTERNAL_SERVER_ERROR => {
            tracing::error!(request_id, error, "a logout failed");
            "server_error"
        }
        _ => {
            tracing::info!(request_id, error, "a logout was refused");
            "invalid_request"
        }
    };
    let body = Json(json!({"error": word, "error_description": failure.sentence()}));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, NO_STORE, [(header::RETRY_AFTER, "1")], body).into_response();
    }
    (status, NO_STORE, body).into_response()
}
