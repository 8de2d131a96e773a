//! What the browser says about the ceremony (§5.8.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::fault::Fault;

/// The members that are checked; browsers may send others.
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<String>,
}

/// Checks the client data of a ceremony: §7.1 and §7.2, from parsing to the top origin. Our pages are in no frame
/// (`frame-ancestors 'none'`), so neither is an answer.
pub fn check(json: &[u8], ceremony: &str, challenge: &[u8], origin: &str) -> Result<(), Fault> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| Fault::Malformed)?;
    if data.ceremony != ceremony {
        return Err(Fault::OtherCeremony);
    }
    let answered = URL_SAFE_NO_PAD.decode(&data.challenge).map_err(|_| Fault::Malformed)?;
    if answered != challenge {
        return Err(Fault::OtherChallenge);
    }
    if data.origin != origin {
        return Err(Fault::OtherOrigin);
    }
    if data.cross_origin || data.top_origin.is_some() {
        return Err(Fault::Framed);
    }
    Ok(())
}
