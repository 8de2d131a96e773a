//! The userinfo endpoint (OpenID Connect Core §5.3): an access token in, claims out, one read.

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use doorward_domain::Claims;
use doorward_oidc::discovery::path;
use doorward_oidc::mint::verify_access_token;
use doorward_oidc::token::NO_STORE;
use doorward_oidc::userinfo::{BearerError, bearer_token, body};
use doorward_storage::StorageError;
use doorward_storage::grant::find_for_userinfo;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::cors::{Cors, preflight};
use super::form::{self, BODY_LIMIT, Body, FormFault};
use crate::signin::fault::SignInFault;
use crate::signin::grant::{self, GrantDocument};
use crate::state::{AppState, Shared};

/// The endpoint.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::USERINFO, get(by_get).post(by_post).options(preflight))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

enum Failure {
    Bearer(BearerError),
    TooLarge,
    Storage(StorageError),
    Broken(SignInFault),
}

impl From<BearerError> for Failure {
    fn from(error: BearerError) -> Self {
        Self::Bearer(error)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<FormFault> for Failure {
    fn from(fault: FormFault) -> Self {
        match fault {
            FormFault::TooLarge => Self::TooLarge,
            FormFault::NotAForm | FormFault::Malformed(_) => Self::Bearer(BearerError::InvalidRequest),
        }
    }
}

async fn by_get(State(state): State<Shared>, cors: Cors, headers: HeaderMap) -> (Cors, Response) {
    let answer = async {
        let token = bearer_token(form::authorization(&headers)?, None)?;
        claims(&state, token.expose()).await
    };
    (cors, respond(answer.await))
}

async fn by_post(State(state): State<Shared>, cors: Cors, headers: HeaderMap, body: Body) -> (Cors, Response) {
    let answer = async {
        // A token may come in the header of a POST too; then the body, if any, need not be a form.
        let form = form::is_form(&headers)
            .then(|| form::read(&headers, body))
            .transpose()?;
        let token = bearer_token(form::authorization(&headers)?, form.as_ref())?;
        claims(&state, token.expose()).await
    };
    (cors, respond(answer.await))
}

async fn claims(state: &AppState, token: &str) -> Result<Claims, Failure> {
    let (snapshot, now) = (state.snapshot(), state.now());
    let invalid = Failure::Bearer(BearerError::InvalidToken);
    let token = verify_access_token(&snapshot.keys, token, state.issuer(), state.issuer(), now)
        .map_err(|_| BearerError::InvalidToken)?;
    // A token of client credentials is about nobody.
    let grant_id = token.grant_id.as_ref().ok_or(BearerError::InsufficientScope)?;
    let Some(grant) = find_for_userinfo(state.store.read(), grant_id, now).await? else {
        return Err(invalid);
    };
    let application = snapshot.application(&grant.application);
    let Some(application) = application.filter(|a| a.enabled && a.client_id == token.client_id) else {
        return Err(invalid);
    };
    let document = GrantDocument::parse(&grant.request).ok_or(Failure::Broken(SignInFault::Broken(
        "the document of a grant cannot be read",
    )))?;
    let mut connections = document
        .evidence
        .iter()
        .filter_map(|evidence| evidence.connection.as_ref());
    if !connections.all(|id| snapshot.connection(id).is_some_and(|connection| connection.enabled)) {
        return Err(invalid);
    }
    let source = grant::claims(&state.keyring, &grant).map_err(Failure::Broken)?;
    let required = &application.protocol.required_claims;
    // `sub` as the token says it: the same as in the ID token that came with it (§5.3.2).
    Ok(body(
        &token.sub,
        token.scope,
        &document.request.claims,
        required,
        &source,
    )?)
}

fn respond(answer: Result<Claims, Failure>) -> Response {
    match answer {
        Ok(claims) => (NO_STORE, Json(claims)).into_response(),
        Err(Failure::Bearer(error)) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            let challenge = HeaderValue::from_static(error.www_authenticate());
            (status, NO_STORE, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
        }
        Err(Failure::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, NO_STORE).into_response(),
        Err(Failure::Storage(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "no claims");
            if error.is_retryable() {
                let retry = [(header::RETRY_AFTER, "1")];
                let body = Json(json!({"error": "temporarily_unavailable"}));
                return (StatusCode::SERVICE_UNAVAILABLE, NO_STORE, retry, body).into_response();
            }
            server_error()
        }
        Err(Failure::Broken(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no claims");
            server_error()
        }
    }
}

fn server_error() -> Response {
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        NO_STORE,
        Json(json!({"error": "server_error"})),
    )
        .into_response()
}
