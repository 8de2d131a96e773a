//! Setting a password.

use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::weak_password::WeakPassword;
use http::StatusCode;

use super::guard::{asked, confirmed, done, failed};
use super::model;
use crate::http::hosted::form::Body;
use crate::http::hosted::page;
use crate::service::password_policy;
use crate::signin::hop::Hop;
use crate::signin::self_service::Visitor;
use crate::signin::self_service::change;

/// The page and its form.
const PASSWORD: &str = "/account/password";

pub(super) async fn ask_password(hop: Hop) -> Response {
    match asked(&hop, PASSWORD).await {
        Ok(visitor) => password_page(&hop, &visitor, None).await,
        Err(response) => response,
    }
}

async fn password_page(hop: &Hop, visitor: &Visitor, weak: Option<WeakPassword>) -> Response {
    let read = hop.state.store.read();
    let hash = match doorward_storage::account::find_password_hash(read, &visitor.account.id).await {
        Ok(hash) => hash,
        Err(error) => return failed(hop, error.into()),
    };
    let mut shell = model::shell(hop, &visitor.session, None);
    shell.address = Some(PASSWORD.to_owned());
    let status = if weak.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page::html(status, &shell, view::render_password(&shell, hash.is_some(), weak))
}

pub(super) async fn set_password(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match confirmed(&hop, body, PASSWORD).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let password = form.text(names::PASSWORD);
    let email = visitor.account.attributes.get("email").and_then(|a| a.value.as_str());
    let own = [visitor.account.username.as_str()].into_iter().chain(email);
    if let Err(weak) = password_policy::check(password, own) {
        return password_page(&hop, &visitor, Some(weak)).await;
    }
    match change::set_password(&hop, &visitor, password).await {
        Ok(session) => done(&hop, Done::PasswordSet, session),
        Err(fault) => failed(&hop, fault),
    }
}
