//! Deletes what has ended, a little at a time so that nobody waits for it.

use chrono::TimeDelta;
use doorward_domain::Timestamp;

use crate::db::{Tx, execute, time};
use crate::error::StorageError;
use crate::store::Store;

/// Rows deleted by one statement.
const BATCH: u64 = 500;
/// The longest window of a counter, in days: older ones count nothing.
const WINDOW_DAYS: i64 = 1;

/// Table, key and time of what ends by itself.
const ENDING: [(&str, &str, &str); 7] = [
    ("sign_in_transaction", "id", "expires_at"),
    ("sign_in_grant", "id", "ends_at"),
    ("session", "key", "expires_at"),
    ("used_token", "key", "expires_at"),
    ("rate_limit", "key", "window_start"),
    ("outbox", "id", "kept_until"),
    ("factor_holder", "id", "last_used_at"),
];

/// Deletes up to 500 ended rows of each table, each table in a commit of its own, and as many holders of second factors
/// that were not used since `held_since`. How many; call again while it is not zero.
///
/// # Errors
/// Those of the database.
pub async fn delete_ended(store: &Store, at: Timestamp, held_since: Timestamp) -> Result<u64, StorageError> {
    let mut deleted = 0;
    for (table, key, column) in ENDING {
        let before = match table {
            "rate_limit" => at - TimeDelta::days(WINDOW_DAYS),
            "factor_holder" => held_since,
            _ => at,
        };
        deleted += store
            .write_one(move |tx| Box::pin(delete(tx, table, key, column, before)))
            .await?;
    }
    Ok(deleted)
}

async fn delete(tx: &Tx, table: &str, key: &str, column: &str, before: Timestamp) -> Result<u64, StorageError> {
    let sql =
        format!("DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE {column} <= $1 LIMIT {BATCH})");
    execute(tx, &sql, vec![time(before)]).await
}
