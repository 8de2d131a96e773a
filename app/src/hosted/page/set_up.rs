//! The first start: whoever holds the one-time link becomes the first administrator.

use doorward_domain::weak_password::WeakPassword;
use leptos::prelude::*;

use super::sign_in::password_field;
use crate::hosted::names;
use crate::hosted::parts::{Field, csrf, field};
use crate::hosted::shell::PageShell;
use crate::hosted::text::self_service;

/// What was typed so far; the token of the link is the shell's `csrf`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetUp {
    /// Where the form posts to.
    pub action: String,
    pub email: String,
    pub problem: Option<SetUpProblem>,
}

/// Why the page is shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUpProblem {
    /// No email address.
    NoAddress,
    /// The address of an account that may not administer.
    AddressTaken,
    /// A password nobody should have.
    WeakPassword(WeakPassword),
}

/// The page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &SetUp) -> String {
    let text = &shell.texts().set_up;
    let error = |problem, sentence: &str| (model.problem == Some(problem)).then(|| sentence.to_owned());
    let weak = match model.problem {
        Some(SetUpProblem::WeakPassword(weak)) => Some((self_service(shell.language).weak_password)(weak)),
        Some(SetUpProblem::NoAddress | SetUpProblem::AddressTaken) | None => None,
    };
    let address = Field {
        name: names::EMAIL.to_owned(),
        label: text.email.to_owned(),
        kind: "email",
        value: model.email.clone(),
        autocomplete: "username",
        is_required: true,
        is_fixed: false,
        has_focus: weak.is_none(),
        is_literal: true,
        max_length: 254,
        error: error(SetUpProblem::NoAddress, text.no_address)
            .or_else(|| error(SetUpProblem::AddressTaken, text.address_taken)),
        optional: None,
    };
    let password = Field {
        autocomplete: "new-password",
        ..password_field(text.password, weak.is_some(), weak)
    };
    let content = view! {
        <p>{text.explain}</p>
        <form method="post" action=model.action.clone() class="form">
            {csrf(shell)}
            {field(address)}
            {field(password)}
            <p class="aside">{text.rule}</p>
            <button class="button">{text.submit}</button>
        </form>
    };
    shell.document(text.title, content)
}
