//! Identities that were erased and are kept out: of each a keyed hash, so that no row says whose it is.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::Timestamp;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::subject::LinkKey;
use doorward_vault::{Keyring, Purpose};

use crate::db::{Database, Sealed, Tx, execute, id, query_all, query_one, time};
use crate::error::StorageError;

/// What stands for an identity. Without our key nobody tells whether a subject is among them.
pub(crate) fn mark(keyring: &Keyring, key: &LinkKey) -> String {
    URL_SAFE_NO_PAD.encode(keyring.mac(Purpose::KeptOut, &[&key.canonical_bytes()]))
}

/// Keeps every linked identity of an account out. How many; a link of a connection that is gone leads nowhere and does
/// not count. Called before the account is deleted, which takes the links away.
///
/// # Errors
/// `Corrupt`; `Conflict` with `Reference` when a connection is deleted meanwhile; those of the database.
pub async fn keep(tx: &Tx, account: &AccountId, at: Timestamp) -> Result<u64, StorageError> {
    let sql = "SELECT l.connection_id, l.issuer, l.subject FROM link l JOIN connection c ON c.id = l.connection_id \
               WHERE l.account_id = $1";
    let mut kept = 0;
    for row in query_all(tx, sql, vec![account.as_str().into()]).await? {
        let link = LinkKey {
            connection: id(row.get("connection_id")?, "link")?,
            issuer: row.get("issuer")?,
            subject: row.get("subject")?,
        };
        // One that is kept out already counts too.
        let sql = "INSERT INTO kept_out (key, connection_id, created_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at";
        let values = vec![
            mark(tx.keyring(), &link).into(),
            link.connection.as_str().into(),
            time(at),
        ];
        kept += execute(tx, sql, values).await?;
    }
    Ok(kept)
}

/// How many identities of a connection are kept out.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl Database, connection: &ConnectionId) -> Result<u64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM kept_out WHERE connection_id = $1";
    let row = query_one(db, sql, vec![connection.as_str().into()]).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.get("n"))?;
    Ok(u64::try_from(n).unwrap_or_default())
}

/// Lets one identity in again. `false` when it is not kept out.
///
/// # Errors
/// Those of the database.
pub async fn let_in(tx: &Tx, key: &LinkKey) -> Result<bool, StorageError> {
    let sql = "DELETE FROM kept_out WHERE key = $1";
    Ok(execute(tx, sql, vec![mark(tx.keyring(), key).into()]).await? == 1)
}

/// Lets every identity of a connection in again. How many.
///
/// # Errors
/// Those of the database.
pub async fn let_all_in(tx: &Tx, connection: &ConnectionId) -> Result<u64, StorageError> {
    let sql = "DELETE FROM kept_out WHERE connection_id = $1";
    execute(tx, sql, vec![connection.as_str().into()]).await
}
