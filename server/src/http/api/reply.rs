//! Answers with ETag and Location.

use axum::Json;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// The item with its ETag.
pub fn item(version: i64, body: &impl Serialize) -> Response {
    with_header(Json(body).into_response(), ETAG, &format!("\"{version}\""))
}

/// 201 with the address of the new item.
pub fn created(path: &str, version: i64, body: &impl Serialize) -> Response {
    let mut response = item(version, body);
    *response.status_mut() = StatusCode::CREATED;
    with_header(response, LOCATION, &format!("/api/v1/{path}"))
}

/// 201 with the address of something that has no versions.
pub fn begun(path: &str, body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    *response.status_mut() = StatusCode::CREATED;
    with_header(response, LOCATION, &format!("/api/v1/{path}"))
}

/// What would be, without an ETag: there is no such version.
pub fn preview(body: &impl Serialize) -> Response {
    Json(body).into_response()
}

/// 204.
pub fn gone() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
