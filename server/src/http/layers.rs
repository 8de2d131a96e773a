//! What surrounds the routes: request ids, limits, cross-site posts, waiting for the database.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use doorward_app::hosted::Language;
use futures::{FutureExt, stream};
use http::header::{CONTENT_LENGTH, ORIGIN, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use tracing::Instrument;

use super::hosted::page;
use super::request::RequestId;
use crate::signin::cookie::{self, Cookies, LANGUAGE};
use crate::state::Shared;

/// Names a request in answers, pages and logs.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longest path and query, in bytes.
const URI_LIMIT: usize = 16 * 1024;
/// Largest body that any route takes, in bytes.
const BODY_CEILING: u64 = 1024 * 1024;
/// Part of what stands in for a body that is too large.
static FILLER: [u8; 64 * 1024] = [0; 64 * 1024];
/// Longest a request may take, its body included (F25).
const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// How long a browser keeps the language that was chosen on a page, in seconds.
const LANGUAGE_SECONDS: i64 = 365 * 24 * 3600;

/// Gives each request an id of ours, counts and logs its answer, and ends it when it takes too long. An id that comes
/// from outside is not taken over: logs would hold whatever a stranger wrote.
pub async fn trace(State(state): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = format!("req_{}", state.random.short());
    request.extensions_mut().insert(RequestId(id.clone()));
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", request_id = id, %method, path);
    let started = tokio::time::Instant::now();
    let run = tokio::time::timeout(REQUEST_LIMIT, answer(request, next));
    let mut response = run
        .instrument(span.clone())
        .await
        .unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response());
    let status = response.status().as_u16();
    state.metrics.answered(status);
    span.in_scope(|| tracing::debug!(status, micros = started.elapsed().as_micros() as u64, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

async fn answer(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if length > URI_LIMIT {
        return StatusCode::URI_TOO_LONG.into_response();
    }
    // A fault of ours must not take the connection with it: the person gets an answer, the operator a line.
    let run = std::panic::AssertUnwindSafe(next.run(unless_announced(request))).catch_unwind();
    run.await.unwrap_or_else(|_| {
        tracing::error!("a handler panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// A body that is announced larger than any route takes is not waited for (F26). The route gets as much at once as makes
/// it refuse, in the form in which it refuses.
fn unless_announced(request: Request) -> Request {
    let announced = request.headers().get(CONTENT_LENGTH);
    let length = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_none_or(|length| length <= BODY_CEILING) {
        return request;
    }
    let one_too_many = BODY_CEILING as usize / FILLER.len() + 1;
    let parts = std::iter::repeat_n(Ok::<_, Infallible>(Bytes::from_static(&FILLER)), one_too_many);
    request.map(|_| Body::from_stream(stream::iter(parts)))
}

/// Refuses what needs the configuration until it has been loaded (F9).
pub async fn loaded(State(state): State<Shared>, request: Request, next: Next) -> Response {
    if state.is_loaded() {
        return next.run(request).await;
    }
    let sentence = "The service is starting or waits for its database. Try again in a moment.\n";
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")], sentence).into_response()
}

/// Refuses posts that another site's page sent with our cookies. Browsers say where a request comes from in
/// `Sec-Fetch-Site`; older ones in `Origin`. A request with neither carries no cookies of a page worth protecting, and
/// every form has its own token besides. What is let through goes on to [`language`], in the same layer, because each
/// costs every sign-in.
pub async fn same_site(state: State<Shared>, request: Request, next: Next) -> Response {
    if is_safe(request.method()) || comes_from_us(&state, &request) {
        return language(state, request, next).await;
    }
    (StatusCode::FORBIDDEN, "This request comes from another site.\n").into_response()
}

/// Remembers the language that somebody chose by a link of a page, so that the pages after it speak it too.
pub async fn language(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let chosen = (request.method() == Method::GET)
        .then(|| chosen_language(&state, request.uri(), request.headers()))
        .flatten();
    let mut response = next.run(request).await;
    cookie::append(response.headers_mut(), chosen);
    response
}

/// The cookie for the language that a GET says. An application says what it asks for below `/oauth2/`, and other sites
/// show a page in a language: neither chooses one.
pub fn chosen_language(state: &Shared, uri: &Uri, headers: &HeaderMap) -> Option<HeaderValue> {
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_ours = matches!(from, None | Some(b"same-origin" | b"none"));
    if !is_ours || uri.path().starts_with("/oauth2/") {
        return None;
    }
    let language = Language::of_tag(&page::asked_language(uri)?)?;
    language_cookie(Cookies::new(state.config.public_url.is_secure()), language)
}

/// The cookie that keeps a language somebody chose.
#[must_use]
pub fn language_cookie(cookies: Cookies, language: Language) -> Option<HeaderValue> {
    cookies.set(LANGUAGE, language.tag(), Some(LANGUAGE_SECONDS))
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn comes_from_us(state: &Shared, request: &Request) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some("same-origin" | "none"), _) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == state.issuer(),
        (None, None) => true,
    }
}
