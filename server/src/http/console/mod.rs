//! The console's pages and server functions, for administrators alone.
//!
//! Who may enter is decided here, once for all pages and functions: the browser's session must be an administrator's.
//! A page sends strangers to sign in; a function without an administrator in its context answers that it has none.

mod fresh_secret;
mod policy;
mod proof;
mod refused;
mod refused_form;
mod test_link;

use std::sync::Arc;

use axum::Router;
use axum::body::{self, Body};
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use doorward_app::api::application::FreshSecrets;
use doorward_app::api::session::Entrance;
use doorward_app::console;
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue, SET_COOKIE};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use super::hosted::{page, trouble};
use super::request::hop;
use crate::assets;
use crate::service::Services;
use crate::signin::console::{self as entrance, console_session};
use crate::signin::cookie::Cookies;
use crate::signin::dispatcher::Failed;
use crate::state::Shared;
use refused_form::Asked;

/// Largest body of a server function, in bytes: a connection with every field filled is a tenth of it.
const BODY_LIMIT: usize = 1024 * 1024;

/// Every address of the console, except those of signing in and out.
pub fn router(state: &Shared, services: &Services) -> Router<Shared> {
    // Fails when it was set before, which is as good.
    any_spawner::Executor::init_tokio().ok();
    let entry = Entry {
        state: state.clone(),
        services: services.clone(),
    };
    let (pages, functions) = (entry.clone(), entry);
    let page = move |request: Request| pages.clone().page(request);
    let function = move |request: Request| functions.clone().function(request);
    let tests = Router::new()
        .route("/console/connection-tests/{handle}", get(test_link::start))
        .layer(axum::Extension(services.clone()));
    Router::new()
        .merge(tests)
        .route("/console", get(page.clone()))
        .route("/console/{*rest}", get(page))
        .route("/console/fn/{*function}", post(function.clone()).get(function))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Clone)]
struct Entry {
    state: Shared,
    services: Services,
}

impl Entry {
    async fn page(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let hop = hop(&self.state, &parts);
        let administrator = match console_session(&hop).await {
            Ok(Some(visitor)) => entrance::view(&visitor.account),
            Ok(None) => {
                let wanted = parts.uri.path_and_query().map_or("/console", |target| target.as_str());
                let query: String = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("return_to", wanted)
                    .finish();
                return page::redirect(&format!("/console/sign-in?{query}"));
            }
            Err(fault) => return trouble::failed(&hop, Failed::early(fault), None),
        };
        let cookies = hop.cookies();
        let asked = refused_form::asked(&self.state, cookies, &administrator.account, &parts.uri, &parts.headers);
        let refused = match asked {
            Asked::Plain => None,
            Asked::Refused(typed, forget) => Some((typed, forget)),
            Asked::Elsewhere(target) => return page::redirect(&target),
        };
        let context = self.context(Ok(administrator), cookies);
        let context = move || {
            context();
            policy::announce();
            if let Some((typed, forget)) = refused.clone() {
                provide_context(typed);
                if let (Some(response), Some(forget)) = (use_context::<ResponseOptions>(), forget) {
                    response.append_header(SET_COOKIE, forget);
                }
            }
        };
        let render = leptos_axum::render_app_async_with_context(context, console::shell);
        protect(render(Request::from_parts(parts, body)).await.into_response())
    }

    async fn function(self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        let hop = hop(&self.state, &parts);
        let cookies = hop.cookies();
        let (administrator, entrance) = proof::entrance(&hop, parts.uri.path()).await;
        let Ok(sent) = body::to_bytes(body, BODY_LIMIT).await else {
            return protect(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        };
        let state = self.state.clone();
        let context = self.context(entrance, cookies);
        let request = Request::from_parts(parts, Body::from(sent.clone()));
        let answer = leptos_axum::handle_server_fns_with_context(context, request).await;
        let mut answer = refused::with_status(answer.into_response()).await;
        if let Some(administrator) = administrator {
            refused_form::keep(&state, cookies, &administrator, &sent, answer.headers_mut());
        }
        protect(answer)
    }

    /// What pages and functions find in their context.
    fn context(self, entrance: Entrance, cookies: Cookies) -> impl Fn() + Clone + Send + Sync + 'static {
        move || {
            let services = &self.services;
            provide_context(assets::console());
            provide_context(services.connections.clone());
            provide_context(services.applications.clone());
            provide_context(services.users.clone());
            provide_context(services.audit.clone());
            provide_context(services.attempts.clone());
            provide_context(services.overviews.clone());
            let state = self.state.clone();
            provide_context::<FreshSecrets>(Arc::new(fresh_secret::SecretCarrier { state, cookies }));
            provide_context(entrance.clone());
        }
    }
}

/// Headers of every answer of the console.
fn protect(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
