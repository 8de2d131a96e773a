//! Passkeys: several per person, each found by the id its device gives.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::Timestamp;
use doorward_domain::account::Account;
use doorward_domain::factor::FactorKind;
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, FactorId};
use doorward_domain::passkey::Passkey;
use sea_orm::Value;

use crate::db::{Database, Row, Tx, execute, id, optional_time, query_all, query_one, time};
use crate::error::StorageError;
use crate::{account, holder};

const TABLE: &str = "passkey";
pub(crate) const COLUMNS: &str =
    "id, account_id, holder_id, credential_id, name, public_key, counter, synced, first_of, created_at, last_used_at";
const SELECTED: &str = "p.id AS passkey_id, p.account_id AS owner_id, p.holder_id, p.credential_id, p.name, p.public_key, p.counter, \
     p.synced, p.created_at AS enrolled_at, p.last_used_at";

/// Somebody who is about to use or make a passkey.
#[derive(Debug, Clone, PartialEq)]
pub struct PasskeyLookUp {
    /// As it is now; `None` when it is gone, and for a holder.
    pub account: Option<Account>,
    /// Whether there is a holder; `false` for an account.
    pub is_held: bool,
    pub passkeys: Vec<Passkey>,
    /// Whether it has enrolled a factor of another kind.
    pub has_other: bool,
    /// Whether it has enrolled an app that makes codes.
    pub has_app: bool,
}

/// A passkey, and the account it says somebody is; `None` where its owner has none.
#[derive(Debug, Clone, PartialEq)]
pub struct PasskeyOwner {
    pub passkey: Passkey,
    pub account: Option<Account>,
}

fn encode(credential_id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(credential_id)
}

/// `is_first`: enrolled with a first factor alone.
pub(crate) fn row(passkey: &Passkey, is_first: bool) -> Vec<Value> {
    let [account, holder] = holder::columns(&passkey.owner);
    vec![
        passkey.id.as_str().into(),
        account,
        holder,
        encode(&passkey.credential_id).into(),
        passkey.name.as_str().into(),
        passkey.public_key.clone().into(),
        passkey.counter.into(),
        passkey.synced.into(),
        is_first.then(|| passkey.owner.id().as_str().to_owned()).into(),
        time(passkey.created_at),
        optional_time(passkey.last_used_at),
    ]
}

/// What a person has enrolled.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn look_up(db: &impl Database, owner: &FactorOwner) -> Result<PasskeyLookUp, StorageError> {
    let (read, from) = match owner {
        FactorOwner::Account(_) => (account::COLUMNS, "account a WHERE a.id = $1"),
        FactorOwner::Holder(_) => ("h.id AS a_id", "factor_holder h WHERE h.id = $1"),
    };
    let column = holder::column(owner);
    let sql = format!(
        "SELECT {read}, EXISTS (SELECT 1 FROM factor f WHERE f.{column} = $1) AS has_other, \
         EXISTS (SELECT 1 FROM factor g WHERE g.{column} = $1 AND g.kind = $2) AS has_app FROM {from}"
    );
    let values = vec![owner.id().as_str().into(), FactorKind::Totp.as_str().into()];
    let found = query_one(db, &sql, values).await?;
    let (has_other, has_app) = match &found {
        Some(row) => (row.get("has_other")?, row.get("has_app")?),
        None => (false, false),
    };
    let account = match (owner, &found) {
        (FactorOwner::Account(_), Some(row)) => Some(account::from_row(row)?),
        (FactorOwner::Account(_), None) | (FactorOwner::Holder(_), _) => None,
    };
    Ok(PasskeyLookUp {
        is_held: found.is_some() && account.is_none(),
        account,
        passkeys: list_of(db, owner).await?,
        has_other,
        has_app,
    })
}

/// The passkey of this credential id, with whose it is.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_owner(db: &impl Database, credential_id: &[u8]) -> Result<Option<PasskeyOwner>, StorageError> {
    let sql = format!(
        "SELECT {}, {SELECTED} FROM passkey p LEFT JOIN account a ON a.id = p.account_id WHERE p.credential_id = $1",
        account::COLUMNS
    );
    let row = query_one(db, &sql, vec![encode(credential_id).into()]).await?;
    let owner = |row: Row| {
        Ok(PasskeyOwner {
            passkey: from_row(&row)?,
            account: account::from_optional_row(&row)?,
        })
    };
    row.map(owner).transpose()
}

/// The passkeys of an account, the oldest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of_account(db: &impl Database, account: &AccountId) -> Result<Vec<Passkey>, StorageError> {
    list_of(db, &FactorOwner::Account(account.clone())).await
}

/// The passkeys of a person with an account or without one, the oldest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of(db: &impl Database, owner: &FactorOwner) -> Result<Vec<Passkey>, StorageError> {
    let column = holder::column(owner);
    let sql = format!("SELECT {SELECTED} FROM passkey p WHERE p.{column} = $1 ORDER BY p.created_at, p.id");
    let rows = query_all(db, &sql, vec![owner.id().as_str().into()]).await?;
    rows.iter().map(from_row).collect()
}

/// Gives a passkey of an account another name; `false` when it has no such one.
///
/// # Errors
/// Those of the database.
pub async fn rename(tx: &Tx, account: &AccountId, passkey: &FactorId, name: &str) -> Result<bool, StorageError> {
    let sql = "UPDATE passkey SET name = $3 WHERE account_id = $1 AND id = $2";
    let values = vec![account.as_str().into(), passkey.as_str().into(), name.into()];
    Ok(execute(tx, sql, values).await? == 1)
}

/// Takes a passkey away from an account; `false` when it has no such one.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: &AccountId, passkey: &FactorId) -> Result<bool, StorageError> {
    let sql = "DELETE FROM passkey WHERE account_id = $1 AND id = $2";
    Ok(execute(tx, sql, vec![account.as_str().into(), passkey.as_str().into()]).await? == 1)
}

fn from_row(row: &Row) -> Result<Passkey, StorageError> {
    let own: String = row.get("passkey_id")?;
    let credential_id: String = row.get("credential_id")?;
    Ok(Passkey {
        credential_id: URL_SAFE_NO_PAD
            .decode(credential_id)
            .map_err(|_| StorageError::corrupt(TABLE, own.as_str()))?,
        id: id(own, TABLE)?,
        owner: match row.get::<Option<String>>("holder_id")? {
            Some(holder) => FactorOwner::Holder(id(holder, TABLE)?),
            None => FactorOwner::Account(id(row.get("owner_id")?, TABLE)?),
        },
        name: row.get("name")?,
        public_key: row.get("public_key")?,
        counter: row.get("counter")?,
        synced: row.get("synced")?,
        created_at: row.get("enrolled_at")?,
        last_used_at: row.get::<Option<Timestamp>>("last_used_at")?,
    })
}
