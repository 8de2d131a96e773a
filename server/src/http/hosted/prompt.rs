//! The page with a form of the application's script, and what it sends.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::prompt::{Prompt, render};
use doorward_domain::engine::{AnswerFault, SignIn};
use doorward_domain::script_form::VALUE_LIMIT;
use http::StatusCode;

use super::form::Body;
use super::loaded::{Chosen, Loaded, load_unless_cancelled};
use super::{model, page};
use crate::signin::dispatcher;
use crate::signin::hop::Hop;
use crate::signin::prompt::{self, PromptOutcome};

type Faults = [(String, AnswerFault)];

/// The page, with what was typed and what is wrong with it.
pub(super) fn show<'a>(
    loaded: &Loaded,
    typed: impl Fn(&str) -> Option<&'a str>,
    faults: &Faults,
    status: StatusCode,
) -> Response {
    let SignIn::Prompting(prompting) = &loaded.transaction.state else {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    };
    let shell = loaded.shell();
    let form = prompting.form();
    let values = form.inputs.iter().filter_map(|input| {
        let value = typed(&input.name)?;
        // Nothing longer is taken; showing it back would only fill the page.
        Some((input.name.clone(), value.chars().take(VALUE_LIMIT + 1).collect()))
    });
    let model = Prompt {
        action: model::action(&loaded.transaction, "/prompt", loaded.language()),
        values: values.collect(),
        problems: faults
            .iter()
            .map(|(name, fault)| (name.clone(), model::problem(*fault)))
            .collect(),
        form,
        max_length: u16::try_from(VALUE_LIMIT).unwrap_or(u16::MAX),
    };
    page::html(status, &shell, render(&shell, &model))
}

/// The form was sent, or is left out.
pub(super) async fn fill_in(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (mut loaded, form) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let typed = |name: &str| form.get(&format!("{}{name}", names::INPUT_PREFIX));
    if let Some(turned) = loaded.turns_to(&form) {
        return turned.with(show(&loaded, typed, &[], StatusCode::OK));
    }
    if form.get(names::DECISION) == Some(names::DECISION_SKIP) {
        let moved = prompt::skip(&loaded.hop, &loaded.terms, loaded.transaction.clone()).await;
        return loaded.finish(moved);
    }
    match prompt::send(&loaded.hop, &loaded.terms, loaded.transaction.clone(), typed).await {
        Ok(PromptOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(PromptOutcome::Faulty(faults)) => show(&loaded, typed, &faults, StatusCode::UNPROCESSABLE_ENTITY),
        Err(failed) => loaded.finish(Err(failed)),
    }
}
