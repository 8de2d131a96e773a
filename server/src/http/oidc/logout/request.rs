//! A checked logout request on its way through the browser.

use chrono::Duration;
use doorward_oidc::logout::LogoutRequest;
use doorward_vault::Purpose;
use serde::{Deserialize, Serialize};

use crate::signin::cookie::{decode, encode};
use crate::signin::hop::Hop;

/// The query parameter it travels in.
pub(super) const PARAMETER: &str = "request";
/// How long the person may think about it.
const LIFE: Duration = Duration::minutes(15);
/// Longest sealed text, in bytes: proxies cut or refuse longer addresses.
const LIMIT: usize = 6_000;
/// Keeps it apart from other values of the same purpose.
const CONTEXT: &[u8] = b"sign-out";

/// What was asked, checked. The default is what a person asks for by themself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct SignOut {
    /// Name of the application that asks.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Registered at the application, `state` appended.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// From a verified `id_token_hint`.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub meant: Option<Meant>,
    /// Languages of the person, separated by spaces.
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    pub ui_locales: String,
    /// When this text is no good any more, in seconds since 1970.
    #[serde(rename = "e", default)]
    expires: i64,
}

/// Whom and which session an application means.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Meant {
    #[serde(rename = "c")]
    pub client_id: String,
    #[serde(rename = "s")]
    pub subject: String,
    #[serde(rename = "i", default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
}

impl SignOut {
    /// Of a request that passed every check.
    pub fn new(request: &LogoutRequest<'_>) -> Self {
        let meant = request.hint.as_ref().map(|hint| Meant {
            client_id: hint.client_id.clone(),
            subject: hint.subject.clone(),
            session_id: hint.session_id.clone(),
        });
        Self {
            application: request.application.map(|application| application.name.clone()),
            redirect: request.redirect.clone(),
            meant,
            ui_locales: request.ui_locales.join(" "),
            expires: 0,
        }
    }

    /// As text for an address; `None` when it is too long for one.
    pub fn seal(&self, hop: &Hop) -> Option<String> {
        let expires = (hop.now + LIFE).timestamp();
        let json = serde_json::to_vec(&Self {
            expires,
            ..self.clone()
        })
        .ok()?;
        let sealed = encode(&hop.state.keyring.seal(Purpose::Page, CONTEXT, &json));
        (sealed.len() <= LIMIT).then_some(sealed)
    }

    /// Reads such a text; `None` when it is not ours or too old.
    pub fn open(hop: &Hop, text: &str) -> Option<Self> {
        let bytes = Some(text).filter(|text| text.len() <= LIMIT).and_then(decode)?;
        let json = hop.state.keyring.open(Purpose::Page, CONTEXT, &bytes).ok()?;
        let asked: Self = serde_json::from_slice(&json).ok()?;
        (asked.expires > hop.now.timestamp()).then_some(asked)
    }
}
