//! Hashing of client secrets.

use aws_lc_rs::hmac;
use doorward_domain::secret::SecretText;

/// Keeps this use of a key apart from any other.
const LABEL: &[u8] = b"doorward client secret v1\0";

/// Hashes client secrets with HMAC-SHA-256. Our secrets have the entropy of a key, so a slow hash would add nothing but
/// time; the key keeps a stolen database from confirming guesses at secrets people brought along.
pub struct SecretHasher(hmac::Key);

impl SecretHasher {
    /// Takes the key, derived by the caller for this purpose alone.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The hash to store: 32 bytes.
    #[must_use]
    pub fn hash(&self, secret: &SecretText) -> Vec<u8> {
        self.tag(secret).as_ref().to_vec()
    }

    /// Compares in constant time. Without a hash, for an application that is unknown or has no secret, the same work is
    /// done and the answer is no.
    #[must_use]
    pub fn matches(&self, secret: &SecretText, hash: Option<&[u8]>) -> bool {
        let tag = self.tag(secret);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(tag.as_ref(), hash.unwrap_or(&[0; 32])).is_ok();
        same && hash.is_some()
    }

    fn tag(&self, secret: &SecretText) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(LABEL);
        context.update(secret.expose().as_bytes());
        context.sign()
    }
}
