//! What is kept of the person, with where it comes from.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

use super::model::{SelfService, Source};
use crate::hosted::dates;
use crate::hosted::language::Language;
use crate::hosted::page::attributes::{StandardAttribute, control, help};
use crate::hosted::parts::{Field, csrf, cut, field_with_help};
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;

/// What people look for first; everything else follows by its label.
const FIRST: [&str; 5] = ["given_name", "family_name", "name", "email", "phone_number"];

/// A line of what is kept.
struct Fact {
    name: String,
    label: String,
    value: String,
    /// Where it comes from, or how sure it is.
    aside: String,
}

impl Fact {
    fn place(&self) -> (usize, String) {
        let first = FIRST.iter().position(|name| *name == self.name);
        (first.unwrap_or(FIRST.len()), self.label.clone())
    }
}

/// A value as people read it.
fn in_words(language: Language, name: &str, value: String) -> String {
    match name {
        "locale" => Language::words_of_tag(&value),
        "birthdate" => match value.parse::<NaiveDate>() {
            // The year zero stands for one that is not told (OpenID Connect Core §5.1).
            Ok(date) if date.year() != 0 => dates::day(language, &date),
            Ok(_) | Err(_) => value,
        },
        _ => value,
    }
}

fn source(text: &SelfServiceTexts, source: &Source) -> String {
    match source {
        Source::Connection(name) => (text.from)(name),
        Source::Administrator => text.by_administrator.to_owned(),
        Source::Person => text.by_you.to_owned(),
    }
}

fn facts(shell: &PageShell, text: &SelfServiceTexts, model: &SelfService) -> Vec<Fact> {
    let labels = &shell.texts().attributes;
    let email = model.email.clone().map(|(address, verified)| Fact {
        name: "email".to_owned(),
        label: (labels.label)(StandardAttribute::Email).to_owned(),
        value: address,
        aside: if verified { text.verified } else { text.not_verified }.to_owned(),
    });
    let kept = model.kept.iter().map(|(one, from)| {
        let Field { label, value, .. } = control(labels, one, false);
        Fact {
            value: in_words(shell.language, &one.name, value),
            name: one.name.clone(),
            label,
            aside: source(text, from),
        }
    });
    let mut facts: Vec<Fact> = email.into_iter().chain(kept).collect();
    facts.sort_by_key(Fact::place);
    facts
}

pub(super) fn profile(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    model: &SelfService,
) -> impl IntoView + use<> {
    let labels = &shell.texts().attributes;
    let facts: Vec<_> = facts(shell, text, model)
        .into_iter()
        .map(|fact| {
            view! {
                <div>
                    <dt>{fact.label}</dt>
                    <dd>{cut(&fact.value)}" "<small>{fact.aside}</small></dd>
                </div>
            }
        })
        .collect();
    let fields: Vec<_> = model
        .editable
        .iter()
        .map(|one| field_with_help(control(labels, one, one.problem.is_some()), help(labels, one)))
        .collect();
    // What is wrong with a field must be seen.
    let is_open = model.editable.iter().any(|one| one.problem.is_some());
    view! {
        <section class="part">
            <h2>{text.profile}</h2>
            <dl class="facts">
                <div>
                    <dt>{text.username}</dt>
                    <dd>{cut(&model.username)}</dd>
                </div>
                {facts}
            </dl>
            <details open=is_open>
                <summary>{text.edit}</summary>
                <form method="post" action="/account/profile" class="form">
                    {csrf(shell)}
                    {fields}
                    <button class="button">{text.save}</button>
                </form>
            </details>
        </section>
    }
}
