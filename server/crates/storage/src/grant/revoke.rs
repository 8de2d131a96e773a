//! Ending grants: from then on neither code nor token of theirs is good.

use doorward_domain::Timestamp;
use doorward_domain::id::{AccountId, ApplicationId, GrantId};
use sea_orm::Value;

use super::TABLE;
use crate::db::{Tx, execute, optional_id, query_one, time};
use crate::error::StorageError;

async fn revoke_where(tx: &Tx, column: &str, value: Value, at: Timestamp) -> Result<u64, StorageError> {
    let sql = format!("UPDATE sign_in_grant SET revoked_at = $2 WHERE {column} = $1 AND revoked_at IS NULL");
    execute(tx, &sql, vec![value, time(at)]).await
}

/// Ends one grant. `false` when it had ended before or is unknown.
///
/// # Errors
/// Those of the database.
pub async fn revoke(tx: &Tx, grant: &GrantId, at: Timestamp) -> Result<bool, StorageError> {
    Ok(revoke_where(tx, "id", grant.as_str().into(), at).await? == 1)
}

/// What became of a grant that an application gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It ends now, for this account; `None` for a person without one.
    Now {
        /// Whose it was.
        account: Option<AccountId>,
    },
    /// It had ended before, or is unknown.
    Before,
    /// It is another application's, and goes on.
    OfAnother,
}

/// Ends a grant if it is this application's.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn revoke_of(
    tx: &Tx,
    grant: &GrantId,
    application: &ApplicationId,
    at: Timestamp,
) -> Result<Revoked, StorageError> {
    let sql = "SELECT application_id, account_id FROM sign_in_grant WHERE id = $1";
    let Some(row) = query_one(tx, sql, vec![grant.as_str().into()]).await? else {
        return Ok(Revoked::Before);
    };
    if row.get::<String>("application_id")? != application.as_str() {
        return Ok(Revoked::OfAnother);
    }
    let account = optional_id(row.get("account_id")?, TABLE)?;
    let is_new = revoke(tx, grant, at).await?;
    Ok(if is_new {
        Revoked::Now { account }
    } else {
        Revoked::Before
    })
}

/// Ends every grant of an account. How many.
///
/// # Errors
/// Those of the database.
pub async fn revoke_of_account(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<u64, StorageError> {
    revoke_where(tx, "account_id", account.as_str().into(), at).await
}

/// Ends every grant made in a session. How many.
///
/// # Errors
/// Those of the database.
pub async fn revoke_of_session(tx: &Tx, session: &[u8], at: Timestamp) -> Result<u64, StorageError> {
    revoke_where(tx, "session_key", session.to_vec().into(), at).await
}

/// Ends every grant of an application. How many. Reads the whole table: for the rare day an application goes.
///
/// # Errors
/// Those of the database.
pub async fn revoke_of_application(tx: &Tx, application: &ApplicationId, at: Timestamp) -> Result<u64, StorageError> {
    revoke_where(tx, "application_id", application.as_str().into(), at).await
}
