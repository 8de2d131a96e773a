//! Commits a step: the next state of the transaction, or its end with session, grant and code.
//!
//! What a step writes beside its progress comes in as [`Effects`], and where the browser goes leaves as an [`Answer`].
//! A state that waits for more is kept by [`commit`]; one that is complete ends for its target in [`complete`].

pub mod again;
mod commit;
mod complete;
mod sign_on;

use doorward_domain::Timestamp;
use doorward_domain::account::Link;
use doorward_domain::attempt::AttemptTarget;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Completed, Denial, Person, SignIn};
use doorward_oidc::authorize::{AuthorizationRequest, Delivery, ErrorCode};
use doorward_storage::Contested;
use doorward_storage::sign_in::{
    self, AccountWrite, Completion, FactorWrite, HolderWrite, PasskeyWrite, SessionWrite, TransactionOver,
};
use doorward_storage::upstream_logout::Vouched;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::script::Sent;
use super::transaction::Transaction;
use super::{carrier, dispatcher, script, self_service, session};
use commit::commit;
pub(super) use complete::signed_in;
pub use sign_on::sign_on;

/// What a step writes beside its own progress. Everything is committed together (S43).
#[derive(Debug, Default)]
pub struct Effects {
    pub account: Option<AccountWrite>,
    pub holder: HolderWrite,
    pub link: Option<Link>,
    pub factors: Vec<FactorWrite>,
    pub passkeys: Vec<PasskeyWrite>,
    /// For whom providers have vouched earlier in this sign-in.
    pub vouched: Vec<Vouched>,
    /// A counter of failed attempts that is forgotten now.
    pub forgive: Option<String>,
    pub audit: Vec<AuditEvent>,
}

impl Effects {
    /// The part that says what was used up.
    fn spent(&self) -> Self {
        let is_use = |write: &&FactorWrite| matches!(write, FactorWrite::Use { .. } | FactorWrite::Spend { .. });
        let is_used = |write: &&PasskeyWrite| matches!(write, PasskeyWrite::Use { .. });
        let tells = |event: &&AuditEvent| event.action == AuditAction::BackupCodeUsed;
        Self {
            factors: self.factors.iter().filter(is_use).cloned().collect(),
            passkeys: self.passkeys.iter().filter(is_used).cloned().collect(),
            audit: self.audit.iter().filter(tells).cloned().collect(),
            ..Self::default()
        }
    }

    pub(super) fn into_completion(self, session: SessionWrite, proven_at: Option<Timestamp>) -> Completion {
        Completion {
            account: self.account.unwrap_or(AccountWrite::None),
            holder: self.holder,
            proven_at,
            vouched: self.vouched,
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

/// Where the browser goes, and what it gets beside.
#[derive(Debug)]
pub struct Answer {
    pub delivery: Delivery,
    pub cookies: Vec<HeaderValue>,
    /// Those of a script.
    pub headers: HeaderMap,
}

impl Answer {
    /// An answer with cookies.
    #[must_use]
    pub fn new(delivery: Delivery, cookies: Vec<HeaderValue>) -> Self {
        Self {
            delivery,
            cookies,
            headers: HeaderMap::new(),
        }
    }

    /// A redirect to an address.
    #[must_use]
    pub fn redirect(address: impl Into<String>, cookies: Vec<HeaderValue>) -> Self {
        Self::new(Delivery::Redirect(address.into()), cookies)
    }

    /// With what a script sends to the browser.
    pub(super) fn send(&mut self, sent: Sent) {
        self.cookies.extend(sent.cookies);
        self.headers.extend(sent.headers);
    }
}

/// Commits what a step achieved and says where the browser goes. A step that was answered before leads to where the
/// sign-in is by now.
///
/// # Errors
/// `Denied` with nothing written but that a code was used; `Storage` with `Conflict` `Transaction` for a replayed step
/// of a sign-in that is over (S24).
pub async fn advance(
    hop: &Hop,
    terms: &Terms,
    mut transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    let spent = effects.spent();
    let sub = person_of(&next).map(|person| person.sub().to_owned());
    match take_step(hop, terms, &mut transaction, effects, next).await {
        Err(fault) if fault.is_refusal() => {
            write_spent(hop, &transaction, spent, &fault).await?;
            tell_application(hop, &transaction, fault)
        }
        Err(fault) if fault.contested() == Some(Contested::Transaction) => {
            catch_up(hop, &transaction, sub.as_deref(), fault).await
        }
        settled => settled,
    }
}

/// A step that is not taken leaves the transaction where it is kept, though it may have gone on in memory.
async fn take_step(
    hop: &Hop,
    terms: &Terms,
    transaction: &mut Transaction,
    mut effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    self_service::check(hop, transaction, &next).await?;
    session::check(hop, transaction, &next).await?;
    let resolved = script::resolve(hop, terms, transaction, next).await?;
    // Only what may end without another run needs to remember it.
    if matches!(resolved.state, SignIn::Completed(_) | SignIn::AwaitingAttributes(_))
        && let Some(log) = resolved.log
    {
        transaction.script_log = log;
    }
    if let Some(association) = resolved.association {
        association.enter(&mut effects);
    }
    let (state, elsewhere) = dispatcher::skip_prompt(hop, terms, transaction, resolved.state).await;
    let mut answer = commit(hop, terms, transaction, effects, state).await?;
    if let Some(provider) = elsewhere {
        answer.delivery = Delivery::Redirect(provider);
    }
    answer.send(resolved.sent);
    Ok(answer)
}

/// A refusal does not bring back what was used: a code that was right has worked once (S45).
async fn write_spent(
    hop: &Hop,
    transaction: &Transaction,
    spent: Effects,
    fault: &SignInFault,
) -> Result<(), SignInFault> {
    // What a script has ended is over: nobody goes back to the step and answers it otherwise.
    let ends = matches!(
        fault,
        SignInFault::EndedByScript | SignInFault::DeniedByScript(Denial::ByScript)
    );
    let over = over(transaction).filter(|_| ends);
    if over.is_none() && spent.factors.is_empty() && spent.passkeys.is_empty() {
        return Ok(());
    }
    let completion = Completion {
        over,
        ..spent.into_completion(SessionWrite::None, None)
    };
    match sign_in::complete(&hop.state.store, completion).await {
        // Somebody else has used it up at this moment.
        Err(error) if error.contested() == Some(Contested::FactorUsed) => Ok(()),
        written => Ok(written?),
    }
}

/// Who somebody is in a state that a step leads to.
pub(super) fn person_of(next: &SignIn) -> Option<&Person> {
    match next {
        SignIn::Completed(done) => Some(&done.person),
        next => next.progress().and_then(|progress| progress.person()),
    }
}

/// The step was committed before, and the browser did not see the answer: it goes on from the row there is (S24), or to
/// where the sign-in has ended. `sub` is who has just taken the step.
pub(super) async fn catch_up(
    hop: &Hop,
    stale: &Transaction,
    sub: Option<&str>,
    fault: SignInFault,
) -> Result<Answer, SignInFault> {
    // Before the first proof, having the cookie shows nothing of who somebody is: whoever gave a person a transaction
    // of their own must not come into what that person has proven.
    let has_proven = carrier::version(stale).is_some();
    let fault = match carrier::find_row(&hop.state, stale).await {
        Ok(current) if carrier::version(&current) > carrier::version(stale) => {
            let whose = person_of(&current.state).map(Person::sub);
            if !has_proven && (sub.is_none() || sub != whose) {
                return Err(fault);
            }
            let cookies = carrier::keep(&hop.state, &hop.headers, &current)?;
            return Ok(Answer::redirect(dispatcher::address(&current), cookies));
        }
        // The row this very step started from: the sign-in has ended since.
        Ok(_) => fault,
        Err(over @ SignInFault::AlreadyUsed) => over,
        Err(broken) => return Err(broken),
    };
    // A form is answered again; a provider's answer counts once (S24).
    let is_form = !matches!(stale.state, SignIn::AwaitingFederation(_));
    if is_form && (has_proven || sub.is_some()) {
        again::to_holder(hop, stale, sub).await?.ok_or(fault)
    } else {
        Err(fault)
    }
}

/// The end of a transaction that gives no code, if it has a row.
fn over(transaction: &Transaction) -> Option<TransactionOver> {
    let version = carrier::version(transaction)?;
    let id = transaction.id.clone();
    Some(TransactionOver { id, version })
}

/// What a script says with `fail()` is for the application (RFC 6749 §4.1.2.1); every other fault is for a page.
///
/// # Errors
/// The fault, when there is no application to tell or it is not for it.
pub fn tell_application(hop: &Hop, transaction: &Transaction, fault: SignInFault) -> Result<Answer, SignInFault> {
    match (fault, transaction.request()) {
        (SignInFault::EndedByScript, Some(request)) => Ok(not_allowed(hop, transaction, request)),
        (fault, _) => Err(fault),
    }
}

/// What the application hears of a sign-in that its own rules refuse.
#[must_use]
pub fn not_allowed(hop: &Hop, transaction: &Transaction, request: &AuthorizationRequest) -> Answer {
    let why = "The application's rules do not allow this sign-in.";
    refuse(hop, transaction, request, ErrorCode::AccessDenied, why)
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
    Answer::new(response.deliver(), cookies)
}

/// When the person proved the first thing.
pub(super) fn proven_at(done: &Completed) -> Option<Timestamp> {
    done.evidence.iter().map(|evidence| evidence.at).min()
}

/// With what it was for, where no application asked.
pub(in crate::signin) fn with_target(mut detail: Value, target: Option<AttemptTarget>) -> Value {
    if let Some(target) = target {
        detail["target"] = target.as_str().into();
    }
    detail
}

/// With what the application's script wrote on the way.
fn with_script_log(mut detail: Value, log: Vec<String>) -> Value {
    if !log.is_empty() {
        detail["log"] = json!(log);
    }
    detail
}
