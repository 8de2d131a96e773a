//! New accounts, and the keys accounts occupy.

use doorward_domain::account::{Account, Attributes, owned_address};
use doorward_domain::canonical::lookup_key;
use sea_orm::Value;

use super::{TABLE, search_key};
use crate::db::{Tx, document, execute, optional_time, time, word};
use crate::error::StorageError;

/// Columns of [`create_row`].
pub(crate) const CREATE_COLUMNS: &str = "id, sub, username, status, role, attributes, origin, password_hash, \
     search_key, created_at, updated_at, last_sign_in_at, version";

/// The values of a new account.
pub(crate) fn create_row(account: &Account, password_hash: Option<&str>) -> Result<Vec<Value>, StorageError> {
    let id = account.id.as_str();
    Ok(vec![
        id.into(),
        account.sub.as_str().into(),
        account.username.as_str().into(),
        word(&account.status).into(),
        word(&account.role).into(),
        document(&account.attributes, TABLE, id)?.into(),
        document(&account.origin, TABLE, id)?.into(),
        password_hash.map(str::to_owned).into(),
        search_key(&account.username, &account.attributes).into(),
        time(account.created_at),
        time(account.updated_at),
        optional_time(account.last_sign_in_at),
        account.version.into(),
    ])
}

/// One key of an account in the name space that usernames and owned addresses share.
pub(crate) struct Identifier {
    pub key: String,
    pub owned_address: bool,
}

/// The keys of a username and an owned address. An address that is also the username is one key, and owned.
pub(crate) fn identifiers(username: &str, attributes: &Attributes) -> Vec<Identifier> {
    let name = lookup_key(username).as_str().to_owned();
    let address = owned_address(attributes).map(|email| lookup_key(email).as_str().to_owned());
    let mut keys = Vec::with_capacity(2);
    if address.as_ref() != Some(&name) {
        keys.push(Identifier {
            key: name,
            owned_address: false,
        });
    }
    keys.extend(address.map(|key| Identifier {
        key,
        owned_address: true,
    }));
    keys
}

/// The rows of those keys: key, account, whether it is an owned address.
pub(crate) fn identifier_rows(account: &str, username: &str, attributes: &Attributes) -> Vec<Vec<Value>> {
    let row = |i: Identifier| vec![i.key.into(), account.into(), i.owned_address.into()];
    identifiers(username, attributes).into_iter().map(row).collect()
}

/// Inserts an account with its keys.
///
/// # Errors
/// `Conflict` with `LoginIdentifier` when the username or the owned address belongs to somebody else (S10), or `Sub`.
pub async fn insert(tx: &Tx, account: &Account, password_hash: Option<&str>) -> Result<(), StorageError> {
    let sql = format!(
        "INSERT INTO account ({CREATE_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    execute(tx, &sql, create_row(account, password_hash)?).await?;
    insert_identifiers(tx, account.id.as_str(), &account.username, &account.attributes).await
}

pub(super) async fn insert_identifiers(
    tx: &Tx,
    account: &str,
    username: &str,
    attributes: &Attributes,
) -> Result<(), StorageError> {
    for row in identifier_rows(account, username, attributes) {
        execute(
            tx,
            "INSERT INTO login_identifier (key, account_id, owned_address) VALUES ($1, $2, $3)",
            row,
        )
        .await?;
    }
    Ok(())
}
