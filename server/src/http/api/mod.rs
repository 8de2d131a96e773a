//! The management API, `/api/v1` (design.md §6.5): JSON in, JSON or problem details out.
//!
//! Owns bearer tokens, content types, ETags and pages; what is done belongs to the same services the console calls.
//! A request passes [`auth`] first, so nothing is parsed for a stranger; then [`input`] reads body and query within
//! bounds; then one service method is called. Which routes there are stands in [`openapi`], beside their description.

mod applications;
mod attempts;
mod audit_events;
mod auth;
mod connection_tests;
mod connections;
mod factor_holders;
mod input;
mod kept_out;
mod mail_reports;
mod openapi;
mod precondition;
pub(super) mod problem;
mod reply;
mod script_secrets;
mod users;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::any;
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

/// Every route below `/api/v1`, as the OpenAPI document has it.
pub fn router(api: Api) -> Router {
    let (mut open, mut guarded) = (Router::new(), Router::new());
    let mut methods = problem::Methods::new();
    for operation in openapi::operations(&mut openapi::generator()) {
        let of_path = methods.entry(operation.path).or_default();
        of_path.push(operation.method.to_uppercase());
        let routes = if operation.is_open { &mut open } else { &mut guarded };
        *routes = std::mem::take(routes).route(operation.path, operation.handler);
    }
    let methods = Arc::new(methods);
    let wrong_method = move |path: Option<MatchedPath>| {
        let problem = problem::wrong_method(&methods, path.as_ref());
        async move { problem }
    };
    let v1 = open
        .merge(guarded.layer(from_fn_with_state(api.clone(), auth::require_token)))
        .method_not_allowed_fallback(wrong_method)
        .fallback(problem::no_such_address)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(problem::complete))
        .with_state(api);
    // What is nested is not asked for the address that ends here.
    let root = any(problem::no_such_address).layer(from_fn(problem::complete));
    Router::new().nest("/api/v1", v1).route("/api/v1/", root)
}
