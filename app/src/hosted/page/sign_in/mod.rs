//! Sign in: the options of a step, in the order of the flow.

mod forms;
mod model;

use leptos::prelude::*;

pub(super) use forms::password_field;
pub use model::{ConnectionOption, SignIn, SignInOption, SignInProblem};

use super::passkey;
use crate::hosted::names;
use crate::hosted::parts::{cancel, csrf, notice, with_name};
use crate::hosted::shell::PageShell;
use crate::hosted::text::self_service;

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &SignIn) -> String {
    let text = &shell.texts().sign_in;
    let problem = match &model.problem {
        Some(SignInProblem::Message { message, connection }) => {
            Some(notice(shell, *message, connection.as_deref()).into_any())
        }
        Some(_) | None => None,
    };
    let why = (model.is_known || model.shown_anew.is_some()).then(|| view! { <p>{text.again}</p> });
    // Where a name stands fixed in the form, it says whom.
    let whom = model
        .shown_anew
        .as_ref()
        .filter(|_| !(model.is_known && model.has_password()));
    let account = shell.texts().proof.account;
    let closed = model
        .no_administrator
        .as_ref()
        .map(|name| with_name(text.no_administrator, name));
    let to_account = shell.texts().sign_out.to_account;
    let content = view! {
        {problem}
        {closed.map(|closed| view! { <p>{closed}" "<a href="/account">{to_account}</a></p> })}
        {why}
        {whom.map(|whom| view! { <p>{with_name(account, whom)}</p> })}
        {ways(shell, model)}
        {model.signed_in.as_ref().map(|name| another_account(shell, model, name))}
        {cancel(shell, &model.action)}
    };
    let title = link_title(shell, model).unwrap_or_else(|| title(shell, model).to_owned());
    if model.asks_for_name() {
        shell.document_with_form(&title, content)
    } else {
        shell.document(&title, content)
    }
}

/// Whose sign-in it is, and the way out for somebody else.
fn another_account(shell: &PageShell, model: &SignIn, name: &str) -> impl IntoView + use<> {
    let text = &shell.texts().accounts;
    view! {
        <form method="post" action=model.action.clone() class="back">
            {csrf(shell)}
            <p>{with_name(text.signed_in_as, name)}</p>
            <button class="link" name=names::DECISION value=names::DECISION_OTHER>
                {text.other}
            </button>
        </form>
    }
}

/// The script of the page, if it has one.
#[must_use]
pub fn script(model: &SignIn) -> Option<&'static str> {
    let has_passkey = model
        .options
        .iter()
        .any(|option| matches!(option, SignInOption::Passkey(_)));
    has_passkey.then_some(passkey::SCRIPT)
}

impl SignInOption {
    /// What it sets up first, because the person does not have it yet.
    fn enrols(&self, shell: &PageShell) -> Option<&'static str> {
        match self {
            Self::Code(code) => code.enrol.is_some().then_some(shell.texts().code.enrol_title),
            Self::Passkey(passkey) => passkey.request.is_none().then_some(shell.texts().passkey.enrol_title),
            Self::Password | Self::ByMail(_) | Self::MailCode(_) | Self::BackupCode(_) | Self::Connection(_) => None,
        }
    }

    /// What a mail is on its way for stands before what the person has, and that before what would be set up.
    fn rank(&self, shell: &PageShell) -> u8 {
        match self {
            Self::MailCode(code) if code.mailed.is_some() => 0,
            Self::ByMail(mail) if mail.asked.is_some() => 0,
            other if other.enrols(shell).is_none() => 1,
            _ => 2,
        }
    }
}

/// A page from which a provider is linked says which one.
fn link_title(shell: &PageShell, model: &SignIn) -> Option<String> {
    match model.options.as_slice() {
        [SignInOption::Connection(connection)] if model.is_linking => {
            Some((self_service(shell.language).link)(&connection.name))
        }
        _ => None,
    }
}

/// A step that only confirms somebody says so, and one for which they have nothing yet says what is set up.
fn title(shell: &PageShell, model: &SignIn) -> &'static str {
    let texts = shell.texts();
    let set_up: Vec<_> = model.options.iter().map(|option| option.enrols(shell)).collect();
    if model.is_known {
        texts.code.title
    } else if model.options.is_empty() || !model.options.iter().all(SignInOption::is_second) {
        texts.sign_in.title
    } else if set_up.iter().all(Option::is_some) {
        set_up.into_iter().flatten().next().unwrap_or(texts.code.title)
    } else {
        texts.code.title
    }
}

/// Neighbouring connections share a form; the password stands in its own, so that Enter means the password. What would
/// be set up first is folded away beside what the person has.
fn ways(shell: &PageShell, model: &SignIn) -> Vec<AnyView> {
    let mut parts: Vec<AnyView> = Vec::new();
    let is_button = |option: &SignInOption| matches!(option, SignInOption::Connection(_));
    let mut options = model.options.clone();
    options.sort_by_key(|option| option.rank(shell));
    let has_any = options.iter().any(|option| option.enrols(shell).is_none());
    let mut follows_press = false;
    for group in options.chunk_by(|a, b| is_button(a) && is_button(b)) {
        let set_up = group
            .first()
            .and_then(|option| option.enrols(shell))
            .filter(|_| has_any);
        // Ways that are but a press stand together: what divides them from a form divides it from all of them.
        let is_press = group.first().is_some_and(SignInOption::is_press);
        if !parts.is_empty() && set_up.is_none() && !(follows_press && is_press) {
            parts.push(view! { <p class="or">{shell.texts().frame.or}</p> }.into_any());
        }
        follows_press = is_press;
        let part = forms::form(shell, model, group);
        parts.push(match set_up {
            Some(title) => {
                let is_open = group.first().is_some_and(|option| model.is_about(option));
                view! {
                    <details class="set-up" open=is_open>
                        <summary>{title}</summary>
                        {part}
                    </details>
                }
                .into_any()
            }
            None => part,
        });
    }
    parts
}
