//! What is kept of the person, with where it comes from.

use leptos::prelude::*;

use super::model::{SelfService, Source};
use crate::hosted::page::attributes::{StandardAttribute, control};
use crate::hosted::parts::{Field, csrf, field};
use crate::hosted::shell::PageShell;
use crate::hosted::text::SelfServiceTexts;

fn source(text: &SelfServiceTexts, source: &Source) -> String {
    match source {
        Source::Connection(name) => (text.from)(name),
        Source::Administrator => text.by_administrator.to_owned(),
        Source::Person => text.by_you.to_owned(),
    }
}

pub(super) fn profile(
    shell: &PageShell,
    text: &'static SelfServiceTexts,
    model: &SelfService,
) -> impl IntoView + use<> {
    let labels = &shell.texts().attributes;
    let email = model.email.clone().map(|(address, verified)| {
        let state = if verified { text.verified } else { text.not_verified };
        view! {
            <div>
                <dt>{(labels.label)(StandardAttribute::Email)}</dt>
                <dd>{address}" "<small>{state}</small></dd>
            </div>
        }
    });
    let fixed: Vec<_> = model
        .fixed
        .iter()
        .map(|(one, from)| {
            let Field { label, value, .. } = control(labels, one, false);
            let from = source(text, from);
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd>{value}" "<small>{from}</small></dd>
                </div>
            }
        })
        .collect();
    let fields: Vec<_> = model
        .editable
        .iter()
        .map(|(one, from)| {
            let hint = from.as_ref().map(|from| source(text, from));
            view! {
                {field(control(labels, one, one.problem.is_some()))}
                {hint.map(|hint| view! { <p class="aside">{hint}</p> })}
            }
        })
        .collect();
    // What is wrong with a field must be seen.
    let is_open = model.editable.iter().any(|(one, _)| one.problem.is_some());
    view! {
        <section class="part">
            <h2>{text.profile}</h2>
            <dl class="facts">
                <div>
                    <dt>{text.username}</dt>
                    <dd>{model.username.clone()}</dd>
                </div>
                {email}
                {fixed}
            </dl>
            <details open=is_open>
                <summary>{text.edit}</summary>
                <form method="post" action="/account/profile" class="form">
                    {csrf(shell)}
                    {fields}
                    <button class="button second">{text.save}</button>
                </form>
            </details>
        </section>
    }
}
