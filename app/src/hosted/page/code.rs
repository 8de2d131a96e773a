//! A one-time code: of an app that is enrolled, of one that is being enrolled now, or from a mail.

use leptos::prelude::*;

use super::backup_codes;
use crate::hosted::names;
use crate::hosted::parts::{DIGITS, Field, csrf, field};
use crate::hosted::shell::PageShell;

/// A step that takes the code of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeOption {
    /// What an app needs, when none is enrolled yet.
    pub enrol: Option<Enrolment>,
}

/// A step that takes a code from a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailCodeOption {
    /// The masked address.
    pub to: String,
    /// `None` until a mail was asked for.
    pub mailed: Option<Mailed>,
}

/// How the mail fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    Sent,
    /// It was tried before, and is tried again.
    Slow,
    /// It will not arrive.
    Failed,
}

/// What an app needs to make this person's codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in the letters of RFC 4648 §6, for typing.
    pub key: String,
    /// The address in the picture; a link on a phone, where the picture cannot be read.
    pub address: String,
    pub picture: Picture,
    /// Whether one of the person's backup codes has to come with the first code of the app.
    pub needs_proof: bool,
}

/// What is wrong with the codes of an app's form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CodeErrors {
    pub code: Option<&'static str>,
    /// Of the backup code that comes with it.
    pub proof: Option<&'static str>,
}

/// A QR code (ISO/IEC 18004).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Modules on one side, without the quiet zone.
    pub size: usize,
    /// Row by row, `true` is dark; `size` × `size` of them.
    pub modules: Vec<bool>,
}

/// Light modules around the picture that a camera needs (ISO/IEC 18004 §5.3.8).
const QUIET: usize = 4;
/// Longest code with the spaces people type.
const CODE_LIMIT: u16 = 16;
const EMAIL_OTP: &str = "email_otp";

impl Picture {
    /// Its dark modules as one path, each run of a row as one stroke.
    fn path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.modules.chunks(self.size.max(1)).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    path.push_str(&format!("M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len()));
                }
                x += run.len();
            }
        }
        path
    }
}

/// The form for a code, below what enrolls an app where none is.
pub(super) fn form(
    shell: &PageShell,
    action: &str,
    option: &CodeOption,
    has_focus: bool,
    errors: CodeErrors,
) -> impl IntoView + use<> {
    let text = &shell.texts().code;
    let enrolment = option.enrol.as_ref().map(|enrol| enrolment(shell, enrol));
    let explain = option.enrol.is_none().then(|| view! { <p>{text.explain}</p> });
    let proves = option.enrol.as_ref().is_some_and(|enrol| enrol.needs_proof);
    let entry = Entry {
        option: "totp",
        name: names::CODE,
        label: text.code,
        has_focus: has_focus && errors.proof.is_none(),
        error: errors.code,
        proof: proves.then_some(errors.proof),
    };
    view! {
        {enrolment}
        {explain}
        {entry.form(shell, action)}
    }
}

/// The form of a step that takes a code from a mail: first the mail is asked for, then the code.
pub(super) fn mail_form(
    shell: &PageShell,
    action: &str,
    option: &MailCodeOption,
    has_focus: bool,
    error: Option<&str>,
) -> impl IntoView + use<> {
    let text = &shell.texts().mail_code;
    let Some(mailed) = option.mailed else {
        return send(shell, action, (text.send)(&option.to), "button").into_any();
    };
    let told = match mailed {
        Mailed::Sent => view! { <p role="status">{(text.sent)(&option.to)}</p> }.into_any(),
        Mailed::Slow => view! { <p role="status">{text.slow}</p> }.into_any(),
        Mailed::Failed => view! { <p role="alert">{text.failed}</p> }.into_any(),
    };
    let entry = Entry {
        option: EMAIL_OTP,
        name: names::MAIL_CODE,
        label: shell.texts().by_mail.code,
        has_focus,
        error,
        proof: None,
    };
    view! {
        {told}
        {entry.form(shell, action)}
        {send(shell, action, text.again.to_owned(), "link")}
    }
    .into_any()
}

fn send(shell: &PageShell, action: &str, label: String, class: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action.to_owned() class="form">
            {csrf(shell)}
            <input type="hidden" name=names::OPTION value=EMAIL_OTP />
            <button class=class name=names::DECISION value=names::DECISION_SEND>
                {label}
            </button>
        </form>
    }
}

/// Where a code is typed.
struct Entry<'a> {
    /// The option of the step.
    option: &'static str,
    name: &'static str,
    label: &'static str,
    has_focus: bool,
    error: Option<&'a str>,
    /// Whether a backup code is typed beside it, and what is wrong with that one.
    proof: Option<Option<&'a str>>,
}

impl Entry<'_> {
    fn form(&self, shell: &PageShell, action: &str) -> impl IntoView + use<> {
        let text = &shell.texts().code;
        let proof = self.proof.map(|error| {
            let text = &shell.texts().backup_code;
            view! {
                <p>{text.proof}</p>
                {field(backup_codes::code_field(names::PROOF, text.code, error.is_some(), error))}
                <p class="aside">{text.no_proof}</p>
            }
        });
        view! {
            <form method="post" action=action.to_owned() class="form">
                {csrf(shell)}
                <input type="hidden" name=names::OPTION value=self.option />
                {field(Field {
                    name: self.name.to_owned(),
                    label: self.label.to_owned(),
                    kind: "text",
                    value: String::new(),
                    autocomplete: DIGITS,
                    is_required: true,
                    is_fixed: false,
                    has_focus: self.has_focus,
                    is_literal: true,
                    max_length: CODE_LIMIT,
                    error: self.error.map(str::to_owned),
                    optional: None,
                })}
                {proof}
                <button class="button">{text.submit}</button>
            </form>
        }
    }
}

fn enrolment(shell: &PageShell, enrol: &Enrolment) -> impl IntoView + use<> {
    let text = &shell.texts().code;
    let side = enrol.picture.size + 2 * QUIET;
    let letters: Vec<char> = enrol.key.chars().collect();
    let key = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ");
    view! {
        <p>{text.enrol_explain}</p>
        <p class="qr">
            <svg viewBox=format!("0 0 {side} {side}") role="img" aria-label=text.picture>
                <path class="qr-light" d=format!("M0 0h{side}v{side}h-{side}z") />
                <path class="qr-dark" d=enrol.picture.path() />
            </svg>
        </p>
        <p class="aside">
            {text.by_hand}
            <br />
            <code class="key">{key}</code>
            <br />
            <a href=enrol.address.clone()>
                {text.open_app}
            </a>
        </p>
    }
}
