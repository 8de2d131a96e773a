//! Routes by audience: people who sign in (`hosted`, `federation`), applications (`oidc`), administrators (`console`,
//! `api`), operators (`health`).
//!
//! A request passes the layers of `layers` and ends in one handler, which loads, asks, and answers. Nothing here
//! decides: moves of a sign-in are in [`crate::signin`], what administrators do in [`crate::service`].

pub mod account;
pub mod api;
pub mod console;
pub mod federation;
pub mod health;
pub mod hosted;
pub mod layers;
pub mod metrics;
pub mod oidc;
pub mod request;
pub mod set_up;
pub mod sign_in_to_console;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::get;
use doorward_app::hosted::UserMessage;
use http::StatusCode;

use crate::service::Services;
use crate::signin::cookie;
use crate::signin::hop::Hop;
use crate::state::Shared;
use crate::{demo, test_idp};

/// Parts that only some servers have.
#[derive(Default)]
pub struct Extras {
    pub test_idp: Option<Arc<test_idp::TestIdp>>,
    pub demo: Vec<Arc<demo::DemoApp>>,
}

/// Every route.
pub fn router(state: &Shared, services: &Services, extras: Extras) -> Router {
    let api = api::Api {
        connections: services.connections.clone(),
        applications: services.applications.clone(),
        users: services.users.clone(),
        audit: services.audit.clone(),
        attempts: services.attempts.clone(),
        mail_reports: services.mail_reports.clone(),
        tokens: Arc::new(api::Tokens::from_config(state.config.api_token.as_ref())),
    };
    let with_cookies = Router::new()
        .merge(hosted::router())
        .merge(federation::router(services.tests.clone()))
        .merge(account::router())
        .merge(sign_in_to_console::router())
        .merge(set_up::router())
        .merge(console::router(state, services))
        .method_not_allowed_fallback(another_method)
        .layer(from_fn_with_state(state.clone(), layers::same_site));
    // Another site may send people here with a form: that is how these endpoints are made.
    let language = from_fn_with_state(state.clone(), layers::language);
    let for_applications = Router::new()
        .merge(oidc::authorize::router())
        .merge(
            oidc::logout::router()
                .method_not_allowed_fallback(another_method)
                .layer(language),
        )
        .merge(oidc::token::router())
        .merge(oidc::userinfo::router())
        .merge(oidc::introspect::router())
        .merge(oidc::revoke::router())
        .merge(oidc::keys::router());
    let mut needs_configuration = with_cookies
        .merge(for_applications)
        .merge(federation::for_providers())
        .merge(api::router(api).with_state(()));
    if let Some(idp) = extras.test_idp {
        needs_configuration = needs_configuration.merge(test_idp::router(idp));
    }
    if state.mail.is_mailbox() {
        needs_configuration = needs_configuration.merge(crate::mail::mailbox::router());
    }
    for app in extras.demo {
        needs_configuration = needs_configuration.merge(demo::router(app));
    }
    needs_configuration
        .layer(from_fn_with_state(state.clone(), layers::loaded))
        .merge(health::router())
        .merge(crate::assets::router())
        .route("/", get(|| async { Redirect::to("/console") }))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(oidc::form::BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), layers::trace))
        .with_state(state.clone())
}

/// An address of people that takes no such request, such as a form's that was typed into the browser's bar. What else
/// it takes stands in `Allow`, which the router adds.
async fn another_method(hop: Hop) -> Response {
    let mut response = hosted::trouble::plain(&hop, UserMessage::PageNotFound, None, None);
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

async fn nowhere(hop: Hop) -> Response {
    let mut response = hosted::trouble::plain(&hop, UserMessage::PageNotFound, None, None);
    let chosen = hop.repeatable.as_ref();
    let chosen = chosen.and_then(|uri| layers::chosen_language(&hop.state, uri, &hop.headers));
    cookie::append(response.headers_mut(), chosen);
    response
}
