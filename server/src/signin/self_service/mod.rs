//! A person's own account: how they come to it, what they prove before a sensitive change, and what they add to it.
//!
//! A visit is a sign-in like any other, through the same pages and moves; its flow follows from what the account has.
//! Whatever is set up there is set up by the code that sets it up during a sign-in.

mod anew;
pub mod change;
pub mod holdings;
mod join;
mod notice;

use doorward_domain::account::Account;
use doorward_domain::assurance::{Evidence, Upstream};
use doorward_domain::attempt::AttemptTarget;
use doorward_domain::audit::AuditAction;
use doorward_domain::engine::{Completed, Person, SignIn};
use doorward_domain::flow::SignInFlow;
use doorward_domain::id::AccountId;
use doorward_domain::self_service::{self as rules, Addition, Holdings};
use doorward_storage::account;
use doorward_storage::session::Session;
use doorward_storage::sign_in;
use doorward_vault::Purpose;
use http::HeaderValue;
use serde::{Deserialize, Serialize};

pub(super) use anew::{check_fresh, receiver};
pub(super) use join::join;

use super::console::PROVEN;
use super::dispatcher::{self, Failed};
use super::fault::SignInFault;
use super::finish::{self, Answer, Effects};
use super::hop::{Hop, Terms};
use super::session;
use super::transaction::{Target, Transaction};
use super::{carrier, cookie, upstream_logout};
use doorward_app::hosted::page::self_service::Done;

/// The page.
pub const HOME: &str = "/account";

/// How long the page after a change may be on its way, in seconds: a redirect, no more.
const DONE_SECONDS: i64 = 60;

/// A sign-in for the sake of the person's own account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// A checked path of ours.
    #[serde(rename = "r")]
    pub return_to: String,
    /// Whose account it is about; `None` while nobody is known.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// What that account is called, for the page that asks it to show itself anew.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(rename = "k")]
    pub task: Task,
    #[serde(rename = "f")]
    pub flow: SignInFlow,
}

/// What a visit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// To come in.
    #[serde(rename = "e")]
    Enter,
    /// To show anew who they are, before a sensitive change.
    #[serde(rename = "p")]
    Prove,
    #[serde(rename = "t")]
    AddApp,
    #[serde(rename = "k")]
    AddPasskey,
    #[serde(rename = "c")]
    MakeCodes,
    #[serde(rename = "l")]
    Link,
}

impl Task {
    /// What is done when it has ended well.
    fn done(self) -> Option<Done> {
        match self {
            Self::Enter | Self::Prove => None,
            Self::AddApp => Some(Done::AppAdded),
            Self::AddPasskey => Some(Done::PasskeyAdded),
            Self::MakeCodes => Some(Done::CodesMade),
            Self::Link => Some(Done::Linked),
        }
    }
}

impl Visit {
    /// The account that gets another link.
    #[must_use]
    pub fn links(&self) -> Option<&AccountId> {
        self.account.as_ref().filter(|_| self.task == Task::Link)
    }
}

/// Somebody with an account, signed in in this browser.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub session: Session,
    pub account: Account,
}

/// Who is here.
pub enum Arrival {
    Nobody,
    /// Signed in, and nothing of them is kept but, at most, second factors.
    WithoutAccount(Box<Session>),
    Visitor(Box<Visitor>),
}

/// Who is signed in in this browser.
///
/// # Errors
/// Those of the database.
pub async fn arrival(hop: &Hop) -> Result<Arrival, SignInFault> {
    let Some(session) = session::find(hop).await? else {
        return Ok(Arrival::Nobody);
    };
    Ok(match session.account.clone() {
        Some(account) => Arrival::Visitor(Box::new(Visitor { session, account })),
        None => Arrival::WithoutAccount(Box::new(session)),
    })
}

/// The anti-forgery token of the page's forms.
#[must_use]
pub fn csrf(hop: &Hop, session: &Session) -> String {
    cookie::encode(&hop.state.keyring.mac(Purpose::Csrf, &[b"account", &session.key]))
}

/// Begins the sign-in of somebody who is not known yet.
///
/// # Errors
/// What stops it.
pub fn enter(hop: &Hop, return_to: String) -> Result<Answer, Failed> {
    let flow = rules::entry(hop.snapshot.connections().map(std::convert::AsRef::as_ref));
    let visit = Visit {
        return_to,
        account: None,
        username: None,
        task: Task::Enter,
        flow,
    };
    dispatcher::to_page(hop, begun(hop, visit))
}

fn begun(hop: &Hop, visit: Visit) -> Transaction {
    let flow = visit.flow.clone();
    Transaction::begin(Target::Account(Box::new(visit)), &flow, &*hop.state.random, hop.now)
}

/// Whether the session is good for a sensitive change now.
///
/// # Errors
/// Those of the database.
pub async fn is_proven(hop: &Hop, visitor: &Visitor) -> Result<bool, SignInFault> {
    let holdings = holdings::of(hop, &visitor.account).await?;
    let evidence = hop.snapshot.renewed(&visitor.session.evidence);
    Ok(rules::is_proven(&evidence, &holdings, rules::PROOF_LIFE, hop.now))
}

/// Has the person show anew who they are, then go on at a path of ours.
///
/// # Errors
/// What stops it.
pub async fn prove(hop: &Hop, visitor: &Visitor, return_to: String) -> Result<Answer, SignInFault> {
    let holdings = holdings::of(hop, &visitor.account).await?;
    prove_by(hop, visitor, &holdings, return_to).await
}

/// The same, by some of what the account has.
pub(super) async fn prove_by(
    hop: &Hop,
    visitor: &Visitor,
    holdings: &Holdings,
    return_to: String,
) -> Result<Answer, SignInFault> {
    go(hop, visitor, Task::Prove, return_to, holdings.proof()).await
}

/// Begins to set something up.
///
/// # Errors
/// What stops it; `NotOffered` for what the account has or cannot have.
pub async fn add(hop: &Hop, visitor: &Visitor, addition: &Addition) -> Result<Answer, SignInFault> {
    let holdings = holdings::of(hop, &visitor.account).await?;
    let task = match addition {
        Addition::App if !holdings.has_app => Task::AddApp,
        Addition::Passkey => Task::AddPasskey,
        Addition::Codes if holdings.may_have_codes() => Task::MakeCodes,
        Addition::Link(_) => Task::Link,
        Addition::App | Addition::Codes => return Err(SignInFault::NotOffered),
    };
    go(hop, visitor, task, HOME.to_owned(), holdings.adding(addition)).await
}

/// Begins a visit of somebody who is known. What their session has proven just now need not be proven again, but for
/// the last step, which is what they came for.
async fn go(
    hop: &Hop,
    visitor: &Visitor,
    task: Task,
    return_to: String,
    flow: SignInFlow,
) -> Result<Answer, SignInFault> {
    let visit = Visit {
        return_to,
        account: Some(visitor.account.id.clone()),
        username: Some(visitor.account.username.clone()),
        task,
        flow,
    };
    let terms = Terms::Account(visit.flow.clone());
    let transaction = begun(hop, visit);
    let before_last = u32::try_from(terms.demands().flow.steps.len()).unwrap_or(u32::MAX) - 1;
    let person = person(&visitor.account);
    let known = visitor.account.claims();
    let evidence = hop.snapshot.renewed(&visitor.session.evidence);
    // A provider's word takes no step here.
    let ours = |piece| Evidence {
        upstream: Upstream::Untrusted,
        ..piece
    };
    let young = rules::recent(&evidence, rules::PROOF_LIFE, hop.now).into_iter();
    let mut left: Vec<Evidence> = young
        .filter(|piece| piece.upstream != Upstream::Confirms)
        .map(ours)
        .collect();
    let oldest = left.iter().map(|piece| piece.at).min();
    if let Some(since) = oldest
        && account::is_signed_out_since(hop.state.store.read(), &visitor.account.id, since).await?
    {
        // What was proven before everything ended opens nothing any more (S16): it is asked anew.
        left.clear();
    }
    let mut state = transaction.state.clone();
    while let SignIn::Choosing(choosing) = &state {
        if choosing.step() >= before_last {
            break;
        }
        let Some(next) = choosing.take_over_any(&mut left, &person, &known, &terms.demands(), hop.now) else {
            break;
        };
        state = next;
    }
    finish::advance(hop, &terms, transaction, Effects::default(), state).await
}

fn person(account: &Account) -> Person {
    Person::Account {
        id: account.id.clone(),
        sub: account.sub.clone(),
        fresh: None,
        mailbox: account.owned_address().is_some(),
    }
}

/// A visit goes on only for the person it is about, in a browser where they are signed in (S7): whoever signs out or
/// proves to be somebody else has ended it.
///
/// # Errors
/// `NotThisBrowser`, `AnotherAccountHere`; those of the database.
pub(super) async fn check(hop: &Hop, transaction: &Transaction, next: &SignIn) -> Result<(), SignInFault> {
    let Some(expected) = transaction.visit().and_then(|visit| visit.account.as_ref()) else {
        return Ok(());
    };
    if finish::person_of(next).is_some_and(|person| person.account() != Some(expected)) {
        return Err(SignInFault::AnotherAccountHere);
    }
    check_session(hop, expected).await
}

async fn check_session(hop: &Hop, account: &AccountId) -> Result<(), SignInFault> {
    let session = session::find(hop).await?;
    match session.and_then(|session| session.account) {
        Some(current) if current.id == *account => Ok(()),
        Some(_) => Err(SignInFault::AnotherAccountHere),
        None => Err(SignInFault::NotThisBrowser),
    }
}

/// The end of a visit: a new session in the place of the old one (S26), which keeps what that had proven.
pub(super) async fn arrive(
    hop: &Hop,
    transaction: &Transaction,
    mut effects: Effects,
    mut done: Completed,
    visit: &Visit,
) -> Result<Answer, SignInFault> {
    let proven_at = finish::proven_at(&done);
    if let Some(before) = session::find(hop).await?
        && before.account.is_some()
        && before.account.as_ref().map(|account| &account.id) == done.person.account()
    {
        let kept = session::kept(before, &done);
        // The provider behind them may end that session at this moment.
        effects
            .vouched
            .extend(upstream_logout::vouched(hop, &done.person, kept.iter()));
        done.evidence.extend(kept);
    }
    let (_, write, session) = session::begin(hop, &done);
    let target = match visit.task {
        Task::Enter => Some(AttemptTarget::Account),
        Task::Prove if visit.return_to == PROVEN => Some(AttemptTarget::ConsoleProof),
        Task::Prove => Some(AttemptTarget::Proof),
        Task::AddApp | Task::AddPasskey | Task::MakeCodes | Task::Link => None,
    };
    if target.is_some() {
        effects.audit.push(finish::signed_in(hop, None, target, &done));
    }
    sign_in::complete(&hop.state.store, effects.into_completion(write, proven_at)).await?;
    hop.state.metrics.sign_in("succeeded");
    let (mut address, mut told) = (visit.return_to.clone(), None);
    if let (Some(what), Some(account)) = (visit.task.done(), &visit.account) {
        address = HOME.to_owned();
        told = note_done(hop, what);
        if let Some(account) = account::find(hop.state.store.read(), account).await? {
            notice::send(hop, &account, what).await;
        }
    }
    let cookies = [carrier::forget(&hop.state, transaction), session, told]
        .into_iter()
        .flatten()
        .collect();
    Ok(Answer::redirect(address, cookies))
}

/// Has the next page say, once, what was done. A word of a closed list, which nobody can make say something else, so it
/// needs no seal.
#[must_use]
pub fn note_done(hop: &Hop, done: Done) -> Option<HeaderValue> {
    hop.cookies().set(cookie::DONE, done.word(), Some(DONE_SECONDS))
}

/// A line of the audit log about something a person did to their account.
fn event(hop: &Hop, account: &Account, action: AuditAction) -> doorward_domain::audit::AuditEvent {
    doorward_domain::audit::AuditEvent {
        account: Some(account.id.clone()),
        sub: Some(account.sub.clone()),
        ..hop.event(action)
    }
}
