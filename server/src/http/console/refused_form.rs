//! Brings back what was typed when a form is refused before the browser's code has loaded.
//!
//! Such a refusal is a redirect to the form's page with the error in its address. What was typed travels beside it in
//! a cookie, sealed for this administrator and this error. So the cookie vouches for the error too: of an address that
//! somebody else made up, nothing is shown.

use std::cmp::Reverse;

use doorward_app::ui::typed::Typed;
use doorward_domain::id::AccountId;
use doorward_vault::Purpose;
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Uri};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::signin::cookie::{self, Cookies};
use crate::state::Shared;

const COOKIE: &str = "dw_refused";
/// Life of the cookie, in seconds: a redirect, no more.
const TTL_SECONDS: i64 = 60;
/// Largest text to seal, in bytes: with the seal, in base64, it fits [`cookie::VALUE_LIMIT`].
const TEXT_LIMIT: usize = 2_500;
/// Id of the refusal on the page, given it by the application's `FaultSummary`.
const REFUSAL: &str = "refused";
/// What `server_fn` adds to the address of the form's page: the function, and the error.
const ADDED: [&str; 2] = ["__path", "__err"];
/// What that address may tell of an earlier save. It is not said beside a refusal.
const TOLD: [&str; 2] = ["saved", "created"];

#[derive(Serialize, Deserialize)]
struct Carried {
    fields: Vec<(String, String)>,
    /// Seconds since 1970. The browser's own clock is not asked.
    expires_at: i64,
}

fn context(administrator: &AccountId, error: &str) -> Vec<u8> {
    format!("{COOKIE} {administrator} {error}").into_bytes()
}

/// After a function has answered: keeps the form when the answer is a refusal of it.
pub fn keep(state: &Shared, cookies: Cookies, administrator: &AccountId, form: &[u8], answer: &mut HeaderMap) {
    let location = answer.get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.map(str::to_owned) else {
        return;
    };
    let Some(error) = location.parse::<Uri>().ok().and_then(|uri| error_in(&uri)) else {
        return;
    };
    // The browser goes on to the refusal on that page.
    if let Ok(target) = HeaderValue::try_from(format!("{}#{REFUSAL}", without(&location, &TOLD))) {
        answer.insert(LOCATION, target);
    }
    let carried = Carried {
        fields: worth_keeping(form),
        expires_at: state.now().timestamp() + TTL_SECONDS,
    };
    let Ok(plain) = serde_json::to_vec(&carried) else {
        return;
    };
    let sealed = state
        .keyring
        .seal(Purpose::Cookie, &context(administrator, &error), &plain);
    if let Some(header) = cookies.set(COOKIE, &cookie::encode(&sealed), Some(TTL_SECONDS)) {
        answer.append(SET_COOKIE, header);
    }
}

/// What to do with a page somebody asks for.
pub enum Asked {
    /// Nothing was refused.
    Plain,
    /// The page of a form that was just refused, and the header that forgets it.
    Refused(Typed, Option<HeaderValue>),
    /// The error in the address is old, or nobody's: the page is at this address.
    Elsewhere(String),
}

/// Reads what [`keep`] has kept.
pub fn asked(state: &Shared, cookies: Cookies, administrator: &AccountId, uri: &Uri, headers: &HeaderMap) -> Asked {
    let Some(error) = error_in(uri) else {
        return Asked::Plain;
    };
    let open = || {
        let sealed = cookie::decode(cookies.read(headers, COOKIE)?)?;
        let plain = state
            .keyring
            .open(Purpose::Cookie, &context(administrator, &error), &sealed)
            .ok()?;
        let carried: Carried = serde_json::from_slice(&plain).ok()?;
        (state.now().timestamp() < carried.expires_at).then_some(Typed(carried.fields))
    };
    match open() {
        Some(typed) => Asked::Refused(typed, cookies.remove(COOKIE)),
        None => {
            let address = uri.path_and_query().map_or("/", |target| target.as_str());
            Asked::Elsewhere(without(address, &[ADDED, TOLD].concat()))
        }
    }
}

fn error_in(uri: &Uri) -> Option<String> {
    let pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let error = pairs.into_iter().find(|(name, _)| name == ADDED[1]);
    error.map(|(_, value)| value.into_owned())
}

/// An address without some of its parameters.
fn without(address: &str, names: &[&str]) -> String {
    let (page, query) = address.split_once('?').unwrap_or((address, ""));
    let pairs = form_urlencoded::parse(query.as_bytes());
    let kept = pairs.filter(|(name, _)| !names.contains(&name.as_ref()));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    if query.is_empty() {
        page.to_owned()
    } else {
        format!("{page}?{query}")
    }
}

/// The fields in the order they came. Passwords and secrets do not go back into a page, and of what is too long for a
/// cookie the longest stay away.
fn worth_keeping(form: &[u8]) -> Vec<(String, String)> {
    let fields = form_urlencoded::parse(form).into_owned();
    let mut fields: Vec<(String, String)> = fields
        .filter(|(name, _)| !name.contains("password") && !name.contains("secret"))
        .collect();
    let size = |fields: &[(String, String)]| serde_json::to_string(fields).map_or(usize::MAX, |text| text.len());
    while !fields.is_empty() && size(&fields) > TEXT_LIMIT {
        let longest = (0..fields.len()).min_by_key(|index| Reverse(fields[*index].1.len()));
        if let Some(longest) = longest {
            fields.remove(longest);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_what_is_too_long_are_left_out() {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", "Branch office")
            .append_pair("client_secret", "s3cret")
            .append_pair("password", "s3cret")
            .append_pair("redirect_uris", &"x".repeat(TEXT_LIMIT))
            .append_pair("handle", "branch")
            .finish();
        let kept = worth_keeping(form.as_bytes());
        let kept: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(kept, ["name", "handle"]);
    }

    #[test]
    fn an_address_loses_the_error_alone() {
        let uri: Uri = "/console/users?q=a+b&__path=%2Fconsole%2Ffn&__err=e30%3D"
            .parse()
            .expect("fits");
        assert_eq!(error_in(&uri).as_deref(), Some("e30="));
        let address = uri.to_string();
        assert_eq!(without(&address, &ADDED), "/console/users?q=a+b");
        assert_eq!(without("/console?__err=x", &ADDED), "/console");
    }

    #[test]
    fn beside_a_refusal_nothing_is_said_to_be_saved() {
        let address = "https://broker.example.com/console/users?saved=true&q=a&__err=e30%3D";
        let want = "https://broker.example.com/console/users?q=a&__err=e30%3D";
        assert_eq!(without(address, &TOLD), want);
    }
}
