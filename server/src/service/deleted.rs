//! What connections and applications were called that are deleted.

use std::collections::{BTreeSet, HashMap};

use doorward_domain::application::Application;
use doorward_domain::audit::AuditEvent;
use doorward_domain::connection::Connection;
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_storage::{Database, StorageError, audit};

/// The names of those that events are about and that are no more, by id. Where everything is there, the database is not
/// asked.
///
/// # Errors
/// Those of the database.
pub async fn names(
    db: &impl Database,
    events: &[AuditEvent],
    applications: &[Application],
    connections: &[Connection],
) -> Result<HashMap<String, String>, StorageError> {
    let there: BTreeSet<&ConnectionId> = connections.iter().map(|one| &one.id).collect();
    let about: BTreeSet<&ConnectionId> = events.iter().filter_map(|event| event.connection.as_ref()).collect();
    let connections: Vec<ConnectionId> = about.difference(&there).map(|id| (*id).clone()).collect();
    let there: BTreeSet<&ApplicationId> = applications.iter().map(|one| &one.id).collect();
    let about: BTreeSet<&ApplicationId> = events.iter().filter_map(|event| event.application.as_ref()).collect();
    let applications: Vec<ApplicationId> = about.difference(&there).map(|id| (*id).clone()).collect();
    audit::names_of_deleted(db, &connections, &applications).await
}
