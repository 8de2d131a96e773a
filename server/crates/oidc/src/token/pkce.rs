//! Proof key for code exchange (RFC 7636), method S256 alone.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

/// Whether the text can be a `code_verifier`: 43 to 128 unreserved characters (§4.1).
#[must_use]
pub fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}

/// The challenge of a verifier (§4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    crate::jose::encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether the verifier belongs to the challenge (§4.6).
#[must_use]
pub fn verify(verifier: &str, expected: &str) -> bool {
    is_verifier(verifier) && verify_slices_are_equal(challenge(verifier).as_bytes(), expected.as_bytes()).is_ok()
}
