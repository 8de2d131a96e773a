//! The pages of a demo application.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_federation::UntrustedCallback;
use doorward_vault::Purpose;
use http::{HeaderMap, HeaderName, StatusCode, header};

use super::page;
use super::relying_party::{DemoApp, Pending};

/// A sign-in that has begun.
const PENDING: &str = "doorward_demo_app";
/// Somebody who is signed in.
const SESSION: &str = "doorward_demo_session";

/// The routes of the application, below the server's root.
pub fn router<S: Clone + Send + Sync + 'static>(app: Arc<DemoApp>) -> Router<S> {
    let example = app.example;
    Router::new()
        .route(example.path, get(home))
        .route(&format!("{}/sign-in", example.path), post(sign_in))
        .route(&format!("{}/sign-out", example.path), post(sign_out))
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

async fn sign_in(State(app): State<Arc<DemoApp>>) -> Response {
    match app.begin().await {
        Ok((begun, pending)) => {
            let kept = set(&app, PENDING, &seal(&app, &pending), "; Max-Age=900");
            (AppendHeaders([kept]), Redirect::to(begun.url.as_str())).into_response()
        }
        Err(error) => failed(&app, StatusCode::BAD_GATEWAY, &error.explanation()),
    }
}

async fn callback(State(app): State<Arc<DemoApp>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let Some(pending) = open(&app, &headers) else {
        return failed(
            &app,
            StatusCode::BAD_REQUEST,
            "This browser has not started a sign-in here. Start again.",
        );
    };
    let Ok(answer) = UntrustedCallback::parse(&query.unwrap_or_default()) else {
        return failed(
            &app,
            StatusCode::BAD_REQUEST,
            "The answer could not be read. Start again.",
        );
    };
    match app.finish(answer, &pending).await {
        Ok(assertion) => {
            end_session(&app, &headers);
            let id = app.sessions.begin(assertion, (app.now)());
            let cookies = [forget(&app, PENDING), set(&app, SESSION, &id, "")];
            (AppendHeaders(cookies), Redirect::to(app.example.path)).into_response()
        }
        Err(error) => failed(&app, StatusCode::BAD_REQUEST, &error.explanation()),
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
    page(status, page::failed(&stylesheet(), app.example, sentence))
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

fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn seal(app: &DemoApp, pending: &Pending) -> String {
    // A struct of texts always serialises.
    let plain = serde_json::to_vec(pending).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(app.keyring.seal(Purpose::Cookie, PENDING.as_bytes(), &plain))
}

fn open(app: &DemoApp, headers: &HeaderMap) -> Option<Pending> {
    let bytes = URL_SAFE_NO_PAD.decode(read(headers, PENDING)?).ok()?;
    let plain = app.keyring.open(Purpose::Cookie, PENDING.as_bytes(), &bytes).ok()?;
    serde_json::from_slice(&plain).ok()
}
