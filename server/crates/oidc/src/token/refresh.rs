//! Refresh tokens that carry what they are: grant, generation, and a MAC over both.
//!
//! The database holds one number per grant, the current generation. A rotation is one guarded update of that number, and
//! the next token is a function of it, so the same answer can be given again when the first one was lost on the way (F22).
//! A token of an older generation is a replay (RFC 9700 §4.14.2).

use aws_lc_rs::hmac;
use doorward_domain::id::GrantId;

const LABEL: &[u8] = b"doorward refresh token v1\0";
const PREFIX: &str = "rt_";
const MAC_BYTES: usize = 32;

/// Makes and reads refresh tokens.
pub struct RefreshTokens(hmac::Key);

impl RefreshTokens {
    /// Takes the key, derived by the caller for this purpose alone.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The token of one generation of a grant; always the same text.
    #[must_use]
    pub fn issue(&self, grant: &GrantId, generation: u32) -> String {
        let id = grant.as_str().strip_prefix(GrantId::PREFIX).unwrap_or_default();
        let mut bytes = Vec::with_capacity(id.len() + 4 + MAC_BYTES);
        bytes.extend_from_slice(id.as_bytes());
        bytes.extend_from_slice(&generation.to_be_bytes());
        let mac = hmac::sign(&self.0, &[LABEL, &bytes].concat());
        bytes.extend_from_slice(mac.as_ref());
        [PREFIX, &crate::jose::encode(&bytes)].concat()
    }

    /// What a token says, if it is one of ours. Whether the generation is the current one, and the grant this
    /// application's and alive, is for the caller to see.
    #[must_use]
    pub fn open(&self, token: &str) -> Option<(GrantId, u32)> {
        let text = token.strip_prefix(PREFIX).filter(|text| text.len() <= 200)?;
        let bytes = crate::jose::decode(text)?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        hmac::verify(&self.0, &[LABEL, signed].concat(), mac).ok()?;
        let (id, generation) = signed.split_last_chunk::<4>()?;
        let id = [GrantId::PREFIX, std::str::from_utf8(id).ok()?].concat();
        Some((id.parse().ok()?, u32::from_be_bytes(*generation)))
    }
}
