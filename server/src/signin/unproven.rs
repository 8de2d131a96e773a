//! Sign-ins that ended before anybody had proven something: too many wrong tries, and providers that do not answer or
//! answer wrongly. Anybody can bring these about by the thousand, so the request itself writes nothing: what is to be
//! told is noted in memory and written a moment later, one line for whatever is alike in each window, with how often.
//!
//! What a node had not written when it was killed is lost, and its log still has it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use doorward_domain::Timestamp;
use doorward_domain::attempt::{AttemptTarget, Reason};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Person, SignIn};
use doorward_domain::id::{AccountId, ApplicationId, AuditEventId, ConnectionId};
use doorward_federation::{FaultKind, FederationError, Kept};
use doorward_storage::{StorageError, Store, audit};
use serde_json::{Value, json};

use super::attempts::WINDOW;
use super::finish::with_target;
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use crate::log::chain;
use crate::state::Shared;

/// Most kinds of ends that are told apart in one window. Beyond it, accounts are not told apart any more; beyond twice
/// as many, causes neither.
const KINDS: usize = 500;
/// Most requests a line names, the newest: each leads to it.
const REQUESTS: usize = 20;
/// How soon what was noted is written.
const EVERY: Duration = Duration::from_secs(5);

/// What makes two ends alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    reason: Reason,
    application: Option<ApplicationId>,
    connection: Option<ConnectionId>,
    step: Option<u32>,
    account: Option<AccountId>,
    sub: Option<String>,
    /// What it was for where no application asked.
    target: Option<AttemptTarget>,
    /// What was wrong with a provider, in our words: what the line says of it holds for all it stands for.
    cause: Option<String>,
}

#[derive(Debug)]
struct Slot {
    waiting: Option<Waiting>,
    /// Nothing more is written of it before.
    quiet_until: Timestamp,
}

/// A line to write.
#[derive(Debug)]
struct Waiting {
    /// Of the first such end that has no line yet.
    event: AuditEvent,
    /// How many there were.
    times: u64,
    /// Of the newest ends, the newest last.
    requests: VecDeque<String>,
}

impl Waiting {
    fn of(event: AuditEvent) -> Self {
        let requests = request(&event).into_iter().collect();
        Self {
            event,
            times: 1,
            requests,
        }
    }

    fn add(&mut self, event: &AuditEvent) {
        self.times += 1;
        if self.requests.len() >= REQUESTS {
            self.requests.pop_front();
        }
        self.requests.extend(request(event));
    }

    fn line(mut self) -> AuditEvent {
        if let (Value::Object(detail), true) = (&mut self.event.detail, self.times > 1) {
            detail.insert("times".to_owned(), self.times.into());
            if !self.requests.is_empty() {
                detail.insert("requests".to_owned(), json!(self.requests));
            }
        }
        self.event
    }
}

fn request(event: &AuditEvent) -> Option<String> {
    event.detail.get("request").and_then(Value::as_str).map(str::to_owned)
}

/// What waits to be written.
#[derive(Debug, Default)]
pub struct Notes(Mutex<HashMap<Kind, Slot>>);

impl Notes {
    fn note(&self, mut kind: Kind, mut event: AuditEvent) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= KINDS && !slots.contains_key(&kind) {
            (kind.account, kind.sub) = (None, None);
            (event.account, event.sub) = (None, None);
        }
        if slots.len() >= 2 * KINDS && !slots.contains_key(&kind) {
            kind.cause = None;
            if let Value::Object(detail) = &mut event.detail {
                detail.remove("provider");
            }
        }
        let quiet_until = event.at;
        let slot = slots.entry(kind).or_insert(Slot {
            waiting: None,
            quiet_until,
        });
        match &mut slot.waiting {
            Some(waiting) => waiting.add(&event),
            None => slot.waiting = Some(Waiting::of(event)),
        }
    }

    /// A provider gives no good new document (F4).
    pub fn note_kept(&self, kept: &Kept, id: AuditEventId, at: Timestamp) {
        let kind = Kind {
            reason: Reason::ProviderAnsweredWrongly,
            application: None,
            connection: Some(kept.connection.clone()),
            step: None,
            account: None,
            sub: None,
            target: None,
            cause: Some(format!("{}: {}", kept.document, kept.fault.explanation())),
        };
        let event = AuditEvent {
            id,
            at,
            action: AuditAction::DocumentKept,
            actor: Actor::System,
            account: None,
            application: None,
            connection: kind.connection.clone(),
            sub: None,
            detail: json!({"document": kept.document.to_string(), "provider": kept.fault.explanation()}),
        };
        self.note(kind, event);
    }

    /// What is due, each with how often it was; the rest waits on.
    fn due(&self, now: Timestamp) -> Vec<AuditEvent> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        for slot in slots.values_mut().filter(|slot| slot.quiet_until <= now) {
            if let Some(waiting) = slot.waiting.take() {
                due.push(waiting.line());
                slot.quiet_until = now + WINDOW;
            }
        }
        slots.retain(|_, slot| slot.waiting.is_some() || slot.quiet_until > now);
        due
    }

    /// Writes what is due. Costs no statement where nothing is.
    ///
    /// # Errors
    /// Those of the database; what could not be written is lost.
    pub async fn write(&self, store: &Store, now: Timestamp) -> Result<(), StorageError> {
        let due = self.due(now);
        if due.is_empty() {
            return Ok(());
        }
        let write = store.write(move |tx| {
            Box::pin(async move {
                for event in &due {
                    audit::insert(tx, event).await?;
                }
                Ok::<_, StorageError>(())
            })
        });
        write.await
    }
}

/// Writes from time to time what was noted, until it is stopped.
pub async fn run(state: Shared) {
    loop {
        tokio::time::sleep(EVERY).await;
        write(&state).await;
    }
}

/// Writes what was noted.
pub async fn write(state: &Shared) {
    if let Err(error) = state.unproven.write(&state.store, state.now()).await {
        tracing::error!(
            error = chain(&error),
            "sign-ins that ended are missing in the audit log"
        );
    }
}

/// Somebody may try no more for now. `account` is whose password they tried, where they have proven nothing before.
pub fn note_limit(hop: &Hop, terms: &Terms, transaction: &Transaction, account: Option<&AccountId>) {
    let detail = json!({"request": hop.request_id});
    note(hop, terms, transaction, Reason::TooManyAttempts, None, account, detail);
}

/// A provider did not answer, or not as it should. What is kept of its answer is our own word for it.
pub fn note_provider(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    connection: &Connection,
    error: &FederationError,
) {
    let reason = match error.kind() {
        FaultKind::Unreachable => Reason::ProviderUnreachable,
        FaultKind::Slow => Reason::ProviderSlow,
        FaultKind::Aborted => Reason::ProviderRefused,
        FaultKind::Misconfigured => Reason::ConnectionMisconfigured,
        FaultKind::Refused | FaultKind::Clock => Reason::ProviderAnsweredWrongly,
    };
    let detail = json!({"request": hop.request_id, "provider": error.explanation()});
    note(hop, terms, transaction, reason, Some(connection), None, detail);
}

fn note(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    reason: Reason,
    connection: Option<&Connection>,
    account: Option<&AccountId>,
    mut detail: Value,
) {
    let step = match &transaction.state {
        SignIn::Choosing(choosing) => Some(choosing.step() + 1),
        SignIn::AwaitingFederation(away) => Some(away.clone().turn_back().step() + 1),
        SignIn::AwaitingScript(_)
        | SignIn::Prompting(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)
        | SignIn::Completed(_)
        | SignIn::Denied(_) => None,
    };
    let person = transaction.state.progress().and_then(|progress| progress.person());
    let kind = Kind {
        reason,
        application: terms.application().map(|application| application.id.clone()),
        connection: connection.map(|connection| connection.id.clone()),
        step,
        account: account.or_else(|| person.and_then(Person::account)).cloned(),
        sub: person.map(|person| person.sub().to_owned()),
        target: terms.target(),
        cause: detail.get("provider").and_then(Value::as_str).map(str::to_owned),
    };
    if let Value::Object(detail) = &mut detail {
        detail.insert("reason".to_owned(), reason.as_str().into());
        detail.insert("step".to_owned(), step.into());
    }
    let event = AuditEvent {
        account: kind.account.clone(),
        application: kind.application.clone(),
        connection: kind.connection.clone(),
        sub: kind.sub.clone(),
        detail: with_target(detail, kind.target),
        ..hop.event(AuditAction::SignInRefused)
    };
    hop.state.unproven.note(kind, event);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(notes: &Notes, account: usize, at: Timestamp) {
        end_by(notes, account, None, at);
    }

    fn end_by(notes: &Notes, account: usize, cause: Option<&str>, at: Timestamp) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&account.to_be_bytes());
        let account = Some(AccountId::from_random(bytes));
        let kind = Kind {
            reason: Reason::TooManyAttempts,
            application: None,
            connection: None,
            step: Some(1),
            account: account.clone(),
            sub: None,
            target: None,
            cause: cause.map(str::to_owned),
        };
        let event = AuditEvent {
            id: AuditEventId::from_random(bytes),
            at,
            action: AuditAction::SignInRefused,
            actor: Actor::Person,
            account,
            application: None,
            connection: None,
            sub: None,
            detail: json!({"provider": cause}),
        };
        notes.note(kind, event);
    }

    #[test]
    fn s20_what_is_alike_is_one_line_in_a_window() {
        let (notes, start) = (Notes::default(), Timestamp::UNIX_EPOCH);
        (0..50).for_each(|_| end(&notes, 1, start));
        end(&notes, 2, start);
        let mut first = notes.due(start);
        first.sort_by(|a, b| a.id.cmp(&b.id));
        let times: Vec<&Value> = first.iter().map(|event| &event.detail["times"]).collect();
        assert_eq!(times, [&json!(50), &Value::Null]);
        assert!(notes.due(start).is_empty());
        let soon = start + chrono::Duration::minutes(1);
        (0..3).for_each(|_| end(&notes, 1, soon));
        assert!(notes.due(soon).is_empty(), "told in this window already");
        let later = notes.due(start + WINDOW);
        assert_eq!(later.len(), 1);
        assert_eq!((&later[0].detail["times"], later[0].at), (&json!(3), soon));
        assert!(notes.due(start + WINDOW + WINDOW).is_empty());
        assert!(notes.0.lock().expect("unused").is_empty(), "nothing is kept for good");
    }

    #[test]
    fn ends_of_another_cause_are_another_line() {
        let (notes, start) = (Notes::default(), Timestamp::UNIX_EPOCH);
        for cause in ["wrong nonce", "unknown key", "wrong nonce"] {
            end_by(&notes, 1, Some(cause), start);
        }
        let mut told: Vec<(String, Value)> = notes
            .due(start)
            .into_iter()
            .map(|event| (event.detail["provider"].to_string(), event.detail["times"].clone()))
            .collect();
        told.sort_by(|a, b| a.0.cmp(&b.0));
        let want = [
            ("\"unknown key\"".to_owned(), Value::Null),
            ("\"wrong nonce\"".to_owned(), json!(2)),
        ];
        assert_eq!(told, want);
    }

    #[test]
    fn s20_causes_without_number_fill_nothing() {
        let (notes, start) = (Notes::default(), Timestamp::UNIX_EPOCH);
        for number in 0..10 * KINDS {
            end_by(&notes, number, Some(&number.to_string()), start);
        }
        let due = notes.due(start);
        assert_eq!(due.len(), 2 * KINDS + 1);
        let rest: Vec<&AuditEvent> = due
            .iter()
            .filter(|event| event.detail.get("provider").is_none())
            .collect();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].detail["times"], json!(8 * KINDS));
    }

    #[test]
    fn a_line_names_the_newest_requests() {
        let event = |number: usize| AuditEvent {
            id: AuditEventId::from_random([1; 16]),
            at: Timestamp::UNIX_EPOCH,
            action: AuditAction::SignInRefused,
            actor: Actor::Person,
            account: None,
            application: None,
            connection: None,
            sub: None,
            detail: json!({"request": format!("req_{number}")}),
        };
        assert_eq!(Waiting::of(event(0)).line().detail, json!({"request": "req_0"}));
        let mut waiting = Waiting::of(event(0));
        (1..=REQUESTS).for_each(|number| waiting.add(&event(number)));
        let line = waiting.line();
        let requests = line.detail["requests"].as_array().expect("a list");
        assert_eq!(requests.len(), REQUESTS);
        assert_eq!(requests.first(), Some(&json!("req_1")));
        assert_eq!(requests.last(), Some(&json!(format!("req_{REQUESTS}"))));
        assert_eq!(line.detail["request"], "req_0", "the first stays");
    }

    #[test]
    fn s20_a_flood_over_many_accounts_fills_nothing() {
        let (notes, start) = (Notes::default(), Timestamp::UNIX_EPOCH);
        (0..10 * KINDS).for_each(|account| end(&notes, account, start));
        let due = notes.due(start);
        assert_eq!(due.len(), KINDS + 1);
        let rest: Vec<&AuditEvent> = due.iter().filter(|event| event.account.is_none()).collect();
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].detail["times"], json!(9 * KINDS));
    }
}
