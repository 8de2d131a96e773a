//! Proof of ownership: an account has the asserted address; the person shows that it is theirs.

use leptos::prelude::*;

use super::code::{self, MailCodeOption};
use super::passkey;
use super::sign_in::{ConnectionOption, password_field};
use crate::hosted::message::UserMessage;
use crate::hosted::names;
use crate::hosted::parts::{cancel, connection_buttons, csrf, field, notice};
use crate::hosted::shell::PageShell;

/// Which account, and the ways to prove that it is one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Where the forms post to.
    pub action: String,
    /// The account, masked: see [`crate::hosted::mask::mask`].
    pub account: String,
    /// Display name of the connection that will be linked.
    pub connection: String,
    /// What the account has enrolled. At least one.
    pub methods: Vec<ProofMethod>,
    pub problem: Option<ProofProblem>,
}

/// A way to prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofMethod {
    Password,
    /// What the browser is asked for, as JSON.
    Passkey(String),
    MailCode(MailCodeOption),
    /// Other connections the account is linked to.
    Connections(Vec<ConnectionOption>),
}

impl ProofMethod {
    /// Whether a mail is on its way for it.
    fn is_awaited(&self) -> bool {
        matches!(self, Self::MailCode(option) if option.mailed.is_some())
    }
}

/// Why the page is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofProblem {
    PasswordMissing,
    WrongPassword,
    /// No code of the mail was typed.
    MailCodeMissing,
    WrongMailCode,
    PasskeyRefused,
    /// Anything else, such as too many tries.
    Message(UserMessage),
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &Proof) -> String {
    let text = &shell.texts().proof;
    let problem = match model.problem {
        Some(ProofProblem::Message(message)) => Some(notice(shell, message, Some(&model.connection))),
        Some(_) | None => None,
    };
    let content = view! {
        {problem}
        <p>{(text.explain)(&model.account, &model.connection)}</p>
        {methods(shell, model)}
        <p class="aside">{(text.then)(&model.connection)}</p>
        {cancel(shell, &model.action)}
    };
    shell.document(text.title, content)
}

/// The script of the page, if it has one.
#[must_use]
pub fn script(model: &Proof) -> Option<&'static str> {
    let has_passkey = model
        .methods
        .iter()
        .any(|method| matches!(method, ProofMethod::Passkey(_)));
    has_passkey.then_some(passkey::SCRIPT)
}

fn methods(shell: &PageShell, model: &Proof) -> Vec<AnyView> {
    let mut parts: Vec<AnyView> = Vec::new();
    let mut all: Vec<&ProofMethod> = model.methods.iter().collect();
    all.sort_by_key(|method| !method.is_awaited());
    for method in all {
        if !parts.is_empty() {
            parts.push(view! { <p class="or">{shell.texts().frame.or}</p> }.into_any());
        }
        parts.push(match method {
            ProofMethod::Password => password_form(shell, model).into_any(),
            ProofMethod::Passkey(request) => {
                let refused = shell.texts().passkey.refused;
                let error = (model.problem == Some(ProofProblem::PasskeyRefused)).then_some(refused);
                passkey::confirm_form(shell, &model.action, request, error).into_any()
            }
            ProofMethod::MailCode(option) => mail_form(shell, model, option).into_any(),
            ProofMethod::Connections(options) => connection_buttons(shell, &model.action, options).into_any(),
        });
    }
    parts
}

/// With other ways on the page, focus would open a phone's keyboard over them.
fn is_alone(model: &Proof) -> bool {
    model.problem.is_none() && model.methods.len() == 1
}

fn mail_form(shell: &PageShell, model: &Proof, option: &MailCodeOption) -> impl IntoView + use<> {
    let text = &shell.texts().mail_code;
    let error = match model.problem {
        Some(ProofProblem::MailCodeMissing) => Some(text.missing),
        Some(ProofProblem::WrongMailCode) => Some(text.wrong),
        Some(_) | None => None,
    };
    let is_awaited = model.problem.is_none() && option.mailed.is_some();
    let takes_focus = error.is_some() || is_awaited || is_alone(model);
    code::mail_form(shell, &model.action, option, takes_focus, error)
}

fn password_form(shell: &PageShell, model: &Proof) -> impl IntoView + use<> {
    let text = shell.texts();
    let error = match model.problem {
        Some(ProofProblem::PasswordMissing) => Some(text.sign_in.password_missing),
        Some(ProofProblem::WrongPassword) => Some(text.proof.wrong_password),
        Some(_) | None => None,
    };
    let takes_focus = error.is_some() || is_alone(model);
    view! {
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value="password" />
            {field(password_field(text.sign_in.password, takes_focus, error))}
            <button class="button">{text.proof.submit}</button>
        </form>
    }
}
