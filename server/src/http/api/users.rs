//! `/api/v1/users`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_app::api::error::ConsoleError;
use doorward_domain::audit::Actor;
use doorward_domain::factor::FactorKind;
use doorward_domain::subject::LinkKey;

use super::Api;
use super::input::{Body, Query, parameter};
use super::precondition::Precondition;
use super::problem::Problem;
use super::reply;
use crate::service::body::read;

/// `GET /users`
pub async fn list(State(api): State<Api>, query: Query) -> Result<Response, Problem> {
    let page = api.users.list(query.page()?).await?;
    Ok(Json(page).into_response())
}

/// `POST /users`
pub async fn create(State(api): State<Api>, query: Query, Body(body): Body) -> Result<Response, Problem> {
    query.only(&[])?;
    let user = api.users.create(&Actor::Api, read(body, "")?).await?;
    Ok(reply::created(
        &format!("users/{}", user.summary.id),
        user.version,
        &user,
    ))
}

/// `GET /users/{key}`
pub async fn find(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    let user = api.users.find(&key).await?;
    Ok(reply::item(user.version, &user))
}

/// `PATCH /users/{key}`
pub async fn patch(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
    Body(body): Body,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let expected = condition.expected()?;
    let user = api.users.patch(&Actor::Api, &key, expected, read(body, "")?).await;
    let user = user.map_err(|error| condition.refuse(error))?;
    Ok(reply::item(user.version, &user))
}

/// `DELETE /users/{key}?keep_out=…`
pub async fn delete(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
) -> Result<Response, Problem> {
    let mut query = query.only(&["keep_out"])?;
    let keep_out = query.flag("keep_out")?.unwrap_or(false);
    let expected = condition.expected()?;
    let deleted = api.users.delete(&Actor::Api, &key, expected, keep_out).await;
    deleted.map_err(|error| condition.refuse(error))?;
    Ok(reply::gone())
}

/// `POST /users/{key}/sign-out`
pub async fn sign_out(
    State(api): State<Api>,
    Path(key): Path<String>,
    query: Query,
    condition: Precondition,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let expected = condition.expected()?;
    let user = api.users.sign_out_everywhere(&Actor::Api, &key, expected).await;
    let user = user.map_err(|error| condition.refuse(error))?;
    Ok(reply::item(user.version, &user))
}

/// `DELETE /users/{key}/factors/{kind}`
pub async fn reset_factor(
    State(api): State<Api>,
    Path((key, kind)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let kind = FactorKind::from_word(&kind).ok_or(ConsoleError::NotFound)?;
    let user = api.users.reset_factor(&Actor::Api, &key, kind).await?;
    Ok(reply::item(user.version, &user))
}

/// `DELETE /users/{key}/passkeys/{passkey}`
pub async fn remove_passkey(
    State(api): State<Api>,
    Path((key, passkey)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Problem> {
    query.only(&[])?;
    let passkey = passkey.parse().map_err(|_| ConsoleError::NotFound)?;
    let user = api.users.remove_passkey(&Actor::Api, &key, &passkey).await?;
    Ok(reply::item(user.version, &user))
}

/// `DELETE /users/{key}/links?connection=…&issuer=…&subject=…`
pub async fn unlink(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    let mut query = query.only(&["connection", "issuer", "subject"])?;
    let mut needed = |name: &str| {
        query
            .take(name)
            .ok_or_else(|| parameter(name, "This parameter is needed."))
    };
    let connection = needed("connection")?;
    let link = LinkKey {
        connection: connection
            .parse()
            .map_err(|_| parameter("connection", "Use the connection's id, con_…."))?,
        issuer: needed("issuer")?,
        subject: needed("subject")?,
    };
    let user = api.users.unlink(&Actor::Api, &key, &link).await?;
    Ok(reply::item(user.version, &user))
}
