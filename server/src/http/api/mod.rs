//! The management API, `/api/v1` (design.md §6.5): JSON in, JSON or problem details out.
//!
//! Owns bearer tokens, content types, ETags and pages; what is done belongs to the same services the console calls.
//! A request passes [`auth`] first, so nothing is parsed for a stranger; then [`input`] reads body and query within
//! bounds; then one service method is called.

mod applications;
mod attempts;
mod audit_events;
mod auth;
mod connection_tests;
mod connections;
mod factor_holders;
mod input;
mod mail_reports;
mod openapi;
mod precondition;
pub(super) mod problem;
mod reply;
mod script_secrets;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use doorward_app::api::application::Applications;
use doorward_app::api::attempt::Attempts;
use doorward_app::api::audit::AuditLog;
use doorward_app::api::connection::Connections;
use doorward_app::api::user::Users;

use crate::service::MailReports;

pub use auth::Tokens;
pub use problem::{Problem, ProblemType};

/// Largest body, in bytes: a connection with every field filled is a tenth of it.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// What the API works with.
#[derive(Clone)]
pub struct Api {
    pub connections: Connections,
    pub applications: Applications,
    pub users: Users,
    pub audit: AuditLog,
    pub attempts: Attempts,
    pub mail_reports: MailReports,
    pub tokens: Arc<Tokens>,
}

/// Every route below `/api/v1`.
pub fn router(api: Api) -> Router {
    let guarded = Router::new()
        .route("/connections", get(connections::list).post(connections::create))
        .route(
            "/connections/{key}",
            get(connections::find)
                .put(connections::replace)
                .patch(connections::patch)
                .delete(connections::delete),
        )
        .route(
            "/connections/discovery",
            axum::routing::post(connection_tests::discover),
        )
        .route("/connections/{key}/tests", axum::routing::post(connection_tests::start))
        .route("/connections/{key}/tests/{test}", get(connection_tests::find))
        .route(
            "/connections/{key}/factor-holders",
            get(factor_holders::list).delete(factor_holders::erase_all),
        )
        .route(
            "/connections/{key}/factor-holders/{holder}",
            axum::routing::delete(factor_holders::erase),
        )
        .route("/applications", get(applications::list).post(applications::create))
        .route(
            "/applications/{key}",
            get(applications::find)
                .put(applications::replace)
                .patch(applications::patch)
                .delete(applications::delete),
        )
        .route(
            "/applications/{key}/client-secret",
            axum::routing::post(applications::regenerate),
        )
        .route("/applications/{key}/secrets", get(script_secrets::list))
        .route(
            "/applications/{key}/secrets/{name}",
            axum::routing::put(script_secrets::set).delete(script_secrets::remove),
        )
        .route("/applications/{key}/flow-versions", get(applications::flow_versions))
        .route("/users", get(users::list).post(users::create))
        .route(
            "/users/{key}",
            get(users::find).patch(users::patch).delete(users::delete),
        )
        .route("/users/{key}/sign-out", axum::routing::post(users::sign_out))
        .route("/users/{key}/links", axum::routing::delete(users::unlink))
        .route(
            "/users/{key}/factors/{kind}",
            axum::routing::delete(users::reset_factor),
        )
        .route(
            "/users/{key}/passkeys/{passkey}",
            axum::routing::delete(users::remove_passkey),
        )
        .route("/attempts", get(attempts::list))
        .route("/attempts/{key}", get(attempts::find))
        .route("/audit-events", get(audit_events::list))
        .route("/mail-reports", axum::routing::post(mail_reports::receive))
        .route("/analyses", axum::routing::post(applications::analyse))
        .route("/analyses/rehearsal", axum::routing::post(applications::rehearse))
        .layer(from_fn_with_state(api.clone(), auth::require_token));
    let v1 = Router::new()
        .route("/openapi.json", get(openapi::document))
        .merge(guarded)
        .method_not_allowed_fallback(problem::wrong_method)
        .fallback(problem::no_such_address)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(problem::complete))
        .with_state(api);
    Router::new().nest("/api/v1", v1)
}
