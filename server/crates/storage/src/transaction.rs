//! Transactions in which somebody has proven something while the flow is not over. Before that they live in a cookie.

use std::sync::LazyLock;

use chrono::TimeDelta;
use doorward_domain::Timestamp;
use doorward_domain::id::TransactionId;
use sea_orm::Value;

use crate::db::{Database, Tx, execute, query_one, time};
use crate::error::StorageError;

/// Life of a transaction (design.md §2).
pub const LIFE: TimeDelta = TimeDelta::minutes(15);

pub(crate) const COLUMNS: &str = "id, sealed_state, version, expires_at";

/// A transaction's row. The state is sealed by the caller.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredTransaction {
    pub id: TransactionId,
    pub sealed_state: Vec<u8>,
    /// Grows with each step, starting with 1.
    pub version: i64,
    pub expires_at: Timestamp,
}

pub(crate) fn row(transaction: &StoredTransaction) -> Vec<Value> {
    vec![
        transaction.id.as_str().into(),
        transaction.sealed_state.clone().into(),
        transaction.version.into(),
        time(transaction.expires_at),
    ]
}

/// Stores a transaction for the first time.
///
/// # Errors
/// `Conflict` with `Transaction` when this run of the flow has been stored before: the step is replayed (S24).
pub async fn insert(tx: &Tx, transaction: &StoredTransaction) -> Result<(), StorageError> {
    static SQL: LazyLock<String> =
        LazyLock::new(|| format!("INSERT INTO sign_in_transaction ({COLUMNS}) VALUES ($1, $2, $3, $4)"));
    execute(tx, &SQL, row(transaction)).await.map(|_| ())
}

/// A transaction that has not expired.
///
/// # Errors
/// Those of the database.
pub async fn find(
    db: &impl Database,
    transaction: &TransactionId,
    at: Timestamp,
) -> Result<Option<StoredTransaction>, StorageError> {
    let sql = "SELECT sealed_state, version, expires_at FROM sign_in_transaction WHERE id = $1 AND expires_at > $2";
    let Some(row) = query_one(db, sql, vec![transaction.as_str().into(), time(at)]).await? else {
        return Ok(None);
    };
    Ok(Some(StoredTransaction {
        id: transaction.clone(),
        sealed_state: row.get("sealed_state")?,
        version: row.get("version")?,
        expires_at: row.get("expires_at")?,
    }))
}

/// Replaces the state if the transaction still has `version`; its version is one higher then. `false` when another
/// answer was first.
///
/// # Errors
/// Those of the database.
pub async fn advance(
    tx: &Tx,
    transaction: &TransactionId,
    version: i64,
    sealed_state: Vec<u8>,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE sign_in_transaction SET sealed_state = $3, version = version + 1 \
               WHERE id = $1 AND version = $2 AND expires_at > $4";
    let values = vec![
        transaction.as_str().into(),
        version.into(),
        sealed_state.into(),
        time(at),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}
