//! Ends a sign-in for what it was begun for: an application, the console, or the person's own account.

use doorward_domain::account::{Account, Attribute, AttributeSource, Role};
use doorward_domain::application::Application;
use doorward_domain::assurance::assess;
use doorward_domain::attempt::AttemptTarget;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Completed, Person};
use doorward_domain::id::ApplicationId;
use doorward_oidc::authorize::{AuthorizationRequest, AuthorizationResponse, ErrorCode};
use doorward_storage::sign_in::{self, AccountWrite, Completion, SessionWrite};
use doorward_storage::{Contested, StorageError, account};
use http::HeaderValue;
use serde_json::json;

use super::{Answer, Effects, over, proven_at, refuse, with_script_log, with_target};
use crate::signin::cookie::LAST_USED;
use crate::signin::fault::SignInFault;
use crate::signin::grant::{self, Granting};
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::{Target, Transaction};
use crate::signin::{carrier, self_service, session, upstream_logout};

/// How long the hint about the last connection is kept, in seconds.
const LAST_USED_SECONDS: i64 = 180 * 24 * 3600;

pub(super) async fn complete(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    mut effects: Effects,
    done: Completed,
) -> Result<Answer, SignInFault> {
    if !done.to_store.is_empty() {
        effects.account = Some(store_answers(hop, &done).await?);
    } else if let (None, Some(account)) = (&effects.account, done.person.account()) {
        // Whatever step came last: the account must be one that may sign in at this moment.
        effects.account = Some(AccountWrite::Use {
            account: account.clone(),
            at: hop.now,
        });
    }
    match (&transaction.target, terms) {
        (Target::Console { return_to }, _) => {
            let return_to = return_to.clone();
            enter_console(hop, transaction, effects, &done, return_to).await
        }
        (Target::Account(visit), _) => {
            let visit = visit.clone();
            self_service::arrive(hop, transaction, effects, done, &visit).await
        }
        (Target::Application(request), Terms::Application(application)) => {
            enter_application(hop, transaction, application, request, effects, &done).await
        }
        (Target::Application(_), Terms::Console(_) | Terms::Account(_)) => {
            Err(SignInFault::Broken("terms of another target"))
        }
    }
}

/// The application gets a code, and the browser a session.
async fn enter_application(
    hop: &Hop,
    transaction: &Transaction,
    application: &Application,
    request: &AuthorizationRequest,
    mut effects: Effects,
    done: &Completed,
) -> Result<Answer, SignInFault> {
    let subject = hop.state.oidc.subjects.for_application(application, done.person.sub());
    let (acr, _) = assess(&done.evidence);
    let unmet = if !request.accepts_subject(&subject) {
        Some((ErrorCode::LoginRequired, "Somebody else signed in."))
    } else if !request.accepts_acr(acr) {
        let code = ErrorCode::UnmetAuthenticationRequirements;
        Some((code, "The acr asked for was not reached."))
    } else {
        None
    };
    if let Some((code, why)) = unmet {
        // The step was passed all the same: its code works no second time (S45), and what was set up is kept.
        let completion = Completion {
            over: over(transaction),
            ..effects.into_completion(SessionWrite::None, proven_at(done))
        };
        sign_in::complete(&hop.state.store, completion).await?;
        return Ok(refuse(hop, transaction, request, code, why));
    }
    let before = match transaction.rests_on_session {
        // A script may have ended it since the step was taken.
        true => Some(session::rested_on(hop, Some(&done.person)).await?),
        false => None,
    };
    let (new, write, cookie) = session::begin_for(hop, transaction, done, before);
    // The providers behind what it keeps may end that at this moment.
    let kept = new.evidence.iter().skip(done.evidence.len());
    effects
        .vouched
        .extend(upstream_logout::vouched(hop, &done.person, kept));
    let granting = Granting {
        transaction: &transaction.id,
        application,
        request,
        person: &done.person,
        evidence: &done.evidence,
        path: done.path.as_deref(),
        session: &new.key,
        session_ends: new.expires_at,
    };
    let (grant, code) = grant::make(hop, &granting)?;
    effects.audit.push(AuditEvent {
        detail: with_script_log(json!({"request": hop.request_id}), transaction.script_log.clone()),
        ..signed_in(hop, Some(&grant.application), None, done)
    });
    let completion = Completion {
        grant: Some(grant),
        ..effects.into_completion(write, proven_at(done))
    };
    sign_in::complete(&hop.state.store, completion).await?;
    hop.state.metrics.sign_in("succeeded");
    let response = request.succeed(hop.state.issuer(), &code);
    Ok(end(hop, transaction, response, cookie, done))
}

/// Ends the transaction with an answer to the application.
fn end(
    hop: &Hop,
    transaction: &Transaction,
    response: AuthorizationResponse,
    session: Option<HeaderValue>,
    done: &Completed,
) -> Answer {
    let by = done.evidence.iter().find_map(|evidence| evidence.option.connection());
    let hint = hop.cookies().set(
        LAST_USED,
        by.map_or("password", |handle| handle.as_str()),
        Some(LAST_USED_SECONDS),
    );
    let cookies = [carrier::forget(&hop.state, transaction), session, hint]
        .into_iter()
        .flatten()
        .collect();
    Answer::new(response.deliver(), cookies)
}

async fn enter_console(
    hop: &Hop,
    transaction: &Transaction,
    mut effects: Effects,
    done: &Completed,
    return_to: String,
) -> Result<Answer, SignInFault> {
    let Some(id) = done.person.account() else {
        return Err(SignInFault::NotAdministrator);
    };
    let found = account::find(hop.state.store.read(), id).await?;
    if found.is_none_or(|account| account.role != Role::Administrator) {
        return Err(SignInFault::NotAdministrator);
    }
    let (_, write, cookie) = session::begin(hop, done);
    effects
        .audit
        .push(signed_in(hop, None, Some(AttemptTarget::Console), done));
    sign_in::complete(&hop.state.store, effects.into_completion(write, proven_at(done))).await?;
    hop.state.metrics.sign_in("succeeded");
    let cookies = [carrier::forget(&hop.state, transaction), cookie]
        .into_iter()
        .flatten()
        .collect();
    Ok(Answer::redirect(return_to, cookies))
}

/// The line of the audit log. `target` says what it was for where no application asked.
pub(in crate::signin) fn signed_in(
    hop: &Hop,
    application: Option<&ApplicationId>,
    target: Option<AttemptTarget>,
    done: &Completed,
) -> AuditEvent {
    AuditEvent {
        account: done.person.account().cloned(),
        application: application.cloned(),
        connection: done.evidence.iter().find_map(|evidence| evidence.connection.clone()),
        sub: Some(done.person.sub().to_owned()),
        detail: with_target(json!({"request": hop.request_id}), target),
        ..hop.event(AuditAction::SignedIn)
    }
}

/// What the person filled in, written into their profile as their own word.
async fn store_answers(hop: &Hop, done: &Completed) -> Result<AccountWrite, SignInFault> {
    let Person::Account { id, .. } = &done.person else {
        return Err(SignInFault::Broken("attributes to store without an account"));
    };
    let found = account::find(hop.state.store.read(), id).await?;
    let Account {
        mut attributes,
        username,
        version,
        ..
    } = found.ok_or(StorageError::Conflict {
        what: Contested::AccountNotActive,
    })?;
    for (name, value) in &done.to_store {
        // Meanwhile it may have been filled in elsewhere: what is there stays.
        attributes.entry(name.clone()).or_insert_with(|| Attribute {
            value: value.clone(),
            source: AttributeSource::Person,
            at: hop.now,
        });
    }
    Ok(AccountWrite::Update {
        account: id.clone(),
        version,
        username,
        attributes,
        keys_changed: false,
        at: hop.now,
    })
}
