//! `/api/v1/audit-events`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_app::api::audit::AuditQuery;

use super::Api;
use super::input::Query;
use super::problem::Problem;

/// What the list may be narrowed by.
pub const FILTERS: &[&str] = &["q", "action", "account", "application", "connection", "limit", "cursor"];

/// `GET /audit-events`, newest first.
pub async fn list(State(api): State<Api>, query: Query) -> Result<Response, Problem> {
    let mut query = query.only(FILTERS)?;
    let limit = query.limit()?;
    let wanted = AuditQuery {
        q: query.text("q")?,
        action: query.take("action"),
        account: query.take("account"),
        application: query.take("application"),
        connection: query.take("connection"),
        limit,
        cursor: query.take("cursor"),
    };
    Ok(Json(api.audit.list(wanted).await?).into_response())
}
