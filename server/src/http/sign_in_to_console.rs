//! The way into the console, through the same hosted pages as everywhere, and out of it; and the proof that some changes
//! want anew.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use doorward_app::hosted::page::proven;
use http::StatusCode;
use serde::Deserialize;

use super::hosted::{page, trouble};
use crate::signin::console::{self, HOME, PROVE, PROVEN, checked_return_to, console_session, is_proven, sign_out};
use crate::signin::cookie;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::farewell::Place;
use crate::signin::hop::Hop;
use crate::state::Shared;

/// Signing in to the console and out of it. The layer around refuses posts from other sites.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/console/sign-in", get(enter))
        .route("/console/sign-out", get(to_console).post(leave))
        .route(PROVE, get(prove))
        .route(PROVEN, get(proven))
}

#[derive(Deserialize)]
struct Wanted {
    return_to: Option<String>,
}

async fn enter(hop: Hop, Query(wanted): Query<Wanted>) -> Response {
    let return_to = checked_return_to(wanted.return_to.as_deref());
    match console_session(&hop).await {
        Ok(Some(_)) => page::redirect(&return_to),
        Ok(None) => begin(&hop, return_to),
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}

fn begin(hop: &Hop, return_to: String) -> Response {
    trouble::moved(hop, dispatcher::start_console(hop, return_to))
}

/// Whoever is not signed in any more does that first.
async fn prove(hop: Hop) -> Response {
    match console_session(&hop).await {
        Ok(Some(visitor)) => {
            let moved = console::prove(&hop, &visitor).await;
            trouble::moved(&hop, moved.map_err(Failed::early))
        }
        Ok(None) => begin(&hop, PROVE.to_owned()),
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}

/// Says so to whom it is true of; to everybody else there is the console.
async fn proven(hop: Hop) -> Response {
    let is_so = match console_session(&hop).await {
        Ok(Some(visitor)) => is_proven(&hop, &visitor).await,
        Ok(None) => Ok(false),
        Err(fault) => Err(fault),
    };
    match is_so {
        Ok(true) => {
            let shell = page::shell(&hop, None, None);
            page::html(StatusCode::OK, &shell, proven::render(&shell))
        }
        Ok(false) => page::redirect(HOME),
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}

/// The address of the form, opened by hand.
async fn to_console() -> Response {
    page::redirect(HOME)
}

async fn leave(hop: Hop) -> Response {
    match sign_out(&hop).await {
        Ok(removed) => {
            let mut response = page::redirect(&Place::Console.signed_out());
            cookie::append(response.headers_mut(), removed);
            response
        }
        Err(fault) => trouble::failed(&hop, Failed::early(fault), None),
    }
}
