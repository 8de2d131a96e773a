//! A link or a code by email that says who somebody is: the form that asks for it, the page that a link opens, and the
//! form with the code.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::page::by_mail::render_opened;
use doorward_app::hosted::page::sign_in::SignInProblem;
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::engine::SignIn;
use doorward_domain::flow::AuthOption;
use http::StatusCode;
use serde::Deserialize;

use super::form::Form;
use super::loaded::{Chosen, Loaded, load};
use super::refused::Typed;
use super::{model, page, trouble};
use crate::signin::by_mail::{MailOutcome, Refusal, ask, enter, is_over};
use crate::signin::carrier;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;

#[derive(Deserialize)]
pub(super) struct Opened {
    #[serde(default)]
    code: String,
    ui_locales: Option<String>,
}

/// Shows the page of a link: in the browser that asked a button, in every other one what to do. Nothing else happens,
/// so a scanner of mail may open it.
pub(super) async fn open(hop: Hop, Path(id): Path<String>, Query(opened): Query<Opened>) -> Response {
    let Opened { code, ui_locales } = opened;
    let chosen = ui_locales
        .as_deref()
        .filter(|tags| tags.len() <= 100)
        .map(str::to_owned);
    let is_here = match id.parse() {
        Ok(id) => carrier::find(&hop.state, &hop.headers, &id).await,
        Err(_) => Err(SignInFault::Expired),
    };
    if matches!(is_here, Err(SignInFault::NotThisBrowser)) {
        return trouble::plain(&hop, UserMessage::MailElsewhere, None, chosen.as_deref());
    }
    let loaded = match load(hop, &id, Chosen { ui_locales: chosen }).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let is_code = (1..=16).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    let asked = loaded.transaction.asked.as_ref();
    let waits = matches!(loaded.transaction.state, SignIn::Choosing(_))
        && asked.is_some_and(|asked| asked.option == AuthOption::EmailLink);
    if !is_code || !waits {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    }
    if asked.is_some_and(|asked| is_over(&loaded.hop, asked)) {
        return loaded.refuse(&Typed::problem(SignInProblem::LinkRefused));
    }
    let shell = loaded.shell();
    let action = model::action(&loaded.transaction, "", loaded.language());
    page::html(StatusCode::OK, &shell, render_opened(&shell, &action, &code))
}

/// The forms of the step: one asks for a mail, the other one brings its code.
pub(super) async fn email(loaded: Loaded, option: AuthOption, form: &Form) -> Response {
    if form.get(names::DECISION) == Some(names::DECISION_SEND) {
        return send(loaded, option, form.text(names::EMAIL).trim()).await;
    }
    let code = form.text(names::MAIL_CODE).trim();
    if code.is_empty() {
        return loaded.refuse(&Typed::problem(SignInProblem::MailCodeMissing));
    }
    match enter(&loaded.hop, &loaded.terms, loaded.transaction.clone(), option, code).await {
        Ok(MailOutcome::Passed(answer)) => page::answer(&loaded.hop, answer),
        Ok(MailOutcome::Wrong) => {
            let is_link = form.get(names::DECISION) == Some(names::DECISION_OPEN);
            let problem = if is_link {
                SignInProblem::LinkRefused
            } else {
                SignInProblem::WrongMailCode
            };
            loaded.refuse(&Typed::problem(problem))
        }
        Err(Failed {
            fault: SignInFault::TooManyAttempts,
            ..
        }) => loaded.refuse(&Typed::message(UserMessage::TooManyAttempts, None)),
        Err(failed) => loaded.finish(Err(failed)),
    }
}

async fn send(loaded: Loaded, option: AuthOption, typed: &str) -> Response {
    let transaction = loaded.transaction.clone();
    let asked = ask(&loaded.hop, &loaded.terms, transaction, option, typed, loaded.speaks());
    // Nobody has a longer address; showing it back would only fill the page.
    let shown = Some(typed.chars().take(254).collect());
    let problem = match asked.await {
        Ok(answer) => return page::answer(&loaded.hop, answer),
        Err(Refusal::NoAddress) => SignInProblem::NoAddress,
        Err(Refusal::Closed) => SignInProblem::MailClosed,
        Err(Refusal::Fault(SignInFault::TooManyAttempts)) => {
            return loaded.refuse(&Typed::message(UserMessage::TooManyMails, shown));
        }
        Err(Refusal::Fault(fault)) => return loaded.stop(fault),
    };
    loaded.refuse(&Typed {
        username: shown,
        problem: Some(problem),
    })
}
