//! Secrets that applications' scripts use by name; sealed where they are kept.

use doorward_domain::Timestamp;
use doorward_domain::id::ApplicationId;
use doorward_domain::script_secret::SecretName;
use doorward_domain::secret::SecretText;
use doorward_vault::{Keyring, Purpose};

use crate::configuration;
use crate::db::{Database, Row, Sealed, Tx, execute, id, query_all, time};
use crate::error::StorageError;

const TABLE: &str = "script_secret";
const COLUMNS: &str = "application_id, name, sealed_value, created_at, updated_at";

/// A secret of an application's script.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptSecret {
    pub application: ApplicationId,
    pub name: SecretName,
    pub value: SecretText,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What is sealed belongs to one name of one application: copied to another row it does not open.
fn context(application: &str, name: &str) -> String {
    format!("script {application} {name}")
}

/// Every secret of every application.
///
/// # Errors
/// `Corrupt` (also when one was sealed with another master secret), or those of the database.
pub async fn list(db: &impl Database) -> Result<Vec<ScriptSecret>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLE} ORDER BY application_id, name");
    let rows = query_all(db, &sql, vec![]).await?;
    rows.iter().map(|row| from_row(row, db.keyring())).collect()
}

/// The secrets of an application, by name.
///
/// # Errors
/// As [`list`].
pub async fn list_of_application(
    db: &impl Database,
    application: &ApplicationId,
) -> Result<Vec<ScriptSecret>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLE} WHERE application_id = $1 ORDER BY name");
    let rows = query_all(db, &sql, vec![application.as_str().into()]).await?;
    rows.iter().map(|row| from_row(row, db.keyring())).collect()
}

/// Keeps a secret; one of the same name gets the new value.
///
/// # Errors
/// `Conflict` with `Reference` when the application is gone.
pub async fn insert(tx: &Tx, secret: &ScriptSecret) -> Result<(), StorageError> {
    let (application, name) = (secret.application.as_str(), secret.name.as_str());
    let context = context(application, name);
    let sealed = tx
        .keyring()
        .seal(Purpose::Secret, context.as_bytes(), secret.value.expose().as_bytes());
    let sql = format!(
        "INSERT INTO {TABLE} ({COLUMNS}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (application_id, name) \
         DO UPDATE SET sealed_value = excluded.sealed_value, updated_at = excluded.updated_at"
    );
    let values = vec![
        application.into(),
        name.into(),
        sealed.into(),
        time(secret.created_at),
        time(secret.updated_at),
    ];
    execute(tx, &sql, values).await?;
    configuration::bump(tx).await
}

/// Takes a secret away; `false` when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, application: &ApplicationId, name: &SecretName) -> Result<bool, StorageError> {
    let sql = format!("DELETE FROM {TABLE} WHERE application_id = $1 AND name = $2");
    let gone = execute(tx, &sql, vec![application.as_str().into(), name.as_str().into()]).await?;
    configuration::bump(tx).await?;
    Ok(gone == 1)
}

fn from_row(row: &Row, keyring: &Keyring) -> Result<ScriptSecret, StorageError> {
    let application: String = row.get("application_id")?;
    let name: String = row.get("name")?;
    let corrupt = || StorageError::corrupt(TABLE, format!("{application} {name}"));
    let sealed: Vec<u8> = row.get("sealed_value")?;
    let opened = keyring.open(Purpose::Secret, context(&application, &name).as_bytes(), &sealed);
    let value = String::from_utf8(opened.map_err(|_| corrupt())?).map_err(|_| corrupt())?;
    Ok(ScriptSecret {
        name: name.parse().map_err(|_| corrupt())?,
        application: id(application.clone(), TABLE)?,
        value: SecretText::new(value),
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
