//! What a password sign-in needs to know, in one statement.

use doorward_domain::Timestamp;
use doorward_domain::account::Account;
use doorward_domain::canonical::IdentifierKey;
use doorward_domain::id::AccountId;

use super::{COLUMNS, from_optional_row};
use crate::db::{Database, query_one, time};
use crate::error::StorageError;

/// What there is under a name somebody typed. Without an account the counter is there all the same, so that an unknown
/// name is limited like a known one (S20).
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordLookUp {
    pub account: Option<Account>,
    /// PHC string; `None` for an account without a password.
    pub password_hash: Option<String>,
    /// Failed attempts in the current window, see [`crate::rate_limit`].
    pub failures: i64,
}

/// The account under a name, its password hash, and the count of failures under `counter` since `window_start`.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_for_password(
    db: &impl Database,
    key: &IdentifierKey,
    counter: &str,
    window_start: Timestamp,
) -> Result<PasswordLookUp, StorageError> {
    let sql = format!(
        "SELECT {COLUMNS}, a.password_hash AS password_hash, r.count AS failures FROM (SELECT 1 AS one) o \
         LEFT JOIN login_identifier i ON i.key = $1 LEFT JOIN account a ON a.id = i.account_id \
         LEFT JOIN rate_limit r ON r.key = $2 AND r.window_start > $3"
    );
    let row = query_one(db, &sql, vec![key.as_str().into(), counter.into(), time(window_start)]).await?;
    let Some(row) = row else {
        return Ok(PasswordLookUp {
            account: None,
            password_hash: None,
            failures: 0,
        });
    };
    Ok(PasswordLookUp {
        account: from_optional_row(&row)?,
        password_hash: row.get("password_hash")?,
        failures: row.get::<Option<i64>>("failures")?.unwrap_or_default(),
    })
}

/// The password hash of an account, as a PHC string; `None` when it has no password or is gone.
///
/// # Errors
/// Those of the database.
pub async fn find_password_hash(db: &impl Database, account: &AccountId) -> Result<Option<String>, StorageError> {
    let sql = "SELECT password_hash FROM account WHERE id = $1";
    let row = query_one(db, sql, vec![account.as_str().into()]).await?;
    row.map_or(Ok(None), |row| row.get("password_hash"))
}
