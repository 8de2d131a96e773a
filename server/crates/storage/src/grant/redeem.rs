//! An authorization code works once (RFC 6749 §4.1.2).

use doorward_domain::Timestamp;
use doorward_domain::id::{ApplicationId, GrantId};

use super::{Grant, NotHonoured, TABLE, from_row, update_returning};
use crate::db::{Tx, id, query_one, time};
use crate::error::StorageError;
use crate::store::Store;

/// What became of a code.
#[derive(Debug, Clone, PartialEq)]
pub enum RedeemOutcome {
    /// This was its first use.
    Redeemed(Box<Grant>),
    /// It was used before; the grant and all tokens that stem from it are revoked now.
    AlreadyUsed { grant: GrantId, application: ApplicationId },
    /// Never issued, issued to another application, expired or revoked; or the account is not active any more.
    Refused(NotHonoured),
}

/// Redeems a code for the application it was issued to. The check is in the statement that changes the row: of any
/// number of simultaneous attempts one succeeds.
///
/// # Errors
/// `Busy`, `Unavailable`, `Corrupt`, `Database`.
pub async fn redeem(
    store: &Store,
    code_hash: &[u8],
    application: &ApplicationId,
    at: Timestamp,
) -> Result<RedeemOutcome, StorageError> {
    let first = {
        let (hash, application) = (code_hash.to_vec(), application.clone());
        store
            .write_one(move |tx| Box::pin(async move { first_use(tx, hash, &application, at).await }))
            .await?
    };
    match first {
        Some(Some(grant)) => Ok(RedeemOutcome::Redeemed(Box::new(grant))),
        Some(None) => Ok(RedeemOutcome::Refused(NotHonoured::AccountNotActive)),
        None => {
            let hash = code_hash.to_vec();
            let replay = store.write_one(move |tx| Box::pin(replayed(tx, hash, at))).await?;
            match replay {
                Some(outcome) => Ok(outcome),
                None => refused(store, code_hash, application, at).await,
            }
        }
    }
}

/// `None`: nothing to redeem. `Some(None)`: redeemed, but the account may not be used any more.
async fn first_use(
    tx: &Tx,
    hash: Vec<u8>,
    application: &ApplicationId,
    at: Timestamp,
) -> Result<Option<Option<Grant>>, StorageError> {
    let sql = update_returning(
        tx,
        "code_redeemed_at = $3",
        "code_hash = $1 AND application_id = $2 AND code_redeemed_at IS NULL AND revoked_at IS NULL \
         AND code_expires_at > $3",
    );
    let row = query_one(tx, &sql, vec![hash.into(), application.as_str().into(), time(at)]).await?;
    row.as_ref().map(from_row).transpose()
}

/// `None`: the code was not redeemed before.
async fn replayed(tx: &Tx, hash: Vec<u8>, at: Timestamp) -> Result<Option<RedeemOutcome>, StorageError> {
    let sql = "UPDATE sign_in_grant SET revoked_at = COALESCE(revoked_at, $2) \
               WHERE code_hash = $1 AND code_redeemed_at IS NOT NULL RETURNING id, application_id";
    let Some(row) = query_one(tx, sql, vec![hash.into(), time(at)]).await? else {
        return Ok(None);
    };
    Ok(Some(RedeemOutcome::AlreadyUsed {
        grant: id(row.get("id")?, TABLE)?,
        application: id(row.get("application_id")?, TABLE)?,
    }))
}

async fn refused(
    store: &Store,
    code_hash: &[u8],
    application: &ApplicationId,
    at: Timestamp,
) -> Result<RedeemOutcome, StorageError> {
    let sql = "SELECT application_id, revoked_at, code_expires_at FROM sign_in_grant WHERE code_hash = $1";
    let row = query_one(store.read(), sql, vec![code_hash.to_vec().into()]).await?;
    let why = NotHonoured::of(row.as_ref(), "code_expires_at", application, at)?;
    Ok(RedeemOutcome::Refused(why))
}
