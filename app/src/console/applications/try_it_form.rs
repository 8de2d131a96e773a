//! A stop of a rehearsal at a form of the script: the fields the person would see.

use std::collections::BTreeMap;

use doorward_domain::rehearsal::Choice;
use doorward_domain::script_form::{Form, Input, InputKind, TICKED};
use leptos::prelude::*;

/// What was typed, in a sentence.
pub fn told_of(typed: &BTreeMap<String, String>) -> String {
    let typed: Vec<String> = typed.iter().map(|(name, value)| format!("{name} “{value}”")).collect();
    if typed.is_empty() {
        "Sends the form".to_owned()
    } else {
        format!("Sends the form with {}", typed.join(", "))
    }
}

/// The form, to fill in as the person would.
#[component]
pub fn FormStop(form: Form, choices: RwSignal<Vec<Choice>>) -> impl IntoView {
    let Form {
        title,
        text,
        inputs,
        may_skip,
        sessions,
    } = form;
    let title = match sessions {
        Some(too_many) => Some(format!("Signed in in too many browsers: may be {}", too_many.most)),
        None => title,
    };
    let least = sessions.map_or(0, |too_many| too_many.least_ended as usize);
    let typed = RwSignal::new(BTreeMap::<String, String>::new());
    let required: Vec<String> = inputs
        .iter()
        .filter(|input| input.required)
        .map(|input| input.name.clone())
        .collect();
    let is_whole = move || {
        let filled = |name: &String| typed.with(|typed| typed.get(name).is_some_and(|value| !value.trim().is_empty()));
        let ticked = typed.with(|typed| typed.values().filter(|value| *value == TICKED).count());
        required.iter().all(filled) && ticked >= least
    };
    view! {
        <p id="try-it-now" tabindex="-1">"Sees a form" {title.map(|title| format!(": “{title}”"))}</p>
        {text.map(|text| view! { <p class="muted">{text}</p> })}
        {inputs.into_iter().map(|input| view! { <Typed input typed /> }).collect_view()}
        <ul class="try-it-offers">
            <li>
                <button type="button" class="button small" disabled=move || !is_whole()
                    on:click=move |_| choices.update(|made| made.push(Choice::Send(typed.get_untracked())))>
                    "Sends it"
                </button>
            </li>
            {may_skip.then(|| view! {
                <li>
                    <button type="button" class="button small"
                        on:click=move |_| choices.update(|made| made.push(Choice::Skip))>"Goes on without it"</button>
                </li>
            })}
        </ul>
    }
}

#[component]
fn Typed(input: Input, typed: RwSignal<BTreeMap<String, String>>) -> impl IntoView {
    let Input {
        name,
        label,
        required,
        kind,
        since,
    } = input;
    let id = format!("try-it-input-{name}");
    if kind == InputKind::Checkbox {
        let labelled = id.clone();
        let label = since.map_or(label, |_| format!("Sign out browser {name}"));
        return view! {
            <div class="choice">
                <input id=id type="checkbox"
                    on:change=move |event| typed.update(|typed| {
                        let value = if event_target_checked(&event) { TICKED } else { "" };
                        typed.insert(name.clone(), value.to_owned());
                    }) />
                <label for=labelled>{label}</label>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="field">
            <label for=id.clone()>{label} {(!required).then_some(" (optional)")}</label>
            <input id=id class="input" type="text" autocomplete="off" maxlength="1024"
                on:input=move |event| typed.update(|typed| {
                    typed.insert(name.clone(), event_target_value(&event));
                }) />
        </div>
    }
    .into_any()
}
