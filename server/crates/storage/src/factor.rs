//! Factors: what people have enrolled to confirm who they are.

use std::sync::LazyLock;

use doorward_domain::Timestamp;
use doorward_domain::account::Account;
use doorward_domain::factor::{Factor, FactorKind};
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::AccountId;
use sea_orm::Value;

use crate::db::{Database, Row, Tx, execute, from_word, id, optional_time, query_all, query_one, time};
use crate::error::StorageError;
use crate::{account, holder};

const TABLE: &str = "factor";
pub(crate) const COLUMNS: &str =
    "id, account_id, holder_id, kind, sealed_secret, last_counter, created_at, last_used_at";

/// A factor about to be used, with the failures counted beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorLookUp {
    /// As it is now; `None` when it is gone, and for a holder.
    pub account: Option<Account>,
    /// Whether there is a holder; `false` for an account.
    pub is_held: bool,
    /// `None` when the person has enrolled none of this kind.
    pub factor: Option<Factor>,
    /// Whether it has enrolled a passkey.
    pub has_passkey: bool,
    /// Failed attempts in the current window, see [`crate::rate_limit`].
    pub failures: i64,
}

pub(crate) fn row(factor: &Factor) -> Vec<Value> {
    let [account, holder] = holder::columns(&factor.owner);
    vec![
        factor.id.as_str().into(),
        account,
        holder,
        factor.kind.as_str().into(),
        factor.sealed_secret.clone().into(),
        factor.last_counter.into(),
        time(factor.created_at),
        optional_time(factor.last_used_at),
    ]
}

/// What [`look_up`] asks about somebody with an account, put together once.
static OF_ACCOUNT: LazyLock<String> = LazyLock::new(|| look_up_text("account_id", "FALSE"));
/// The same about somebody without one.
static OF_HOLDER: LazyLock<String> =
    LazyLock::new(|| look_up_text("holder_id", "EXISTS (SELECT 1 FROM factor_holder h WHERE h.id = $1)"));

fn look_up_text(column: &str, is_held: &str) -> String {
    format!(
        "SELECT {}, f.id AS factor_id, f.kind, f.sealed_secret, f.last_counter, f.created_at AS enrolled_at, \
         f.last_used_at, r.count AS failures, EXISTS (SELECT 1 FROM passkey p WHERE p.{column} = $1) AS has_passkey, \
         {is_held} AS is_held \
         FROM (SELECT 1 AS one) o LEFT JOIN account a ON a.id = $1 \
         LEFT JOIN factor f ON f.{column} = $1 AND f.kind = $2 \
         LEFT JOIN rate_limit r ON r.key = $3 AND r.window_start > $4",
        account::COLUMNS
    )
}

/// The factor of a kind, and the count of failures under `counter` since `window_start`, in one statement.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn look_up(
    db: &impl Database,
    owner: &FactorOwner,
    kind: FactorKind,
    counter: &str,
    window_start: Timestamp,
) -> Result<FactorLookUp, StorageError> {
    let sql = match owner {
        FactorOwner::Account(_) => &*OF_ACCOUNT,
        FactorOwner::Holder(_) => &*OF_HOLDER,
    };
    let values = vec![
        owner.id().as_str().into(),
        kind.as_str().into(),
        counter.into(),
        time(window_start),
    ];
    let Some(row) = query_one(db, sql, values).await? else {
        return Ok(FactorLookUp {
            account: None,
            is_held: false,
            factor: None,
            has_passkey: false,
            failures: 0,
        });
    };
    let enrolled = row.get::<Option<String>>("factor_id")?.is_some();
    let factor = enrolled.then(|| from_row(&row, owner.clone()));
    Ok(FactorLookUp {
        account: match owner {
            FactorOwner::Account(_) => account::from_optional_row(&row)?,
            FactorOwner::Holder(_) => None,
        },
        is_held: row.get("is_held")?,
        factor: factor.transpose()?,
        has_passkey: row.get("has_passkey")?,
        failures: row.get::<Option<i64>>("failures")?.unwrap_or_default(),
    })
}

/// Everything an account has enrolled.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of_account(db: &impl Database, account: &AccountId) -> Result<Vec<Factor>, StorageError> {
    list_of(db, &FactorOwner::Account(account.clone())).await
}

/// Everything a person has enrolled, with an account or without one.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list_of(db: &impl Database, owner: &FactorOwner) -> Result<Vec<Factor>, StorageError> {
    let sql = format!(
        "SELECT id AS factor_id, kind, sealed_secret, last_counter, created_at AS enrolled_at, last_used_at \
         FROM factor WHERE {} = $1 ORDER BY created_at",
        holder::column(owner)
    );
    let rows = query_all(db, &sql, vec![owner.id().as_str().into()]).await?;
    rows.iter().map(|row| from_row(row, owner.clone())).collect()
}

/// Takes a factor of this kind away; `false` when there is none.
///
/// # Errors
/// Those of the database.
pub async fn delete(tx: &Tx, account: &AccountId, kind: FactorKind) -> Result<bool, StorageError> {
    let sql = "DELETE FROM factor WHERE account_id = $1 AND kind = $2";
    Ok(execute(tx, sql, vec![account.as_str().into(), kind.as_str().into()]).await? == 1)
}

fn from_row(row: &Row, owner: FactorOwner) -> Result<Factor, StorageError> {
    let own: String = row.get("factor_id")?;
    Ok(Factor {
        kind: from_word(row.get("kind")?, TABLE, &own)?,
        id: id(own, TABLE)?,
        owner,
        sealed_secret: row.get("sealed_secret")?,
        last_counter: row.get("last_counter")?,
        created_at: row.get("enrolled_at")?,
        last_used_at: row.get::<Option<Timestamp>>("last_used_at")?,
    })
}
