//! A link or a code by email that says who somebody is: where it is asked for, where its code is typed, and the page
//! that a link opens.

use leptos::prelude::*;

use crate::hosted::names;
use crate::hosted::parts::{DIGITS, Field, cancel, csrf, field};
use crate::hosted::shell::PageShell;

/// Longest code with the spaces people type.
const CODE_LIMIT: u16 = 16;

/// What a mail brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A link, and a code beside it.
    Link,
    /// A code.
    Code,
}

impl Way {
    fn option(self) -> &'static str {
        match self {
            Self::Link => "email_link",
            Self::Code => "email_otp",
        }
    }
}

/// A step that takes what comes by email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByMail {
    /// In the order of the flow.
    pub ways: Vec<Way>,
    /// What a mail was asked for, and the address, whether or not an account has it.
    pub asked: Option<(Way, String)>,
}

/// What is wrong with the forms.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MailErrors {
    pub address: Option<&'static str>,
    pub code: Option<&'static str>,
    /// Something typed anew was refused, so the address is what was typed and not where the last mail went.
    pub is_refused: bool,
}

/// The page that a link opens: nothing happens before its button is pressed.
#[must_use]
pub fn render_opened(shell: &PageShell, action: &str, code: &str) -> String {
    let text = &shell.texts().by_mail;
    let content = view! {
        <p>{text.open}</p>
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value=Way::Link.option() />
            <input type="hidden" name=names::DECISION value=names::DECISION_OPEN />
            <input type="hidden" name=names::MAIL_CODE value=code.to_owned() />
            <button class="button">{text.submit}</button>
        </form>
        {cancel(shell, action)}
    };
    shell.document(text.open_title, content)
}

/// The forms of the step: the one that asks, which may have an id, or, after it, the one that takes the code, which may
/// have the focus.
pub(super) fn forms(
    shell: &PageShell,
    action: &str,
    option: &ByMail,
    username: &str,
    errors: MailErrors,
    id: Option<&'static str>,
    has_focus: bool,
) -> impl IntoView + use<> {
    let text = &shell.texts().by_mail;
    let typed = Some(username).filter(|username| username.contains('@'));
    let Some((way, address)) = &option.asked else {
        return ask(
            shell,
            action,
            &option.ways,
            typed.unwrap_or_default(),
            errors.address,
            id,
        )
        .into_any();
    };
    let another = typed.filter(|_| errors.is_refused).unwrap_or(address);
    let told = match way {
        Way::Link => (text.asked)(address),
        Way::Code => (text.asked_code)(address),
    };
    let code = Field {
        label: text.code.to_owned(),
        autocomplete: DIGITS,
        has_focus,
        max_length: CODE_LIMIT,
        error: errors.code.map(str::to_owned),
        ..literal(names::MAIL_CODE, "text")
    };
    view! {
        <p role="status">{told}</p>
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value=way.option() />
            {field(code)}
            <button class="button">{text.submit}</button>
        </form>
        <details open=errors.address.is_some()>
            <summary class="aside">{text.again}</summary>
            {ask(shell, action, &option.ways, another, errors.address, id)}
        </details>
    }
    .into_any()
}

fn ask(
    shell: &PageShell,
    action: &str,
    ways: &[Way],
    address: &str,
    error: Option<&'static str>,
    id: Option<&'static str>,
) -> impl IntoView + use<> {
    let text = &shell.texts().by_mail;
    let address = Field {
        label: text.email.to_owned(),
        value: address.to_owned(),
        autocomplete: "email",
        has_focus: error.is_some(),
        max_length: 254,
        error: error.map(str::to_owned),
        ..literal(names::EMAIL, "email")
    };
    let button = |(place, way): (usize, &Way)| {
        let class = if place == 0 { "button" } else { "button second" };
        let label = match way {
            Way::Link => text.send,
            Way::Code => text.send_code,
        };
        view! {
            <button class=class name=names::OPTION value=way.option()>
                {label}
            </button>
        }
    };
    view! {
        <form method="post" action=action.to_owned() class="form" id=id>
            {csrf(shell)}
            <input type="hidden" name=names::DECISION value=names::DECISION_SEND />
            {field(address)}
            {ways.iter().enumerate().map(button).collect_view()}
        </form>
    }
}

fn literal(name: &'static str, kind: &'static str) -> Field {
    Field {
        name: name.to_owned(),
        label: String::new(),
        kind,
        value: String::new(),
        autocomplete: "off",
        is_required: true,
        is_fixed: false,
        has_focus: false,
        is_literal: true,
        max_length: 0,
        error: None,
        optional: None,
    }
}
