//! Signing out: the question, and the page afterwards.

use leptos::prelude::*;

use crate::hosted::names;
use crate::hosted::parts::csrf;
use crate::hosted::shell::PageShell;

/// Asks before the session ends (OpenID Connect RP-Initiated Logout 1.0 §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmSignOut {
    /// Where the form posts to.
    pub action: String,
    /// Carried through unchanged, such as a sealed request.
    pub sealed: Option<String>,
}

/// What has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// Whoever was signed in is so no more.
    SignedOut,
    /// A sign-in, before anybody was.
    GivenUp,
}

/// The page afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedOut {
    pub farewell: Farewell,
    /// Where to sign in, if that is known.
    pub place: Option<&'static str>,
    /// The person's own account, where nothing else is known to go on to.
    pub account: Option<&'static str>,
}

/// The question as HTML.
#[must_use]
pub fn render_confirm(shell: &PageShell, model: &ConfirmSignOut) -> String {
    let text = &shell.texts().sign_out;
    let explain = match &shell.application {
        Some(application) => (text.confirm_explain)(&application.name),
        None => text.confirm_explain_plain.to_owned(),
    };
    let sealed = model
        .sealed
        .clone()
        .map(|sealed| view! { <input type="hidden" name=names::SEALED value=sealed /> });
    let content = view! {
        <p>{explain}</p>
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            {sealed}
            <button class="button" name=names::DECISION value=names::DECISION_CONFIRM>
                {text.confirm}
            </button>
            <button class="button second" name=names::DECISION value=names::DECISION_CANCEL>
                {text.stay}
            </button>
        </form>
    };
    shell.document(text.confirm_title, content)
}

/// The page afterwards as HTML.
#[must_use]
pub fn render_done(shell: &PageShell, model: SignedOut) -> String {
    let text = &shell.texts().sign_out;
    let (title, explain, others, again) = match model.farewell {
        Farewell::SignedOut => (text.done_title, text.done_explain, Some(text.done_others), text.again),
        Farewell::GivenUp => (text.given_up_title, text.given_up_explain, None, text.sign_in),
    };
    let again = model.place.map(|address| {
        view! {
            <a class="button" href=address>
                {again}
            </a>
        }
    });
    let account = model.account.map(|address| {
        view! {
            <a class="button second" href=address>
                {text.to_account}
            </a>
        }
    });
    let content = view! {
        <p>{explain}</p>
        {others.map(|others| view! { <p class="aside">{others}</p> })}
        {again}
        {account}
    };
    shell.document(title, content)
}
