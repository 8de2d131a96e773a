//! `/api/v1/connections/{key}/factor-holders`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::error::ConsoleError;
use doorward_domain::audit::Actor;
use doorward_domain::id::AccountId;

use super::Api;
use super::input::Query;
use super::problem::Problem;
use super::reply;

/// `GET /connections/{key}/factor-holders`
pub async fn list(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    let query = query.only(&["limit", "cursor"])?.page()?;
    Ok(Json(api.connections.factor_holders(&key, query).await?).into_response())
}

/// `DELETE /connections/{key}/factor-holders`
pub async fn erase_all(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    Ok(Json(api.connections.erase_factor_holders(&Actor::Api, &key).await?).into_response())
}

/// `DELETE /connections/{key}/factor-holders/{holder}`
pub async fn erase(
    State(api): State<Api>,
    Path((key, holder)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let holder: AccountId = holder.parse().map_err(|_| ConsoleError::NotFound)?;
    api.connections.erase_factor_holder(&Actor::Api, &key, &holder).await?;
    Ok(reply::gone())
}
