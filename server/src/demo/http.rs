//! The pages of a demo application.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_federation::{Fault, FaultKind, FederationError, UntrustedCallback};
use doorward_vault::Purpose;
use http::{HeaderMap, HeaderName, StatusCode, header};

use super::page;
use super::relying_party::{DemoApp, Pending};

/// Cookies of sign-ins that have begun start with this; each tab of a browser has its own.
const PENDING: &str = "doorward_demo_app_";
/// Sign-ins that a browser may have begun at a time; one of them goes when there are more.
const PENDING_LIMIT: usize = 5;
/// Somebody who is signed in.
const SESSION: &str = "doorward_demo_session";

/// The routes of the application, below the server's root.
pub fn router<S: Clone + Send + Sync + 'static>(app: Arc<DemoApp>) -> Router<S> {
    let example = app.example;
    // The address of a form stands in the browser's bar after a failure.
    let to_home = move || async move { Redirect::to(example.path) };
    Router::new()
        .route(example.path, get(home))
        .route(&format!("{}/sign-in", example.path), get(to_home).post(sign_in))
        .route(&format!("{}/sign-out", example.path), get(to_home).post(sign_out))
        .route(&example.callback_path(), get(callback))
        .with_state(app)
}

async fn home(State(app): State<Arc<DemoApp>>, headers: HeaderMap) -> Response {
    let known = read(&headers, SESSION).and_then(|id| app.sessions.find(id, (app.now)()));
    let html = match known {
        Some(assertion) => page::signed_in(&stylesheet(), app.example, &assertion),
        None => page::welcome(&stylesheet(), app.example),
    };
    page(StatusCode::OK, html)
}

async fn sign_in(State(app): State<Arc<DemoApp>>, headers: HeaderMap) -> Response {
    match app.begin().await {
        Ok((begun, pending)) => {
            let kept = set(&app, &cookie_of(&pending.state), &seal(&app, &pending), "; Max-Age=900");
            let mut cookies = forget_surplus(&app, &headers);
            cookies.push(kept);
            (AppendHeaders(cookies), Redirect::to(begun.url.as_str())).into_response()
        }
        Err(error) => refused(&app, StatusCode::BAD_GATEWAY, &error),
    }
}

async fn callback(State(app): State<Arc<DemoApp>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Ok(answer) = UntrustedCallback::parse(&query.unwrap_or_default()) else {
        return failed(
            &app,
            StatusCode::BAD_REQUEST,
            "The answer could not be read. Start again.",
        );
    };
    let pending = answer.state().and_then(|state| open(&app, &headers, state));
    let Some(pending) = pending else {
        return failed(
            &app,
            StatusCode::BAD_REQUEST,
            "This browser has not started a sign-in here. Start again.",
        );
    };
    match app.finish(answer, &pending).await {
        Ok(assertion) => {
            end_session(&app, &headers);
            let id = app.sessions.begin(assertion, (app.now)());
            let cookies = [forget(&app, &cookie_of(&pending.state)), set(&app, SESSION, &id, "")];
            (AppendHeaders(cookies), Redirect::to(app.example.path)).into_response()
        }
        Err(error) => refused(&app, StatusCode::BAD_REQUEST, &error),
    }
}

/// Ends the session here, then asks the provider to end its own.
async fn sign_out(State(app): State<Arc<DemoApp>>, headers: HeaderMap) -> Response {
    end_session(&app, &headers);
    (AppendHeaders([forget(&app, SESSION)]), Redirect::to(&app.logout)).into_response()
}

fn end_session(app: &DemoApp, headers: &HeaderMap) {
    if let Some(id) = read(headers, SESSION) {
        app.sessions.end(id);
    }
}

fn failed(app: &DemoApp, status: StatusCode, sentence: &str) -> Response {
    page(status, page::failed(&stylesheet(), app.example, sentence, None))
}

/// What the person is told, and below it the code, or what an administrator is to correct.
fn refused(app: &DemoApp, status: StatusCode, error: &FederationError) -> Response {
    let sentence = match error.kind() {
        FaultKind::Aborted => "The sign-in was ended. You can try again.",
        FaultKind::Unreachable | FaultKind::Slow | FaultKind::Refused | FaultKind::Misconfigured | FaultKind::Clock => {
            "The sign-in did not work. Try again; if it stays like this, ask your administrator."
        }
    };
    let detail = match &error.fault {
        Fault::Provider(code) => code.as_str().to_owned(),
        fault => fault.explanation(),
    };
    page(status, page::failed(&stylesheet(), app.example, sentence, Some(detail)))
}

fn page(status: StatusCode, html: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

fn stylesheet() -> String {
    crate::assets::console().stylesheet
}

/// A header that sets a cookie of the application. `age` is empty for as long as the browser is open.
fn set(app: &DemoApp, name: &str, value: &str, age: &str) -> (HeaderName, String) {
    let path = app.example.path;
    let cookie = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{age}");
    (header::SET_COOKIE, cookie)
}

fn forget(app: &DemoApp, name: &str) -> (HeaderName, String) {
    set(app, name, "", "; Max-Age=0")
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='))
}

fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The cookie of the sign-in with this `state`, which is base64url as long as it is ours.
fn cookie_of(state: &str) -> String {
    format!("{PENDING}{state}")
}

/// Headers that make room for one more sign-in. Browsers send the oldest cookies first (RFC 6265 §5.4).
fn forget_surplus(app: &DemoApp, headers: &HeaderMap) -> Vec<(HeaderName, String)> {
    let begun: Vec<&str> = pairs(headers)
        .map(|(name, _)| name)
        .filter(|name| name.starts_with(PENDING))
        .collect();
    let surplus = (begun.len() + 1).saturating_sub(PENDING_LIMIT);
    begun[..surplus].iter().map(|name| forget(app, name)).collect()
}

fn seal(app: &DemoApp, pending: &Pending) -> String {
    // A struct of texts always serialises.
    let plain = serde_json::to_vec(pending).unwrap_or_default();
    let name = cookie_of(&pending.state);
    URL_SAFE_NO_PAD.encode(app.keyring.seal(Purpose::Cookie, name.as_bytes(), &plain))
}

fn open(app: &DemoApp, headers: &HeaderMap, state: &str) -> Option<Pending> {
    let name = cookie_of(state);
    let bytes = URL_SAFE_NO_PAD.decode(read(headers, &name)?).ok()?;
    let plain = app.keyring.open(Purpose::Cookie, name.as_bytes(), &bytes).ok()?;
    serde_json::from_slice(&plain).ok()
}

#[cfg(test)]
mod tests {
    use doorward_domain::Timestamp;
    use doorward_domain::secret::SecretText;
    use doorward_vault::Keyring;
    use http::HeaderValue;

    use super::*;
    use crate::demo::EXAMPLES;

    fn app() -> DemoApp {
        let keyring = Arc::new(Keyring::from_master([7; 32]));
        let now = Arc::new(|| Timestamp::UNIX_EPOCH);
        DemoApp::new(&EXAMPLES[0], "http://localhost:8080", keyring, now).expect("an application")
    }

    fn pending(state: &str) -> Pending {
        Pending {
            state: state.to_owned(),
            nonce: format!("nonce of {state}"),
            code_verifier: SecretText::new("verifier".to_owned()),
        }
    }

    fn cookies(app: &DemoApp, states: &[&str]) -> HeaderMap {
        let pairs: Vec<String> = states
            .iter()
            .map(|state| format!("{}={}", cookie_of(state), seal(app, &pending(state))))
            .collect();
        let value = HeaderValue::from_str(&pairs.join("; ")).expect("a header");
        HeaderMap::from_iter([(header::COOKIE, value)])
    }

    #[test]
    fn each_tab_has_a_sign_in_of_its_own() {
        let app = app();
        let headers = cookies(&app, &["one", "two"]);
        for state in ["two", "one"] {
            let found = open(&app, &headers, state).expect("begun here");
            assert_eq!(found.nonce, format!("nonce of {state}"));
        }
        assert!(open(&app, &headers, "three").is_none(), "begun elsewhere");
    }

    #[test]
    fn the_oldest_sign_in_makes_room() {
        let app = app();
        let dropped = |states: &[&str]| forget_surplus(&app, &cookies(&app, states));
        assert!(dropped(&["1", "2", "3", "4"]).is_empty());
        assert_eq!(dropped(&["1", "2", "3", "4", "5"]), [forget(&app, &cookie_of("1"))]);
    }
}
