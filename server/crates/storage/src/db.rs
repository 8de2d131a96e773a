//! What repository functions run on: a connection to read, or a transaction to write.

use std::sync::Arc;

use doorward_domain::{Timestamp, truncate};
use doorward_vault::Keyring;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TryGetable, Value,
};

use crate::error::StorageError;
use crate::store::Statements;

mod sealed {
    use super::{Arc, Executor, Keyring};

    pub trait Sealed: Sync {
        fn executor(&self) -> Executor<'_>;
        fn keyring(&self) -> &Arc<Keyring>;
    }
}

pub(crate) use sealed::Sealed;

/// Something that can be read from: a [`Reader`] or a [`Tx`].
pub trait Database: Sealed {}

/// Reads; each statement sees what is committed by then.
#[derive(Debug, Clone)]
pub struct Reader {
    pub(crate) statements: Arc<Statements>,
    /// For what needs more than statements.
    pub(crate) connection: DatabaseConnection,
    pub(crate) keyring: Arc<Keyring>,
}

/// A running write. Everything done with it is committed together or not at all.
#[derive(Debug)]
pub struct Tx {
    pub(crate) scope: Scope,
    pub(crate) keyring: Arc<Keyring>,
}

#[derive(Debug)]
pub(crate) enum Scope {
    Transaction(DatabaseTransaction),
    /// One statement that is its own transaction.
    Statement(Arc<Statements>),
}

/// Runs statements, alone or in a transaction.
pub enum Executor<'a> {
    Alone(&'a Statements),
    Together(&'a DatabaseTransaction),
}

#[async_trait::async_trait]
impl ConnectionTrait for Executor<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Alone(statements) => statements.get_database_backend(),
            Self::Together(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Alone(statements) => statements.execute_raw(statement).await,
            Self::Together(transaction) => transaction.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Alone(statements) => statements.execute_unprepared(sql).await,
            Self::Together(transaction) => transaction.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Alone(statements) => statements.query_one_raw(statement).await,
            Self::Together(transaction) => transaction.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Alone(statements) => statements.query_all_raw(statement).await,
            Self::Together(transaction) => transaction.query_all_raw(statement).await,
        }
    }
}

impl Sealed for Reader {
    fn executor(&self) -> Executor<'_> {
        Executor::Alone(&self.statements)
    }

    fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }
}

impl Sealed for Tx {
    fn executor(&self) -> Executor<'_> {
        match &self.scope {
            Scope::Transaction(transaction) => Executor::Together(transaction),
            Scope::Statement(statements) => Executor::Alone(statements),
        }
    }

    fn keyring(&self) -> &Arc<Keyring> {
        &self.keyring
    }
}

impl Database for Reader {}
impl Database for Tx {}

fn statement(db: &impl Database, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(db.executor().get_database_backend(), sql, values)
}

pub(crate) fn is_sqlite(db: &impl Database) -> bool {
    db.executor().get_database_backend() == DbBackend::Sqlite
}

/// Runs hand-written SQL with `$1`, `$2`, … for values, which both databases understand. The number of changed rows.
pub(crate) async fn execute(db: &impl Database, sql: &str, values: Vec<Value>) -> Result<u64, StorageError> {
    Ok(db
        .executor()
        .execute_raw(statement(db, sql, values))
        .await?
        .rows_affected())
}

pub(crate) async fn query_one(db: &impl Database, sql: &str, values: Vec<Value>) -> Result<Option<Row>, StorageError> {
    Ok(db.executor().query_one_raw(statement(db, sql, values)).await?.map(Row))
}

pub(crate) async fn query_all(db: &impl Database, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StorageError> {
    Ok(db
        .executor()
        .query_all_raw(statement(db, sql, values))
        .await?
        .into_iter()
        .map(Row)
        .collect())
}

/// One row of a hand-written statement.
pub(crate) struct Row(QueryResult);

impl Row {
    pub fn get<T: TryGetable>(&self, column: &str) -> Result<T, StorageError> {
        Ok(self.0.try_get("", column)?)
    }
}

/// A moment as a parameter, cut to the precision both databases keep.
pub(crate) fn time(at: Timestamp) -> Value {
    truncate(at).into()
}

pub(crate) fn optional_time(at: Option<Timestamp>) -> Value {
    at.map(truncate).into()
}

/// A document as text.
pub(crate) fn document(value: &impl serde::Serialize, table: &'static str, id: &str) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|_| StorageError::corrupt(table, id))
}

/// Reads a document.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(
    text: &str,
    table: &'static str,
    id: &str,
) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|_| StorageError::corrupt(table, id))
}

/// The name of an enum's variant as it stands in a document, for columns that hold it as plain text.
pub(crate) fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// Reads such a name.
pub(crate) fn from_word<T: serde::de::DeserializeOwned>(
    word: String,
    table: &'static str,
    id: &str,
) -> Result<T, StorageError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StorageError::corrupt(table, id))
}

/// Reads an identifier.
pub(crate) fn id<T: TryFrom<String>>(text: String, table: &'static str) -> Result<T, StorageError> {
    T::try_from(text.clone()).map_err(|_| StorageError::corrupt(table, text))
}

/// Reads an identifier that may be missing.
pub(crate) fn optional_id<T: TryFrom<String>>(
    text: Option<String>,
    table: &'static str,
) -> Result<Option<T>, StorageError> {
    text.map(|text| id(text, table)).transpose()
}
