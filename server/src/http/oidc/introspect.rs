//! The introspection endpoint (RFC 7662): whether a token is good, for programs that are called with one. It sees at once
//! what a program that checks the signature alone sees when the token ends (S34).

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use doorward_domain::Timestamp;
use doorward_domain::application::{Application, ClientAuthMethod};
use doorward_domain::id::GrantId;
use doorward_oidc::Params;
use doorward_oidc::discovery::path;
use doorward_oidc::introspection::{GoodRefreshToken, Introspection};
use doorward_oidc::mint::AccessTokenClaims;
use doorward_oidc::token::{NO_STORE, TokenError, TokenErrorCode};
use doorward_storage::grant::find_state;
use doorward_storage::used_token;
use http::HeaderMap;

use super::client;
use super::failure::Failure;
use super::form::{self, BODY_LIMIT, Body, FormFault};
use super::live_grant::LiveGrant;
use super::own_token::{OwnToken, presented, revoked_key};
use crate::http::request::RequestId;
use crate::snapshot::Snapshot;
use crate::state::{AppState, Shared};

/// The endpoint. Scripts of other origins have no business here: who asks has a secret.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::INTROSPECT, post(answer))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn answer(State(state): State<Shared>, id: RequestId, headers: HeaderMap, body: Body) -> Response {
    let form = form::read(&headers, body);
    match introspect(&state, &headers, &form).await {
        Ok(introspection) => (NO_STORE, Json(introspection)).into_response(),
        Err(failure) => failure.refuse(&id, &client::named(&headers, &form), "an introspection"),
    }
}

async fn introspect(
    state: &AppState,
    headers: &HeaderMap,
    form: &Result<Params, FormFault>,
) -> Result<Introspection, Failure> {
    let params = form.as_ref().map_err(|fault| *fault)?;
    let (snapshot, now) = (state.snapshot(), state.now());
    let caller = client::authenticate(state, &snapshot, form::authorization(headers)?, params, now).await?;
    if caller.protocol.auth_method() == ClientAuthMethod::None {
        // Whoever found a token could ask in the name of a public application (RFC 7662 §2.1, §4).
        return Err(Failure::Refused(TokenError::new(
            TokenErrorCode::UnauthorizedClient,
            "Only an application with a secret or a key can ask about tokens.",
        )));
    }
    let known = match OwnToken::recognise(state, &snapshot, presented(params)?, now) {
        None => None,
        Some(OwnToken::Access(token)) => access(state, &snapshot, token, now).await?,
        Some(OwnToken::Refresh { grant, generation }) => {
            refresh(state, &snapshot, &caller, &grant, generation, now).await?
        }
    };
    Ok(known.unwrap_or_default())
}

/// Of an access token. Any application may ask, because a token names no resource it is for.
async fn access(
    state: &AppState,
    snapshot: &Snapshot,
    token: AccessTokenClaims,
    now: Timestamp,
) -> Result<Option<Introspection>, Failure> {
    let is_good = if let Some(grant) = &token.grant_id {
        let live = match find_state(state.store.read(), grant, now).await? {
            Some(found) => LiveGrant::of(snapshot, &found.application, &found.request)?,
            None => None,
        };
        live.is_some_and(|live| live.application.client_id == token.client_id)
    } else {
        let application = snapshot.application_by_client_id(&token.client_id);
        application.is_some_and(|application| application.enabled)
            && !used_token::is_used(state.store.read(), &revoked_key(&token.jti)).await?
    };
    Ok(is_good.then(|| token.into()))
}

/// Of a refresh token. Only the application that got it may ask; of those that came before the one in force it learns
/// that they are not active, and nothing ends for it.
async fn refresh(
    state: &AppState,
    snapshot: &Snapshot,
    caller: &Application,
    grant: &GrantId,
    generation: u32,
    now: Timestamp,
) -> Result<Option<Introspection>, Failure> {
    let Some(grant) = find_state(state.store.read(), grant, now).await? else {
        return Ok(None);
    };
    let live = LiveGrant::of(snapshot, &grant.application, &grant.request)?;
    let Some(LiveGrant {
        mut document,
        application,
    }) = live
    else {
        return Ok(None);
    };
    let ends = grant.refresh_expires_at.filter(|ends| *ends > now);
    let is_current = grant.refresh_generation == i64::from(generation) && application.id == caller.id;
    let Some(ends) = ends.filter(|_| is_current && document.renew(snapshot)) else {
        return Ok(None);
    };
    let subject = state.oidc.subjects.for_application(&application, &grant.sub);
    let good = GoodRefreshToken {
        issuer: state.issuer().to_owned(),
        client_id: application.client_id.clone(),
        subject: subject.to_string(),
        scope: document.request.scope,
        expires_at: ends.timestamp(),
    };
    Ok(Some(good.into()))
}
