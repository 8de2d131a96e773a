//! `doorward rotate-keys`: new signing keys take over while the present ones stay published.

use doorward_domain::application::SigningAlg;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_oidc::jose::{KeyRecord, SigningKeys};
use doorward_storage::{StorageError, audit, signing_key};

use super::open_existing;
use crate::config::Config;
use crate::service::Core;
use crate::snapshot::{self, to_stored};

/// How long applications may keep the key document before they ask again; a new key signs only after that.
const LEAD: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// How long a former key stays published after that: longer than any token lives.
const OVERLAP: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// Makes a new key for each algorithm. Serving nodes notice within a second.
///
/// # Errors
/// A sentence for the operator.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let state = open_existing(config).await?;
    let now = state.now();
    // Makes the first ones, if nothing was ever served.
    let present = snapshot::load(&state.store, now).await?.keys;
    let mut next = SigningKeys::import(&present.export()?)?;
    for alg in SigningAlg::ALL {
        next = next.rotate(alg, now, LEAD, OVERLAP)?;
    }
    let (present, next) = (present.export()?, next.export()?);
    let made: Vec<KeyRecord> = next.iter().filter(|key| !knows(&present, key)).cloned().collect();
    let gone: Vec<String> = present
        .iter()
        .filter(|key| !knows(&next, key))
        .map(|key| key.kid.clone())
        .collect();
    let kept: Vec<KeyRecord> = next.into_iter().filter(|key| knows(&present, key)).collect();
    for key in &made {
        println!(
            "{} signs with key {} from {}",
            key.alg.as_str(),
            key.kid,
            key.signs_from.format("%F %T UTC")
        );
    }
    let mut event = Core::new(state.clone()).event(&Actor::System, AuditAction::KeysRotated);
    event.detail = serde_json::json!({"keys": made.iter().map(|key| &key.kid).collect::<Vec<_>>()});
    let written: Result<(), StorageError> = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                let stored = signing_key::list(tx).await?;
                for key in &kept {
                    let since = stored
                        .iter()
                        .find(|old| old.kid == key.kid)
                        .map_or(now, |old| old.created_at);
                    signing_key::update(tx, &to_stored(key, since)).await?;
                }
                for key in &made {
                    signing_key::insert(tx, &to_stored(key, now)).await?;
                }
                for kid in &gone {
                    signing_key::delete(tx, kid).await?;
                }
                audit::insert(tx, &event).await
            })
        })
        .await;
    Ok(written?)
}

fn knows(keys: &[KeyRecord], key: &KeyRecord) -> bool {
    keys.iter().any(|known| known.kid == key.kid)
}
