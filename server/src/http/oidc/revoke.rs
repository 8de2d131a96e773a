//! The revocation endpoint (RFC 7009): an application gives back a token it needs no more.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::{ApplicationId, AuditEventId, GrantId};
use doorward_oidc::Params;
use doorward_oidc::discovery::path;
use doorward_oidc::mint::AccessTokenClaims;
use doorward_oidc::token::{NO_STORE, TokenError, TokenErrorCode};
use doorward_storage::grant::{self, Revoked};
use doorward_storage::{StorageError, audit, used_token};
use http::HeaderMap;
use serde_json::{Value, json};

use super::client;
use super::cors::{Cors, preflight};
use super::failure::Failure;
use super::form::{self, BODY_LIMIT, Body, FormFault};
use super::own_token::{OwnToken, presented, revoked_key};
use crate::http::request::RequestId;
use crate::state::{AppState, Shared};

/// The answer to a token that is another application's (RFC 7009 §2.1).
const FOREIGN: Failure = Failure::Refused(TokenError::new(
    TokenErrorCode::UnauthorizedClient,
    "The token was issued to another application.",
));

/// The endpoint. Public applications use it too, so scripts of their origins may.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::REVOKE, post(answer).options(preflight))
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
    let response = match revoke(&state, &headers, &form).await {
        Ok(()) => NO_STORE.into_response(),
        Err(failure) => failure.refuse(&id, &client::named(&headers, &form), "a revocation"),
    };
    (cors, response)
}

/// Ends the token, and with it every token of the same sign-in at the application (RFC 7009 §2.1 allows that): what was
/// taken back as a refresh token must not go on as an access token, nor the other way round. A token that is none, or is
/// good no more, is no error (§2.2).
async fn revoke(state: &AppState, headers: &HeaderMap, form: &Result<Params, FormFault>) -> Result<(), Failure> {
    let params = form.as_ref().map_err(|fault| *fault)?;
    let (snapshot, now) = (state.snapshot(), state.now());
    let caller = client::authenticate(state, &snapshot, form::authorization(headers)?, params, now).await?;
    match OwnToken::recognise(state, &snapshot, presented(params)?, now) {
        None => Ok(()),
        Some(OwnToken::Refresh { grant, .. }) => end_grant(state, &caller, grant, now).await,
        Some(OwnToken::Access(token)) if token.client_id != caller.client_id => Err(FOREIGN),
        Some(OwnToken::Access(AccessTokenClaims {
            grant_id: Some(grant), ..
        })) => end_grant(state, &caller, grant, now).await,
        Some(OwnToken::Access(token)) => end_token(state, &caller, &token, now).await,
    }
}

async fn end_grant(state: &AppState, caller: &Application, grant: GrantId, now: Timestamp) -> Result<(), Failure> {
    let detail = json!({"grant": grant.as_str(), "reason": "given_back"});
    let (application, mut event) = (caller.id.clone(), revocation(state, caller.id.clone(), detail, now));
    let revoked: Result<Revoked, StorageError> = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                let revoked = grant::revoke_of(tx, &grant, &application, now).await?;
                if let Revoked::Now { account } = &revoked {
                    event.account.clone_from(account);
                    audit::insert(tx, &event).await?;
                }
                Ok(revoked)
            })
        })
        .await;
    match revoked? {
        Revoked::Now { .. } | Revoked::Before => Ok(()),
        Revoked::OfAnother => Err(FOREIGN),
    }
}

/// A token of client credentials is remembered as revoked until it would have ended.
async fn end_token(
    state: &AppState,
    caller: &Application,
    token: &AccessTokenClaims,
    now: Timestamp,
) -> Result<(), Failure> {
    let detail = json!({"token": token.jti, "reason": "given_back"});
    let event = revocation(state, caller.id.clone(), detail, now);
    let (key, ends) = (revoked_key(&token.jti), token.expires_at());
    let told: Result<(), StorageError> = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                if used_token::redeem(tx, &key, ends).await? {
                    audit::insert(tx, &event).await?;
                }
                Ok(())
            })
        })
        .await;
    Ok(told?)
}

/// The line of the audit log on a grant or token that ended before its time.
pub(super) fn revocation(state: &AppState, application: ApplicationId, detail: Value, at: Timestamp) -> AuditEvent {
    AuditEvent {
        id: AuditEventId::from_random(state.random.id()),
        at,
        action: AuditAction::GrantRevoked,
        actor: Actor::System,
        account: None,
        application: Some(application),
        connection: None,
        sub: None,
        detail,
    }
}
