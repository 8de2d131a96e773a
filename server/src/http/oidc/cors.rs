//! Which scripts may read our answers: those of the origins that public applications redirect to (design.md §6.3).
//!
//! Other origins get no permission, and browsers keep the answer from them. None of these endpoints reads a cookie, so
//! credentials are never allowed.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use crate::state::Shared;

/// How long a browser may remember that it may ask, in seconds. Short: an origin that was taken away stays allowed for
/// as long.
const REMEMBERED: &str = "600";

/// The caller's origin, if its scripts may read the answer. Put it before the answer: `(cors, answer)`.
#[derive(Debug, Clone)]
pub struct Cors {
    allowed: Option<HeaderValue>,
}

impl FromRequestParts<Shared> for Cors {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        let known = |origin: &&HeaderValue| {
            origin
                .to_str()
                .is_ok_and(|origin| state.peek().allows_scripts_of(origin))
        };
        let allowed = parts.headers.get(header::ORIGIN).filter(known).cloned();
        Ok(Self { allowed })
    }
}

impl IntoResponseParts for Cors {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        let headers = parts.headers_mut();
        // Said to everybody, or a cache would hand one origin's answer to another.
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("www-authenticate"),
            );
        }
        Ok(parts)
    }
}

/// Answers the question a browser asks before it sends a request with a header of the script's own.
pub async fn preflight(cors: Cors) -> Response {
    let permission = cors.allowed.is_some().then_some([
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, REMEMBERED),
    ]);
    match permission {
        Some(permission) => (StatusCode::NO_CONTENT, cors, permission).into_response(),
        None => (StatusCode::NO_CONTENT, cors, ()).into_response(),
    }
}
