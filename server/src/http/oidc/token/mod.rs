//! The token endpoint (RFC 6749 §3.2).
//!
//! A request passes `client` (who calls), then one of `grants` (what is redeemed, in one guarded statement), then
//! `issue` (what comes out). Every answer is JSON that must not be stored, errors too (§5.1, §5.2).

mod grants;
mod issue;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use doorward_oidc::Params;
use doorward_oidc::discovery::path;
use doorward_oidc::token::{NO_STORE, TokenRequest, TokenResponse};
use http::HeaderMap;

use super::client;
use super::cors::{Cors, preflight};
use super::failure::Failure;
use super::form::{self, BODY_LIMIT, Body, FormFault};
use crate::http::request::RequestId;
use crate::state::Shared;
use issue::Call;

/// The endpoint.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::TOKEN, post(answer).options(preflight))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn answer(
    State(state): State<Shared>,
    id: RequestId,
    cors: Cors,
    headers: HeaderMap,
    body: Body,
) -> (Cors, Response) {
    let form = form::read(&headers, body);
    let response = match grant(&state, &headers, &form).await {
        Ok((outcome, tokens)) => {
            state.metrics.token(outcome);
            (NO_STORE, Json(tokens)).into_response()
        }
        Err(failure) => {
            state.metrics.token(failure.word());
            failure.refuse(&id, &client::named(&headers, &form), "a token request")
        }
    };
    (cors, response)
}

async fn grant(
    state: &Shared,
    headers: &HeaderMap,
    form: &Result<Params, FormFault>,
) -> Result<(&'static str, TokenResponse), Failure> {
    let params = form.as_ref().map_err(|fault| *fault)?;
    let (snapshot, now) = (state.snapshot(), state.now());
    let application = client::authenticate(state, &snapshot, form::authorization(headers)?, params, now).await?;
    let call = Call {
        state,
        snapshot: &snapshot,
        application: &application,
        now,
    };
    match TokenRequest::parse(params, &application)? {
        TokenRequest::AuthorizationCode(exchange) => Ok(("code_exchanged", grants::exchange(&call, &exchange).await?)),
        TokenRequest::RefreshToken(refresh) => Ok(("refreshed", grants::refresh(&call, &refresh).await?)),
        TokenRequest::ClientCredentials => Ok(("client_credentials", call.for_itself()?)),
    }
}
