//! Carries a fresh client secret to the page that shows it once: sealed, in a cookie of two minutes, bound to the
//! administrator and the application.

use doorward_app::api::application::FreshSecret;
use doorward_domain::id::AccountId;
use doorward_domain::secret::SecretText;
use doorward_vault::Purpose;
use http::header::SET_COOKIE;
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

use crate::signin::cookie::{self, Cookies};
use crate::state::Shared;

const COOKIE: &str = "dw_new_secret";
/// Life of the cookie, in seconds: a redirect and a look at the page, no more.
const TTL_SECONDS: i64 = 120;

/// Lives for one request.
pub struct SecretCarrier {
    pub state: Shared,
    pub cookies: Cookies,
}

#[derive(Serialize, Deserialize)]
struct Carried {
    secret: String,
    /// Seconds since 1970. The browser's own clock is not asked.
    expires_at: i64,
}

/// Opens only for the same administrator and the same application.
fn context(administrator: &AccountId, application: &str) -> Vec<u8> {
    format!("{COOKIE} {administrator} {application}").into_bytes()
}

impl FreshSecret for SecretCarrier {
    fn keep(&self, administrator: &AccountId, application: &str, secret: &SecretText) {
        let carried = Carried {
            secret: secret.expose().to_owned(),
            expires_at: self.state.now().timestamp() + TTL_SECONDS,
        };
        let (Ok(plain), Some(response)) = (serde_json::to_vec(&carried), use_context::<ResponseOptions>()) else {
            return;
        };
        let sealed = self
            .state
            .keyring
            .seal(Purpose::Cookie, &context(administrator, application), &plain);
        if let Some(header) = self.cookies.set(COOKIE, &cookie::encode(&sealed), Some(TTL_SECONDS)) {
            response.append_header(SET_COOKIE, header);
        }
    }

    fn show(&self, administrator: &AccountId, application: &str) -> Option<String> {
        let request = use_context::<Parts>()?;
        let sealed = cookie::decode(self.cookies.read(&request.headers, COOKIE)?)?;
        let plain = self
            .state
            .keyring
            .open(Purpose::Cookie, &context(administrator, application), &sealed)
            .ok()?;
        let carried: Carried = serde_json::from_slice(&plain).ok()?;
        // Shown once: a page that is loaded again does not have it any more.
        if let (Some(response), Some(forget)) = (use_context::<ResponseOptions>(), self.cookies.remove(COOKIE)) {
            response.append_header(SET_COOKIE, forget);
        }
        (self.state.now().timestamp() < carried.expires_at).then_some(carried.secret)
    }
}
