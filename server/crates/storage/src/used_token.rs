//! Tokens that work once (S24): client assertions, set-up links, proofs. What a provider has ended stands here too
//! (`upstream_logout`).

use doorward_domain::Timestamp;

use crate::db::{Database, Tx, execute, query_one, time};
use crate::error::StorageError;

/// Marks a token as used; `false` when it was used before. `key` names it together with whoever made it; it is kept
/// until `expires_at`, when the token itself is refused for its age.
///
/// # Errors
/// Those of the database.
pub async fn redeem(tx: &Tx, key: &str, expires_at: Timestamp) -> Result<bool, StorageError> {
    let sql = "INSERT INTO used_token (key, expires_at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    Ok(execute(tx, sql, vec![key.into(), time(expires_at)]).await? == 1)
}

/// Whether a token is marked as used.
///
/// # Errors
/// Those of the database.
pub async fn is_used(db: &impl Database, key: &str) -> Result<bool, StorageError> {
    let sql = "SELECT 1 AS one FROM used_token WHERE key = $1";
    Ok(query_one(db, sql, vec![key.into()]).await?.is_some())
}
