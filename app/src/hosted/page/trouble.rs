//! The page that cannot go on: what happened, what to do, the ways that are left, and what to tell support.
//!
//! One page for all of it: errors, refusals such as an account that exists already, a step that fails closed, and a
//! provider that is down while others are not.

use leptos::prelude::*;

use super::form_post::{self, FormPost};
use super::sign_in::ConnectionOption;
use crate::hosted::message::UserMessage;
use crate::hosted::names;
use crate::hosted::parts::{cancel, connection_buttons, csrf};
use crate::hosted::shell::PageShell;
use crate::ui::logo::{Brand, Logo};

/// What stops the person, and what is left to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub message: UserMessage,
    /// Finds the matching lines in the log.
    pub request_id: String,
    /// Display name of the connection it is about.
    pub connection: Option<String>,
    /// Offered where trying again can help.
    pub retry: Option<Retry>,
    pub others: Option<OtherWays>,
    /// Where the form posts to that ends the sign-in and goes back to the application; the other ways have their own.
    pub end: Option<String>,
    /// Where to go on where no sign-in is left.
    pub exit: Option<Exit>,
}

/// A place that a link or a form leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// The person's own account.
    Account,
    /// What an administrator was at, at this address of the console.
    Console(String),
    /// The application, which is told at this address that nobody was signed in.
    Application(String),
    /// The same, where it takes its answers by form.
    ApplicationByForm(FormPost),
}

/// A form that does again what failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Where the form posts to.
    pub action: String,
    /// Fields the form sends beside the token, such as [`names::SEALED`] or [`names::OPTION`].
    pub fields: Vec<(String, String)>,
}

/// The other options of the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherWays {
    /// Where the buttons post to.
    pub action: String,
    pub connections: Vec<ConnectionOption>,
    /// Whether the password is among them: address of the sign-in page, which has the form.
    pub sign_in_page: Option<String>,
}

/// The page as HTML. Its status is [`UserMessage::status`].
#[must_use]
pub fn render(shell: &PageShell, model: &Trouble) -> String {
    let text = &shell.texts().trouble;
    let advice = model
        .message
        .advice(shell.language, &shell.place(model.connection.as_deref()));
    let content = view! {
        <div role="alert">
            <p>{advice.happened}</p>
            <p>{advice.next}</p>
        </div>
        {model.retry.as_ref().map(|retry| retry_form(shell, retry))}
        {model.others.as_ref().map(|others| other_ways(shell, others))}
        {model.end.as_ref().map(|action| cancel(shell, action))}
        {model.exit.as_ref().map(|exit| exit_link(shell, exit))}
        <dl class="codes" aria-label=text.tell_support>
            <div>
                <dt>{text.number}</dt>
                <dd>{model.message.number()}</dd>
            </div>
            <div>
                <dt>{text.request}</dt>
                <dd>{model.request_id.clone()}</dd>
            </div>
        </dl>
    };
    shell.document(&advice.title, content)
}

fn exit_link(shell: &PageShell, exit: &Exit) -> AnyView {
    let texts = shell.texts();
    let (address, words) = match exit {
        Exit::Account => ("/account".to_owned(), texts.sign_out.to_account.to_owned()),
        Exit::Console(address) => (address.clone(), texts.frame.back_to_console.to_owned()),
        Exit::Application(address) => (address.clone(), shell.back()),
        Exit::ApplicationByForm(answer) => return form_post::form(answer, "button second", shell.back()).into_any(),
    };
    view! {
        <a class="button second" href=address>
            {words}
        </a>
    }
    .into_any()
}

fn retry_form(shell: &PageShell, retry: &Retry) -> impl IntoView + use<> {
    let fields: Vec<_> = retry
        .fields
        .iter()
        .filter(|(name, _)| name != names::CSRF)
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> })
        .collect();
    view! {
        <form method="post" action=retry.action.clone() class="form">
            {csrf(shell)}
            {fields}
            <button class="button">{shell.texts().trouble.retry}</button>
        </form>
    }
}

fn other_ways(shell: &PageShell, others: &OtherWays) -> impl IntoView + use<> {
    let buttons =
        (!others.connections.is_empty()).then(|| connection_buttons(shell, &others.action, &others.connections));
    let page = others.sign_in_page.clone().map(|address| {
        view! {
            <p class="ways">
                <a class="way" href=address>
                    // It leads to a page of our own.
                    <Logo brand=Brand::Local />
                    <span>{shell.texts().trouble.other_ways}</span>
                </a>
            </p>
        }
    });
    view! {
        {buttons}
        {page}
        {cancel(shell, &others.action)}
    }
}
