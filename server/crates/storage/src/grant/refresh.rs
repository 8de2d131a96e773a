//! Refresh tokens rotate; one that was used before betrays a theft (RFC 9700 §4.14.2).

use chrono::TimeDelta;
use doorward_domain::Timestamp;
use doorward_domain::id::{ApplicationId, GrantId};

use super::{Grant, NotHonoured, from_row, update_returning};
use crate::db::{Tx, execute, query_one, time};
use crate::error::StorageError;
use crate::store::Store;

/// How long the token before the current one is answered once more, in seconds: an application whose answer got lost
/// on the way tries again with it (F22).
pub const GRACE_SECONDS: i64 = 10;

/// What became of a refresh token.
#[derive(Debug, Clone, PartialEq)]
pub enum RefreshOutcome {
    /// The grant's new generation is in it.
    Rotated(Box<Grant>),
    /// The token before, presented again within the grace: the same answer as before, which is generation + 1.
    Repeated(Box<Grant>),
    /// An old token. The grant and all tokens that stem from it are revoked now.
    Reused,
    /// No such grant for this application, revoked, expired, without refresh tokens; or the account is not active.
    Refused(NotHonoured),
}

/// Exchanges the refresh token of `generation` for the next one.
///
/// # Errors
/// `Busy`, `Unavailable`, `Corrupt`, `Database`.
pub async fn refresh(
    store: &Store,
    grant: &GrantId,
    generation: i64,
    application: &ApplicationId,
    at: Timestamp,
) -> Result<RefreshOutcome, StorageError> {
    let token = Token {
        grant: grant.clone(),
        generation,
        application: application.clone(),
        at,
    };
    let again = token.clone();
    match store
        .write_one(move |tx| Box::pin(async move { token.rotate(tx).await }))
        .await?
    {
        Some(outcome) => Ok(outcome),
        None => {
            let is_old = store
                .write_one(move |tx| Box::pin(async move { again.revoke_if_old(tx).await }))
                .await?;
            if is_old {
                Ok(RefreshOutcome::Reused)
            } else {
                refused(store, grant, application, at).await
            }
        }
    }
}

async fn refused(
    store: &Store,
    grant: &GrantId,
    application: &ApplicationId,
    at: Timestamp,
) -> Result<RefreshOutcome, StorageError> {
    let sql = "SELECT application_id, revoked_at, refresh_expires_at FROM sign_in_grant WHERE id = $1";
    let row = query_one(store.read(), sql, vec![grant.as_str().into()]).await?;
    let why = NotHonoured::of(row.as_ref(), "refresh_expires_at", application, at)?;
    Ok(RefreshOutcome::Refused(why))
}

#[derive(Clone)]
struct Token {
    grant: GrantId,
    generation: i64,
    application: ApplicationId,
    at: Timestamp,
}

impl Token {
    async fn rotate(&self, tx: &Tx) -> Result<Option<RefreshOutcome>, StorageError> {
        // Right of SET and in WHERE stand the values before the change, on both databases.
        let sql = update_returning(
            tx,
            "refresh_generation = $3 + 1, refresh_grace_used = (refresh_generation <> $3), \
             refresh_rotated_at = CASE WHEN refresh_generation = $3 THEN $4 ELSE refresh_rotated_at END",
            "id = $1 AND application_id = $2 AND revoked_at IS NULL AND refresh_expires_at > $4 \
             AND code_redeemed_at IS NOT NULL AND (refresh_generation = $3 OR (refresh_generation = $3 + 1 \
             AND NOT refresh_grace_used AND refresh_rotated_at > $5))",
        );
        let values = vec![
            self.grant.as_str().into(),
            self.application.as_str().into(),
            self.generation.into(),
            time(self.at),
            time(self.at - TimeDelta::seconds(GRACE_SECONDS)),
        ];
        let Some(row) = query_one(tx, &sql, values).await? else {
            return Ok(None);
        };
        let repeated: bool = row.get("refresh_grace_used")?;
        Ok(Some(match from_row(&row)? {
            None => RefreshOutcome::Refused(NotHonoured::AccountNotActive),
            Some(grant) if repeated => RefreshOutcome::Repeated(Box::new(grant)),
            Some(grant) => RefreshOutcome::Rotated(Box::new(grant)),
        }))
    }

    async fn revoke_if_old(&self, tx: &Tx) -> Result<bool, StorageError> {
        let sql = "UPDATE sign_in_grant SET revoked_at = $4 WHERE id = $1 AND application_id = $2 \
                   AND refresh_generation > $3 AND refresh_expires_at IS NOT NULL AND revoked_at IS NULL";
        let values = vec![
            self.grant.as_str().into(),
            self.application.as_str().into(),
            self.generation.into(),
            time(self.at),
        ];
        Ok(execute(tx, sql, values).await? == 1)
    }
}
