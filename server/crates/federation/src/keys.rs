//! Key sets of providers (RFC 7517), cut down to the keys that may sign an ID token (S29, F4).

use std::sync::OnceLock;

use aws_lc_rs::signature::{self, EcdsaVerificationAlgorithm, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

use crate::algorithm::SignatureAlgorithm;
use crate::json;

/// Keys in one set; more is not a key set but an attempt to keep us busy.
const KEY_LIMIT: usize = 100;
/// Smallest RSA modulus in bits (RFC 7518 §3.3), and the largest: checking a signature gets slow beyond.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Padding is against RFC 7515 §2, but some providers add it to their keys.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a key set is refused as a whole. A single odd key is left out, not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysFault {
    #[error("it is not a JSON object with a list of keys")]
    NotAKeySet,
    #[error("it holds more than 100 keys")]
    TooMany,
    #[error("it holds no key that may sign an ID token")]
    NoUsableKey,
}

/// The usable keys of one provider.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<VerifyingKey>,
}

/// One public key. Parsing is done once and kept.
#[derive(Debug)]
pub(crate) struct VerifyingKey {
    kid: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    /// One RSA key may serve six algorithms; each is parsed when it is first used.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
        only: Option<SignatureAlgorithm>,
        parsed: Box<[OnceLock<Option<ParsedPublicKey>>; 6]>,
    },
    /// A curve has one algorithm.
    Curve {
        algorithm: SignatureAlgorithm,
        key: ParsedPublicKey,
    },
}

impl KeySet {
    /// Reads a key set.
    ///
    /// # Errors
    /// When there is no usable key in it.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, KeysFault> {
        let document = json::object(body).ok_or(KeysFault::NotAKeySet)?;
        let listed = document
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(KeysFault::NotAKeySet)?;
        if listed.len() > KEY_LIMIT {
            return Err(KeysFault::TooMany);
        }
        let keys: Vec<_> = listed
            .iter()
            .filter_map(Value::as_object)
            .filter_map(VerifyingKey::parse)
            .collect();
        if keys.is_empty() {
            Err(KeysFault::NoUsableKey)
        } else {
            Ok(Self { keys })
        }
    }

    /// How many keys may sign an ID token.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys a signature may have been made with. Several share a `kid` only by a provider's mistake; each is then
    /// tried, since all of them are the provider's. Without a `kid` there must be exactly one that fits (OpenID
    /// Connect Core §10.1).
    pub(crate) fn candidates(&self, kid: Option<&str>, algorithm: SignatureAlgorithm) -> Vec<&VerifyingKey> {
        let mut fitting: Vec<_> = self.keys.iter().filter(|key| key.fits(algorithm)).collect();
        match kid {
            Some(kid) => fitting.retain(|key| key.kid.as_deref() == Some(kid)),
            None if fitting.len() > 1 => fitting.clear(),
            None => {}
        }
        fitting
    }
}

impl VerifyingKey {
    /// Reads one member of a key set; `None` when it is not an asymmetric key for signatures of a known kind.
    fn parse(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let may_sign = jwk.get("use").is_none_or(|usage| usage == "sig");
        let may_verify = jwk
            .get("key_ops")
            .is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")));
        // A published private key can be used by anybody.
        let is_public = !["d", "p", "q", "dp", "dq", "qi", "k", "oth"]
            .iter()
            .any(|name| jwk.contains_key(*name));
        if !(may_sign && may_verify && is_public) {
            return None;
        }
        let declared = match jwk.get("alg") {
            None => None,
            Some(value) => Some(SignatureAlgorithm::parse(value.as_str()?)?),
        };
        let material = match text("kty")? {
            "RSA" => rsa(decode(text("n")?)?, decode(text("e")?)?, declared)?,
            "EC" => elliptic(text("crv")?, decode(text("x")?)?, decode(text("y")?)?)?,
            "OKP" if text("crv") == Some("Ed25519") => edwards(decode(text("x")?)?)?,
            _ => return None,
        };
        let kid = match jwk.get("kid") {
            None => None,
            Some(kid) => Some(kid.as_str().filter(|kid| kid.len() <= 512)?.to_owned()),
        };
        let key = Self { kid, material };
        declared.is_none_or(|algorithm| key.fits(algorithm)).then_some(key)
    }

    /// Whether signatures of this algorithm can be made with the key.
    fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match &self.material {
            Material::Rsa { only, .. } => {
                rsa_parameters(algorithm).is_some() && only.is_none_or(|only| only == algorithm)
            }
            Material::Curve { algorithm: own, .. } => *own == algorithm,
        }
    }

    /// Whether the signature of the message is right.
    pub(crate) fn verifies(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.fits(algorithm) {
            return false;
        }
        let key = match &self.material {
            Material::Curve { key, .. } => Some(key),
            Material::Rsa { n, e, parsed, .. } => rsa_parameters(algorithm).and_then(|(index, parameters)| {
                let parse = || RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters).ok();
                parsed[index].get_or_init(parse).as_ref()
            }),
        };
        key.is_some_and(|key| key.verify_sig(message, signature).is_ok())
    }
}

/// Where the parsed form for an RSA algorithm is kept, and how it is checked. `None` for the other kinds.
fn rsa_parameters(algorithm: SignatureAlgorithm) -> Option<(usize, &'static RsaParameters)> {
    match algorithm {
        SignatureAlgorithm::Rs256 => Some((0, &signature::RSA_PKCS1_2048_8192_SHA256)),
        SignatureAlgorithm::Rs384 => Some((1, &signature::RSA_PKCS1_2048_8192_SHA384)),
        SignatureAlgorithm::Rs512 => Some((2, &signature::RSA_PKCS1_2048_8192_SHA512)),
        SignatureAlgorithm::Ps256 => Some((3, &signature::RSA_PSS_2048_8192_SHA256)),
        SignatureAlgorithm::Ps384 => Some((4, &signature::RSA_PSS_2048_8192_SHA384)),
        SignatureAlgorithm::Ps512 => Some((5, &signature::RSA_PSS_2048_8192_SHA512)),
        SignatureAlgorithm::Es256
        | SignatureAlgorithm::Es384
        | SignatureAlgorithm::Es512
        | SignatureAlgorithm::EdDsa => None,
    }
}

fn rsa(n: Vec<u8>, e: Vec<u8>, only: Option<SignatureAlgorithm>) -> Option<Material> {
    let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    // An exponent of one makes every message its own signature.
    let exponent_fine = e.len() <= 4 && e.last()? & 1 == 1 && e != [1];
    let usable = RSA_BITS.contains(&bits) && n.last()? & 1 == 1 && exponent_fine;
    usable.then(|| Material::Rsa {
        n,
        e,
        only,
        parsed: Default::default(),
    })
}

fn without_leading_zeros(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

fn elliptic(curve: &str, x: Vec<u8>, y: Vec<u8>) -> Option<Material> {
    let (algorithm, parameters, size): (_, &'static EcdsaVerificationAlgorithm, _) = match curve {
        "P-256" => (SignatureAlgorithm::Es256, &signature::ECDSA_P256_SHA256_FIXED, 32),
        "P-384" => (SignatureAlgorithm::Es384, &signature::ECDSA_P384_SHA384_FIXED, 48),
        "P-521" => (SignatureAlgorithm::Es512, &signature::ECDSA_P521_SHA512_FIXED, 66),
        _ => return None,
    };
    // RFC 7518 §6.2.1.2: coordinates have the full length of the field.
    if x.len() != size || y.len() != size {
        return None;
    }
    // The uncompressed point of SEC 1 §2.3.3; parsing refuses one that is not on the curve.
    let point = [&[4u8], x.as_slice(), y.as_slice()].concat();
    Some(Material::Curve {
        algorithm,
        key: ParsedPublicKey::new(parameters, point).ok()?,
    })
}

fn edwards(x: Vec<u8>) -> Option<Material> {
    if x.len() != 32 {
        return None;
    }
    let key = ParsedPublicKey::new(&signature::ED25519, x).ok()?;
    Some(Material::Curve {
        algorithm: SignatureAlgorithm::EdDsa,
        key,
    })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}
