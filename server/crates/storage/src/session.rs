//! Sessions: signed-in browsers, found by a keyed hash of their cookie.

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::assurance::Evidence;
use doorward_domain::id::AccountId;
use sea_orm::Value;

use crate::account;
use crate::db::{Database, Row, Tx, document, execute, parse, query_all, query_one, time};
use crate::error::StorageError;
use crate::grant;

const TABLE: &str = "session";
pub(crate) const COLUMNS: &str =
    "key, account_id, sub, sealed_person, evidence, user_agent, created_at, expires_at, revoked_at, upstream_session";
/// Longest user agent kept, in bytes.
const USER_AGENT_LIMIT: usize = 200;
/// Sessions that one statement ends.
const BATCH: usize = 500;

/// A keyed hash of a session's cookie: a copy of the database signs nobody in.
pub type SessionKey = Vec<u8>;

/// A session about to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSession {
    pub key: SessionKey,
    /// `None` for a person without an account.
    pub account: Option<AccountId>,
    pub sub: String,
    /// Who it is, sealed by the caller, for a person without an account.
    pub sealed_person: Option<Vec<u8>>,
    pub evidence: Vec<Evidence>,
    /// What the browser calls itself; cut to 200 bytes.
    pub user_agent: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A session that is alive, with its account as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub key: SessionKey,
    /// Active; `None` for a person without an account.
    pub account: Option<Account>,
    pub sub: String,
    pub sealed_person: Option<Vec<u8>>,
    pub evidence: Vec<Evidence>,
    pub user_agent: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

pub(crate) fn row(session: &NewSession) -> Result<Vec<Value>, StorageError> {
    let agent = &session.user_agent;
    let end = (0..=USER_AGENT_LIMIT.min(agent.len()))
        .rev()
        .find(|end| agent.is_char_boundary(*end));
    // Where several providers vouched, it is found by what the first of them calls its session.
    let upstream = session.evidence.iter().find_map(|piece| piece.upstream_session.clone());
    Ok(vec![
        session.key.clone().into(),
        session.account.as_ref().map(ToString::to_string).into(),
        session.sub.as_str().into(),
        session.sealed_person.clone().into(),
        document(&session.evidence, TABLE, "new")?.into(),
        agent[..end.unwrap_or_default()].into(),
        time(session.created_at),
        time(session.expires_at),
        Option::<Timestamp>::None.into(),
        upstream.into(),
    ])
}

fn from_row(row: &Row) -> Result<Session, StorageError> {
    Ok(Session {
        key: row.get("key")?,
        account: account::from_optional_row(row)?,
        sub: row.get("sub")?,
        sealed_person: row.get("sealed_person")?,
        evidence: parse(&row.get::<String>("evidence")?, TABLE, "of a browser")?,
        user_agent: row.get("user_agent")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
    })
}

fn select() -> String {
    format!(
        "SELECT s.key AS key, s.sub AS sub, s.sealed_person AS sealed_person, s.evidence AS evidence, \
         s.user_agent AS user_agent, s.created_at AS created_at, s.expires_at AS expires_at, {} \
         FROM session s LEFT JOIN account a ON a.id = s.account_id",
        account::COLUMNS
    )
}

/// A live session: not expired, not revoked, and its account, if it has one, is active.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database, key: &[u8], at: Timestamp) -> Result<Option<Session>, StorageError> {
    let sql = format!(
        "{} WHERE s.key = $1 AND s.revoked_at IS NULL AND s.expires_at > $2",
        select()
    );
    let found = query_one(db, &sql, vec![key.to_vec().into(), time(at)]).await?;
    let session = found.as_ref().map(from_row).transpose()?;
    let usable = |s: &Session| {
        s.account
            .as_ref()
            .is_none_or(|account| account.status == AccountStatus::Active)
    };
    Ok(session.filter(usable))
}

/// The live sessions of an account, newest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of_account(
    db: &impl Database,
    account: &AccountId,
    at: Timestamp,
) -> Result<Vec<Session>, StorageError> {
    let sql = format!(
        "{} WHERE s.account_id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 ORDER BY s.created_at DESC",
        select()
    );
    query_all(db, &sql, vec![account.as_str().into(), time(at)])
        .await?
        .iter()
        .map(from_row)
        .collect()
}

/// Inserts a session.
///
/// # Errors
/// `Conflict` with `Reference` when its account is gone; those of the database.
pub async fn insert(tx: &Tx, session: &NewSession) -> Result<(), StorageError> {
    let sql = format!("INSERT INTO session ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    execute(tx, &sql, row(session)?).await.map(|_| ())
}

/// Ends one session and the grants that were made in it. `false` when it had ended before.
///
/// # Errors
/// Those of the database.
pub async fn revoke(tx: &Tx, key: &[u8], at: Timestamp) -> Result<bool, StorageError> {
    let sql = "UPDATE session SET revoked_at = $2 WHERE key = $1 AND revoked_at IS NULL";
    let ended = execute(tx, sql, vec![key.to_vec().into(), time(at)]).await? == 1;
    grant::revoke_of_session(tx, key, at).await?;
    Ok(ended)
}

/// Ends these sessions and the grants that were made in them, as [`revoke`] does one, in two statements.
pub(crate) async fn revoke_all(tx: &Tx, keys: &[SessionKey], at: Timestamp) -> Result<(), StorageError> {
    for some in keys.chunks(BATCH) {
        let places: Vec<String> = (2..some.len() + 2).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        // Whoever makes a grant in a session holds its row: what was granted until it ended is found after it.
        for (table, column) in [(TABLE, "key"), ("sign_in_grant", "session_key")] {
            let sql = format!("UPDATE {table} SET revoked_at = $1 WHERE {column} IN ({places}) AND revoked_at IS NULL");
            let mut values = vec![time(at)];
            values.extend(some.iter().map(|key| Value::from(key.clone())));
            execute(tx, &sql, values).await?;
        }
    }
    Ok(())
}

/// Ends every session of an account, and every sign-in to it that is under way: what was proven until now opens nothing
/// any more (S16). How many sessions.
///
/// # Errors
/// Those of the database.
pub async fn revoke_of_account(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<u64, StorageError> {
    let sql = "UPDATE account SET signed_out_at = $2 WHERE id = $1";
    execute(tx, sql, vec![account.as_str().into(), time(at)]).await?;
    let sql = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL";
    execute(tx, sql, vec![account.as_str().into(), time(at)]).await
}
