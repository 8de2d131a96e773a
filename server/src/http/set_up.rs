//! The one-time link of the first start. It works for as long as there is no administrator.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use doorward_app::hosted::page::set_up::{self, SetUp, SetUpProblem};
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::canonical;
use doorward_domain::secret::SecretText;
use http::StatusCode;
use serde::Deserialize;

use super::hosted::form::{BODY_LIMIT, Body, Form};
use super::hosted::{page, trouble};
use crate::config::FirstAdministrator;
use crate::first_administrator::{self, FirstAdministratorError, SET_UP_PATH};
use crate::service::password_policy;
use crate::signin::dispatcher::Failed;
use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::state::Shared;

/// The page of the link and its form.
pub fn router() -> Router<Shared> {
    Router::new()
        .route(SET_UP_PATH, get(show).post(create))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

async fn show(hop: Hop, Query(link): Query<Link>) -> Response {
    match refusal(&hop, &link.token).await {
        Some(response) => response,
        None => answer(&hop, &link.token, StatusCode::OK, String::new(), None),
    }
}

async fn create(hop: Hop, body: Body) -> Response {
    let form = match Form::read(body) {
        Ok(form) => form,
        Err(fault) => return trouble::failed(&hop, Failed::early(fault), None),
    };
    let token = form.text(names::CSRF);
    if let Some(response) = refusal(&hop, token).await {
        return response;
    }
    let (email, password) = (form.text(names::EMAIL).trim(), form.text(names::PASSWORD));
    let again = |problem| {
        // Nobody has a longer address; showing it back would only fill the page.
        let typed = email.chars().take(320).collect();
        answer(&hop, token, StatusCode::UNPROCESSABLE_ENTITY, typed, Some(problem))
    };
    if canonical::address(email).is_err() {
        return again(SetUpProblem::NoAddress);
    }
    if let Err(weak) = password_policy::check(password, [email]) {
        return again(SetUpProblem::WeakPassword(weak));
    }
    let wanted = FirstAdministrator {
        email: email.to_owned(),
        password: SecretText::new(password.to_owned()),
    };
    match first_administrator::set_up(&hop.state, &wanted).await {
        Ok(()) => page::redirect("/console"),
        Err(FirstAdministratorError::Taken) => again(SetUpProblem::AddressTaken),
        Err(FirstAdministratorError::Storage(error)) => failed(&hop, error),
        Err(FirstAdministratorError::Hashing(error)) => failed(&hop, error),
    }
}

/// What answers a link that does not work (any more).
async fn refusal(hop: &Hop, token: &str) -> Option<Response> {
    if !first_administrator::is_set_up_token(&hop.state.keyring, token) {
        return Some(trouble::plain(hop, UserMessage::PageNotFound, None, None).into_response());
    }
    match first_administrator::exists(&hop.state).await {
        Ok(true) => Some(page::redirect("/console")),
        Ok(false) => None,
        Err(error) => Some(failed(hop, error)),
    }
}

fn failed(hop: &Hop, error: impl Into<SignInFault>) -> Response {
    trouble::failed(hop, Failed::early(error.into()), None)
}

fn answer(hop: &Hop, token: &str, status: StatusCode, email: String, problem: Option<SetUpProblem>) -> Response {
    let mut shell = page::shell(hop, None, None);
    token.clone_into(&mut shell.csrf);
    // What a form is told has no address of its own; the link shows the page in another language.
    shell.address = shell.address.or_else(|| Some(format!("{SET_UP_PATH}?token={token}")));
    let model = SetUp {
        action: SET_UP_PATH.to_owned(),
        email,
        problem,
    };
    page::html(status, &shell, set_up::render(&shell, &model))
}
