//! Counters of attempts in a window of time. The keys are keyed hashes made by the caller: no address is stored.

use chrono::TimeDelta;
use doorward_domain::Timestamp;

use crate::db::{Database, Tx, execute, query_one, time};
use crate::error::StorageError;
use crate::store::Store;

/// Counts one more attempt and answers how many there are in the current window, which starts with the first attempt
/// and lasts `window_seconds`.
///
/// # Errors
/// Those of the database.
pub async fn hit(store: &Store, key: &str, window_seconds: i64, at: Timestamp) -> Result<i64, StorageError> {
    Ok(add(store, key, 1, window_seconds, at).await?.count)
}

/// What a key has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub count: i64,
    pub window_start: Timestamp,
}

/// Like [`hit`], for several at once.
///
/// # Errors
/// Those of the database.
pub async fn add(
    store: &Store,
    key: &str,
    many: i64,
    window_seconds: i64,
    at: Timestamp,
) -> Result<Counted, StorageError> {
    let key = key.to_owned();
    store
        .write_one(move |tx| Box::pin(async move { count(tx, &key, many, window_seconds, at).await }))
        .await
}

async fn count(tx: &Tx, key: &str, many: i64, window_seconds: i64, at: Timestamp) -> Result<Counted, StorageError> {
    let sql = "INSERT INTO rate_limit (key, window_start, count) VALUES ($1, $2, $4) ON CONFLICT (key) DO UPDATE SET \
               count = CASE WHEN rate_limit.window_start > $3 THEN rate_limit.count + $4 ELSE $4 END, \
               window_start = CASE WHEN rate_limit.window_start > $3 THEN rate_limit.window_start ELSE $2 END \
               RETURNING count, window_start";
    let values = vec![
        key.into(),
        time(at),
        time(at - TimeDelta::seconds(window_seconds)),
        many.into(),
    ];
    let Some(row) = query_one(tx, sql, values).await? else {
        return Ok(Counted {
            count: many,
            window_start: at,
        });
    };
    Ok(Counted {
        count: row.get("count")?,
        window_start: row.get("window_start")?,
    })
}

/// How many attempts there are in a window that started after `window_start`.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &impl Database, key: &str, window_start: Timestamp) -> Result<i64, StorageError> {
    let sql = "SELECT count FROM rate_limit WHERE key = $1 AND window_start > $2";
    query_one(db, sql, vec![key.into(), time(window_start)])
        .await?
        .map_or(Ok(0), |row| row.get("count"))
}

/// Forgets the attempts under a key.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, key: &str) -> Result<(), StorageError> {
    execute(tx, "DELETE FROM rate_limit WHERE key = $1", vec![key.into()])
        .await
        .map(|_| ())
}
