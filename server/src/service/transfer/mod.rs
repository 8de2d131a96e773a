//! The configuration as a document: connections and applications, without people, to move it between installations or
//! to keep it under version control.

mod import;

use doorward_domain::application::{Application, ApplicationDraft};
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_storage::{StorageError, Store, application, connection};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use import::{Change, Fault, Import, ImportError, Item};

/// Number of the document's form; a document with another one is refused.
pub const FORMAT: u32 = 1;

/// Settings in the form of the management API, which names every field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub format: u32,
    #[serde(default)]
    pub connections: Vec<Value>,
    #[serde(default)]
    pub applications: Vec<Value>,
}

/// Whether the clear client secrets of connections go into a document. Those of applications cannot: they are hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Left,
    Included,
}

/// Everything there is, by handle.
///
/// # Errors
/// Those of the database.
pub async fn export(store: &Store, secrets: Secrets) -> Result<Document, StorageError> {
    let mut connections = connection::list(store.read()).await?;
    let mut applications = application::list(store.read()).await?;
    connections.sort_by(|a, b| a.handle.cmp(&b.handle));
    applications.sort_by(|a, b| a.handle.cmp(&b.handle));
    Ok(Document {
        format: FORMAT,
        connections: connections.iter().map(|found| of_connection(found, secrets)).collect(),
        applications: applications.iter().map(of_application).collect(),
    })
}

fn of_connection(connection: &Connection, secrets: Secrets) -> Value {
    let mut draft = ConnectionDraft::from(connection);
    if secrets == Secrets::Included {
        draft.oidc.client_secret.clone_from(&connection.oidc.client_secret);
    }
    serde_json::to_value(draft).unwrap_or_default()
}

fn of_application(application: &Application) -> Value {
    serde_json::to_value(ApplicationDraft::from(application)).unwrap_or_default()
}
