//! Proof of ownership: an account has the asserted address; the person shows that it is theirs.

use leptos::prelude::*;

use super::sign_in::password_field;
use crate::hosted::message::UserMessage;
use crate::hosted::names;
use crate::hosted::parts::{cancel, csrf, field, notice};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMethod {
    Password,
}

/// Why the page is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofProblem {
    PasswordMissing,
    WrongPassword,
    /// Anything else, such as too many tries.
    Message(UserMessage),
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &Proof) -> String {
    let text = &shell.texts().proof;
    let problem = match model.problem {
        Some(ProofProblem::Message(message)) => Some(notice(shell, message, Some(&model.connection))),
        Some(ProofProblem::PasswordMissing | ProofProblem::WrongPassword) | None => None,
    };
    let methods: Vec<_> = model
        .methods
        .iter()
        .map(|method| match method {
            ProofMethod::Password => password_form(shell, model),
        })
        .collect();
    let content = view! {
        {problem}
        <p>{(text.explain)(&model.account, &model.connection)}</p>
        {methods}
        <p class="aside">{(text.then)(&model.connection)}</p>
        {cancel(shell, &model.action)}
    };
    shell.document(text.title, content)
}

fn password_form(shell: &PageShell, model: &Proof) -> impl IntoView + use<> {
    let text = shell.texts();
    let error = match model.problem {
        Some(ProofProblem::PasswordMissing) => Some(text.sign_in.password_missing),
        Some(ProofProblem::WrongPassword) => Some(text.sign_in.wrong_password),
        Some(ProofProblem::Message(_)) | None => None,
    };
    view! {
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value="password" />
            {field(password_field(text.sign_in.password, true, error))}
            <button class="button">{text.proof.submit}</button>
        </form>
    }
}
