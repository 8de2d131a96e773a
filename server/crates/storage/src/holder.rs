//! Holders: what second factors are bound to while somebody has no account.

use doorward_domain::Timestamp;
use doorward_domain::factor::FactorKind;
use doorward_domain::holder::{FactorHolder, FactorOwner};
use doorward_domain::id::{AccountId, ConnectionId};
use sea_orm::Value;

use crate::db::{Database, Row, Tx, execute, from_word, id, query_all, query_one, time};
use crate::error::StorageError;
use crate::page::{Cursor, Page, bounded};

const TABLE: &str = "factor_holder";
/// Columns of a holder `h`, and how many passkeys are bound to it.
const READ: &str = "h.id, h.connection_id, h.sub, h.created_at, h.last_used_at, \
     (SELECT COUNT(*) FROM passkey p WHERE p.holder_id = h.id) AS passkeys";

/// A holder with what is bound to it, for an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub holder: FactorHolder,
    pub factors: Vec<FactorKind>,
    pub passkeys: u32,
}

/// The column of `factor` and `passkey` that names such an owner.
pub(crate) fn column(owner: &FactorOwner) -> &'static str {
    match owner {
        FactorOwner::Account(_) => "account_id",
        FactorOwner::Holder(_) => "holder_id",
    }
}

/// The two columns of an owner: account and holder.
pub(crate) fn columns(owner: &FactorOwner) -> [Value; 2] {
    let some = |id: &AccountId| Some(id.as_str().to_owned()).into();
    let none = || None::<String>.into();
    match owner {
        FactorOwner::Account(id) => [some(id), none()],
        FactorOwner::Holder(id) => [none(), some(id)],
    }
}

/// The holders of a connection, the last used first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list(
    db: &impl Database,
    connection: &ConnectionId,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Holding>, StorageError> {
    let limit = bounded(limit);
    let mut values: Vec<Value> = vec![connection.as_str().into()];
    let mut place = String::new();
    if let Some(cursor) = after {
        place.push_str(" AND (h.last_used_at < $2 OR (h.last_used_at = $2 AND h.id < $3))");
        values.extend([time(cursor.at), cursor.id.as_str().into()]);
    }
    let sql = format!(
        "SELECT {READ} FROM factor_holder h WHERE h.connection_id = $1{place} \
         ORDER BY h.last_used_at DESC, h.id DESC LIMIT {}",
        limit + 1
    );
    let rows = query_all(db, &sql, values).await?;
    let found: Vec<Holding> = rows.iter().map(holding).collect::<Result<_, _>>()?;
    let mut page = Page::cut(found, limit, |held| {
        (held.holder.last_used_at, held.holder.id.to_string())
    });
    add_factors(db, connection, &mut page.items).await?;
    Ok(page)
}

/// The holder of somebody who is known by this `sub`, with what is bound to it; in one statement.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find_by_sub(db: &impl Database, sub: &str) -> Result<Option<Holding>, StorageError> {
    let sql = format!(
        "SELECT {READ}, (SELECT COUNT(*) FROM factor f WHERE f.holder_id = h.id AND f.kind = $2) AS apps, \
         (SELECT COUNT(*) FROM factor f WHERE f.holder_id = h.id AND f.kind = $3) AS code_sets \
         FROM factor_holder h WHERE h.sub = $1"
    );
    let values = vec![
        sub.into(),
        FactorKind::Totp.as_str().into(),
        FactorKind::BackupCode.as_str().into(),
    ];
    let Some(row) = query_one(db, &sql, values).await? else {
        return Ok(None);
    };
    let mut found = holding(&row)?;
    for (column, kind) in [("apps", FactorKind::Totp), ("code_sets", FactorKind::BackupCode)] {
        if row.get::<i64>(column)? > 0 {
            found.factors.push(kind);
        }
    }
    Ok(Some(found))
}

async fn add_factors(db: &impl Database, connection: &ConnectionId, page: &mut [Holding]) -> Result<(), StorageError> {
    let (Some(first), Some(last)) = (page.first(), page.last()) else {
        return Ok(());
    };
    let sql = "SELECT f.holder_id, f.kind FROM factor f JOIN factor_holder h ON h.id = f.holder_id \
               WHERE h.connection_id = $1 AND h.last_used_at <= $2 AND h.last_used_at >= $3 ORDER BY f.kind DESC";
    let values = vec![
        connection.as_str().into(),
        time(first.holder.last_used_at),
        time(last.holder.last_used_at),
    ];
    for row in query_all(db, sql, values).await? {
        let holder: String = row.get("holder_id")?;
        if let Some(held) = page.iter_mut().find(|held| held.holder.id.as_str() == holder) {
            held.factors.push(from_word(row.get("kind")?, "factor", &holder)?);
        }
    }
    Ok(())
}

/// How many holders a connection has.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl Database, connection: &ConnectionId) -> Result<u64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM factor_holder WHERE connection_id = $1";
    let row = query_one(db, sql, vec![connection.as_str().into()]).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.get("n"))?;
    Ok(u64::try_from(n).unwrap_or_default())
}

/// Erases a holder of a connection with everything bound to it, and ends what the person is signed in to: whoever held
/// a factor may be signed in. The `sub` it was for; `None` when there is none.
///
/// # Errors
/// Those of the database.
pub async fn erase(
    tx: &Tx,
    connection: &ConnectionId,
    holder: &AccountId,
    at: Timestamp,
) -> Result<Option<String>, StorageError> {
    let sql = "SELECT sub FROM factor_holder WHERE connection_id = $1 AND id = $2";
    let of_it: Vec<Value> = vec![connection.as_str().into(), holder.as_str().into()];
    let Some(row) = query_one(tx, sql, of_it).await? else {
        return Ok(None);
    };
    erase_where(tx, "id", holder.as_str(), at).await?;
    row.get("sub").map(Some)
}

/// Erases every holder of a connection, as [`erase`] does. How many.
///
/// # Errors
/// Those of the database.
pub async fn erase_all(tx: &Tx, connection: &ConnectionId, at: Timestamp) -> Result<u64, StorageError> {
    erase_where(tx, "connection_id", connection.as_str(), at).await
}

/// Reads the sessions and grants of everybody without an account: for the rare day an administrator erases something.
async fn erase_where(tx: &Tx, column: &str, value: &str, at: Timestamp) -> Result<u64, StorageError> {
    for table in ["session", "sign_in_grant"] {
        let sql = format!(
            "UPDATE {table} SET revoked_at = $2 WHERE account_id IS NULL AND revoked_at IS NULL \
             AND sub IN (SELECT sub FROM factor_holder WHERE {column} = $1)"
        );
        execute(tx, &sql, vec![value.into(), time(at)]).await?;
    }
    let sql = format!("DELETE FROM factor_holder WHERE {column} = $1");
    execute(tx, &sql, vec![value.into()]).await
}

/// A holder with its passkeys; which other factors there are is still to be filled in.
fn holding(row: &Row) -> Result<Holding, StorageError> {
    Ok(Holding {
        holder: FactorHolder {
            id: id(row.get("id")?, TABLE)?,
            connection: id(row.get("connection_id")?, TABLE)?,
            sub: row.get("sub")?,
            created_at: row.get("created_at")?,
            last_used_at: row.get("last_used_at")?,
        },
        factors: vec![],
        passkeys: u32::try_from(row.get::<i64>("passkeys")?).unwrap_or_default(),
    })
}
