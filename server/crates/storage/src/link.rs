//! Links: which subject of which issuer, through which connection, is which account.

use doorward_domain::Timestamp;
use doorward_domain::account::Link;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::subject::LinkKey;
use sea_orm::Value;

use crate::db::{Database, Row, Tx, execute, id, query_all, query_one, time};
use crate::error::StorageError;
use crate::{grant, session};

const TABLE: &str = "link";
pub(crate) const COLUMNS: &str = "connection_id, issuer, subject, account_id, created_at";

pub(crate) fn row(link: &Link) -> Vec<Value> {
    vec![
        link.key.connection.as_str().into(),
        link.key.issuer.as_str().into(),
        link.key.subject.as_str().into(),
        link.account.as_str().into(),
        time(link.created_at),
    ]
}

/// Links a subject to an account.
///
/// # Errors
/// `Conflict` with `Link` when the subject is linked already, or `Reference` when the account is gone.
pub async fn insert(tx: &Tx, link: &Link) -> Result<(), StorageError> {
    let sql = format!("INSERT INTO link ({COLUMNS}) VALUES ($1, $2, $3, $4, $5)");
    execute(tx, &sql, row(link)).await.map(|_| ())
}

/// Every link of an account. When each was used last comes from the audit log.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of_account(db: &impl Database, account: &AccountId) -> Result<Vec<Link>, StorageError> {
    let sql = "SELECT l.connection_id, l.issuer, l.subject, l.account_id, l.created_at, \
               (SELECT MAX(e.at) FROM audit_event e WHERE e.account_id = l.account_id \
               AND e.connection_id = l.connection_id AND e.action = 'sign_in.succeeded') AS last_used_at \
               FROM link l WHERE l.account_id = $1 ORDER BY l.created_at";
    query_all(db, sql, vec![account.as_str().into()])
        .await?
        .iter()
        .map(from_row)
        .collect()
}

fn from_row(row: &Row) -> Result<Link, StorageError> {
    Ok(Link {
        key: LinkKey {
            connection: id(row.get("connection_id")?, TABLE)?,
            issuer: row.get("issuer")?,
            subject: row.get("subject")?,
        },
        account: id(row.get("account_id")?, TABLE)?,
        created_at: row.get("created_at")?,
        last_used_at: row.get::<Option<Timestamp>>("last_used_at")?,
    })
}

/// Unlinks a subject from an account and ends the account's sessions and grants, since any of them may have come
/// through the link (S34). `false` when there is no such link.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: &AccountId, key: &LinkKey, at: Timestamp) -> Result<bool, StorageError> {
    let sql = "DELETE FROM link WHERE connection_id = $1 AND issuer = $2 AND subject = $3 AND account_id = $4";
    let values = vec![
        key.connection.as_str().into(),
        key.issuer.as_str().into(),
        key.subject.as_str().into(),
        account.as_str().into(),
    ];
    let gone = execute(tx, sql, values).await? == 1;
    if gone {
        session::revoke_of_account(tx, account, at).await?;
        grant::revoke_of_account(tx, account, at).await?;
    }
    Ok(gone)
}

/// How many accounts are linked to each connection, however many of its subjects lead to one.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn count_by_connection(db: &impl Database) -> Result<Vec<(ConnectionId, i64)>, StorageError> {
    let sql = "SELECT connection_id, COUNT(DISTINCT account_id) AS n FROM link GROUP BY connection_id";
    let rows = query_all(db, sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((id(row.get("connection_id")?, TABLE)?, row.get("n")?)))
        .collect()
}

/// How many accounts are linked to one connection, however many of its subjects lead to one.
///
/// # Errors
/// Those of the database.
pub async fn count_of_connection(db: &impl Database, connection: &ConnectionId) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(DISTINCT account_id) AS n FROM link WHERE connection_id = $1";
    query_one(db, sql, vec![connection.as_str().into()])
        .await?
        .map_or(Ok(0), |row| row.get("n"))
}
