//! What anybody may know about us: the discovery document and the public keys.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_app::hosted::Language;
use doorward_domain::assurance::{ONE_FACTOR, TWO_FACTORS};
use doorward_oidc::discovery::{Features, document, path};
use doorward_vault::sha256;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::cors::{Cors, preflight};
use crate::state::Shared;

/// The same document where OAuth programs look for it (RFC 8414 §3).
const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
/// How long both documents may be cached, in seconds. A new key is published for longer than this before it signs.
pub const CACHED_SECONDS: u32 = 300;

/// The endpoints.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(path::OPENID_CONFIGURATION, get(discovery).options(preflight))
        .route(AUTHORIZATION_SERVER, get(discovery).options(preflight))
        .route(path::JWKS, get(jwks).options(preflight))
}

async fn discovery(State(state): State<Shared>, cors: Cors, headers: HeaderMap) -> (Cors, Response) {
    let ui_locales = Language::ALL.map(Language::tag);
    let features = Features {
        ui_locales: &ui_locales,
        acr_values: &[ONE_FACTOR, TWO_FACTORS],
        registration: false,
    };
    (cors, respond(&headers, &document(state.issuer(), &features)))
}

async fn jwks(State(state): State<Shared>, cors: Cors, headers: HeaderMap) -> (Cors, Response) {
    if !state.is_loaded() {
        // An empty set would be believed, and cached.
        return (
            cors,
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response(),
        );
    }
    let keys = state.peek().keys.jwks(state.now());
    (cors, respond(&headers, &keys))
}

fn respond(request: &HeaderMap, document: &Value) -> Response {
    let body = document.to_string();
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&sha256(body.as_bytes())[..16]));
    let cached = format!("public, max-age={CACHED_SECONDS}");
    let headers = [(header::CACHE_CONTROL, cached), (header::ETAG, etag.clone())];
    if is_known(request, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, json, body).into_response()
}

/// Whether the caller has this version (RFC 9110 §13.1.2; the comparison is weak).
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    let values = request
        .get_all(header::IF_NONE_MATCH)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
