//! Signed tokens in compact form (RFC 7515 §3.1): the one place where a token's bytes are read.
//!
//! The general JWT libraries look at the system clock and lack ES512, so that half of the checks would stand beside
//! them anyway; here the signature alone is checked, directly with the cryptographic library, and the claims later.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::Claims;
use serde_json::Value;

use crate::algorithm::SignatureAlgorithm;
use crate::id_token::IdTokenFault;
use crate::json;
use crate::keys::KeySet;

/// Keys tried for one token.
const TRY_LIMIT: usize = 4;

/// A token that has been read but not verified.
#[derive(Debug)]
pub(crate) struct UntrustedToken<'a> {
    pub(crate) algorithm: SignatureAlgorithm,
    kid: Option<String>,
    signed: &'a [u8],
    payload: &'a str,
    signature: Vec<u8>,
}

/// What an ID token calls itself in `typ`, where it does.
const ID_TOKEN: [&str; 2] = ["JWT", "application/jwt"];

impl<'a> UntrustedToken<'a> {
    /// Reads the header of an ID token.
    pub(crate) fn parse(token: &'a str) -> Result<Self, IdTokenFault> {
        Self::parse_as(token, &ID_TOKEN)
    }

    /// Reads the header of a token that is of one of these types or names none. Keys and addresses in it (`jwk`, `jku`,
    /// `x5c`, `x5u`) are never looked at (S29).
    pub(crate) fn parse_as(token: &'a str, types: &[&str]) -> Result<Self, IdTokenFault> {
        let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenFault::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenFault::Malformed)?;
        if payload.contains('.') {
            return Err(IdTokenFault::Malformed);
        }
        let header = json::object(&decode(header)?).ok_or(IdTokenFault::Malformed)?;
        // RFC 7515 §4.1.11: what must be understood and is not, is refused; we understand none.
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(IdTokenFault::Critical);
        }
        check_type(header.get("typ"), types)?;
        let name = header
            .get("alg")
            .and_then(Value::as_str)
            .ok_or(IdTokenFault::Malformed)?;
        let algorithm = SignatureAlgorithm::parse(name).ok_or(IdTokenFault::AlgorithmRefused)?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(IdTokenFault::Malformed),
        };
        Ok(Self {
            algorithm,
            kid,
            signed: signed.as_bytes(),
            payload,
            signature: decode(signature)?,
        })
    }

    /// Verifies the signature and only then reads the claims, out of the very bytes that were signed (S21).
    pub(crate) fn verify(&self, allowed: &[SignatureAlgorithm], keys: &KeySet) -> Result<Claims, IdTokenFault> {
        if !allowed.contains(&self.algorithm) {
            return Err(IdTokenFault::AlgorithmRefused);
        }
        let candidates = keys.candidates(self.kid.as_deref(), self.algorithm);
        if candidates.is_empty() {
            return Err(IdTokenFault::UnknownKey);
        }
        let right = candidates
            .into_iter()
            .take(TRY_LIMIT)
            .any(|key| key.verifies(self.algorithm, self.signed, &self.signature));
        if !right {
            return Err(IdTokenFault::WrongSignature);
        }
        json::object(&decode(self.payload)?).ok_or(IdTokenFault::Malformed)
    }
}

/// RFC 8725 §3.11: a token made for another purpose, such as an access token, says so in `typ`.
fn check_type(value: Option<&Value>, types: &[&str]) -> Result<(), IdTokenFault> {
    let fine = match value {
        None => true,
        Some(Value::String(text)) => types.iter().any(|known| text.eq_ignore_ascii_case(known)),
        Some(_) => false,
    };
    if fine { Ok(()) } else { Err(IdTokenFault::WrongType) }
}

fn decode(part: &str) -> Result<Vec<u8>, IdTokenFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenFault::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use proptest::prelude::*;
    use serde_json::json;
    use std::sync::LazyLock;

    /// A good token and the key set it verifies with.
    static SIGNED: LazyLock<(String, KeySet)> = LazyLock::new(|| {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let keys = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y), "kid": "k" }] });
        let signed = format!(
            "{}.{}",
            b64(br#"{"alg":"ES256","kid":"k"}"#),
            b64(br#"{"sub":"alice","aud":"door"}"#)
        );
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        (
            format!("{signed}.{}", b64(signature.as_ref())),
            KeySet::parse(keys.to_string().as_bytes()).unwrap(),
        )
    });

    fn verify(token: &str) -> Result<Claims, IdTokenFault> {
        UntrustedToken::parse(token)?.verify(&SignatureAlgorithm::ALL, &SIGNED.1)
    }

    #[test]
    fn a_signed_token_verifies() {
        assert_eq!(verify(&SIGNED.0).unwrap().get("sub"), Some(&json!("alice")));
    }

    proptest! {
        #[test]
        fn s21_any_changed_character_is_noticed(at: prop::sample::Index, to in "[A-Za-z0-9_.=+/-]") {
            let at = at.index(SIGNED.0.len());
            let mut changed = SIGNED.0.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(changed != SIGNED.0);
            prop_assert!(verify(&changed).is_err(), "S21: {}", changed);
        }

        #[test]
        fn any_text_is_refused(text in "\\PC{0,200}") {
            prop_assert!(verify(&text).is_err());
        }
    }
}
