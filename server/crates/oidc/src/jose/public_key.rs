//! Public keys that check signatures, parsed once.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents,
};
use serde_json::Value;

use super::compact::JoseFault;

/// Algorithms we take from applications that sign their assertions.
pub const ASSERTION_ALGS: [&str; 4] = ["ES256", "EdDSA", "RS256", "PS256"];

/// A public key with the one algorithm it is used for.
#[derive(Debug)]
pub struct PublicKey {
    alg: &'static str,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// An elliptic-curve key: the point in its uncompressed form, 65 bytes.
    pub(crate) fn es256(point: &[u8]) -> Option<Self> {
        Some(Self {
            alg: "ES256",
            key: ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?,
        })
    }

    /// An Ed25519 key of 32 bytes.
    pub(crate) fn eddsa(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            alg: "EdDSA",
            key: ParsedPublicKey::new(&ED25519, bytes).ok()?,
        })
    }

    /// An RSA key of at least 2048 bits (RFC 7518 §3.3), for PKCS#1 v1.5 or for PSS.
    pub(crate) fn rsa(alg: &'static str, n: &[u8], e: &[u8]) -> Option<Self> {
        // Some write the sign byte of their big integers, which RFC 7518 §6.3.1.1 forbids; the number is the same.
        let unsigned = |bytes: &[u8]| bytes.iter().skip_while(|b| **b == 0).copied().collect::<Vec<_>>();
        let (n, e) = (unsigned(n), unsigned(e));
        let params = if alg == "PS256" {
            &RSA_PSS_2048_8192_SHA256
        } else {
            &RSA_PKCS1_2048_8192_SHA256
        };
        Some(Self {
            alg,
            key: RsaPublicKeyComponents { n, e }.to_parsed_public_key(params).ok()?,
        })
    }

    /// Reads one key of a JWK set for one algorithm of [`ASSERTION_ALGS`]. `None` when the key is of another type, is
    /// meant for something else (`use`, `key_ops`, `alg`), or is no valid key: an RSA key's modulus can never serve as
    /// the secret of an HMAC here, because there is no HMAC.
    #[must_use]
    pub fn from_jwk(jwk: &Value, alg: &str) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let bytes = |name: &str| text(name).and_then(super::decode);
        let for_signing = text("use").is_none_or(|u| u == "sig");
        let for_alg = text("alg").is_none_or(|a| a == alg);
        let for_verifying = jwk
            .get("key_ops")
            .and_then(Value::as_array)
            .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !(for_signing && for_alg && for_verifying) {
            return None;
        }
        match (alg, text("kty")?) {
            ("ES256", "EC") if text("crv") == Some("P-256") => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                (x.len() == 32 && y.len() == 32).then(|| Self::es256(&point)).flatten()
            }
            ("EdDSA", "OKP") if text("crv") == Some("Ed25519") => Self::eddsa(&bytes("x")?),
            ("RS256", "RSA") => Self::rsa("RS256", &bytes("n")?, &bytes("e")?),
            ("PS256", "RSA") => Self::rsa("PS256", &bytes("n")?, &bytes("e")?),
            _ => None,
        }
    }

    /// The algorithm this key checks.
    #[must_use]
    pub fn alg(&self) -> &'static str {
        self.alg
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// `Signature`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseFault> {
        self.key
            .verify_sig(message, signature)
            .map_err(|_| JoseFault::Signature)
    }
}
