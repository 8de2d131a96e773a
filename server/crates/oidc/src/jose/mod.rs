//! Signed tokens (RFC 7515 in compact form) and the keys that sign and check them.
//!
//! We read tokens of two kinds only: our own, and assertions of applications. Every check names the algorithms it takes,
//! keys come from where we keep them and never from the token, and nothing of a payload is looked at before its
//! signature has been checked.

pub mod compact;
pub mod public_key;
pub mod record;
pub mod set;
pub mod signing_key;

pub use compact::{Compact, JoseFault};
pub use public_key::PublicKey;
pub use record::{HINT_LIFE, KeyRecord};
pub use set::SigningKeys;
pub use signing_key::{KeyError, SigningKey};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Base64url without padding (RFC 7515 §2).
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding; `None` for anything else, including a second spelling of the same bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
