//! Versions of applications' scripts.

use doorward_domain::Timestamp;
use doorward_domain::application::Application;
use doorward_domain::id::ApplicationId;

use crate::db::{Database, Tx, execute, query_all, query_one, time};
use crate::error::StorageError;

/// Most versions that are kept visible in a list.
const LIST_LIMIT: i64 = 50;

/// A source an application had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptVersion {
    /// See [`version`].
    pub version: String,
    pub source: String,
    pub created_at: Timestamp,
}

/// The name of a source: the start of its SHA-256, in 32 hexadecimal digits.
#[must_use]
pub fn version(source: &str) -> String {
    let hash = doorward_vault::sha256(source.as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps the script an application has now.
pub(crate) async fn keep(tx: &Tx, application: &Application) -> Result<(), StorageError> {
    let Some(source) = &application.flow.script else {
        return Ok(());
    };
    let sql = "INSERT INTO script_version (application_id, version, source, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (application_id, version) DO UPDATE SET created_at = excluded.created_at";
    let values = vec![
        application.id.as_str().into(),
        version(source).into(),
        source.as_str().into(),
        time(application.updated_at),
    ];
    execute(tx, sql, values).await.map(|_| ())
}

/// The source of a version.
///
/// # Errors
/// Those of the database.
pub async fn find(
    db: &impl Database,
    application: &ApplicationId,
    version: &str,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT source FROM script_version WHERE application_id = $1 AND version = $2";
    let row = query_one(db, sql, vec![application.as_str().into(), version.into()]).await?;
    row.map(|row| row.get("source")).transpose()
}

/// The last versions, newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(db: &impl Database, application: &ApplicationId) -> Result<Vec<ScriptVersion>, StorageError> {
    let sql = "SELECT version, source, created_at FROM script_version WHERE application_id = $1 \
               ORDER BY created_at DESC, version LIMIT $2";
    let rows = query_all(db, sql, vec![application.as_str().into(), LIST_LIMIT.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(ScriptVersion {
                version: row.get("version")?,
                source: row.get("source")?,
                created_at: row.get("created_at")?,
            })
        })
        .collect()
}
