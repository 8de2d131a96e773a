//! The signing keys of the installation: rotated, so that nobody notices, or revoked, so that everybody does.

use chrono::TimeDelta;
use doorward_domain::application::SigningAlg;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_oidc::jose::{KeyError, KeyRecord, SigningKeys};
use doorward_storage::{Contested, StorageError, audit, signing_key};
use serde_json::json;

use super::Core;
use crate::snapshot::{self, to_stored};

/// How long a new key is published before it signs: longer than applications keep the key document.
pub const LEAD: TimeDelta = TimeDelta::hours(1);
/// How long a former key stays published after that: longer than any token lives.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Keys could not be changed; all of them are as they were.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("the signing keys could not be read or saved")]
    Storage(#[from] StorageError),
    #[error("no signing key could be made")]
    Key(#[from] KeyError),
}

/// Makes a new key for each algorithm, which signs after [`LEAD`], and answers them.
///
/// # Errors
/// Those of the database, also when a key was revoked meanwhile; `Key`.
pub async fn rotate(core: &Core) -> Result<Vec<KeyRecord>, KeysError> {
    let now = core.now();
    // Makes the first ones, if nothing was ever served.
    let present = snapshot::load(&core.store, now).await?.keys;
    let mut next = present.clone();
    for alg in SigningAlg::ALL {
        next = next.rotate(alg, now, LEAD, OVERLAP)?;
    }
    save(core, &present, &next, AuditAction::KeysRotated).await
}

/// Deletes a key that others know, so that nothing it signed is taken any more; another one signs from now on. `false`
/// when there is no such key.
///
/// # Errors
/// Those of the database; `Key`.
pub async fn revoke(core: &Core, kid: &str) -> Result<bool, KeysError> {
    let now = core.now();
    let present = snapshot::load(&core.store, now).await?.keys;
    let Some(next) = present.revoke(kid, now, LEAD)? else {
        return Ok(false);
    };
    save(core, &present, &next, AuditAction::KeyRevoked).await?;
    Ok(true)
}

/// Writes what is different, and no more: a key that was revoked meanwhile must not come back. What was made.
async fn save(
    core: &Core,
    present: &SigningKeys,
    next: &SigningKeys,
    action: AuditAction,
) -> Result<Vec<KeyRecord>, KeysError> {
    let now = core.now();
    let (present, next) = (present.export()?, next.export()?);
    let (kept, made): (Vec<_>, Vec<_>) = next.into_iter().partition(|key| knows(&present, key));
    let gone = present.iter().filter(|key| !knows(&kept, key));
    let gone: Vec<String> = gone.map(|key| key.kid.clone()).collect();
    let changed: Vec<KeyRecord> = kept.into_iter().filter(|key| !present.contains(key)).collect();
    let mut event = core.event(&Actor::System, action);
    let kids: Vec<&str> = made.iter().map(|key| key.kid.as_str()).collect();
    event.detail = json!({"keys": kids, "deleted": gone});
    let inserted = made.clone();
    let written: Result<(), StorageError> = core
        .store
        .write(move |tx| {
            Box::pin(async move {
                let stored = signing_key::list(tx).await?;
                for key in &changed {
                    let since = stored.iter().find(|old| old.kid == key.kid);
                    signing_key::update(tx, &to_stored(key, since.map_or(now, |old| old.created_at))).await?;
                }
                for key in &inserted {
                    signing_key::insert(tx, &to_stored(key, now)).await?;
                }
                for kid in &gone {
                    if !signing_key::delete(tx, kid).await? {
                        // Somebody else has revoked it meanwhile, and made the next one.
                        return Err(StorageError::Conflict {
                            what: Contested::Version,
                        });
                    }
                }
                audit::insert(tx, &event).await
            })
        })
        .await;
    written?;
    core.changed().await;
    Ok(made)
}

fn knows(keys: &[KeyRecord], key: &KeyRecord) -> bool {
    keys.iter().any(|known| known.kid == key.kid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::oidc::keys::CACHED_SECONDS;
    use crate::signin::grant::{ACCESS_TOKEN_SECONDS, ID_TOKEN_SECONDS};
    use crate::state::NOTICED_SECONDS;

    #[test]
    fn f34_keys_overlap_for_longer_than_tokens_live_and_documents_are_kept() {
        let (cached, noticed) = (i64::from(CACHED_SECONDS), i64::from(NOTICED_SECONDS));
        let life = i64::from(ACCESS_TOKEN_SECONDS.max(ID_TOKEN_SECONDS));
        assert!(LEAD.num_seconds() >= cached + noticed, "known before it signs");
        assert!(OVERLAP.num_seconds() >= 2 * life + cached + noticed, "F34");
        assert!(noticed <= 60, "F34: a revoked key is gone from every node");
    }
}
