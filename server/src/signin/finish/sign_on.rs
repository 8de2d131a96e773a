//! Single sign-on: the browser's session stands for another sign-in.

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_oidc::authorize::AuthorizationRequest;
use doorward_storage::sign_in::{self, Completion, SessionWrite};
use serde_json::json;

use super::{Answer, with_script_log};
use crate::signin::carrier;
use crate::signin::fault::SignInFault;
use crate::signin::grant::{self, Granting};
use crate::signin::hop::{Hop, Terms};
use crate::signin::standing::SignedOn;
use crate::signin::transaction::Transaction;

/// Gives an application a code for the browser's session: single sign-on.
///
/// # Errors
/// Those of the database; `SessionEnded` when the session ended this moment.
pub async fn sign_on(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    request: &AuthorizationRequest,
    signed_on: SignedOn,
) -> Result<Answer, SignInFault> {
    let application = terms.application().ok_or(SignInFault::ApplicationUnusable)?;
    let SignedOn {
        session,
        person,
        path,
        script_log,
    } = signed_on;
    let granting = Granting {
        transaction: &transaction.id,
        application,
        request,
        person: &person,
        evidence: &session.evidence,
        path: path.as_deref(),
        session: &session.key,
        session_ends: session.expires_at,
    };
    let (grant, code) = grant::make(hop, &granting)?;
    let event = AuditEvent {
        account: person.account().cloned(),
        application: Some(application.id.clone()),
        // The provider that the session began with is the way this sign-in came, too.
        connection: session.evidence.iter().find_map(|evidence| evidence.connection.clone()),
        sub: Some(person.sub().to_owned()),
        detail: with_script_log(json!({"single_sign_on": true, "request": hop.request_id}), script_log),
        ..hop.event(AuditAction::SignedIn)
    };
    let completion = Completion {
        session: SessionWrite::Continue {
            key: session.key,
            at: hop.now,
        },
        grant: Some(grant),
        audit: vec![event],
        ..Completion::default()
    };
    sign_in::complete(&hop.state.store, completion).await?;
    hop.state.metrics.sign_in("single_sign_on");
    let response = request.succeed(hop.state.issuer(), &code);
    // It is kept where the person was asked for an account.
    let cookies = carrier::forget(&hop.state, transaction).into_iter().collect();
    Ok(Answer::new(response.deliver(), cookies))
}
