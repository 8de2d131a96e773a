//! Connections, applications and keys together: what every request reads from memory.

use doorward_domain::application::Application;
use doorward_domain::connection::Connection;

use crate::db::{Database, Tx, execute, query_one};
use crate::error::{Contested, StorageError};
use crate::script_secret::{self, ScriptSecret};
use crate::signing_key::StoredKey;
use crate::{application, connection, signing_key};

/// Everything a node keeps in memory, with the version it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// Grows with each change, on whichever node it was made.
    pub version: i64,
    pub connections: Vec<Connection>,
    pub applications: Vec<Application>,
    pub keys: Vec<StoredKey>,
    pub script_secrets: Vec<ScriptSecret>,
}

/// The version now. A node whose copy has another one loads again.
///
/// # Errors
/// Those of the database.
pub async fn version(db: &impl Database) -> Result<i64, StorageError> {
    let row = query_one(db, "SELECT version FROM configuration_version WHERE id = 1", vec![]).await?;
    row.ok_or_else(|| StorageError::corrupt("configuration_version", "1"))?
        .get("version")
}

/// Loads everything. The version is read first: a change in between makes the copy newer than it says, and the next
/// look at the version loads once more.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database) -> Result<Configuration, StorageError> {
    Ok(Configuration {
        version: version(db).await?,
        // Before the rest: they tell a wrong key from a damaged row.
        keys: signing_key::list(db).await?,
        connections: connection::list(db).await?,
        applications: application::list(db).await?,
        script_secrets: script_secret::list(db).await?,
    })
}

/// Tells every node that something changed; part of the transaction that changes it.
pub(crate) async fn bump(tx: &Tx) -> Result<(), StorageError> {
    let sql = "UPDATE configuration_version SET version = version + 1 WHERE id = 1";
    match execute(tx, sql, vec![]).await? {
        0 => Err(StorageError::conflict(Contested::Reference)),
        _ => Ok(()),
    }
}
