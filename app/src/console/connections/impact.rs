//! "What this changes": alive as the checkbox is switched. Both answers are in the page and the style sheet shows the
//! one that fits the checkbox, so it lives before the browser's code has loaded.

use leptos::prelude::*;
use serde_json::json;

use super::changes::{Line, affected, breaking, confirmation, lines};
use super::detail::Shown;
use crate::api::connection::{ApplicationFindings, preview_connection};
use crate::ui::choice::Checkbox;
use crate::ui::findings::Story;
use crate::ui::notice::{Notice, Tone};
use crate::ui::words;

/// The box below the checkbox.
#[component]
pub fn WhatChanges(shown: Shown) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.clone());
    let is_on = Memo::new(move |_| shown.connection.with(|c| c.settings.jit.enabled));
    let key = handle.to_string();
    // What the analyser says about the other position of the switch.
    let preview = Resource::new_blocking(
        move || is_on.get(),
        move |on| preview_connection(key.clone(), json!({"jit": {"enabled": !on}})),
    );
    let content = move || {
        let handle = handle.clone();
        Suspend::new(async move {
            let broken = preview
                .await
                .map(|saved| breaking(saved.findings, &handle))
                .unwrap_or_default();
            view! { <Change shown to=!is_on.get_untracked() broken /> }
        })
    };
    view! {
        <div class="jit-change" aria-live="polite">
            <Transition fallback=|| ()>{content}</Transition>
        </div>
    }
}

#[component]
fn Change(shown: Shown, to: bool, broken: Vec<ApplicationFindings>) -> impl IntoView {
    let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
    let lines = shown.usage.with_value(|usage| {
        shown
            .applications
            .with_value(|applications| lines(to, &name, usage, applications))
    });
    let row = |line: Line| view! { <div><dt>{line.who}</dt><dd>{line.what}</dd></div> };
    let title = if to {
        "What switching it on changes"
    } else {
        "What switching it off changes"
    };
    view! {
        <Notice tone=Tone::Info title>
            <dl class="facts">{lines.into_iter().map(row).collect_view()}</dl>
        </Notice>
        {(!broken.is_empty()).then(|| view! { <Breaks name broken /> })}
    }
}

#[component]
fn Breaks(name: String, broken: Vec<ApplicationFindings>) -> impl IntoView {
    let many = words::count(broken.len() as u64, "application", "applications");
    let verb = if broken.len() == 1 { "refuses" } else { "refuse" };
    let title = format!("{} {verb} people from {name}", words::sentence(&many));
    let confirm = confirmation(&broken, &name);
    let row = move |application: ApplicationFindings| {
        let href = format!("/console/applications/{}/flow", application.application);
        let people = application.affected.map(|people| affected(people, &name));
        let stories = application
            .findings
            .into_iter()
            .map(|finding| view! { <Story parts=finding.story fails=true /> });
        view! {
            <li>
                <p><a href=href>{application.name}</a></p>
                {people.map(|people| view! { <p class="muted">{people}</p> })}
                {stories.collect_view()}
            </li>
        }
    };
    view! {
        <Notice tone=Tone::Danger title>
            <ul class="impact">{broken.into_iter().map(row).collect_view()}</ul>
            <Checkbox label=confirm name="confirmed" checked=false />
        </Notice>
    }
}
