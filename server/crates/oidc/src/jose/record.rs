//! A signing key as it is stored.

use std::sync::Arc;

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::application::SigningAlg;
use doorward_domain::secret::SecretText;
use serde::{Deserialize, Serialize};

use super::signing_key::{KeyError, SigningKey};

/// How long a key still tells our ID tokens that come back as hints after it is published no more. An application keeps
/// the ID token of its last refresh, and a refresh token with `offline_access` survives an absence of 30 days.
pub const HINT_LIFE: Duration = Duration::days(90);

/// A signing key as JSON for the caller to seal and store. Holds the private key in clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Thumbprint of the public key.
    pub kid: String,
    /// What it signs with.
    pub alg: SigningAlg,
    /// PKCS#8 in base64url.
    pub pkcs8: SecretText,
    /// From when on it signs. Before that it is only published, so that whoever caches our keys knows it in time.
    pub signs_from: Timestamp,
    /// When it stops signing because a successor takes over, and until when it stays published after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_until: Option<Timestamp>,
}

/// A key pair with the time in which it signs and is published.
#[derive(Debug, Clone)]
pub struct TimedKey {
    pub(crate) key: Arc<SigningKey>,
    pub(crate) signs_from: Timestamp,
    pub(crate) published_until: Option<Timestamp>,
}

impl TimedKey {
    /// Whether other parties may still meet this key's signatures.
    #[must_use]
    pub fn is_published(&self, now: Timestamp) -> bool {
        self.published_until.is_none_or(|until| now < until)
    }

    /// Whether an ID token that was signed by this key still says whom an application means.
    #[must_use]
    pub fn is_good_for_hints(&self, now: Timestamp) -> bool {
        self.published_until.is_none_or(|until| now < until + HINT_LIFE)
    }

    /// The key as a record.
    ///
    /// # Errors
    /// `Library`.
    pub fn export(&self) -> Result<KeyRecord, KeyError> {
        Ok(KeyRecord {
            kid: self.key.kid().to_owned(),
            alg: self.key.alg(),
            pkcs8: SecretText::new(super::encode(self.key.to_pkcs8()?)),
            signs_from: self.signs_from,
            published_until: self.published_until,
        })
    }

    /// Reads a record.
    ///
    /// # Errors
    /// `Unreadable` when it is no key of its algorithm, or not the key its `kid` names.
    pub fn import(record: &KeyRecord) -> Result<Self, KeyError> {
        let der = super::decode(record.pkcs8.expose()).ok_or(KeyError::Unreadable)?;
        let key = SigningKey::from_pkcs8(record.alg, &der)?;
        if key.kid() != record.kid {
            return Err(KeyError::Unreadable);
        }
        Ok(Self {
            key: Arc::new(key),
            signs_from: record.signs_from,
            published_until: record.published_until,
        })
    }
}
