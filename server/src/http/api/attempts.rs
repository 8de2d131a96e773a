//! `/api/v1/attempts`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::attempt::AttemptQuery;

use super::Api;
use super::input::Query;
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
    let wanted = AttemptQuery {
        q: query.text("q")?,
        application: query.text("application")?,
        connection: query.text("connection")?,
        outcome: query.text("outcome")?,
        page: query.text("page")?,
        request: query.text("request")?,
        since: query.text("since")?,
        until: query.text("until")?,
        cursor: query.text("cursor")?,
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
