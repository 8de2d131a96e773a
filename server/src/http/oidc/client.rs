//! Which application calls: the token, introspection and revocation endpoints know it by the same proof.

use std::sync::Arc;

use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_oidc::Params;
use doorward_oidc::client_auth::{ClientRefused, PresentedClient, UsedAssertion, Verifier};
use doorward_oidc::discovery::path;
use doorward_storage::{StorageError, used_token};
use http::HeaderMap;

use super::failure::Failure;
use super::form::{self, FormFault};
use crate::snapshot::Snapshot;
use crate::state::AppState;

/// The application that calls, proven by its registered method. One that is disabled is as unknown as one that never
/// was.
///
/// # Errors
/// `invalid_client` or `invalid_request`; those of the database where an assertion is stored as used.
pub(super) async fn authenticate(
    state: &AppState,
    snapshot: &Snapshot,
    authorization: Option<&str>,
    params: &Params,
    now: Timestamp,
) -> Result<Arc<Application>, Failure> {
    let presented = PresentedClient::read(authorization, params)?;
    let endpoint = state.config.public_url.join(path::TOKEN);
    let verifier = Verifier {
        secrets: &state.oidc.secrets,
        audiences: &[state.issuer(), &endpoint],
        now,
    };
    let found = snapshot.application_by_client_id(presented.client_id());
    let client = presented.authenticate(found.map(Arc::as_ref), &verifier)?;
    if let Some(assertion) = client.assertion {
        use_up(state, client.application, assertion).await?;
    }
    found.cloned().ok_or(Failure::Client(ClientRefused::Unknown))
}

/// Longest `client_id` in the log, in characters.
const TOLD: usize = 100;

/// What the caller calls itself, for the log: as it was sent, cut short.
pub(super) fn named(headers: &HeaderMap, form: &Result<Params, FormFault>) -> String {
    let nothing = Params::default();
    let authorization = form::authorization(headers).ok().flatten();
    let named = PresentedClient::named(authorization, form.as_ref().unwrap_or(&nothing));
    named.unwrap_or_default().chars().take(TOLD).collect()
}

/// An assertion works once, whatever is asked for with it (RFC 7523 §3 item 7, S24).
async fn use_up(state: &AppState, application: &Application, assertion: UsedAssertion) -> Result<(), Failure> {
    // An application's identifier holds no colon, so two pairs never give one key.
    let key = format!("client-assertion:{}:{}", application.id, assertion.jti);
    let first: Result<bool, StorageError> = state
        .store
        .write(move |tx| Box::pin(async move { used_token::redeem(tx, &key, assertion.expires_at).await }))
        .await;
    if first? {
        Ok(())
    } else {
        Err(ClientRefused::AssertionUsed.into())
    }
}
