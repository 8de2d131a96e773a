//! Keys that sign tokens; their private parts are sealed.

use doorward_domain::application::SigningAlg;
use doorward_domain::{Timestamp, truncate};
use doorward_vault::Purpose;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::configuration;
use crate::db::{Database, Sealed, Tx, from_word, query_one, word};
use crate::entity::signing_key::{Column, Entity, Model};
use crate::error::{Contested, StorageError};

const TABLE: &str = "signing_key";

/// A signing key as it is kept. `Debug` prints nothing of the record.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Thumbprint of the public key.
    pub kid: String,
    pub alg: SigningAlg,
    /// A document of the caller with the private key in clear; sealed in the database.
    pub record: Vec<u8>,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// Until when it stays published after a successor took over.
    pub published_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl std::fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredKey({}, {})", self.kid, self.alg.as_str())
    }
}

fn to_model(tx: &Tx, key: &StoredKey) -> Model {
    Model {
        kid: key.kid.clone(),
        alg: word(&key.alg),
        sealed_record: tx.keyring().seal(Purpose::SigningKey, key.kid.as_bytes(), &key.record),
        signs_from: truncate(key.signs_from),
        published_until: key.published_until.map(truncate),
        created_at: truncate(key.created_at),
    }
}

/// Every key, oldest first.
///
/// # Errors
/// `WrongKey` when all were sealed with another master secret, `Corrupt`, or those of the database.
pub async fn list(db: &impl Database) -> Result<Vec<StoredKey>, StorageError> {
    let models = Entity::find()
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Kid)
        .all(&db.executor())
        .await?;
    let unseal = |model: &Model| {
        db.keyring()
            .open(Purpose::SigningKey, model.kid.as_bytes(), &model.sealed_record)
    };
    // One that does not open was damaged.
    if !models.is_empty() && models.iter().all(|model| unseal(model).is_err()) {
        return Err(StorageError::WrongKey);
    }
    let open = |model: Model| {
        let record = unseal(&model);
        Ok(StoredKey {
            alg: from_word(model.alg, TABLE, &model.kid)?,
            record: record.map_err(|_| StorageError::corrupt(TABLE, model.kid.clone()))?,
            kid: model.kid,
            signs_from: model.signs_from,
            published_until: model.published_until,
            created_at: model.created_at,
        })
    };
    models.into_iter().map(open).collect()
}

/// Whether there are any, whatever sealed them: a database without their table has none.
///
/// # Errors
/// Those of the database, which has then told nothing.
pub async fn is_any(db: &impl Database) -> Result<bool, StorageError> {
    let table = match db.executor().get_database_backend() {
        DbBackend::Postgres => "SELECT COUNT(to_regclass('signing_key')) AS n",
        _ => "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'signing_key'",
    };
    Ok(count(db, table).await? > 0 && count(db, "SELECT COUNT(*) AS n FROM signing_key").await? > 0)
}

async fn count(db: &impl Database, sql: &str) -> Result<i64, StorageError> {
    let row = query_one(db, sql, vec![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// Inserts a key.
///
/// # Errors
/// `Conflict` when it is there already.
pub async fn insert(tx: &Tx, key: &StoredKey) -> Result<(), StorageError> {
    Entity::insert(to_model(tx, key).into_active_model())
        .exec_without_returning(&tx.executor())
        .await?;
    configuration::bump(tx).await
}

/// Replaces a key's record and times.
///
/// # Errors
/// `Conflict` with `Version` when there is no such key.
pub async fn update(tx: &Tx, key: &StoredKey) -> Result<(), StorageError> {
    let changed = Entity::update_many()
        .set(to_model(tx, key).into_active_model().reset_all())
        .filter(Column::Kid.eq(key.kid.as_str()))
        .exec(&tx.executor())
        .await?;
    if changed.rows_affected == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    configuration::bump(tx).await
}

/// Deletes a key. `false` when there is no such key.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, kid: &str) -> Result<bool, StorageError> {
    let gone = Entity::delete_many()
        .filter(Column::Kid.eq(kid))
        .exec(&tx.executor())
        .await?;
    configuration::bump(tx).await?;
    Ok(gone.rows_affected == 1)
}
