//! A person's own account: what is kept, what confirms them, what signs them in, and where they are signed in.

mod change;
mod factors;
mod model;
mod profile;
mod ways;

use doorward_domain::Timestamp;
use leptos::prelude::*;

pub use change::{Removal, render_password, render_removal};
pub use model::{Done, KeptFactors, LinkItem, PasskeyItem, SelfService, SessionItem, Source};

use crate::hosted::dates;
use crate::hosted::language::Language;
use crate::hosted::parts::csrf;
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;
use crate::hosted::text::self_service;

/// The account page as HTML.
#[must_use]
pub fn render(shell: &PageShell, model: &SelfService) -> String {
    let text = self_service(shell.language);
    let content = view! {
        {model
            .done
            .map(|done| {
                view! {
                    <p class="notice ok" role="status">
                        {(text.done)(done)}
                    </p>
                }
            })}
        {profile::profile(shell, text, model)}
        {factors::factors(shell, text, model)}
        {ways::links(shell, text, model)}
        {ways::password(text, model)}
        {ways::sessions(shell, text, model)}
        {sign_out(shell, text)}
    };
    shell.document(text.title, content)
}

/// The page for somebody of whom nothing is kept, or nothing but second factors.
#[must_use]
pub fn render_nothing(shell: &PageShell, kept: Option<&KeptFactors>) -> String {
    let text = self_service(shell.language);
    let content = view! {
        <p>{text.nothing}</p>
        {kept.map(|kept| kept_factors(shell, text, kept))}
        {sign_out(shell, text)}
    };
    let title = kept.map_or(text.nothing_title, |_| text.kept_title);
    shell.document(title, content)
}

/// What is kept for which sign-in, and until which day.
fn kept_factors(shell: &PageShell, text: &SelfServiceTexts, kept: &KeptFactors) -> impl IntoView + use<> {
    let kinds = [
        (kept.has_app, text.app),
        (kept.has_passkey, text.passkey),
        (kept.has_codes, text.codes),
    ];
    let kinds: Vec<_> = kinds
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, kind)| view! { <li>{kind}</li> })
        .collect();
    view! {
        <p>{(text.kept_for)(&kept.connection)}</p>
        <ul>{kinds}</ul>
        <p>{(text.kept_until)(&dates::day(shell.language, &kept.until))}</p>
    }
}

/// Subject and text of the mail that tells the person of a change.
#[must_use]
pub fn letter(language: Language, done: Done, organisation: &str) -> (String, String) {
    let text = self_service(language);
    (
        (text.subject)(organisation),
        (text.letter)((text.done)(done), organisation),
    )
}

/// What a passkey is called; one that nobody named has a number, in the page's language.
fn passkey_name(text: &SelfServiceTexts, name: &str) -> String {
    let is_number = |rest: &&str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let number = name.strip_prefix("Passkey ").filter(is_number);
    number.map_or_else(|| name.to_owned(), |number| format!("{} {number}", text.passkey))
}

/// Since which day.
fn since(shell: &PageShell, text: &SelfServiceTexts, at: Timestamp) -> impl IntoView + use<> {
    let day = (text.since)(&dates::day(shell.language, &at));
    let date = at.format("%Y-%m-%d").to_string();
    view! { <time datetime=date>{day}</time> }
}

/// A form that is one button.
fn press(shell: &PageShell, action: &'static str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <form method="post" action=action>
            {csrf(shell)}
            <button class="button second">{label}</button>
        </form>
    }
}

fn sign_out(shell: &PageShell, text: &'static SelfServiceTexts) -> impl IntoView + use<> {
    press(shell, "/account/sign-out", text.sign_out)
}
