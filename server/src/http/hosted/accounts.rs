//! The page on which a person chooses an account.

use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_app::hosted::names;
use doorward_app::hosted::page::accounts::{AccountChoice, Accounts, render};
use http::StatusCode;

use super::form::Body;
use super::loaded::{Chosen, Loaded, load, load_unless_cancelled};
use super::{model, page};
use crate::signin::choose_account;
use crate::signin::dispatcher;
use crate::signin::hop::Hop;

/// Asks. Only before anything is proven: later it would lead back.
pub(super) async fn show(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>) -> Response {
    match load(hop, &id, chosen).await {
        Ok(loaded) => ask(loaded).await,
        Err(response) => response,
    }
}

fn is_open(loaded: &Loaded) -> bool {
    let asked = loaded.transaction.request().is_some_and(choose_account::is_asked);
    asked && !loaded.transaction.state.has_proof()
}

async fn ask(loaded: Loaded) -> Response {
    if !is_open(&loaded) {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    }
    let signed = match choose_account::signed(&loaded.hop).await {
        Ok(signed) => signed,
        Err(fault) => return loaded.stop(fault),
    };
    let mut shell = loaded.shell();
    shell.address = Some(choose_account::address(&loaded.transaction));
    let accounts = signed.map(|signed| AccountChoice {
        key: signed.key.to_string(),
        name: signed.name,
        detail: signed.detail,
    });
    let model = Accounts {
        action: model::action(&loaded.transaction, "/account", loaded.language()),
        accounts: accounts.into_iter().collect(),
    };
    page::html(StatusCode::OK, &shell, render(&shell, &model))
}

/// The choice.
pub(super) async fn choose(hop: Hop, Path(id): Path<String>, Query(chosen): Query<Chosen>, body: Body) -> Response {
    let (loaded, form) = match load_unless_cancelled(hop, &id, chosen, body).await {
        Ok(loaded) => loaded,
        Err(response) => return response,
    };
    if !is_open(&loaded) {
        return page::redirect(&dispatcher::address(&loaded.transaction));
    }
    if form.get(names::DECISION) == Some(names::DECISION_OTHER) {
        let begun = dispatcher::begin(&loaded.hop, &loaded.terms, loaded.transaction.clone()).await;
        return loaded.finish(begun);
    }
    let signed = match choose_account::signed(&loaded.hop).await {
        Ok(signed) => signed,
        Err(fault) => return loaded.stop(fault),
    };
    // Somebody else signed in meanwhile, or nobody is any more: the page the person saw is no good.
    if signed.is_none_or(|signed| form.get(names::ACCOUNT) != Some(signed.key.as_str())) {
        return ask(loaded).await;
    }
    let moved = choose_account::go_on(&loaded.hop, &loaded.terms, loaded.transaction.clone()).await;
    loaded.finish(moved)
}
