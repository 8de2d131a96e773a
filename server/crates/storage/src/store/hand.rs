//! Connections that stay in hand between statements.
//!
//! A pool of sqlx asks each connection that comes back whether it is well, in a task of its own: one more round trip
//! for every statement. So a connection is handed from one statement to the next for a moment, and then goes through
//! the pool, which looks after its health and its age.

use std::ops::DerefMut;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::{
    self, AssertSqlSafe, Error as SqlxError, Executor as SqlxExecutor, IntoArguments, Pool, Postgres, Sqlite,
};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use tokio::time::Instant;

use super::meter::Meter;

/// How long a connection goes from hand to hand.
const MOMENT: Duration = Duration::from_secs(1);

/// Runs statements of which each stands alone.
#[derive(Debug)]
pub struct Statements {
    hand: Hand,
    meter: Arc<Meter>,
}

#[derive(Debug)]
enum Hand {
    Sqlite(Kept<Sqlite>),
    Postgres(Kept<Postgres>),
}

/// The connections of one pool that are in hand.
#[derive(Debug)]
struct Kept<DB: sqlx::Database> {
    pool: Pool<DB>,
    held: Mutex<Vec<Held<DB>>>,
    /// How many wait at the pool. They come first: nothing is held back from them.
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Held<DB: sqlx::Database> {
    connection: PoolConnection<DB>,
    /// When it came from the pool.
    since: Instant,
}

impl<DB: sqlx::Database> Held<DB> {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < MOMENT
    }
}

/// Somebody waits at the pool, until this is dropped.
pub struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn begin(waiting: &Arc<AtomicUsize>) -> Self {
        waiting.fetch_add(1, Ordering::AcqRel);
        Self(waiting.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl<DB: sqlx::Database> Kept<DB> {
    fn new(pool: &Pool<DB>) -> Self {
        Self {
            pool: pool.clone(),
            held: Mutex::default(),
            waiting: Arc::default(),
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held<DB>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One in hand, or a place among those who wait at the pool. Both are decided under one lock, as in [`Self::keep`],
    /// so nobody waits while a connection is held back.
    fn pick(&self) -> Result<Held<DB>, Waiting> {
        let mut held = self.held();
        // What is not fresh any more goes to the pool.
        held.retain(Held::is_fresh);
        held.pop().ok_or_else(|| Waiting::begin(&self.waiting))
    }

    /// A place among those who wait at the pool, for whoever takes a connection from there.
    fn make_way(&self) -> Waiting {
        let mut held = self.held();
        held.pop();
        Waiting::begin(&self.waiting)
    }

    async fn take(&self) -> Result<Held<DB>, DbErr> {
        let _waiting = match self.pick() {
            Ok(held) => return Ok(held),
            Err(waiting) => waiting,
        };
        let connection = self.pool.acquire().await.map_err(|error| match error {
            SqlxError::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            SqlxError::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            other => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(other))),
        })?;
        Ok(Held {
            connection,
            since: Instant::now(),
        })
    }

    /// Keeps it for the next statement. One that is dropped instead goes to the pool.
    fn keep(&self, one: Held<DB>) {
        let mut held = self.held();
        // The last one of the pool is never held back: who comes there unannounced finds it.
        let places = self.pool.options().get_max_connections() as usize - 1;
        if self.waiting.load(Ordering::Acquire) == 0 && held.len() < places && one.is_fresh() {
            held.push(one);
        }
    }

    /// After an error the pool looks after the connection.
    fn settle<T>(&self, held: Held<DB>, result: Result<T, SqlxError>) -> Result<T, Arc<SqlxError>> {
        if result.is_ok() {
            self.keep(held);
        }
        result.map_err(Arc::new)
    }
}

impl<DB: sqlx::Database> Kept<DB>
where
    for<'c> &'c mut DB::Connection: SqlxExecutor<'c, Database = DB>,
    SqlxValues: IntoArguments<DB>,
    ExecResult: From<DB::QueryResult>,
    QueryResult: From<DB::Row>,
{
    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.take().await?;
        let result = query(statement).execute(held.connection.deref_mut()).await;
        let done = self.settle(held, result);
        done.map(Into::into)
            .map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error)))
    }

    async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut held = self.take().await?;
        let result = query(statement).fetch_optional(held.connection.deref_mut()).await;
        let found = self.settle(held, result);
        found.map(|row| row.map(Into::into)).map_err(failed)
    }

    async fn query_all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.take().await?;
        let result = query(statement).fetch_all(held.connection.deref_mut()).await;
        let found = self.settle(held, result);
        found
            .map(|rows| rows.into_iter().map(Into::into).collect())
            .map_err(failed)
    }
}

/// Everything in the text comes from us; what comes from outside is among the values.
fn query<'q, DB: sqlx::Database>(statement: Statement) -> Query<'q, DB, SqlxValues>
where
    SqlxValues: IntoArguments<DB>,
{
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

fn failed(error: Arc<SqlxError>) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error))
}

impl Statements {
    /// On the connections of this pool.
    pub(super) fn new(pool: &DatabaseConnection, meter: Arc<Meter>) -> Self {
        let hand = if pool.get_database_backend() == DbBackend::Sqlite {
            Hand::Sqlite(Kept::new(pool.get_sqlite_connection_pool()))
        } else {
            Hand::Postgres(Kept::new(pool.get_postgres_connection_pool()))
        };
        Self { hand, meter }
    }

    /// Gives all of them to the pool, which waits for them before it closes.
    pub fn let_go(&self) {
        match &self.hand {
            Hand::Sqlite(kept) => kept.held().clear(),
            Hand::Postgres(kept) => kept.held().clear(),
        }
    }

    /// For whoever takes a connection from the pool: nothing is held back from them meanwhile.
    pub fn make_way(&self) -> Waiting {
        match &self.hand {
            Hand::Sqlite(kept) => kept.make_way(),
            Hand::Postgres(kept) => kept.make_way(),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Statements {
    fn get_database_backend(&self) -> DbBackend {
        match self.hand {
            Hand::Sqlite(_) => DbBackend::Sqlite,
            Hand::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.meter.hear(&statement.sql);
        self.meter.count(match &self.hand {
            Hand::Sqlite(kept) => kept.execute(statement).await,
            Hand::Postgres(kept) => kept.execute(statement).await,
        })
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let statement = Statement::from_string(self.get_database_backend(), sql);
        self.execute_raw(statement).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.meter.hear(&statement.sql);
        self.meter.count(match &self.hand {
            Hand::Sqlite(kept) => kept.query_one(statement).await,
            Hand::Postgres(kept) => kept.query_one(statement).await,
        })
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.meter.hear(&statement.sql);
        self.meter.count(match &self.hand {
            Hand::Sqlite(kept) => kept.query_all(statement).await,
            Hand::Postgres(kept) => kept.query_all(statement).await,
        })
    }
}
