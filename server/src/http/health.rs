//! For whoever runs us: whether the process lives, whether it can serve, and what it counted.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use crate::state::Shared;

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// The endpoints.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
}

/// The process answers. Says nothing about the database: restarting us does not bring it back.
async fn live() -> Response {
    (NO_STORE, "live\n").into_response()
}

/// Whether to send us requests: configuration loaded, database answering (F9).
async fn ready(State(state): State<Shared>) -> Response {
    if state.is_ready() {
        return (NO_STORE, "ready\n").into_response();
    }
    let why = if state.is_loaded() {
        "the database does not answer\n"
    } else {
        "starting\n"
    };
    (StatusCode::SERVICE_UNAVAILABLE, NO_STORE, why).into_response()
}

async fn metrics(State(state): State<Shared>) -> Response {
    let text = state.metrics.print(state.store.counters(), state.is_ready());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    (NO_STORE, [(header::CONTENT_TYPE, content_type)], text).into_response()
}
