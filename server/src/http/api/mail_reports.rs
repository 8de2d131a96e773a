//! `/api/v1/mail-reports`.

use axum::extract::State;
use axum::http::StatusCode;

use super::Api;
use super::input::{Body, Query};
use super::problem::Problem;

/// `POST /mail-reports`
pub async fn receive(State(api): State<Api>, query: Query, Body(body): Body) -> Result<StatusCode, Problem> {
    query.only(&[])?;
    api.mail_reports.receive(body).await?;
    Ok(StatusCode::NO_CONTENT)
}
