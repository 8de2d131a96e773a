//! How a PostgreSQL database is opened.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::error::StorageError;

const CONNECTIONS: u32 = 20;
/// How long a request waits for a connection before it is told that the database is busy (F12).
const WAIT: Duration = Duration::from_secs(2);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a migration waits for a table: whoever comes after it waits behind it.
const LOCK_TIMEOUT: Duration = STATEMENT_TIMEOUT;

pub(super) async fn pool(url: &str) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .idle_timeout(Duration::from_secs(600))
        .max_lifetime(Duration::from_secs(1800))
        .statement_timeout(STATEMENT_TIMEOUT)
        .set_application_name("doorward")
        // A dead connection is noticed after a pause, such as a fail-over, without a question before every statement.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .connect_lazy(true);
    Ok(Database::connect(options).await?)
}

/// Connections that change the schema, one for the turn and one for the work: building a large table anew takes as long
/// as it takes, also where the server has a limit of its own.
pub(super) async fn migrating(url: &str) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(2)
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .statement_timeout(Duration::ZERO)
        .set_application_name("doorward migrate")
        .map_sqlx_postgres_opts(|options| options.options([("lock_timeout", LOCK_TIMEOUT.as_millis().to_string())]))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    Ok(Database::connect(options).await?)
}
