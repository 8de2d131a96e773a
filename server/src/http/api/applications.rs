//! `/api/v1/applications`.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use doorward_app::api::application::{ApplicationQuery, RehearsalRequest, SavedApplication};
use doorward_app::api::connection::SaveMode;
use doorward_domain::audit::Actor;

use super::Api;
use super::auth::{Scope, Scopes};
use super::input::{Body, Query};
use super::precondition::Precondition;
use super::problem::{Problem, ProblemType};
use super::reply;

/// `GET /applications`
pub async fn list(State(api): State<Api>, mut query: Query) -> Result<Response, Problem> {
    let wanted = ApplicationQuery {
        findings: query.flag("findings")?,
        page: query.page()?,
    };
    let page = api.applications.list(wanted).await?;
    Ok(Json(page).into_response())
}

/// `POST /applications`
pub async fn create(State(api): State<Api>, query: Query, Body(draft): Body) -> Result<Response, Problem> {
    let mode = query.mode()?;
    let saved = api.applications.create(&Actor::Api, draft, mode).await?;
    Ok(match mode {
        SaveMode::DryRun => reply::preview(&saved),
        SaveMode::Save | SaveMode::UnlessItBreaks => {
            let path = format!("applications/{}", saved.application.id);
            reply::created(&path, saved.application.version, &saved)
        }
    })
}

/// `GET /applications/{key}`
pub async fn find(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    let application = api.applications.find(&key).await?;
    Ok(reply::item(application.version, &application))
}

/// `PUT /applications/{key}`
pub async fn replace(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
    Body(draft): Body,
) -> Result<Response, Problem> {
    let (mode, expected) = (query.mode()?, condition.expected()?);
    let saved = api.applications.replace(&Actor::Api, &key, expected, draft, mode).await;
    Ok(answer(mode, &saved.map_err(|error| condition.refuse(error))?))
}

/// `PATCH /applications/{key}`
pub async fn patch(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
    Body(patch): Body,
) -> Result<Response, Problem> {
    let (mode, expected) = (query.mode()?, condition.expected()?);
    let saved = api.applications.patch(&Actor::Api, &key, expected, patch, mode).await;
    Ok(answer(mode, &saved.map_err(|error| condition.refuse(error))?))
}

fn answer(mode: SaveMode, saved: &SavedApplication) -> Response {
    match mode {
        SaveMode::DryRun => reply::preview(saved),
        SaveMode::Save | SaveMode::UnlessItBreaks => reply::item(saved.application.version, saved),
    }
}

/// `DELETE /applications/{key}`
pub async fn delete(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let expected = condition.expected()?;
    let deleted = api.applications.delete(&Actor::Api, &key, expected).await;
    deleted.map_err(|error| condition.refuse(error))?;
    Ok(reply::gone())
}

/// `POST /applications/{key}/client-secret`
pub async fn regenerate(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let expected = condition.expected()?;
    let saved = api.applications.regenerate_secret(&Actor::Api, &key, expected).await;
    let saved = saved.map_err(|error| condition.refuse(error))?;
    Ok(reply::item(saved.application.version, &saved))
}

/// `GET /applications/{key}/flow-versions`, newest first
pub async fn flow_versions(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    let query = query.only(&["limit", "cursor"])?.page()?;
    Ok(Json(api.applications.flow_versions(&key, query).await?).into_response())
}

/// `POST /analyses`
pub async fn analyse(State(api): State<Api>, query: Query, Body(body): Body) -> Result<Response, Problem> {
    query.only(&[])?;
    let request = crate::service::body::read(body, "")?;
    Ok(Json(api.applications.analyse(request).await?).into_response())
}

/// `POST /analyses/rehearsal`. A script can read whatever is known of a real person, so it takes the right to read them.
pub async fn rehearse(
    State(api): State<Api>,
    Extension(scopes): Extension<Scopes>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let request: RehearsalRequest = crate::service::body::read(body, "")?;
    let users = Scope {
        resource: "users",
        write: false,
    };
    if request.user.is_some() && !scopes.allow(users) {
        return Err(Problem::new(ProblemType::Forbidden));
    }
    Ok(Json(api.applications.rehearse(request).await?).into_response())
}
