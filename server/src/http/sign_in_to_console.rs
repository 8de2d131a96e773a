//! The way into the console, through the same hosted pages as everywhere, and out of it.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::hosted::{page, trouble};
use crate::signin::console::{checked_return_to, console_session, sign_out};
use crate::signin::cookie;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::hop::Hop;
use crate::state::Shared;

/// Signing in to the console and out of it. The layer around refuses posts from other sites.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/console/sign-in", get(enter))
        .route("/console/sign-out", post(leave))
}

#[derive(Deserialize)]
struct Wanted {
    return_to: Option<String>,
}

async fn enter(hop: Hop, Query(wanted): Query<Wanted>) -> Response {
    let return_to = checked_return_to(wanted.return_to.as_deref());
    match console_session(&hop).await {
        Ok(Some(_)) => page::redirect(&return_to),
        Ok(None) => match dispatcher::start_console(&hop, return_to) {
            Ok(answer) => page::answer(&hop, answer),
            Err(failed) => trouble::failed(&hop, failed, None),
        },
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}

async fn leave(hop: Hop) -> Response {
    match sign_out(&hop).await {
        Ok(removed) => {
            let mut response = page::redirect("/signed-out");
            cookie::append(response.headers_mut(), removed);
            response
        }
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}
