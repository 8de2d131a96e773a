//! Accounts: rows in, domain values out.

mod change;
mod list;
mod password;
mod write;

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, Attributes};
use doorward_domain::canonical::IdentifierKey;
use doorward_domain::id::AccountId;

pub use change::{delete, disable, enable, is_signed_out_since, set_attributes, set_password, set_role};
pub use list::{Filter, count, count_created_since, count_up_to, has_administrator, list};
pub use password::{PasswordLookUp, find_for_password, find_password_hash};
pub use write::insert;
pub(crate) use write::{CREATE_COLUMNS, create_row, identifier_rows};

use crate::db::{Database, Row, from_word, id, parse, query_one};
use crate::error::StorageError;

const TABLE: &str = "account";
/// Longest text the search looks into, in bytes: an index entry has a limit on PostgreSQL.
const SEARCH_LIMIT: usize = 600;

/// Every column of an account `a`, under names that no other table uses.
pub(crate) const COLUMNS: &str = "a.id AS a_id, a.sub AS a_sub, a.username AS a_username, a.status AS a_status, \
     a.role AS a_role, a.attributes AS a_attributes, a.origin AS a_origin, a.created_at AS a_created_at, \
     a.updated_at AS a_updated_at, a.last_sign_in_at AS a_last_sign_in_at, a.version AS a_version";

/// Reads [`COLUMNS`].
pub(crate) fn from_row(row: &Row) -> Result<Account, StorageError> {
    let account: AccountId = id(row.get("a_id")?, TABLE)?;
    let key = account.as_str();
    Ok(Account {
        sub: row.get("a_sub")?,
        username: row.get("a_username")?,
        status: from_word(row.get("a_status")?, TABLE, key)?,
        role: from_word(row.get("a_role")?, TABLE, key)?,
        attributes: parse(&row.get::<String>("a_attributes")?, TABLE, key)?,
        origin: parse(&row.get::<String>("a_origin")?, TABLE, key)?,
        created_at: row.get("a_created_at")?,
        updated_at: row.get("a_updated_at")?,
        last_sign_in_at: row.get::<Option<Timestamp>>("a_last_sign_in_at")?,
        version: row.get("a_version")?,
        id: account,
    })
}

/// Reads [`COLUMNS`] of an outer join.
pub(crate) fn from_optional_row(row: &Row) -> Result<Option<Account>, StorageError> {
    match row.get::<Option<String>>("a_id")? {
        Some(_) => from_row(row).map(Some),
        None => Ok(None),
    }
}

/// What the console's search looks into: username, name and address in small letters.
pub(crate) fn search_key(username: &str, attributes: &Attributes) -> String {
    let text = |name: &str| attributes.get(name).and_then(|a| a.value.as_str()).unwrap_or_default();
    let mut key = format!("{username}\n{}\n{}", text("name"), text("email"))
        .to_lowercase()
        // PostgreSQL keeps no such character.
        .replace('\0', "");
    let end = (0..=SEARCH_LIMIT.min(key.len()))
        .rev()
        .find(|end| key.is_char_boundary(*end));
    key.truncate(end.unwrap_or_default());
    key
}

/// An account by its id.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database, account: &AccountId) -> Result<Option<Account>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM account a WHERE a.id = $1");
    query_one(db, &sql, vec![account.as_str().into()])
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The account that applications know by this `sub`.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_by_sub(db: &impl Database, sub: &str) -> Result<Option<Account>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM account a WHERE a.sub = $1");
    query_one(db, &sql, vec![sub.into()])
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
}

/// The account that has this username or owns this address.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_by_identifier(db: &impl Database, key: &IdentifierKey) -> Result<Option<Account>, StorageError> {
    let sql =
        format!("SELECT {COLUMNS} FROM login_identifier i JOIN account a ON a.id = i.account_id WHERE i.key = $1");
    query_one(db, &sql, vec![key.as_str().into()])
        .await?
        .as_ref()
        .map(from_row)
        .transpose()
}
