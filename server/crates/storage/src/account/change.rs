//! Changes of one account. Whatever takes rights away also ends sessions and grants, in the same transaction (S34).

use doorward_domain::Timestamp;
use doorward_domain::account::{AccountStatus, Attributes, Role};
use doorward_domain::id::AccountId;

use super::write::insert_identifiers;
use super::{TABLE, search_key};
use crate::db::{Database, Tx, document, execute, query_one, time, word};
use crate::error::{Contested, StorageError};
use crate::{grant, session};

/// Switches an account off and ends its sessions and grants. `false` when there is no such account.
///
/// # Errors
/// Those of the database.
pub async fn disable(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<bool, StorageError> {
    let found = set_status(tx, account, AccountStatus::Disabled, at).await?;
    end_all(tx, account, at).await?;
    Ok(found)
}

/// Switches an account on. What ended stays ended. `false` when there is no such account.
///
/// # Errors
/// Those of the database.
pub async fn enable(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<bool, StorageError> {
    set_status(tx, account, AccountStatus::Active, at).await
}

async fn set_status(tx: &Tx, account: &AccountId, status: AccountStatus, at: Timestamp) -> Result<bool, StorageError> {
    let sql = "UPDATE account SET status = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    Ok(execute(tx, sql, vec![account.as_str().into(), word(&status).into(), time(at)]).await? == 1)
}

/// Gives an account another role, and ends its sessions: one must not carry rights that are gone, nor gain some
/// without a fresh sign-in (S26). `false` when there is no such account.
///
/// # Errors
/// Those of the database.
pub async fn set_role(tx: &Tx, account: &AccountId, role: Role, at: Timestamp) -> Result<bool, StorageError> {
    let sql = "UPDATE account SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    let found = execute(tx, sql, vec![account.as_str().into(), word(&role).into(), time(at)]).await? == 1;
    end_all(tx, account, at).await?;
    Ok(found)
}

/// Whether every session of an active account was ended after `since`.
///
/// # Errors
/// Those of the database.
pub async fn is_signed_out_since(
    db: &impl Database,
    account: &AccountId,
    since: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "SELECT 1 AS one FROM account WHERE id = $1 AND status = 'active' AND signed_out_at > $2";
    let found = query_one(db, sql, vec![account.as_str().into(), time(since)]).await?;
    Ok(found.is_some())
}

async fn end_all(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<(), StorageError> {
    session::revoke_of_account(tx, account, at).await?;
    grant::revoke_of_account(tx, account, at).await?;
    Ok(())
}

/// Deletes an account with its keys, links, sessions and grants. `false` when there is no such account.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: &AccountId) -> Result<bool, StorageError> {
    Ok(execute(tx, "DELETE FROM account WHERE id = $1", vec![account.as_str().into()]).await? == 1)
}

/// Sets or takes away a password, and ends every session and grant that the old one may have opened (S16).
///
/// # Errors
/// `Conflict` with `Version` when there is no such account.
pub async fn set_password(
    tx: &Tx,
    account: &AccountId,
    password_hash: Option<&str>,
    at: Timestamp,
) -> Result<(), StorageError> {
    let sql = "UPDATE account SET password_hash = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    let values = vec![
        account.as_str().into(),
        password_hash.map(str::to_owned).into(),
        time(at),
    ];
    if execute(tx, sql, values).await? == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    end_all(tx, account, at).await
}

/// Replaces username and attributes, and the keys that follow from them, if the account still has this version.
///
/// # Errors
/// `Conflict` with `Version`, or with `LoginIdentifier` when a key belongs to somebody else.
pub async fn set_attributes(
    tx: &Tx,
    account: &AccountId,
    version: i64,
    username: &str,
    attributes: &Attributes,
    at: Timestamp,
) -> Result<(), StorageError> {
    let id = account.as_str();
    let sql = "UPDATE account SET username = $3, attributes = $4, search_key = $5, updated_at = $6, \
               version = version + 1 WHERE id = $1 AND version = $2";
    let values = vec![
        id.into(),
        version.into(),
        username.into(),
        document(attributes, TABLE, id)?.into(),
        search_key(username, attributes).into(),
        time(at),
    ];
    if execute(tx, sql, values).await? == 0 {
        return Err(StorageError::conflict(Contested::Version));
    }
    execute(
        tx,
        "DELETE FROM login_identifier WHERE account_id = $1",
        vec![id.into()],
    )
    .await?;
    insert_identifiers(tx, id, username, attributes).await
}
