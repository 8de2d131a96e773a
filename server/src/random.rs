//! Randomness, as an argument: the operating system's while serving, a seeded source in tests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::id::RANDOM_BYTES;

/// Gives random bytes.
pub trait Random: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The generator of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let bytes = doorward_vault::random::<32>();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

impl dyn Random + '_ {
    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// The bytes of a new identifier.
    #[must_use]
    pub fn id(&self) -> [u8; RANDOM_BYTES] {
        self.bytes()
    }

    /// `N` random bytes as base64url text without padding.
    #[must_use]
    pub fn text<const N: usize>(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<N>())
    }

    /// Eight small letters and digits, for names that must differ.
    #[must_use]
    pub fn short(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        self.bytes::<8>()
            .iter()
            .map(|byte| ALPHABET[usize::from(byte & 31)] as char)
            .collect()
    }
}
