//! One key pair that signs our tokens, parsed once and kept ready.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use doorward_domain::application::SigningAlg;
use serde::Serialize;
use serde_json::{Value, json};

use super::public_key::PublicKey;

/// A key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The stored bytes are no key pair of the algorithm they claim.
    #[error("a stored signing key cannot be read")]
    Unreadable,
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Library,
    /// There is no key of this algorithm.
    #[error("there is no signing key for {}", .0.as_str())]
    Missing(SigningAlg),
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    Claims,
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// A key pair with everything that is the same for each of its signatures.
pub struct SigningKey {
    alg: SigningAlg,
    kid: String,
    pair: Pair,
    public: PublicKey,
    jwk: Value,
    id_token_header: String,
    access_token_header: String,
}

impl SigningKey {
    /// Makes a new key pair: P-256, Ed25519, or RSA with 2048 bits.
    ///
    /// # Errors
    /// `Library`.
    pub fn generate(alg: SigningAlg) -> Result<Self, KeyError> {
        let pair = match alg {
            SigningAlg::ES256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Es256),
            SigningAlg::EdDSA => Ed25519KeyPair::generate().map(Pair::EdDsa),
            SigningAlg::RS256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rs256),
        };
        Self::new(pair.map_err(|_| KeyError::Library)?)
    }

    /// Reads a key pair from PKCS#8.
    ///
    /// # Errors
    /// `Unreadable`.
    pub fn from_pkcs8(alg: SigningAlg, der: &[u8]) -> Result<Self, KeyError> {
        let pair = match alg {
            SigningAlg::ES256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Pair::Es256),
            SigningAlg::EdDSA => Ed25519KeyPair::from_pkcs8(der).map(Pair::EdDsa),
            SigningAlg::RS256 => RsaKeyPair::from_pkcs8(der).map(Pair::Rs256),
        };
        Self::new(pair.map_err(|_| KeyError::Unreadable)?)
    }

    /// The private key as PKCS#8, in clear: the caller seals it at once.
    ///
    /// # Errors
    /// `Library`.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Es256(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::EdDsa(pair) => pair.to_pkcs8().map(|der| der.as_ref().to_vec()),
            Pair::Rs256(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| der.as_ref().to_vec()),
        }
        .map_err(|_| KeyError::Library)
    }

    fn new(pair: Pair) -> Result<Self, KeyError> {
        let (alg, public, members) = describe(&pair).ok_or(KeyError::Unreadable)?;
        // RFC 7638 §3: the required members alone, in the order of their names, which is how this map prints.
        let kid = super::encode(digest(&SHA256, members.to_string().as_bytes()));
        let header = |typ: &str| super::encode(json!({"alg": alg.as_str(), "kid": kid, "typ": typ}).to_string());
        let mut jwk = members;
        for (name, value) in [("alg", alg.as_str()), ("kid", kid.as_str()), ("use", "sig")] {
            jwk[name] = value.into();
        }
        let (id_token_header, access_token_header) = (header("JWT"), header("at+jwt"));
        Ok(Self {
            alg,
            kid,
            pair,
            public,
            jwk,
            id_token_header,
            access_token_header,
        })
    }

    /// The algorithm.
    #[must_use]
    pub fn alg(&self) -> SigningAlg {
        self.alg
    }

    /// The thumbprint of the public key (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as published (RFC 7517 §4).
    #[must_use]
    pub fn jwk(&self) -> &Value {
        &self.jwk
    }

    /// The public key that checks this key's signatures.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs an ID token.
    ///
    /// # Errors
    /// `Claims` or `Library`.
    pub(crate) fn sign_id_token(&self, payload: &impl Serialize) -> Result<String, KeyError> {
        self.sign(&self.id_token_header, payload)
    }

    /// Signs an access token (`typ` of RFC 9068 §2.1).
    ///
    /// # Errors
    /// `Claims` or `Library`.
    pub(crate) fn sign_access_token(&self, payload: &impl Serialize) -> Result<String, KeyError> {
        self.sign(&self.access_token_header, payload)
    }

    fn sign(&self, header: &str, payload: &impl Serialize) -> Result<String, KeyError> {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let json = serde_json::to_vec(payload).map_err(|_| KeyError::Claims)?;
        let mut token = String::with_capacity(header.len() + json.len() * 4 / 3 + 360);
        token.push_str(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&json, &mut token);
        let signature = self.raw_signature(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    fn raw_signature(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        // The library ignores the generator passed in and uses its own.
        let rng = SystemRandom::new();
        match &self.pair {
            Pair::Es256(pair) => pair
                .sign(&rng, message)
                .map(|s| s.as_ref().to_vec())
                .map_err(|_| KeyError::Library),
            Pair::EdDsa(pair) => pair
                .try_sign(message)
                .map(|s| s.as_ref().to_vec())
                .map_err(|_| KeyError::Library),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &rng, message, &mut signature)
                    .map_err(|_| KeyError::Library)?;
                Ok(signature)
            }
        }
    }

    /// The left half of the hash that belongs to the algorithm (OpenID Connect Core §3.1.3.6); Ed25519 hashes with
    /// SHA-512.
    #[must_use]
    pub fn half_hash(&self, text: &str) -> String {
        match self.alg {
            SigningAlg::ES256 | SigningAlg::RS256 => super::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16]),
            SigningAlg::EdDSA => super::encode(&digest(&SHA512, text.as_bytes()).as_ref()[..32]),
        }
    }
}

/// Algorithm, public key, and the members of the JWK that a thumbprint covers.
fn describe(pair: &Pair) -> Option<(SigningAlg, PublicKey, Value)> {
    match pair {
        Pair::Es256(pair) => {
            let point = pair.public_key().as_ref();
            let (x, y) = (point.get(1..33)?, point.get(33..65)?);
            let jwk = json!({"kty": "EC", "crv": "P-256", "x": super::encode(x), "y": super::encode(y)});
            Some((SigningAlg::ES256, PublicKey::es256(point)?, jwk))
        }
        Pair::EdDsa(pair) => {
            let bytes = pair.public_key().as_ref();
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": super::encode(bytes)});
            Some((SigningAlg::EdDSA, PublicKey::eddsa(bytes)?, jwk))
        }
        Pair::Rs256(pair) => {
            let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
            let (n, e) = (n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero());
            let jwk = json!({"kty": "RSA", "n": super::encode(n), "e": super::encode(e)});
            Some((SigningAlg::RS256, PublicKey::rsa("RS256", n, e)?, jwk))
        }
    }
}

/// Prints which key it is and nothing of it.
impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({} {})", self.alg.as_str(), self.kid)
    }
}
