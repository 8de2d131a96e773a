//! A browser's answer, as the page's script sends it: a part of what `PublicKeyCredential.toJSON()` makes (§5.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::fault::Fault;

/// Longest id of a credential, in bytes (§7.1).
pub const CREDENTIAL_ID_LIMIT: usize = 1023;

/// A browser's answer to either ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub credential_id: Vec<u8>,
    pub(crate) client_data: Vec<u8>,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) authenticator_data: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// Whose credential it is, as the authenticator remembers; absent from some second factors.
    pub user_handle: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Json {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    response: ResponseJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseJson {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(default)]
    attestation_object: String,
    #[serde(default)]
    authenticator_data: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    user_handle: Option<String>,
}

fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Malformed)
}

impl Answer {
    /// Reads the JSON.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn read(json: &str) -> Result<Self, Fault> {
        let Json { id, kind, response } = serde_json::from_str(json).map_err(|_| Fault::Malformed)?;
        let credential_id = decode(&id)?;
        if kind != "public-key" || credential_id.is_empty() || credential_id.len() > CREDENTIAL_ID_LIMIT {
            return Err(Fault::Malformed);
        }
        Ok(Self {
            credential_id,
            client_data: decode(&response.client_data)?,
            attestation_object: decode(&response.attestation_object)?,
            authenticator_data: decode(&response.authenticator_data)?,
            signature: decode(&response.signature)?,
            user_handle: response.user_handle.as_deref().map(decode).transpose()?,
        })
    }
}
