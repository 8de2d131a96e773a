//! `doorward list-keys`, `rotate-keys` and `revoke-key`: the keys that sign tokens.

use anyhow::bail;
use doorward_domain::Timestamp;
use doorward_oidc::jose::{HINT_LIFE, KeyRecord, SigningKeys};

use super::check::counted;
use super::open_existing;
use crate::config::Config;
use crate::http::oidc::keys::CACHED_SECONDS;
use crate::service::{Core, signing_keys};
use crate::signin::grant::{ACCESS_TOKEN_SECONDS, ID_TOKEN_SECONDS};
use crate::snapshot::Snapshot;
use crate::state::NOTICED_SECONDS;

/// Prints every key with what it is good for, oldest first.
///
/// # Errors
/// A sentence for the operator.
pub async fn list(config: Config) -> anyhow::Result<()> {
    let state = open_existing(config).await?;
    let (snapshot, now) = (state.snapshot(), state.now());
    for key in snapshot.keys.export()? {
        say!(
            "{} {} {}",
            key.alg.as_str(),
            key.kid,
            standing(&snapshot.keys, &key, now)
        );
    }
    Ok(())
}

/// Makes a new key for each algorithm. Serving nodes notice by themselves.
///
/// # Errors
/// A sentence for the operator.
pub async fn rotate(config: Config) -> anyhow::Result<()> {
    let state = open_existing(config).await?;
    for key in signing_keys::rotate(&Core::new(state)).await? {
        say!(
            "{} signs with key {} from {}",
            key.alg.as_str(),
            key.kid,
            text(key.signs_from)
        );
    }
    Ok(())
}

/// Says what it means that a key is revoked, and does so when the operator is sure.
///
/// # Errors
/// A sentence for the operator.
pub async fn revoke(config: Config, kid: &str, is_sure: bool) -> anyhow::Result<()> {
    let state = open_existing(config).await?;
    let (snapshot, now) = (state.snapshot(), state.now());
    let Some(key) = snapshot.keys.export()?.into_iter().find(|key| key.kid == kid) else {
        bail!("there is no signing key {kid}; these are there: doorward list-keys");
    };
    announce(&snapshot, &key, now);
    if !is_sure {
        bail!("nothing is revoked yet; --yes does it");
    }
    if !signing_keys::revoke(&Core::new(state.clone()), kid).await? {
        bail!("there is no signing key {kid} any more");
    }
    let snapshot = state.snapshot();
    let signer = snapshot.keys.signer(key.alg, state.now())?;
    say!("It is revoked. {} signs with key {}.", key.alg.as_str(), signer.kid());
    Ok(())
}

fn announce(snapshot: &Snapshot, key: &KeyRecord, now: Timestamp) {
    let alg = key.alg.as_str();
    let concerned = snapshot
        .applications()
        .filter(|one| one.protocol.id_token_signed_response_alg == key.alg)
        .count();
    let (life, cached) = (ACCESS_TOKEN_SECONDS.max(ID_TOKEN_SECONDS), CACHED_SECONDS);
    say!("{alg} key {} {}.", key.kid, standing(&snapshot.keys, key, now));
    say!(
        "{} with tokens signed by {alg}. Once it is revoked:",
        counted(concerned, "application")
    );
    say!("- Within {NOTICED_SECONDS} seconds every node publishes the keys without it and refuses what it signed.");
    say!(
        "- Its tokens lived for up to {life} seconds. Applications take them, forged ones too, until they ask for \
         the keys again; they may keep them for {cached} seconds."
    );
    if signs(&snapshot.keys, key, now) {
        say!(
            "- Another key signs at once. An application that does not ask again for a key it does not know refuses \
             new tokens for up to {cached} seconds."
        );
    }
    say!("- ID tokens it signed are refused as hints, when people sign in and out, until an application has new ones.");
    say!("- Nobody is signed out, and refresh tokens go on working.");
}

fn signs(keys: &SigningKeys, key: &KeyRecord, now: Timestamp) -> bool {
    keys.signer(key.alg, now).is_ok_and(|signer| signer.kid() == key.kid)
}

/// What a key is good for now.
fn standing(keys: &SigningKeys, key: &KeyRecord, now: Timestamp) -> String {
    match key.published_until {
        _ if signs(keys, key, now) => "signs now".to_owned(),
        _ if now < key.signs_from => format!("signs from {}", text(key.signs_from)),
        None => "is published".to_owned(),
        Some(until) if now < until => format!("is published until {}", text(until)),
        Some(until) => format!("tells old ID tokens until {}", text(until + HINT_LIFE)),
    }
}

fn text(at: Timestamp) -> String {
    at.format("%F %T UTC").to_string()
}
