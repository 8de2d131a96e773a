//! The page that asks for attributes which nobody has told yet.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::attributes::render;
use doorward_domain::engine::{AnswerFault, SignIn};
use http::StatusCode;

use super::form::Body;
use super::loaded::{Chosen, Loaded, load_unless_cancelled};
use super::{model, page};
use crate::signin::dispatcher::{self, AttributesOutcome};
use crate::signin::hop::Hop;

/// The page, with what was typed and what is wrong with it.
pub(super) fn show<'a>(
    loaded: &Loaded,
    typed: impl Fn(&str) -> Option<&'a str>,
    faults: &[(String, AnswerFault)],
    status: StatusCode,
) -> Response {
    let SignIn::AwaitingAttributes(awaiting) = &loaded.transaction.state else {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    };
    let (shell, language) = (loaded.shell(), loaded.language());
    let model = model::attributes(&loaded.hop, &loaded.transaction, awaiting, language, typed, faults);
    page::html(status, &shell, render(&shell, &model))
}

/// The attributes that were missing.
pub(super) async fn fill_in(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (mut loaded, form) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let typed = |name: &str| form.get(&format!("{}{name}", names::ATTRIBUTE_PREFIX));
    if let Some(turned) = loaded.turns_to(&form) {
        return turned.with(show(&loaded, typed, &[], StatusCode::OK));
    }
    match dispatcher::fill_in(&loaded.hop, &loaded.terms, loaded.transaction.clone(), typed).await {
        Ok(AttributesOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(AttributesOutcome::Faulty(faults)) => show(&loaded, typed, &faults, StatusCode::UNPROCESSABLE_ENTITY),
        Err(failed) => loaded.finish(Err(failed)),
    }
}
