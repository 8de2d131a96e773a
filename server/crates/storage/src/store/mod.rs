//! The database as a whole: opening it, reading from it, writing to it.

mod file;
mod hand;
mod job;
mod meter;
mod postgres;
mod queue;
mod sqlite;

use std::sync::Arc;

use doorward_migrations::Migrator;
use doorward_vault::Keyring;
use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use crate::db::{Reader, Scope, Tx, query_all};
use crate::error::StorageError;
pub use file::sqlite_file;
pub use hand::Statements;
pub use meter::Counters;
use meter::Meter;
use queue::Queue;

/// The database. Cheap to clone; all clones share connections, queue and counters.
#[derive(Clone)]
pub struct Store {
    reader: Reader,
    writer: Writer,
    meter: Arc<Meter>,
}

#[derive(Clone)]
enum Writer {
    /// SQLite: one task that writes, many changes to a commit.
    Queue {
        queue: Queue,
        connection: DatabaseConnection,
    },
    /// PostgreSQL: each change is a transaction of its own.
    Pool {
        pool: DatabaseConnection,
        /// For connections of another kind.
        url: Arc<str>,
    },
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Prepares a database named by `sqlite:…` or `postgres://…`. Does not reach for it: a process starts while its
    /// database is down (F9), see [`Self::ping`]. Call within a Tokio runtime.
    ///
    /// # Errors
    /// `Database` when the URL cannot be understood.
    pub async fn open(url: &str, keyring: Arc<Keyring>) -> Result<Self, StorageError> {
        let meter = Arc::new(Meter::default());
        let (mut read, write) = if url.starts_with("sqlite:") {
            (sqlite::readers(url)?, Some(sqlite::writer(url)?))
        } else {
            (postgres::pool(url).await?, None)
        };
        meter.listen(&mut read);
        let writer = match write {
            Some(mut connection) => {
                meter.listen(&mut connection);
                let queue = Queue::start(connection.clone(), keyring.clone(), meter.clone());
                Writer::Queue { queue, connection }
            }
            None => Writer::Pool {
                pool: read.clone(),
                url: url.into(),
            },
        };
        let statements = Arc::new(Statements::new(&read, meter.clone()));
        Ok(Self {
            reader: Reader {
                statements,
                connection: read,
                keyring,
            },
            writer,
            meter,
        })
    }

    /// What reads run on.
    #[must_use]
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// Runs `work` and commits what it did; an error takes back all of it. The answer comes after the commit is safe
    /// on the disk.
    ///
    /// `work` must do nothing but use the database: on SQLite every other writer waits for it.
    ///
    /// # Errors
    /// Those of `work`; `Busy` when too many wait; `Unavailable` when it could not be committed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        match &self.writer {
            Writer::Queue { queue, .. } => queue.run(work, None).await,
            Writer::Pool { pool, .. } => self.transact(pool, work).await,
        }
    }

    /// Like [`Self::write`] for work of exactly one statement, which is atomic by itself: cheaper on both databases.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(crate) async fn write_one<T, F>(&self, work: F) -> Result<T, StorageError>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, StorageError>> + Send + 'static,
        T: Send + 'static,
    {
        match &self.writer {
            // After a conflict SQLite has taken back the statement and goes on with the transaction.
            Writer::Queue { queue, .. } => {
                queue
                    .run(work, Some(|error: &StorageError| error.contested().is_some()))
                    .await
            }
            Writer::Pool { .. } => {
                let keyring = self.reader.keyring.clone();
                let result = work(&Tx {
                    scope: Scope::Statement(self.reader.statements.clone()),
                    keyring,
                })
                .await;
                if result.is_ok() {
                    self.meter.committed(1);
                }
                result
            }
        }
    }

    /// The writer of SQLite, which takes several statements in one text.
    pub(crate) fn queue(&self) -> Option<&Queue> {
        match &self.writer {
            Writer::Queue { queue, .. } => Some(queue),
            Writer::Pool { .. } => None,
        }
    }

    async fn transact<T, E, F>(&self, pool: &DatabaseConnection, work: F) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        E: From<StorageError>,
    {
        let transaction = {
            let _waiting = self.reader.statements.make_way();
            pool.begin().await.map_err(StorageError::from)?
        };
        let tx = Tx {
            scope: Scope::Transaction(transaction),
            keyring: self.reader.keyring.clone(),
        };
        // An error drops the transaction, which rolls it back.
        let done = work(&tx).await?;
        if let Scope::Transaction(transaction) = tx.scope {
            transaction.commit().await.map_err(StorageError::from)?;
        }
        self.meter.committed(1);
        Ok(done)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `Busy`, `Unavailable`.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let _waiting = self.reader.statements.make_way();
        self.reader
            .connection
            .ping()
            .await
            .map_err(|error| match StorageError::from(error) {
                // With the driver's own words: whoever reads this wants to know what to mend.
                StorageError::Database { source } => StorageError::Unavailable { source },
                other => other,
            })
    }

    /// Brings the schema to this version. Several nodes may start at once: on PostgreSQL they take turns.
    ///
    /// # Errors
    /// `Newer`, `Unavailable`, `Busy`, `Database`.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        match self.go_up().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(error).await),
        }
    }

    async fn go_up(&self) -> Result<(), StorageError> {
        match &self.writer {
            Writer::Queue { connection, .. } => Migrator::up(connection, None).await?,
            Writer::Pool { url, .. } => {
                let migrating = postgres::migrating(url).await?;
                let turn = migrating.begin().await?;
                // Another node's migrations may be long.
                turn.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
                turn.execute_unprepared("SELECT pg_advisory_xact_lock(3606217745)")
                    .await?;
                Migrator::up(&migrating, None).await?;
                turn.commit().await?;
                migrating.close().await?;
            }
        }
        Ok(())
    }

    /// Takes back every change of the schema and so deletes everything. For tests of migrations.
    ///
    /// # Errors
    /// As [`Self::migrate`].
    pub async fn unmigrate(&self) -> Result<(), StorageError> {
        match &self.writer {
            Writer::Queue { connection, .. } => Migrator::down(connection, None).await?,
            Writer::Pool { url, .. } => {
                let migrating = postgres::migrating(url).await?;
                Migrator::down(&migrating, None).await?;
                migrating.close().await?;
            }
        }
        Ok(())
    }

    /// Whether the schema is that of this version.
    ///
    /// # Errors
    /// `Newer`, `Unavailable`, `Busy`, `Database`.
    pub async fn is_migrated(&self) -> Result<bool, StorageError> {
        match Migrator::get_pending_migrations_read_only(&self.reader.connection).await {
            Ok(pending) => Ok(pending.is_empty()),
            Err(error) => Err(self.explain(error.into()).await),
        }
    }

    /// The migrator has only a text for changes that it does not know.
    async fn explain(&self, error: StorageError) -> StorageError {
        let done = query_all(&self.reader, "SELECT version FROM seaql_migrations", vec![]).await;
        let known = Migrator::migrations();
        let is_known = |version: &str| known.iter().any(|one| one.name() == version);
        let is_newer = done.is_ok_and(|rows| {
            rows.iter()
                .any(|row| row.get::<String>("version").is_ok_and(|version| !is_known(&version)))
        });
        if is_newer { StorageError::Newer } else { error }
    }

    /// Writes a consistent copy of a SQLite database into a file that is new or empty, while others go on reading and
    /// writing.
    ///
    /// # Errors
    /// `Database` when something is in the file already, or for PostgreSQL, which has programs of its own for this.
    pub async fn copy_to(&self, file: &str) -> Result<(), StorageError> {
        let Writer::Queue { connection, .. } = &self.writer else {
            return Err(DbErr::Custom("only SQLite copies itself".to_owned()).into());
        };
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        connection.execute_raw(copy).await?;
        Ok(())
    }

    /// Tells the text of each statement from now on, without its values. For tests of what the database makes of them.
    pub fn overhear(&self, ear: impl Fn(&str) + Send + Sync + 'static) {
        self.meter.tell(Box::new(ear));
    }

    /// What was done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.meter.read()
    }

    /// Whether this is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        matches!(self.writer, Writer::Queue { .. })
    }

    /// Finishes what is running and closes every connection.
    ///
    /// # Errors
    /// `Database`.
    pub async fn close(&self) -> Result<(), StorageError> {
        if let Writer::Queue { connection, .. } = &self.writer {
            connection.close_by_ref().await?;
        }
        self.reader.statements.let_go();
        Ok(self.reader.connection.close_by_ref().await?)
    }
}
