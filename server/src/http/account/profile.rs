//! The page itself, and the form for what people say of themselves.

use axum::extract::Query;
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::self_service::{self as view, Done};
use doorward_domain::self_service::EDITABLE;
use http::StatusCode;
use serde::Deserialize;

use super::guard::{done, failed, sender, visitor};
use super::model;
use crate::http::hosted::form::Body;
use crate::http::hosted::page;
use crate::signin::cookie::{self, DONE};
use crate::signin::hop::Hop;
use crate::signin::self_service::change;
use crate::signin::self_service::{HOME, Visitor};

#[derive(Deserialize)]
pub(super) struct Shown {
    ui_locales: Option<String>,
}

pub(super) async fn show(hop: Hop, Query(shown): Query<Shown>) -> Response {
    let visitor = match visitor(&hop, HOME).await {
        Ok(visitor) => visitor,
        Err(response) => return response,
    };
    let told = hop.cookies().read(&hop.headers, DONE);
    let done = told.and_then(Done::of_word);
    let chosen = shown.ui_locales.filter(|tags| tags.len() <= 100);
    let mut response = answer(&hop, &visitor, StatusCode::OK, chosen.as_deref(), |page| {
        page.done = done
    })
    .await;
    // Said once: a page that is loaded again says nothing of it any more.
    let forget = told.and_then(|_| hop.cookies().remove(DONE));
    cookie::append(response.headers_mut(), forget);
    response
}

async fn answer(
    hop: &Hop,
    visitor: &Visitor,
    status: StatusCode,
    chosen: Option<&str>,
    change: impl FnOnce(&mut view::SelfService),
) -> Response {
    let mut shell = model::shell(hop, &visitor.session, chosen);
    shell.address = Some(HOME.to_owned());
    match model::page(hop, visitor).await {
        Ok(mut page) => {
            change(&mut page);
            page::html(status, &shell, view::render(&shell, &page))
        }
        Err(fault) => failed(hop, fault),
    }
}

/// What was typed on the way, if it can be kept.
pub(super) async fn save_profile(hop: Hop, body: Body) -> Response {
    let (visitor, form) = match sender(&hop, body).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    let field = |name: &'static str| {
        let typed = form.get(&format!("{}{name}", names::ATTRIBUTE_PREFIX))?;
        Some((name, typed.trim().to_owned()))
    };
    let typed: Vec<(&'static str, String)> = EDITABLE.into_iter().filter_map(field).collect();
    if typed
        .iter()
        .any(|(name, value)| model::problem(name, value, hop.now).is_some())
    {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&hop, &visitor, status, None, |page| {
            model::refuse(page, &typed, hop.now)
        })
        .await;
    }
    match change::set_profile(&hop, &visitor, &typed).await {
        Ok(()) => done(&hop, Done::ProfileSaved, None),
        Err(fault) => failed(&hop, fault),
    }
}
