//! `/api/v1/connections/{key}/kept-out`.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use doorward_domain::audit::Actor;

use super::Api;
use super::input::{Query, parameter};
use super::problem::Problem;

/// `GET /connections/{key}/kept-out`
pub async fn count(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    query.only(&[])?;
    Ok(Json(api.connections.kept_out(&key).await?).into_response())
}

/// `DELETE /connections/{key}/kept-out` for all of them, `?issuer=…&subject=…` for one. Half of a name is refused: it
/// must not let everybody in.
pub async fn let_in(State(api): State<Api>, Path(key): Path<String>, query: Query) -> Result<Response, Problem> {
    let mut query = query.only(&["issuer", "subject"])?;
    let let_in = match (query.take("issuer"), query.take("subject")) {
        (None, None) => api.connections.let_in_all(&Actor::Api, &key).await?,
        (Some(issuer), Some(subject)) => api.connections.let_in(&Actor::Api, &key, &issuer, &subject).await?,
        (Some(_), None) => return Err(parameter("subject", "This parameter is needed beside the issuer.")),
        (None, Some(_)) => return Err(parameter("issuer", "This parameter is needed beside the subject.")),
    };
    Ok(Json(let_in).into_response())
}
