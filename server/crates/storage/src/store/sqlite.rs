//! How a SQLite database is opened.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::error::StorageError;

const READERS: u32 = 4;
/// How long a request waits for a connection before it is told that the database is busy.
const WAIT: Duration = Duration::from_secs(2);
/// How long SQLite itself waits for another process that holds the lock, such as a backup (F13).
const LOCK_WAIT: Duration = Duration::from_secs(5);

pub(super) async fn readers(url: &str) -> Result<DatabaseConnection, StorageError> {
    open(url, READERS, |options| options.pragma("query_only", "1")).await
}

/// One connection: SQLite has one writer at a time, and a second one would only wait.
pub(super) async fn writer(url: &str) -> Result<DatabaseConnection, StorageError> {
    // FULL: what was answered is on the disk, whatever happens to the power.
    open(url, 1, |options| {
        options
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
    })
    .await
}

async fn open(
    url: &str,
    connections: u32,
    more: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // A connection keeps its prepared statements and its cache for as long as it lives.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .connect_lazy(true)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(true)
                .foreign_keys(true)
                .busy_timeout(LOCK_WAIT)
                .statement_cache_capacity(200)
                // 8 MiB of pages per connection, the rest through the system's own cache.
                .pragma("cache_size", "-8192")
                .pragma("mmap_size", "268435456")
                .pragma("temp_store", "memory");
            more(options)
        });
    Ok(Database::connect(options).await?)
}
