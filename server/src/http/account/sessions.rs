//! Ending sessions: others, and the one this browser is in.

use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::Done;

use super::guard::{check_token, done, failed, sender};
use crate::http::hosted::form::{Body, Form};
use crate::http::hosted::page;
use crate::signin::console::sign_out;
use crate::signin::cookie;
use crate::signin::farewell::Place;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::self_service::change;

pub(super) async fn end_sessions(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let only = match form.get(names::SESSION).map(str::parse).transpose() {
        Ok(only) => only,
        Err(_) => return failed(&hop, SignInFault::Malformed),
    };
    match change::end_sessions(&hop, &visitor, only.as_ref()).await {
        Ok(()) if only.is_some() => done(&hop, Done::SessionEnded, None),
        Ok(()) => done(&hop, Done::OthersEnded, None),
        Err(fault) => failed(&hop, fault),
    }
}

/// Signs out, also somebody of whom nothing is kept.
pub(super) async fn leave(hop: Hop, body: Body) -> Response {
    let form = match Form::read(body) {
        Ok(form) => form,
        Err(fault) => return failed(&hop, fault),
    };
    match crate::signin::session::find(&hop).await {
        Ok(Some(session)) => {
            if let Err(fault) = check_token(&hop, &session, &form) {
                return failed(&hop, fault);
            }
        }
        Ok(None) => {}
        Err(fault) => return failed(&hop, fault),
    }
    match sign_out(&hop).await {
        Ok(removed) => {
            let mut response = page::redirect(&Place::Account.signed_out());
            cookie::append(response.headers_mut(), removed);
            response
        }
        Err(fault) => failed(&hop, fault),
    }
}
