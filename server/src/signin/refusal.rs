//! What the audit log keeps of a sign-in that was refused although somebody had proven something. Before that nothing
//! is written: whoever has proven nothing costs nothing (design.md §2).

use doorward_domain::attempt::Reason;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Denial, Person, Progress, SignIn};
use doorward_domain::id::ConnectionId;
use doorward_storage::{StorageError, audit, rate_limit};
use serde_json::{Value, json};

use super::attempts::{WINDOW, counter};
use super::fault::SignInFault;
use super::finish::with_target;
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use crate::log::chain;

/// Why and where a sign-in ended.
pub struct Ended {
    denial: Denial,
    /// 1-based.
    step: Option<u32>,
}

impl Ended {
    /// `step` is counted from 0; without it, it is where the person stands.
    #[must_use]
    pub fn at(transaction: &Transaction, denial: Denial, step: Option<u32>) -> Self {
        let here = || match &transaction.state {
            SignIn::Choosing(choosing) => Some(choosing.step()),
            SignIn::AwaitingFederation(away) => Some(away.clone().turn_back().step()),
            SignIn::AwaitingScript(_)
            | SignIn::Prompting(_)
            | SignIn::Noting(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_)
            | SignIn::Completed(_)
            | SignIn::Denied(_) => None,
        };
        Self {
            denial,
            step: step.or_else(here).map(|step| step + 1),
        }
    }
}

/// Writes one event: connection, opaque `sub` and reason, nothing of the person. The refusal stands even when it cannot
/// be written.
pub async fn record(hop: &Hop, terms: &Terms, ended: Ended, connection: Option<&Connection>, sub: Option<String>) {
    let detail = json!({"reason": ended.denial.as_str(), "request": hop.request_id, "step": ended.step});
    let connection = connection.map(|connection| connection.id.clone());
    write(hop, terms, connection, sub, detail).await;
}

/// Writes one event of a refusal that comes from the script: its step, the line and what it said, so that an
/// administrator can find it.
pub async fn record_script(hop: &Hop, terms: &Terms, denial: Denial, progress: &Progress, told: Value) {
    let mut detail = json!({"reason": denial.as_str(), "request": hop.request_id});
    if let (Value::Object(detail), Value::Object(told)) = (&mut detail, told) {
        detail.extend(told);
    }
    let connection = progress
        .passed()
        .iter()
        .find_map(|passed| passed.evidence.connection.clone());
    let sub = progress.person().map(|person| person.sub().to_owned());
    write(hop, terms, connection, sub, detail).await;
}

/// Writes one event of somebody who can set up no app, because no backup code is left to prove who they are (S38). The
/// page may be loaded as often as they like: one event in each window.
///
/// # Errors
/// Those of the database, before anything is written.
pub async fn record_no_proof_left(hop: &Hop, terms: &Terms, person: &Person) -> Result<(), StorageError> {
    let fault = SignInFault::NoProofLeft;
    let told = counter(hop, fault.word(), person.sub());
    if rate_limit::hit(&hop.state.store, &told, WINDOW.num_seconds(), hop.now).await? > 1 {
        return Ok(());
    }
    let detail = json!({"reason": fault.word(), "request": hop.request_id});
    write(hop, terms, None, Some(person.sub().to_owned()), detail).await;
    Ok(())
}

/// Writes one event of somebody who was to prove that an account is theirs, and came back from another provider with an
/// identity that is not linked to it (S5). `connection` is the one that was to be linked, with its subject's `sub`.
pub async fn record_proof_of_another(hop: &Hop, terms: &Terms, connection: &Connection, sub: String) {
    let detail = json!({"reason": Reason::ProofOfAnother.as_str(), "request": hop.request_id});
    write(hop, terms, Some(connection.id.clone()), Some(sub), detail).await;
}

async fn write(hop: &Hop, terms: &Terms, connection: Option<ConnectionId>, sub: Option<String>, detail: Value) {
    let event = AuditEvent {
        application: terms.application().map(|application| application.id.clone()),
        connection,
        sub,
        detail: with_target(detail, terms.target()),
        ..hop.event(AuditAction::SignInRefused)
    };
    let written: Result<(), StorageError> = hop
        .state
        .store
        .write(move |tx| Box::pin(async move { audit::insert(tx, &event).await }))
        .await;
    if let Err(error) = written {
        tracing::error!(
            error = chain(&error),
            request_id = hop.request_id,
            "a refused sign-in is missing in the audit log"
        );
    }
}
