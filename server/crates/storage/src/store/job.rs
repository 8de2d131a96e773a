//! One change that waits for the writer, with the answer to whoever asked for it.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;

use crate::db::Tx;
use crate::error::StorageError;

/// One change uses nothing but the database, so this is only reached when something is wrong.
const WORK_LIMIT: Duration = Duration::from_secs(10);
/// How a change ended, before the commit.
pub(super) enum Ended {
    Well,
    /// It failed and must be taken back.
    Failed,
    /// It failed, and the database has taken it back by itself.
    Undone,
    /// It did not end in time, or panicked: nobody knows in which state the connection is.
    Lost,
}

pub(super) trait Job: Send {
    fn is_abandoned(&self) -> bool;
    /// Whether it is one statement only, which SQLite takes back by itself when it fails.
    fn is_atomic(&self) -> bool;
    fn run<'t>(&'t mut self, tx: &'t Tx) -> BoxFuture<'t, Ended>;
    fn answer(self: Box<Self>, committed: Result<(), StorageError>);
}

pub(super) struct Work<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    /// Which errors leave nothing behind.
    is_undone: Option<fn(&E) -> bool>,
}

impl<T, E, F> Work<T, E, F> {
    pub fn new(work: F, reply: oneshot::Sender<Result<T, E>>, is_undone: Option<fn(&E) -> bool>) -> Self {
        Self {
            work: Some(work),
            outcome: None,
            reply,
            is_undone,
        }
    }
}

impl<T, E, F> Job for Work<T, E, F>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn is_atomic(&self) -> bool {
        self.is_undone.is_some()
    }

    fn run<'t>(&'t mut self, tx: &'t Tx) -> BoxFuture<'t, Ended> {
        Box::pin(async move {
            let Some(work) = self.work.take() else {
                return Ended::Lost;
            };
            let guarded = AssertUnwindSafe(async { work(tx).await }).catch_unwind();
            let Ok(Ok(outcome)) = tokio::time::timeout(WORK_LIMIT, guarded).await else {
                return Ended::Lost;
            };
            let ended = match (&outcome, self.is_undone) {
                (Ok(_), _) => Ended::Well,
                (Err(error), Some(is_undone)) if is_undone(error) => Ended::Undone,
                (Err(_), _) => Ended::Failed,
            };
            self.outcome = Some(outcome);
            ended
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StorageError>) {
        let answer = match (self.outcome, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(done)), Ok(())) => Ok(done),
            (None, Ok(())) => Err(StorageError::Busy.into()),
        };
        // Whoever asked may have gone away; the change stands all the same.
        self.reply.send(answer).ok();
    }
}
