//! Sign-ins that ended before anybody had proven something: too many wrong tries, and providers that do not answer or
//! answer wrongly. Anybody can bring these about by the thousand, so the request itself writes nothing: what is to be
//! told is noted in memory and written a moment later, one line for whatever is alike in each window, with how often.
//!
//! What a node had not written when it was killed is lost, and its log still has it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use doorward_domain::Timestamp;
use doorward_domain::attempt::Reason;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Person, SignIn};
use doorward_domain::id::{AccountId, ApplicationId, AuditEventId, ConnectionId};
use doorward_federation::{FaultKind, FederationError, Kept};
use doorward_storage::{StorageError, Store, audit};
use serde_json::{Value, json};

use super::attempts::WINDOW;
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use crate::state::Shared;

/// Most kinds of ends that are told apart in one window. Beyond it, accounts are not told apart any more.
const KINDS: usize = 500;
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
}

#[derive(Debug)]
struct Slot {
    /// The line to write, of the first such end that has none yet, and how many there were.
    waiting: Option<(AuditEvent, u64)>,
    /// Nothing more is written of it before.
    quiet_until: Timestamp,
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
        let quiet_until = event.at;
        let slot = slots.entry(kind).or_insert(Slot {
            waiting: None,
            quiet_until,
        });
        match &mut slot.waiting {
            Some((_, times)) => *times += 1,
            None => slot.waiting = Some((event, 1)),
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
            if let Some((mut event, times)) = slot.waiting.take() {
                if let (Value::Object(detail), true) = (&mut event.detail, times > 1) {
                    detail.insert("times".to_owned(), times.into());
                }
                due.push(event);
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
            error = &error as &dyn std::error::Error,
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
        detail,
        ..hop.event(AuditAction::SignInRefused)
    };
    hop.state.unproven.note(kind, event);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(notes: &Notes, account: usize, at: Timestamp) {
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
            detail: json!({}),
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
