//! How a SQLite database is opened.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, Connection};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxSqliteConnector};

use crate::error::StorageError;

const READERS: u32 = 4;
/// How long a request waits for a connection before it is told that the database is busy.
const WAIT: Duration = Duration::from_secs(2);
/// How long SQLite itself waits for another process that holds the lock, such as a backup (F13).
const LOCK_WAIT: Duration = Duration::from_secs(5);

pub(super) fn readers(url: &str) -> Result<DatabaseConnection, StorageError> {
    Ok(pool(options(url)?.pragma("query_only", "1"), READERS))
}

/// One connection: SQLite has one writer at a time, and a second one would only wait.
pub(super) fn writer(url: &str) -> Result<DatabaseConnection, StorageError> {
    let options = options(url)?.journal_mode(SqliteJournalMode::Wal);
    // FULL: what was answered is on the disk, whatever happens to the power.
    Ok(pool(options.synchronous(SqliteSynchronous::Full), 1))
}

fn options(url: &str) -> Result<SqliteConnectOptions, StorageError> {
    let parsed = url.parse::<SqliteConnectOptions>();
    let options = parsed.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(options
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(LOCK_WAIT)
        .statement_cache_capacity(200)
        // 8 MiB of pages per connection, the rest through the system's own cache.
        .pragma("cache_size", "-8192")
        // The file itself is read where the system has it in memory, up to a gibibyte: among a million people a look-up
        // must not copy pages in and out of the small cache.
        .pragma("mmap_size", "1073741824")
        .pragma("temp_store", "memory")
        .disable_statement_logging())
}

/// Made by hand, because SeaORM asks for SQLite's version as soon as it opens one, and the file may come later (F9).
fn pool(options: SqliteConnectOptions, connections: u32) -> DatabaseConnection {
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // A connection keeps its prepared statements and its cache for as long as it lives.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // When a commit fails, as on a full disk, SQLite has taken the transaction back by itself and sqlx still counts
        // it. What begins on this connection after that is taken for a part of it and is never committed, however well
        // it ends; so a new connection takes its place (F14).
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_lazy_with(options);
    SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
}
