//! The Test IdP's authorization requests and codes, sealed rather than stored: any node can answer the next hop.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::{Claims, Timestamp};
use doorward_vault::{Keyring, Purpose};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::persona::{self, Persona};

/// Life of the page and of a code, in seconds.
const LIFE_SECONDS: i64 = 600;

/// An authorization request whose client and redirect URI have been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub client_id: String,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// PKCE challenge, S256 (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    pub expires_at: Timestamp,
}

/// Who was chosen on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Persona(Persona),
    /// Somebody by a typed name.
    Name(String),
}

impl Choice {
    /// The subject and the claims about the person.
    pub fn person(&self) -> (String, Claims) {
        match self {
            Self::Persona(persona) => persona.person(),
            Self::Name(name) => persona::typed(name),
        }
    }
}

/// What a code stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub request: Request,
    pub choice: Choice,
    /// Makes each code different, so that it can be used once.
    pub id: String,
}

/// When a request or code made now ends.
pub fn expiry(now: Timestamp) -> Timestamp {
    now + chrono::Duration::seconds(LIFE_SECONDS)
}

/// Seals a value for its way through the browser; `kind` keeps a page's request from being used as a code.
pub fn seal<T: Serialize>(keyring: &Keyring, kind: &str, value: &T) -> String {
    // A plain struct of texts always serialises.
    let plain = serde_json::to_vec(value).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(keyring.seal(Purpose::TestIdp, kind.as_bytes(), &plain))
}

/// Opens what [`seal`] made; `None` for anything else.
pub fn open<T: DeserializeOwned>(keyring: &Keyring, kind: &str, sealed: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let plain = keyring.open(Purpose::TestIdp, kind.as_bytes(), &bytes).ok()?;
    serde_json::from_slice(&plain).ok()
}
