//! A refused server function answers with the status of its refusal, the one of the management API. The framework says 500
//! to all of them, which monitoring would take for faults of ours.

use axum::body::{self, Body};
use axum::response::Response;
use doorward_app::api::error::ConsoleError;
use http::StatusCode;
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use crate::http::api::problem::Problem;

/// Longest refusal, in bytes: each field of the largest form with its sentence.
const LIMIT: usize = 64 * 1024;

/// The answer with its status. What is no refusal of a server function stays as it is.
pub async fn with_status(answer: Response) -> Response {
    let is_refusal = answer.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_refusal || answer.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let sent = body::to_bytes(body, LIMIT).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<ConsoleError>(&sent) {
        parts.status = Problem::from(error).status();
    }
    Response::from_parts(parts, Body::from(sent))
}
