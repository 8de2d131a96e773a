//! The compact serialisation: three parts with dots between (RFC 7515 §7.1).

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::public_key::PublicKey;

/// Longest token we read, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoseFault {
    /// Not three parts of base64url, or JSON that is not what it should be.
    #[error("the token is malformed")]
    Malformed,
    /// `alg` is not one this check takes; `none` never is.
    #[error("the algorithm is not allowed")]
    Algorithm,
    /// `typ` says the token is of another kind (RFC 8725 §3.11).
    #[error("the token is of another kind")]
    Type,
    /// Extensions we would have to understand (RFC 7515 §4.1.11).
    #[error("the token demands an extension")]
    Critical,
    /// No key of that `kid`.
    #[error("the key is unknown")]
    UnknownKey,
    /// The signature is not of this key.
    #[error("the signature is wrong")]
    Signature,
    /// `iss`, `sub` or `aud` is not the one expected.
    #[error("the token is for somebody else")]
    Audience,
    /// Past `exp`, before `nbf`, or living longer than allowed.
    #[error("the token is outside its time")]
    Time,
}

/// The header members we look at. Key material in a header (`jwk`, `jku`, `x5u`, `x5c`) is ignored: keys come from our
/// own configuration alone.
#[derive(Debug, Deserialize)]
pub struct Header {
    /// Signature algorithm.
    pub alg: String,
    /// Which key signed.
    #[serde(default)]
    pub kid: Option<String>,
    /// Kind of token.
    #[serde(default)]
    pub typ: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// A token taken apart and **not yet verified**: only its header can be read.
pub struct Compact<'a> {
    /// The header.
    pub header: Header,
    signing_input: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// `Malformed` or `Critical`.
    pub fn parse(token: &'a str) -> Result<Self, JoseFault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JoseFault::Malformed);
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(JoseFault::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JoseFault::Malformed)?;
        if payload.contains('.') {
            return Err(JoseFault::Malformed);
        }
        let header: Header = json(header)?;
        if header.crit.is_some() {
            return Err(JoseFault::Critical);
        }
        let signature = super::decode(signature).ok_or(JoseFault::Malformed)?;
        Ok(Self {
            header,
            signing_input,
            payload,
            signature,
        })
    }

    /// Whether `typ` is one of these, with or without `application/`; case does not count (RFC 7515 §4.1.9).
    #[must_use]
    pub fn is_type(&self, wanted: &str) -> bool {
        self.header.typ.as_deref().is_some_and(|typ| {
            let short = typ
                .get(..12)
                .filter(|p| p.eq_ignore_ascii_case("application/"))
                .map_or(typ, |_| &typ[12..]);
            short.eq_ignore_ascii_case(wanted)
        })
    }

    /// Checks the signature and only then reads the payload. The algorithm is the key's own, never the header's choice.
    ///
    /// # Errors
    /// `Algorithm`, `Signature`, or `Malformed` for a payload that is not a `T`.
    pub fn verify<T: DeserializeOwned>(&self, key: &PublicKey) -> Result<T, JoseFault> {
        if self.header.alg != key.alg() {
            return Err(JoseFault::Algorithm);
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        json(self.payload)
    }

    /// Reads the payload without any check, to find out which key to ask for. Nothing else may rest on it.
    ///
    /// # Errors
    /// `Malformed`.
    pub(crate) fn peek<T: DeserializeOwned>(&self) -> Result<T, JoseFault> {
        json(self.payload)
    }
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, JoseFault> {
    let bytes = super::decode(part).ok_or(JoseFault::Malformed)?;
    // Both header and payload are objects (RFC 7515 §4, RFC 7519 §4); the derived reader would take lists as well.
    match bytes.first() {
        Some(b'{') => serde_json::from_slice(&bytes).map_err(|_| JoseFault::Malformed),
        Some(_) | None => Err(JoseFault::Malformed),
    }
}
