//! What is given for tokens: codes and refresh tokens. Each is redeemed by one statement that checks and changes at
//! once, so that of any number of simultaneous attempts one succeeds (F20, F22).

use doorward_domain::engine::still_covers;
use doorward_domain::id::{ApplicationId, GrantId};
use doorward_oidc::token::{CodeExchange, GrantRefused, Refresh, TokenResponse, narrow};
use doorward_storage::grant::{self, NotHonoured, RedeemOutcome, RefreshOutcome};
use doorward_storage::{StorageError, audit};
use serde_json::json;

use super::issue::{Call, Kind};
use crate::http::oidc::failure::Failure;
use crate::http::oidc::revoke::revocation;
use crate::log::chain;
use crate::signin::grant::GrantDocument;

/// Tokens for a code. A code that was used before takes back what it gave (RFC 6749 §4.1.2).
///
/// # Errors
/// `invalid_grant`, and those of the database.
pub(super) async fn exchange(call: &Call<'_>, exchange: &CodeExchange) -> Result<TokenResponse, Failure> {
    let hash = call
        .state
        .oidc
        .codes
        .hash(exchange.code.expose())
        .ok_or(GrantRefused::Foreign)?;
    let outcome = grant::redeem(
        &call.state.store,
        hash.as_str().as_bytes(),
        &call.application.id,
        call.now,
    )
    .await?;
    let grant = match outcome {
        RedeemOutcome::Redeemed(grant) => grant,
        RedeemOutcome::AlreadyUsed { grant, application } => {
            betrayed(call, grant, application, "code").await;
            return Err(GrantRefused::UsedBefore.into());
        }
        RedeemOutcome::Refused(why) => return Err(refused(why).into()),
    };
    let Granted { document, .. } = read(call, &grant)?;
    exchange.check(call.application, &document.request)?;
    // The engine has one notion of completion; here it is asked a last time, against the flow in force (S35).
    let path = document.path.as_deref();
    if !still_covers(&call.application.flow, path, &document.evidence) || !call.snapshot.vouches_for(&document.evidence)
    {
        return Err(GrantRefused::Flow.into());
    }
    let scope = document.request.scope;
    call.for_person(&grant, &document, scope, Kind::First)
}

/// The next tokens for a refresh token. The one before is answered once more within ten seconds; any older one ends
/// the grant.
///
/// # Errors
/// `invalid_grant`, `invalid_scope`, and those of the database.
pub(super) async fn refresh(call: &Call<'_>, refresh: &Refresh) -> Result<TokenResponse, Failure> {
    let opened = call.state.oidc.refresh_tokens.open(refresh.refresh_token.expose());
    let (id, generation) = opened.ok_or(GrantRefused::Foreign)?;
    if refresh.scope.is_some() {
        // Looked at before the token is spent: a wrong scope must not cost the application its refresh token.
        let found = grant::find_live(call.state.store.read(), &id, call.now).await?;
        let grant = found.ok_or(GrantRefused::NotAlive)?;
        if grant.application != call.application.id {
            return Err(GrantRefused::OfAnother.into());
        }
        narrow(read(call, &grant)?.document.request.scope, refresh.scope)?;
    }
    let application = &call.application.id;
    let outcome = grant::refresh(&call.state.store, &id, generation.into(), application, call.now).await?;
    let grant = match outcome {
        RefreshOutcome::Rotated(grant) | RefreshOutcome::Repeated(grant) => grant,
        RefreshOutcome::Reused => {
            betrayed(call, id, application.clone(), "refresh_token").await;
            return Err(GrantRefused::UsedBefore.into());
        }
        RefreshOutcome::Refused(why) => return Err(refused(why).into()),
    };
    let Granted { document, is_as_strong } = read(call, &grant)?;
    if !is_as_strong || !call.snapshot.vouches_for(&document.evidence) {
        end(call, grant.id).await?;
        return Err(GrantRefused::Flow.into());
    }
    let scope = narrow(document.request.scope, refresh.scope)?;
    call.for_person(&grant, &document, scope, Kind::Refreshed)
}

fn refused(why: NotHonoured) -> GrantRefused {
    match why {
        NotHonoured::Unknown => GrantRefused::Unknown,
        NotHonoured::OfAnother => GrantRefused::OfAnother,
        NotHonoured::Revoked => GrantRefused::Revoked,
        NotHonoured::Expired => GrantRefused::Expired,
        NotHonoured::AccountNotActive => GrantRefused::AccountNotActive,
    }
}

/// A grant as it is now.
struct Granted {
    /// With the evidence as far as it still counts.
    document: GrantDocument,
    /// Whether the evidence reaches the level that it had (S35, S36).
    is_as_strong: bool,
}

fn read(call: &Call<'_>, grant: &grant::Grant) -> Result<Granted, Failure> {
    let mut document = GrantDocument::parse(&grant.request).ok_or(Failure::Unreadable)?;
    let is_as_strong = document.renew(call.snapshot);
    Ok(Granted { document, is_as_strong })
}

/// Ends a grant whose token is spent already, so that the next try with it is no sign of a theft.
async fn end(call: &Call<'_>, grant: GrantId) -> Result<(), Failure> {
    let at = call.now;
    let ended: Result<bool, StorageError> = call
        .state
        .store
        .write(move |tx| Box::pin(async move { grant::revoke(tx, &grant, at).await }))
        .await;
    Ok(ended.map(drop)?)
}

/// Somebody used a token that was used before: one of the two is a thief. The grant is revoked already; the audit log
/// says why. That it cannot be told must not change the answer.
async fn betrayed(call: &Call<'_>, grant: GrantId, application: ApplicationId, what: &'static str) {
    tracing::warn!(grant = %grant, application = %application, what, "used twice; the grant is revoked");
    let detail = json!({"grant": grant.as_str(), "reason": "used_twice", "what": what});
    let event = revocation(call.state, application, detail, call.now);
    let told: Result<(), StorageError> = call
        .state
        .store
        .write(move |tx| Box::pin(async move { audit::insert(tx, &event).await }))
        .await;
    if let Err(error) = told {
        tracing::error!(error = chain(&error), "the audit log was not written");
    }
}
