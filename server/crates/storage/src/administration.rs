//! What administrators do to accounts and connections beyond changing their settings.

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, AccountStatus, Role};
use doorward_domain::id::{AccountId, ConnectionId};

use crate::account::{COLUMNS, from_row};
use crate::configuration;
use crate::db::{Database, Tx, execute, query_all, query_one, time, word};
use crate::error::{Contested, StorageError};
use crate::transaction::{self, StoredTransaction};

/// Makes sure that an account still has this version, and that nobody changes it until the transaction ends.
///
/// # Errors
/// `Conflict` with `Version`.
pub async fn hold(tx: &Tx, account: &AccountId, version: i64) -> Result<(), StorageError> {
    let sql = "UPDATE account SET version = version WHERE id = $1 AND version = $2";
    match execute(tx, sql, vec![account.as_str().into(), version.into()]).await? {
        0 => Err(StorageError::conflict(Contested::Version)),
        _ => Ok(()),
    }
}

/// Changes what an account may do.
///
/// # Errors
/// `Conflict` with `Version` when there is no such account.
pub async fn set_role(tx: &Tx, account: &AccountId, role: Role, at: Timestamp) -> Result<(), StorageError> {
    let sql = "UPDATE account SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    match execute(tx, sql, vec![account.as_str().into(), word(&role).into(), time(at)]).await? {
        0 => Err(StorageError::conflict(Contested::Version)),
        _ => Ok(()),
    }
}

/// Whether an active administrator is left. Called after the change that may have taken the last one away: whoever
/// takes an administrator away waits here for the others, so that two of them cannot each leave it to the other.
///
/// # Errors
/// Those of the database.
pub async fn keeps_administrator(tx: &Tx) -> Result<bool, StorageError> {
    configuration::bump(tx).await?;
    Ok(count_administrators(tx).await? > 0)
}

/// How many active administrators there are.
///
/// # Errors
/// Those of the database.
pub async fn count_administrators(db: &impl Database) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM account WHERE role = $1 AND status = $2";
    let values = vec![word(&Role::Administrator).into(), word(&AccountStatus::Active).into()];
    query_one(db, sql, values).await?.map_or(Ok(0), |row| row.get("n"))
}

/// Whether an account can sign in with a password.
///
/// # Errors
/// Those of the database.
pub async fn has_password(db: &impl Database, account: &AccountId) -> Result<bool, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM account WHERE id = $1 AND password_hash IS NOT NULL";
    let row = query_one(db, sql, vec![account.as_str().into()]).await?;
    row.map_or(Ok(false), |row| Ok(row.get::<i64>("n")? == 1))
}

/// Several accounts at once; those that are gone are missing. At most 200 are asked for.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_by_id(db: &impl Database, accounts: &[AccountId]) -> Result<Vec<Account>, StorageError> {
    let wanted = &accounts[..accounts.len().min(200)];
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=wanted.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT {COLUMNS} FROM account a WHERE a.id IN ({})", places.join(", "));
    let values = wanted.iter().map(|id| id.as_str().into()).collect();
    query_all(db, &sql, values).await?.iter().map(from_row).collect()
}

/// Ends every session that was opened through a connection, and the grants made in them (S34): for the day a
/// connection is switched off or deleted. Reads both tables whole. How many sessions.
///
/// # Errors
/// Those of the database.
pub async fn end_of_connection(tx: &Tx, connection: &ConnectionId, at: Timestamp) -> Result<u64, StorageError> {
    // An id has no character that LIKE takes for a wildcard but the underscore, and that one only in its prefix.
    let named = format!("%\"{connection}\"%");
    let grants = "UPDATE sign_in_grant SET revoked_at = $1 WHERE revoked_at IS NULL AND (request LIKE $2 \
                  OR session_key IN (SELECT s.key FROM session s WHERE s.evidence LIKE $2))";
    execute(tx, grants, vec![time(at), named.clone().into()]).await?;
    let sessions = "UPDATE session SET revoked_at = $1 WHERE revoked_at IS NULL AND evidence LIKE $2";
    execute(tx, sessions, vec![time(at), named.into()]).await
}

/// Stores a transaction, in the place of one with the same id: an administrator's newest connection test.
///
/// # Errors
/// Those of the database.
pub async fn put_transaction(tx: &Tx, transaction: &StoredTransaction) -> Result<(), StorageError> {
    let sql = format!(
        "INSERT INTO sign_in_transaction ({}) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET \
         sealed_state = excluded.sealed_state, version = sign_in_transaction.version + 1, \
         expires_at = excluded.expires_at",
        transaction::COLUMNS
    );
    execute(tx, &sql, transaction::row(transaction)).await.map(|_| ())
}
