//! Commits a step: the next state of the transaction, or its end with session, grant and code.

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, Attribute, AttributeSource, Link, Role};
use doorward_domain::assurance::assess;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Completed, Person, SignIn};
use doorward_oidc::authorize::{AuthorizationRequest, AuthorizationResponse, Delivery, ErrorCode};
use doorward_storage::sign_in::{
    self, AccountWrite, Completion, FactorWrite, HolderWrite, PasskeyWrite, SessionWrite, TransactionAdvance,
};
use doorward_storage::{Contested, StorageError, account};
use http::HeaderValue;
use serde_json::{Value, json};

use super::cookie::LAST_USED;
use super::fault::SignInFault;
use super::grant::{self, Granting};
use super::hop::{Hop, Terms};
use super::session::{self, SignedOn};
use super::transaction::{Home, Target, Transaction};
use super::{carrier, dispatcher, script, self_service};

/// How long the hint about the last connection is kept, in seconds.
const LAST_USED_SECONDS: i64 = 180 * 24 * 3600;

/// What a step writes beside its own progress. Everything is committed together (S43).
#[derive(Debug, Default)]
pub struct Effects {
    pub account: Option<AccountWrite>,
    pub holder: HolderWrite,
    pub link: Option<Link>,
    pub factors: Vec<FactorWrite>,
    pub passkeys: Vec<PasskeyWrite>,
    /// A counter of failed attempts that is forgotten now.
    pub forgive: Option<String>,
    pub audit: Vec<AuditEvent>,
}

/// Where the browser goes, and the cookies it gets.
#[derive(Debug)]
pub struct Answer {
    pub delivery: Delivery,
    pub cookies: Vec<HeaderValue>,
}

impl Answer {
    /// A redirect to an address.
    #[must_use]
    pub fn redirect(address: impl Into<String>, cookies: Vec<HeaderValue>) -> Self {
        Self {
            delivery: Delivery::Redirect(address.into()),
            cookies,
        }
    }
}

/// Commits what a step achieved and says where the browser goes.
///
/// # Errors
/// `Denied` with nothing written; `Storage` with `Conflict` `Transaction` for a replayed step (S24).
pub async fn advance(
    hop: &Hop,
    terms: &Terms,
    mut transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    self_service::check(hop, &transaction, &next).await?;
    let resolved = match script::resolve(hop, terms, &transaction, next).await {
        Ok(resolved) => resolved,
        Err(fault) => return tell_application(hop, &transaction, fault),
    };
    // Only what may end without another run needs to remember it.
    if matches!(resolved.state, SignIn::Completed(_) | SignIn::AwaitingAttributes(_))
        && let Some(log) = resolved.log
    {
        transaction.script_log = log;
    }
    let mut answer = commit(hop, terms, transaction, effects, resolved.state).await?;
    answer.cookies.extend(resolved.cookies);
    Ok(answer)
}

/// What a script says with `fail()` is for the application (RFC 6749 §4.1.2.1); every other fault is for a page.
///
/// # Errors
/// The fault, when there is no application to tell or it is not for it.
pub fn tell_application(hop: &Hop, transaction: &Transaction, fault: SignInFault) -> Result<Answer, SignInFault> {
    match (fault, transaction.request()) {
        (SignInFault::EndedByScript, Some(request)) => {
            let why = "The application's rules do not allow this sign-in.";
            Ok(refuse(hop, transaction, request, ErrorCode::AccessDenied, why))
        }
        (fault, _) => Err(fault),
    }
}

/// When the person proved the first thing.
pub(super) fn proven_at(done: &Completed) -> Option<Timestamp> {
    done.evidence.iter().map(|evidence| evidence.at).min()
}

/// Commits. Of an account whose sessions were all ended meanwhile the sign-in is over: a new password, a link that was
/// taken away or a sign-out everywhere also ends what is under way (S6, S16).
async fn commit(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    let proven = match &next {
        SignIn::Completed(done) => Some((done.person.account().cloned(), proven_at(done))),
        next => next.progress().map(|progress| {
            let passed = progress.passed().iter().map(|passed| passed.evidence.at);
            (progress.person().and_then(Person::account).cloned(), passed.min())
        }),
    };
    let refused = match write(hop, terms, transaction, effects, next).await {
        Err(SignInFault::Storage(error)) => error,
        settled => return settled,
    };
    if let (Some(Contested::AccountNotActive | Contested::Version), Some((Some(account), Some(since)))) =
        (refused.contested(), proven)
        && account::is_signed_out_since(hop.state.store.read(), &account, since).await?
    {
        return Err(SignInFault::Expired);
    }
    Err(refused.into())
}

async fn write(
    hop: &Hop,
    terms: &Terms,
    mut transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    match next {
        SignIn::Denied(denied) => Err(SignInFault::Denied(denied.reason, Some(denied.step))),
        SignIn::Completed(done) => complete(hop, terms, transaction, effects, done).await,
        // Nothing is proven yet: it stays in the cookie and costs nothing.
        next if !next.has_proof() && carrier::version(&transaction).is_none() => {
            transaction.state = next;
            let cookies = carrier::keep(&hop.state, &hop.headers, &transaction)?;
            Ok(Answer::redirect(dispatcher::address(&transaction), cookies))
        }
        next @ (SignIn::AwaitingScript(_)
        | SignIn::Choosing(_)
        | SignIn::AwaitingFederation(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)) => {
            transaction.state = next;
            let passed = transaction
                .state
                .progress()
                .map_or(&[][..], |progress| progress.passed());
            let proven_at = passed.iter().map(|passed| passed.evidence.at).min();
            let completion = effects.into_completion(SessionWrite::None, proven_at);
            let completion = store_state(hop, &mut transaction, completion)?;
            sign_in::complete(&hop.state.store, completion).await?;
            let cookies = carrier::keep(&hop.state, &hop.headers, &transaction)?;
            Ok(Answer::redirect(dispatcher::address(&transaction), cookies))
        }
    }
}

fn store_state(hop: &Hop, transaction: &mut Transaction, completion: Completion) -> Result<Completion, SignInFault> {
    let expires_at = transaction.state.progress().ok_or(SignInFault::Expired)?.expires_at();
    let sealed_state = transaction.seal_for_row(&hop.state.keyring);
    match carrier::version(transaction) {
        None => {
            let row = carrier::first_row(&hop.state, transaction, expires_at);
            transaction.home = Home::Row { version: row.version };
            Ok(Completion {
                transaction: Some(row),
                ..completion
            })
        }
        Some(version) => {
            let id = transaction.id.clone();
            transaction.home = Home::Row { version: version + 1 };
            let advance = TransactionAdvance {
                id,
                version,
                sealed_state,
                at: hop.now,
            };
            Ok(Completion {
                advance: Some(advance),
                ..completion
            })
        }
    }
}

impl Effects {
    pub(super) fn into_completion(self, session: SessionWrite, proven_at: Option<Timestamp>) -> Completion {
        Completion {
            account: self.account.unwrap_or(AccountWrite::None),
            holder: self.holder,
            proven_at,
            link: self.link,
            factors: self.factors,
            passkeys: self.passkeys,
            session,
            forgive: self.forgive,
            audit: self.audit,
            ..Completion::default()
        }
    }
}

async fn complete(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
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
            enter_console(hop, &transaction, effects, &done, return_to).await
        }
        (Target::Account(visit), _) => {
            let visit = visit.clone();
            self_service::arrive(hop, &transaction, effects, done, &visit).await
        }
        (Target::Application(request), Terms::Application(application)) => {
            let subject = hop.state.oidc.subjects.for_application(application, done.person.sub());
            let (acr, _) = assess(&done.evidence);
            if !request.accepts_subject(&subject) {
                return Ok(refuse(
                    hop,
                    &transaction,
                    request,
                    ErrorCode::LoginRequired,
                    "Somebody else signed in.",
                ));
            }
            if !request.accepts_acr(acr) {
                let (code, why) = (
                    ErrorCode::UnmetAuthenticationRequirements,
                    "The acr asked for was not reached.",
                );
                return Ok(refuse(hop, &transaction, request, code, why));
            }
            let (new, write, cookie) = session::begin(hop, &done);
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
                ..signed_in(hop, Some(&grant.application), &done)
            });
            let completion = Completion {
                grant: Some(grant),
                ..effects.into_completion(write, proven_at(&done))
            };
            sign_in::complete(&hop.state.store, completion).await?;
            hop.state.metrics.sign_in("succeeded");
            let response = request.succeed(hop.state.issuer(), &code);
            Ok(end(hop, &transaction, response, cookie, &done))
        }
        (Target::Application(_), Terms::Console(_) | Terms::Account(_)) => {
            Err(SignInFault::Broken("terms of another target"))
        }
    }
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
    Answer {
        delivery: response.deliver(),
        cookies,
    }
}

/// Ends the transaction with an error for the application.
pub fn refuse(
    hop: &Hop,
    transaction: &Transaction,
    request: &AuthorizationRequest,
    code: ErrorCode,
    why: &'static str,
) -> Answer {
    let response = request.error(code, why).respond(hop.state.issuer());
    let cookies = carrier::forget(&hop.state, transaction).into_iter().collect();
    Answer {
        delivery: response.deliver(),
        cookies,
    }
}

pub(super) fn signed_in(
    hop: &Hop,
    application: Option<&doorward_domain::id::ApplicationId>,
    done: &Completed,
) -> AuditEvent {
    AuditEvent {
        account: done.person.account().cloned(),
        application: application.cloned(),
        connection: done.evidence.iter().find_map(|evidence| evidence.connection.clone()),
        sub: Some(done.person.sub().to_owned()),
        detail: json!({"request": hop.request_id}),
        ..hop.event(AuditAction::SignedIn)
    }
}

/// With what the application's script wrote on the way.
fn with_script_log(mut detail: Value, log: Vec<String>) -> Value {
    if !log.is_empty() {
        detail["log"] = json!(log);
    }
    detail
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
    effects.audit.push(signed_in(hop, None, done));
    sign_in::complete(&hop.state.store, effects.into_completion(write, proven_at(done))).await?;
    hop.state.metrics.sign_in("succeeded");
    let cookies = [carrier::forget(&hop.state, transaction), cookie]
        .into_iter()
        .flatten()
        .collect();
    Ok(Answer::redirect(return_to, cookies))
}

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
    Ok(Answer {
        delivery: response.deliver(),
        cookies: vec![],
    })
}
