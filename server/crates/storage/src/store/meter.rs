//! Counts what the database is asked to do: for the budgets that tests hold, and for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use sea_orm::DatabaseConnection;

/// Counts since the store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// SQL statements, without those that begin and end transactions.
    pub statements: u64,
    /// Changes that were committed, each counted by itself even if several shared one commit of the database.
    pub commits: u64,
    /// Commits of the database: on SQLite one may hold many changes.
    pub batches: u64,
    /// Statements that failed.
    pub failures: u64,
}

/// Hears the text of each statement.
pub(super) type Ear = Box<dyn Fn(&str) + Send + Sync>;

#[derive(Default)]
pub(crate) struct Meter {
    statements: AtomicU64,
    commits: AtomicU64,
    batches: AtomicU64,
    failures: AtomicU64,
    ear: OnceLock<Ear>,
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}

impl Meter {
    pub fn listen(self: &Arc<Self>, connection: &mut DatabaseConnection) {
        let meter = self.clone();
        connection.set_metric_callback(move |info| {
            meter.hear(&info.statement.sql);
            meter.ran(info.failed);
        });
    }

    /// Tells an ear of each statement from now on; there is one.
    pub fn tell(&self, ear: Ear) {
        self.ear.set(ear).ok();
    }

    /// A statement of this text is run.
    pub fn hear(&self, sql: &str) {
        if let Some(ear) = self.ear.get() {
            ear(sql);
        }
    }

    /// A statement that ended so.
    pub fn count<T, E>(&self, result: Result<T, E>) -> Result<T, E> {
        self.ran(result.is_err());
        result
    }

    fn ran(&self, failed: bool) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        if failed {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// One commit of the database with this many changes.
    pub fn committed(&self, changes: u64) {
        self.commits.fetch_add(changes, Ordering::Relaxed);
        self.batches.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self) -> Counters {
        Counters {
            statements: self.statements.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}
