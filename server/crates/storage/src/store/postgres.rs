//! How a PostgreSQL database is opened.

use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use crate::error::StorageError;

const CONNECTIONS: u32 = 20;
/// How long a request waits for a connection before it is told that the database is busy (F12).
const WAIT: Duration = Duration::from_secs(2);
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);

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
