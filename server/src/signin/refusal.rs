//! What the audit log keeps of a sign-in that was refused although somebody had proven something. Before that nothing
//! is written: whoever has proven nothing costs nothing (design.md §2).

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::Denial;
use doorward_storage::{StorageError, audit};
use serde_json::json;

use super::hop::{Hop, Terms};

/// Writes one event: connection, opaque `sub` and reason, nothing of the person. The refusal stands even when it cannot
/// be written.
pub async fn record(hop: &Hop, terms: &Terms, denial: Denial, connection: Option<&Connection>, sub: Option<String>) {
    let event = AuditEvent {
        application: terms.application().map(|application| application.id.clone()),
        connection: connection.map(|connection| connection.id.clone()),
        sub,
        detail: json!({"reason": denial.as_str(), "request": hop.request_id}),
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
