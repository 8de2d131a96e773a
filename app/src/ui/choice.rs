//! Checkboxes and radio buttons.

use leptos::html;
use leptos::prelude::*;

use super::faults::Faults;
use super::typed;

/// A checkbox whose form value is `true`; a cleared one sends nothing.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    name: &'static str,
    checked: bool,
    #[prop(optional, into)] help: String,
    /// Carries a whole section.
    #[prop(optional)]
    lead: bool,
    #[prop(default = "true")] value: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
    /// Of its form, on a page with others: where one of those came back, nothing is known of this box.
    #[prop(optional)]
    faults: Option<Faults>,
    /// Of a box that confirms: whether a save was refused because it was not ticked. It says so until it is.
    #[prop(optional)]
    refused: Option<Signal<bool>>,
) -> impl IntoView {
    let id = format!("{name}-{value}");
    let help_id = format!("{id}-help");
    let fault_id = format!("{id}-error");
    let is_ticked = RwSignal::new(false);
    let is_refused = move || refused.is_some_and(|refused| refused.get()) && !is_ticked.get();
    let described = {
        let (help, fault) = ((!help.is_empty()).then(|| help_id.clone()), fault_id.clone());
        move || {
            let ids: Vec<String> = help
                .clone()
                .into_iter()
                .chain(is_refused().then(|| fault.clone()))
                .collect();
            (!ids.is_empty()).then(|| ids.join(" "))
        }
    };
    let is_known = faults.is_none_or(Faults::is_back);
    let checked = if is_known {
        typed::is_ticked(name, value, checked)
    } else {
        checked
    };
    view! {
        <div class="choice" class:lead=lead>
            <input
                type="checkbox"
                node_ref=node_ref
                id=id.clone()
                name=name
                value=value
                checked=checked
                required=required
                aria-describedby=described
                aria-invalid=move || is_refused().then_some("true")
                on:change=move |event| is_ticked.set(event_target_checked(&event))
            />
            <label for=id>{label}</label>
            {(!help.is_empty()).then(|| view! { <p class="help" id=help_id>{help}</p> })}
            {move || is_refused().then(|| view! {
                <p class="error" id=fault_id.clone()>"Nothing is saved yet. Tick this box, then save again."</p>
            })}
        </div>
    }
}

/// One of several radio buttons: its form value, its words and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RadioChoice {
    pub value: &'static str,
    pub label: &'static str,
    pub help: &'static str,
}

/// Radio buttons below one legend.
#[component]
pub fn Radios(
    #[prop(into)] legend: String,
    name: &'static str,
    choices: Vec<RadioChoice>,
    #[prop(into)] value: String,
    #[prop(optional, into)] help: String,
) -> impl IntoView {
    let value = typed::value(name, value);
    let radios = choices.into_iter().map(move |choice| {
        let id = format!("{name}-{}", choice.value);
        let help_id = format!("{id}-help");
        view! {
            <div class="choice">
                <input
                    type="radio"
                    id=id.clone()
                    name=name
                    value=choice.value
                    checked=choice.value == value
                    aria-describedby=help_id.clone()
                />
                <label for=id>{choice.label}</label>
                <p class="help" id=help_id>{choice.help}</p>
            </div>
        }
    });
    view! {
        <fieldset class="choices">
            <legend>{legend}</legend>
            {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
            {radios.collect_view()}
        </fieldset>
    }
}
