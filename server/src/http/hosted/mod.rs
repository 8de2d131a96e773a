//! The hosted sign-in pages: one dispatcher that shows what comes next, and the forms that post to it.

mod accounts;
mod attributes;
mod by_mail;
mod enter;
pub(super) mod form;
mod loaded;
pub mod model;
pub mod page;
mod prompt;
mod proof;
mod refused;
pub mod stopped;
pub mod trouble;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::response::Response;
use axum::routing::get;
use doorward_app::hosted::page::backup_codes;
use doorward_app::hosted::{UserMessage, names};
use doorward_domain::engine::SignIn;
use doorward_domain::flow::AuthOption;
use http::StatusCode;
use serde::Deserialize;

use crate::signin::fault::SignInFault;
use crate::signin::hop::Hop;
use crate::signin::{backup_code, codes, dispatcher};
use crate::state::Shared;
use form::{BODY_LIMIT, Body};
use loaded::{Chosen, load, load_for_form, load_unless_cancelled};
use refused::Typed;

/// The dispatcher and the forms of a transaction.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/signin/{transaction}", get(show).post(choose))
        .route(
            "/signin/{transaction}/account",
            get(accounts::show).post(accounts::choose),
        )
        .route("/signin/{transaction}/mailed", get(by_mail::open))
        .route("/signin/{transaction}/proof", get(to_page).post(proof::prove))
        .route("/signin/{transaction}/prompt", get(to_page).post(prompt::fill_in))
        .route(
            "/signin/{transaction}/attributes",
            get(to_page).post(attributes::fill_in),
        )
        .route("/signin/{transaction}/kept", get(to_page).post(keep_codes))
        .route("/signin/{transaction}/resume", get(to_page).post(resume))
        .route("/signin/{transaction}/stopped", get(stopped::show))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

#[derive(Deserialize)]
struct Shown {
    /// A refused entry.
    sealed: Option<String>,
    ui_locales: Option<String>,
}

/// The one dispatcher: shows what comes next.
async fn show(hop: Hop, Path(id): Path<String>, Query(shown): Query<Shown>) -> Response {
    let Shown { sealed, ui_locales } = shown;
    let loaded = match load(hop, &id, Chosen { ui_locales }).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    match &loaded.transaction.state {
        SignIn::Choosing(_) | SignIn::AwaitingFederation(_) => {
            let mailed = codes::mail_if_alone(&loaded.hop, &loaded.terms, &loaded.transaction, loaded.speaks()).await;
            match mailed {
                Ok(()) => {
                    let typed = sealed.and_then(|sealed| refused::open(&loaded, &sealed));
                    loaded.show_sign_in(typed.unwrap_or_default()).await
                }
                Err(SignInFault::TooManyAttempts) => {
                    loaded
                        .show_sign_in(Typed::message(UserMessage::TooManyMails, None))
                        .await
                }
                Err(fault) => loaded.stop(fault),
            }
        }
        SignIn::Prompting(_) => prompt::show(&loaded, |_| None, &[], StatusCode::OK),
        SignIn::Noting(noting) => {
            let shell = loaded.shell();
            let model = model::backup_codes(&loaded.hop, &loaded.transaction, noting, loaded.language());
            page::html(StatusCode::OK, &shell, backup_codes::render(&shell, &model))
        }
        SignIn::AwaitingProof(_) => proof::show(loaded, None, StatusCode::OK).await,
        SignIn::AwaitingAttributes(_) => attributes::show(&loaded, |_| None, &[], StatusCode::OK),
        SignIn::AwaitingScript(_) | SignIn::Completed(_) | SignIn::Denied(_) => loaded.stop(SignInFault::AlreadyUsed),
    }
}

/// Where a form posts to stands in the browser's bar after a refusal; opened again, it leads to the page of the form.
async fn to_page(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Response {
    match load(hop, &id, chosen).await {
        Ok(loaded) => page::redirect(&model::action(&loaded.transaction, "", loaded.language())),
        Err(response) => response,
    }
}

/// The choice of the sign-in page: a connection, or a name and a password.
async fn choose(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (mut loaded, form) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if let Some(turned) = loaded.turns_to(&form) {
        return turned.with(enter::again(loaded, &form).await);
    }
    if loaded.transaction.rests_on_session && form.get(names::DECISION) == Some(names::DECISION_OTHER) {
        let begun = dispatcher::begin_anew(&loaded.hop, &loaded.terms, &loaded.transaction, true).await;
        return loaded.finish(begun);
    }
    match form.text(names::OPTION).parse::<AuthOption>() {
        Ok(AuthOption::Connection(handle)) => {
            let moved = dispatcher::leave(&loaded.hop, &loaded.terms, loaded.transaction.clone(), &handle).await;
            loaded.finish(moved)
        }
        Ok(AuthOption::Password) => enter::password(loaded, &form).await,
        Ok(option) if option.is_mail() && loaded.knows_nobody() => by_mail::email(loaded, option, &form).await,
        Ok(AuthOption::EmailLink) => loaded.stop(SignInFault::NotOffered),
        Ok(AuthOption::Passkey) => enter::passkey(loaded, &form).await,
        Ok(AuthOption::EmailOtp) if form.get(names::DECISION) == Some(names::DECISION_SEND) => {
            enter::mail_code(loaded).await
        }
        Ok(option @ (AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode)) => {
            enter::code(loaded, &option, &form).await
        }
        Err(_) => loaded.stop(SignInFault::Malformed),
    }
}

/// The person has kept the backup codes they were shown.
async fn keep_codes(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, _) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let moved = backup_code::keep(&loaded.hop, &loaded.terms, loaded.transaction.clone()).await;
    loaded.finish(moved)
}

/// Goes on with a provider's answer that could not be written (F10).
async fn resume(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_for_form(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    let moved = dispatcher::resume(&loaded.hop, loaded.transaction.clone(), form.text(names::SEALED)).await;
    loaded.finish(moved)
}
