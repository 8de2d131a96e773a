//! `/api/v1/connections/discovery` and `/api/v1/connections/{key}/tests`: what has to do with the provider itself.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::connection::DiscoveryRequest;
use doorward_app::api::error::ConsoleError;
use doorward_domain::id::TransactionId;

use super::Api;
use super::input::{Body, Query};
use super::problem::Problem;
use super::reply;

/// `POST /connections/discovery`
pub async fn discover(State(api): State<Api>, query: Query, Body(body): Body) -> Result<Response, Problem> {
    query.only(&[])?;
    let wanted: DiscoveryRequest = crate::service::body::read(body, "")?;
    let found = api.connections.discover(wanted.issuer.trim()).await??;
    Ok(Json(found).into_response())
}

/// `POST /connections/{key}/tests`
pub async fn start(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    let test = api.connections.start_linked_test(&key).await??;
    Ok(reply::begun(&format!("connections/{key}/tests/{}", test.id), &test))
}

/// `GET /connections/{key}/tests/{test}`
pub async fn find(
    State(api): State<Api>,
    Path((key, test)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let id: TransactionId = test.parse().map_err(|_| ConsoleError::NotFound)?;
    Ok(Json(api.connections.find_linked_test(&key, &id).await?).into_response())
}
