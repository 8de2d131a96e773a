//! `/api/v1/connections`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::connection::{ConnectionQuery, SaveMode, SavedConnection};
use doorward_domain::audit::Actor;

use super::Api;
use super::input::{Body, Query};
use super::precondition::Precondition;
use super::problem::Problem;
use super::reply;

/// `GET /connections`
pub async fn list(State(api): State<Api>, mut query: Query) -> Result<Response, Problem> {
    let wanted = ConnectionQuery {
        enabled: query.flag("enabled")?,
        jit: query.flag("jit")?,
        page: query.page()?,
    };
    let page = api.connections.list(wanted).await?;
    Ok(Json(page).into_response())
}

/// `POST /connections`
pub async fn create(State(api): State<Api>, query: Query, Body(draft): Body) -> Result<Response, Problem> {
    let mode = query.mode()?;
    let saved = api.connections.create(&Actor::Api, draft, mode).await?;
    Ok(match mode {
        SaveMode::DryRun => reply::preview(&saved),
        SaveMode::Save | SaveMode::UnlessItBreaks => {
            let path = format!("connections/{}", saved.connection.id);
            reply::created(&path, saved.connection.version, &saved)
        }
    })
}

/// `GET /connections/{key}`
pub async fn find(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    let connection = api.connections.find(&key).await?;
    Ok(reply::item(connection.version, &connection))
}

/// `PUT /connections/{key}`
pub async fn replace(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
    Body(draft): Body,
) -> Result<Response, Problem> {
    let (mode, expected) = (query.mode()?, condition.expected()?);
    let saved = api.connections.replace(&Actor::Api, &key, expected, draft, mode).await;
    Ok(answer(mode, &saved.map_err(|error| condition.refuse(error))?))
}

/// `PATCH /connections/{key}`
pub async fn patch(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
    Body(patch): Body,
) -> Result<Response, Problem> {
    let (mode, expected) = (query.mode()?, condition.expected()?);
    let saved = api.connections.patch(&Actor::Api, &key, expected, patch, mode).await;
    Ok(answer(mode, &saved.map_err(|error| condition.refuse(error))?))
}

fn answer(mode: SaveMode, saved: &SavedConnection) -> Response {
    match mode {
        SaveMode::DryRun => reply::preview(saved),
        SaveMode::Save | SaveMode::UnlessItBreaks => reply::item(saved.connection.version, saved),
    }
}

/// `DELETE /connections/{key}`
pub async fn delete(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let expected = condition.expected()?;
    let deleted = api.connections.delete(&Actor::Api, &key, expected).await;
    deleted.map_err(|error| condition.refuse(error))?;
    Ok(reply::gone())
}
