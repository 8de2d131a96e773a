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
use doorward_storage::grant::find_live;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::cors::{Cors, preflight};
use super::failure::Failure;
use super::form::{self, BODY_LIMIT, Body, FormFault};
use super::live_grant::LiveGrant;
use crate::signin::grant;
use crate::state::{AppState, Shared};

/// The endpoint.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::USERINFO, get(by_get).post(by_post).options(preflight))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Why there are no claims.
enum NoClaims {
    Bearer(BearerError),
    Failure(Failure),
}

impl From<BearerError> for NoClaims {
    fn from(error: BearerError) -> Self {
        Self::Bearer(error)
    }
}

impl From<Failure> for NoClaims {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<FormFault> for NoClaims {
    fn from(fault: FormFault) -> Self {
        match fault {
            FormFault::TooLarge => Failure::from(fault).into(),
            FormFault::NotAForm | FormFault::Malformed(_) => BearerError::InvalidRequest.into(),
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

async fn claims(state: &AppState, token: &str) -> Result<Claims, NoClaims> {
    let (snapshot, now) = (state.snapshot(), state.now());
    let token = verify_access_token(&snapshot.keys, token, state.issuer(), state.issuer(), now)
        .map_err(|_| BearerError::InvalidToken)?;
    // A token of client credentials is about nobody.
    let grant_id = token.grant_id.as_ref().ok_or(BearerError::InsufficientScope)?;
    let found = find_live(state.store.read(), grant_id, now)
        .await
        .map_err(Failure::from)?;
    let grant = found.ok_or(BearerError::InvalidToken)?;
    let live = LiveGrant::of(&snapshot, &grant.application, &grant.request)?;
    let live = live.filter(|live| live.application.client_id == token.client_id);
    let LiveGrant { document, application } = live.ok_or(BearerError::InvalidToken)?;
    let source = grant::claims(&state.keyring, &grant).map_err(Failure::from)?;
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

fn respond(answer: Result<Claims, NoClaims>) -> Response {
    match answer {
        Ok(claims) => (NO_STORE, Json(claims)).into_response(),
        Err(NoClaims::Bearer(error)) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            let challenge = HeaderValue::from_static(error.www_authenticate());
            (status, NO_STORE, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
        }
        Err(NoClaims::Failure(failure)) => failure.into_response(),
    }
}
