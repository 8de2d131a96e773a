//! The one writer of a SQLite database: a task that drains a queue and commits many changes at once.
//!
//! A commit waits for the disk, whatever is in it; so the changes that queue up during one commit share the next. Each
//! change is isolated: one that fails is taken back alone, and everybody is answered only after the commit.

use std::sync::Arc;
use std::time::Duration;

use doorward_vault::Keyring;
use futures::future::BoxFuture;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, Value,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::job::{Ended, Job, Work};
use super::meter::Meter;
use crate::db::{Scope, Tx, execute};
use crate::error::StorageError;

/// Changes that may wait. At 3,000 a second the last of them waits a third of a second.
const QUEUE_LIMIT: usize = 1024;
/// Changes in one commit: beyond this the gain is small and the first of them waits for the last.
const BATCH_LIMIT: usize = 64;
/// Who has waited this long when the lock could not be had is told so, rather than waiting for another round.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Waiting>);

struct Waiting {
    job: Box<dyn Job>,
    since: Instant,
}

impl Queue {
    pub fn start(connection: DatabaseConnection, keyring: Arc<Keyring>, meter: Arc<Meter>) -> Self {
        let (sender, waiting) = mpsc::channel(QUEUE_LIMIT);
        let scribe = Scribe {
            connection,
            keyring,
            meter,
        };
        tokio::spawn(
            Task {
                scribe,
                waiting,
                head: None,
            }
            .run(),
        );
        Self(sender)
    }

    /// Queues work and waits until it is committed. `is_undone` is given for work of one statement.
    pub async fn run<T, E, F>(&self, work: F, is_undone: Option<fn(&E) -> bool>) -> Result<T, E>
    where
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work::new(work, reply, is_undone));
        self.0
            .try_send(Waiting {
                job,
                since: Instant::now(),
            })
            .map_err(|_| StorageError::Busy)?;
        answer
            .await
            .unwrap_or_else(|gone| Err(StorageError::unavailable(gone).into()))
    }

    /// Several statements in one text: all of them are written, or none.
    ///
    /// # Errors
    /// That of the statement that failed; `Busy`, `Unavailable`.
    pub async fn run_text(&self, sql: String, values: Vec<Value>) -> Result<(), StorageError> {
        self.run(move |tx| Box::pin(text(tx, sql, values)), Some(TextError::is_undone))
            .await
            .map_err(|(TextError::Undone(error) | TextError::Left(error))| error)
    }
}

/// Why a text was not written.
enum TextError {
    /// Nothing of it is left.
    Undone(StorageError),
    /// Nobody knows what is left of it.
    Left(StorageError),
}

impl TextError {
    fn is_undone(&self) -> bool {
        matches!(self, Self::Undone(_))
    }
}

impl From<StorageError> for TextError {
    fn from(error: StorageError) -> Self {
        Self::Left(error)
    }
}

/// The save point is part of the text: each statement of its own costs two hand-overs between threads.
async fn text(tx: &Tx, sql: String, values: Vec<Value>) -> Result<(), TextError> {
    let whole = format!("SAVEPOINT text; {sql}; RELEASE text");
    let Err(error) = execute(tx, &whole, values).await else {
        return Ok(());
    };
    execute(tx, "ROLLBACK TO text; RELEASE text", Vec::new()).await?;
    Err(TextError::Undone(error))
}

struct Task {
    scribe: Scribe,
    waiting: mpsc::Receiver<Waiting>,
    /// The one at the head of the queue, looked at and not yet served.
    head: Option<Waiting>,
}

/// Holds the pen: the connection that writes.
struct Scribe {
    connection: DatabaseConnection,
    keyring: Arc<Keyring>,
    meter: Arc<Meter>,
}

/// The changes of one commit, in order.
struct Batch {
    tx: Tx,
    /// All of them are answered after the commit, even those that failed: what they collided with may be an earlier
    /// change of this batch, which nobody sees before.
    done: Vec<Box<dyn Job>>,
    /// Those that did not fail.
    well: u64,
}

impl Batch {
    fn push(&mut self, job: Box<dyn Job>, is_well: bool) {
        self.done.push(job);
        self.well += u64::from(is_well);
    }
}

impl Task {
    async fn run(mut self) {
        while let Some(first) = self.next().await {
            if first.job.is_abandoned() {
                continue;
            }
            match self.scribe.begin().await {
                Ok(tx) => self.batch(tx, first.job).await,
                Err(error) => self.turn_away(first, &error),
            }
        }
    }

    /// Answers the first, who waited for the lock, and those behind who have waited long enough as well.
    fn turn_away(&mut self, first: Waiting, error: &DbErr) {
        first.job.answer(Err(error.clone().into()));
        // The queue is in order of arrival: behind the first patient one all are.
        while let Some(next) = self.try_next() {
            if next.since.elapsed() < PATIENCE {
                self.head = Some(next);
                break;
            }
            next.job.answer(Err(error.clone().into()));
        }
    }

    async fn next(&mut self) -> Option<Waiting> {
        match self.head.take() {
            Some(head) => Some(head),
            None => self.waiting.recv().await,
        }
    }

    fn try_next(&mut self) -> Option<Waiting> {
        self.head.take().or_else(|| self.waiting.try_recv().ok())
    }

    async fn batch(&mut self, tx: Tx, mut first: Box<dyn Job>) {
        // Nothing stands before the first change, so taking back all takes back just it.
        let ended = first.run(&tx).await;
        if !matches!(ended, Ended::Well) {
            return roll_back(
                Batch {
                    tx,
                    done: Vec::new(),
                    well: 0,
                },
                first,
            )
            .await;
        }
        let mut batch = Batch {
            tx,
            done: vec![first],
            well: 1,
        };
        while batch.done.len() < BATCH_LIMIT {
            let Some(Waiting { job, .. }) = self.try_next() else {
                break;
            };
            if job.is_abandoned() {
                continue;
            }
            match self.scribe.add(&mut batch, job).await {
                Ok(()) => {}
                Err(broken) => return roll_back(batch, broken).await,
            }
        }
        self.scribe.commit(batch).await;
    }
}

impl Scribe {
    async fn begin(&self) -> Result<Tx, DbErr> {
        let options = TransactionOptions {
            // Takes the lock at once: a reader that becomes a writer halfway cannot wait for it.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.connection.begin_with_options(options).await?;
        Ok(self.tx(transaction))
    }

    fn tx(&self, transaction: DatabaseTransaction) -> Tx {
        Tx {
            scope: Scope::Transaction(transaction),
            keyring: self.keyring.clone(),
        }
    }

    /// Runs one more change. An error returns the job that left the transaction in a state nobody knows.
    async fn add(&self, batch: &mut Batch, mut job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        if job.is_atomic() {
            match job.run(&batch.tx).await {
                Ended::Well => batch.push(job, true),
                Ended::Undone => batch.push(job, false),
                Ended::Failed | Ended::Lost => return Err(job),
            }
            return Ok(());
        }
        let Some(point) = save_point(&batch.tx).await else {
            return Err(job);
        };
        let inner = self.tx(point);
        let ended = job.run(&inner).await;
        let Scope::Transaction(point) = inner.scope else {
            return Err(job);
        };
        let (kept, is_well) = match ended {
            Ended::Well => (point.commit().await, true),
            Ended::Failed | Ended::Undone => (point.rollback().await, false),
            Ended::Lost => return Err(job),
        };
        // Without the save point the database has taken back the whole transaction by itself.
        if kept.is_err() {
            return Err(job);
        }
        batch.push(job, is_well);
        Ok(())
    }

    async fn commit(&self, batch: Batch) {
        let Scope::Transaction(transaction) = batch.tx.scope else {
            return;
        };
        let committed = transaction.commit().await.map_err(|error| {
            // Whoever asked hears that it did not work; why is for the operator, once for all of them (F14).
            let changes = batch.done.len();
            tracing::error!(%error, changes, "changes cannot be written: see whether the disk is full");
            StorageError::from(error)
        });
        if committed.is_ok() {
            self.meter.committed(batch.well);
        }
        for job in batch.done {
            job.answer(committed.clone());
        }
    }
}

async fn save_point(tx: &Tx) -> Option<DatabaseTransaction> {
    match &tx.scope {
        Scope::Transaction(transaction) => transaction.begin().await.ok(),
        Scope::Statement(_) => None,
    }
}

/// Takes back everything and says so to everybody: the one that failed gets its own error, the others may try again.
async fn roll_back(batch: Batch, failed: Box<dyn Job>) {
    if let Scope::Transaction(transaction) = batch.tx.scope
        && let Err(error) = transaction.rollback().await
    {
        tracing::warn!(%error, "could not roll back");
    }
    failed.answer(Err(StorageError::Busy));
    for job in batch.done {
        job.answer(Err(StorageError::Busy));
    }
}
