//! `/api/v1/attempts`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::attempt::AttemptQuery;

use super::Api;
use super::input::{Query, parameter};
use super::problem::Problem;

/// What the list may be narrowed by.
pub const FILTERS: &[&str] = &[
    "q",
    "application",
    "connection",
    "outcome",
    "page",
    "request",
    "since",
    "until",
    "limit",
    "cursor",
];

/// `GET /attempts`, newest first.
pub async fn list(State(api): State<Api>, query: Query) -> Result<Response, Problem> {
    let mut query = query.only(FILTERS)?;
    let limit = query.limit()?;
    let mut text = |name: &str| match query.take(name) {
        Some(text) if text.len() > 1000 || text.contains('\0') => Err(parameter(name, "Use at most 1,000 characters.")),
        text => Ok(text),
    };
    let wanted = AttemptQuery {
        q: text("q")?,
        application: text("application")?,
        connection: text("connection")?,
        outcome: text("outcome")?,
        page: text("page")?,
        request: text("request")?,
        since: text("since")?,
        until: text("until")?,
        cursor: text("cursor")?,
        days: None,
        limit,
    };
    Ok(Json(api.attempts.list(wanted).await?).into_response())
}

/// `GET /attempts/{key}`.
pub async fn find(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    Ok(Json(api.attempts.find(&key).await?).into_response())
}
