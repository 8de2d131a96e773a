//! All our signing keys: which one signs now, which ones are published, and how they are rotated.

use std::sync::Arc;

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::application::SigningAlg;
use serde_json::{Value, json};

use super::public_key::PublicKey;
use super::record::{KeyRecord, TimedKey};
use super::signing_key::{KeyError, SigningKey};

/// The signing keys of the provider. Immutable: a rotation makes a new set, which replaces the old one in the snapshot.
#[derive(Debug, Clone, Default)]
pub struct SigningKeys(Vec<TimedKey>);

impl SigningKeys {
    /// Makes one key for each algorithm, signing from `now` on.
    ///
    /// # Errors
    /// `Library`.
    pub fn generate(now: Timestamp) -> Result<Self, KeyError> {
        let timed = |alg| {
            let key = Arc::new(SigningKey::generate(alg)?);
            Ok(TimedKey {
                key,
                signs_from: now,
                published_until: None,
            })
        };
        SigningAlg::ALL
            .into_iter()
            .map(timed)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Reads stored keys.
    ///
    /// # Errors
    /// `Unreadable`: a key that cannot be read stops the start rather than being left out, or tokens would fail to verify.
    pub fn import(records: &[KeyRecord]) -> Result<Self, KeyError> {
        records.iter().map(TimedKey::import).collect::<Result<_, _>>().map(Self)
    }

    /// The keys for the caller to seal and store.
    ///
    /// # Errors
    /// `Library`.
    pub fn export(&self) -> Result<Vec<KeyRecord>, KeyError> {
        self.0.iter().map(TimedKey::export).collect()
    }

    /// The key that signs now: the newest one whose time has come. When none has begun yet (a clock set back), the oldest
    /// published one: its public half is out there, and refusing every sign-in helps nobody.
    ///
    /// # Errors
    /// `Missing`.
    pub fn signer(&self, alg: SigningAlg, now: Timestamp) -> Result<&SigningKey, KeyError> {
        let usable = || {
            self.0
                .iter()
                .filter(|timed| timed.key.alg() == alg && timed.is_published(now))
        };
        let begun = usable()
            .filter(|timed| timed.signs_from <= now)
            .max_by_key(|timed| timed.signs_from);
        let chosen = begun.or_else(|| usable().min_by_key(|timed| timed.signs_from));
        chosen.map(|timed| timed.key.as_ref()).ok_or(KeyError::Missing(alg))
    }

    /// The published key of this `kid`.
    #[must_use]
    pub fn find(&self, kid: &str, now: Timestamp) -> Option<&PublicKey> {
        self.find_if(kid, |timed| timed.is_published(now))
    }

    /// The key of this `kid` for an ID token that comes back as a hint, which may be long expired (OpenID Connect Core
    /// §3.1.2.1). Nothing else may be let in by it.
    #[must_use]
    pub fn find_for_hint(&self, kid: &str, now: Timestamp) -> Option<&PublicKey> {
        self.find_if(kid, |timed| timed.is_good_for_hints(now))
    }

    fn find_if(&self, kid: &str, is_good: impl Fn(&TimedKey) -> bool) -> Option<&PublicKey> {
        self.0
            .iter()
            .find(|timed| timed.key.kid() == kid && is_good(timed))
            .map(|timed| timed.key.public())
    }

    /// The set with a fresh key that takes over at `now + lead`, while the present ones stay published for `overlap` after
    /// that. Choose `lead` no shorter than the caching time of the key document and `overlap` no shorter than the longest
    /// life of a token. Keys that are good for nothing any more, not even for hints, are dropped.
    ///
    /// # Errors
    /// `Library`.
    pub fn rotate(&self, alg: SigningAlg, now: Timestamp, lead: Duration, overlap: Duration) -> Result<Self, KeyError> {
        let signs_from = now + lead;
        let is_good = |timed: &&TimedKey| timed.is_good_for_hints(now);
        let mut keys: Vec<_> = self.0.iter().filter(is_good).cloned().collect();
        for timed in keys.iter_mut().filter(|timed| timed.key.alg() == alg) {
            timed.published_until = timed.published_until.or(Some(signs_from + overlap));
        }
        let key = Arc::new(SigningKey::generate(alg)?);
        keys.push(TimedKey {
            key,
            signs_from,
            published_until: None,
        });
        Ok(Self(keys))
    }

    /// The set without a key that others know: whatever it signed is refused from now on, as a hint too. Where it signs,
    /// the successor that waits signs at once, or else a fresh key. Where it is that successor, a fresh key follows at
    /// `now + lead`. `None` when there is no such key.
    ///
    /// # Errors
    /// `Library`.
    pub fn revoke(&self, kid: &str, now: Timestamp, lead: Duration) -> Result<Option<Self>, KeyError> {
        let Some(revoked) = self.0.iter().find(|timed| timed.key.kid() == kid) else {
            return Ok(None);
        };
        let alg = revoked.key.alg();
        let signs = self.signer(alg, now).is_ok_and(|signer| signer.kid() == kid);
        let signs_from = if signs { now } else { now + lead };
        let mut keys: Vec<_> = self.0.iter().filter(|timed| timed.key.kid() != kid).cloned().collect();
        // A key that is going to be published no more must not sign: its last tokens would outlive it.
        let lasting = keys
            .iter_mut()
            .find(|timed| timed.key.alg() == alg && timed.published_until.is_none());
        match lasting {
            Some(timed) => timed.signs_from = timed.signs_from.min(signs_from),
            None => keys.push(TimedKey {
                key: Arc::new(SigningKey::generate(alg)?),
                signs_from,
                published_until: None,
            }),
        }
        Ok(Some(Self(keys)))
    }

    /// The key document at `jwks_uri` (RFC 7517 §5): the public halves of all published keys.
    #[must_use]
    pub fn jwks(&self, now: Timestamp) -> Value {
        let keys: Vec<_> = self
            .0
            .iter()
            .filter(|timed| timed.is_published(now))
            .map(|timed| timed.key.jwk())
            .collect();
        json!({ "keys": keys })
    }
}
