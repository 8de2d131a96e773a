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
use http::{HeaderMap, StatusCode, header};

use super::page;
use super::relying_party::{DemoApp, Pending};

const COOKIE: &str = "doorward_demo_app";

/// The routes of the application, below the server's root.
pub fn router<S: Clone + Send + Sync + 'static>(app: Arc<DemoApp>) -> Router<S> {
    let example = app.example;
    Router::new()
        .route(example.path, get(welcome))
        .route(&format!("{}/sign-in", example.path), post(sign_in))
        .route(&example.callback_path(), get(callback))
        .with_state(app)
}

async fn welcome(State(app): State<Arc<DemoApp>>) -> Response {
    page(StatusCode::OK, page::welcome(&stylesheet(), app.example))
}

async fn sign_in(State(app): State<Arc<DemoApp>>) -> Response {
    match app.begin().await {
        Ok((begun, pending)) => {
            let cookie = format!(
                "{COOKIE}={}; Path={}; HttpOnly; SameSite=Lax; Max-Age=900",
                seal(&app, &pending),
                app.example.path
            );
            (
                AppendHeaders([(header::SET_COOKIE, cookie)]),
                Redirect::to(begun.url.as_str()),
            )
                .into_response()
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
            let forget = format!(
                "{COOKIE}=; Path={}; HttpOnly; SameSite=Lax; Max-Age=0",
                app.example.path
            );
            let shown = page(StatusCode::OK, page::signed_in(&stylesheet(), app.example, &assertion));
            (AppendHeaders([(header::SET_COOKIE, forget)]), shown).into_response()
        }
        Err(error) => failed(&app, StatusCode::BAD_REQUEST, &error.explanation()),
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

fn seal(app: &DemoApp, pending: &Pending) -> String {
    // A struct of texts always serialises.
    let plain = serde_json::to_vec(pending).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(app.keyring.seal(Purpose::Cookie, COOKIE.as_bytes(), &plain))
}

fn open(app: &DemoApp, headers: &HeaderMap) -> Option<Pending> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = cookies
        .flat_map(|line| line.split("; "))
        .filter_map(|pair| pair.split_once('='));
    let sealed = pairs
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
        .next()?;
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    serde_json::from_slice(&app.keyring.open(Purpose::Cookie, COOKIE.as_bytes(), &bytes).ok()?).ok()
}
