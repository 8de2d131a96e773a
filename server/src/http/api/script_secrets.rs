//! `/api/v1/applications/{key}/secrets`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_domain::audit::Actor;
use doorward_domain::script_secret::{SecretName, SecretNameFault};

use super::Api;
use super::input::{Body, Query};
use super::problem::{Problem, ProblemType};

fn parsed(name: &str) -> Result<SecretName, Problem> {
    name.parse().map_err(|fault: SecretNameFault| {
        Problem::new(ProblemType::Invalid).with_detail(format!("No secret can have this name. {fault}"))
    })
}

/// `GET /applications/{key}/secrets`
pub async fn list(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    Ok(Json(api.applications.script_secrets(&key).await?).into_response())
}

/// `PUT /applications/{key}/secrets/{name}`
pub async fn set(
    State(api): State<Api>,
    Path((key, name)): Path<(String, String)>,
    query: Query,
    Body(body): Body,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let name = parsed(&name)?;
    let draft = crate::service::body::read(body, "")?;
    let secrets = api
        .applications
        .set_script_secret(&Actor::Api, &key, &name, draft)
        .await?;
    Ok(Json(secrets).into_response())
}

/// `DELETE /applications/{key}/secrets/{name}`
pub async fn remove(
    State(api): State<Api>,
    Path((key, name)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let name = parsed(&name)?;
    let secrets = api.applications.remove_script_secret(&Actor::Api, &key, &name).await?;
    Ok(Json(secrets).into_response())
}
