//! Authorization codes: 32 bytes that nobody can guess, of which only a hash is stored.

use aws_lc_rs::hmac;

/// Life of an authorization code, in seconds. RFC 6749 §4.1.2 recommends ten minutes at most; a browser following a
/// redirect needs far less.
pub const LIFE_SECONDS: u32 = 60;

const LABEL: &[u8] = b"doorward authorization code v1\0";

/// The stored form of a code. Not secret by itself: codes cannot be computed from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodeHash(String);

impl CodeHash {
    /// The hash as text: 43 characters of base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Makes and recognises authorization codes.
pub struct Codes(hmac::Key);

impl Codes {
    /// Takes the key, derived by the caller for this purpose alone.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// A code out of bytes that nobody else knows or can compute, of no other code, and what to store of it.
    #[must_use]
    pub fn issue(&self, secret: [u8; 32]) -> (String, CodeHash) {
        (crate::jose::encode(secret), self.of(&secret))
    }

    /// The hash to look a presented code up by; `None` for a text that is no code of ours.
    #[must_use]
    pub fn hash(&self, code: &str) -> Option<CodeHash> {
        // Checked before decoding: a megabyte of base64 costs nothing.
        let bytes = Some(code)
            .filter(|code| code.len() == 43)
            .and_then(crate::jose::decode)?;
        Some(self.of(&bytes))
    }

    fn of(&self, bytes: &[u8]) -> CodeHash {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(LABEL);
        context.update(bytes);
        CodeHash(crate::jose::encode(context.sign()))
    }
}
