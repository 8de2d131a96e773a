//! What the audit log keeps of a sign-in that was refused although somebody had proven something. Before that nothing
//! is written: whoever has proven nothing costs nothing (design.md §2).

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Denial, Progress};
use doorward_domain::id::ConnectionId;
use doorward_storage::{StorageError, audit};
use serde_json::{Value, json};

use super::hop::{Hop, Terms};

/// Writes one event: connection, opaque `sub` and reason, nothing of the person. The refusal stands even when it cannot
/// be written.
pub async fn record(hop: &Hop, terms: &Terms, denial: Denial, connection: Option<&Connection>, sub: Option<String>) {
    let detail = json!({"reason": denial.as_str(), "request": hop.request_id});
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

async fn write(hop: &Hop, terms: &Terms, connection: Option<ConnectionId>, sub: Option<String>, detail: Value) {
    let event = AuditEvent {
        application: terms.application().map(|application| application.id.clone()),
        connection,
        sub,
        detail,
        ..hop.event(AuditAction::SignInRefused)
    };
    let written: Result<(), StorageError> = hop
        .state
        .store
        .write(move |tx| Box::pin(async move { audit::insert(tx, &event).await }))
        .await;
    if let Err(error) = written {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            request = hop.request_id,
            "a refused sign-in is missing in the audit log"
        );
    }
}
