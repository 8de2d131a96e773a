//! One labelled input with its help and its fault.

use leptos::html;
use leptos::prelude::*;

use super::faults::Faults;
use super::typed;
use super::unsent::Unsent;
use crate::raw_text::raw_text;

/// Most characters that a line takes: more than the server accepts in any, so that nothing is cut first and saved then.
/// What is too long is said at the field.
const LONGEST_LINE: u32 = 16_384;

/// A line of text. Not controlled by a signal: what somebody types before the browser's code has loaded stays.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    /// Form name; the id too.
    name: &'static str,
    #[prop(optional, into)] value: String,
    /// JSON pointer of the faults that concern this field.
    #[prop(optional)]
    pointer: &'static str,
    #[prop(optional)] faults: Option<Faults>,
    #[prop(optional, into)] help: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] required: bool,
    /// Whether it may stay empty hangs on another field: the help says so, and the label nothing.
    #[prop(optional)]
    depends: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] short: bool,
    #[prop(optional)] placeholder: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] pattern: Option<&'static str>,
    /// What fits the pattern, in words: browsers say it beside their own refusal.
    #[prop(optional)]
    pattern_words: Option<&'static str>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let unsent = Unsent::new();
    let fault = unsent.or(field_fault(faults, pointer));
    let described = described_by(name, !help.is_empty(), fault);
    let value = typed::value(name, value);
    view! {
        <div class="field">
            <FieldLabel label name required=required || depends />
            <input
                class="input"
                class:mono=mono
                class:short=short
                node_ref=node_ref
                id=name
                name=name
                type=kind
                value=value
                required=required
                placeholder=placeholder
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck=if mono { "false" } else { "true" }
                maxlength=LONGEST_LINE
                pattern=pattern
                title=pattern_words
                aria-describedby=described
                aria-invalid=move || fault.get().map(|_| "true")
                on:invalid=move |event| unsent.refuse(&event, kind, pattern_words)
                on:input=move |_| unsent.forget()
            />
            <HelpAndFault name help fault />
        </div>
    }
}

/// Several lines, one value each.
#[component]
pub fn LinesField(
    #[prop(into)] label: String,
    name: &'static str,
    values: Vec<String>,
    #[prop(optional)] pointer: &'static str,
    #[prop(optional)] faults: Option<Faults>,
    #[prop(optional, into)] help: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] placeholder: &'static str,
    #[prop(default = 3)] rows: u32,
) -> impl IntoView {
    let unsent = Unsent::new();
    let fault = unsent.or(field_fault(faults, pointer));
    let described = described_by(name, !help.is_empty(), fault);
    let text = typed::value(name, values.join("\n"));
    view! {
        <div class="field">
            <FieldLabel label name required />
            <textarea
                class="input mono"
                id=name
                name=name
                rows=rows
                required=required
                placeholder=placeholder
                spellcheck="false"
                autocapitalize="none"
                maxlength="40000"
                aria-describedby=described
                aria-invalid=move || fault.get().map(|_| "true")
                on:invalid=move |event| unsent.refuse(&event, "text", None)
                on:input=move |_| unsent.forget()
                inner_html=raw_text(&text)
            ></textarea>
            <HelpAndFault name help fault />
        </div>
    }
}

/// One of a few values.
#[component]
pub fn SelectField(
    #[prop(into)] label: String,
    name: &'static str,
    /// Form value and words.
    options: Vec<(&'static str, String)>,
    #[prop(into)] value: String,
    #[prop(optional)] pointer: &'static str,
    #[prop(optional)] faults: Option<Faults>,
    #[prop(optional, into)] help: String,
) -> impl IntoView {
    let fault = field_fault(faults, pointer);
    let described = described_by(name, !help.is_empty(), fault);
    let value = typed::value(name, value);
    let options = options.into_iter().map(|(option, words)| {
        let selected = option == value;
        view! { <option value=option selected=selected>{words}</option> }
    });
    view! {
        <div class="field">
            <FieldLabel label name required=true />
            <select
                class="input"
                id=name
                name=name
                aria-describedby=described
                aria-invalid=move || fault.get().map(|_| "true")
            >
                {options.collect_view()}
            </select>
            <HelpAndFault name help fault />
        </div>
    }
}

/// What a form was made from, not to be seen. A refused form keeps its own: a change that somebody else saved meanwhile
/// is not written over by sending the form once more, unless it was sent to do so.
#[component]
pub fn Version(
    #[prop(into)] saved: Signal<i64>,
    /// The marks of what is saved, where the form is laid over what others save beside it.
    #[prop(optional, into)]
    base: Option<Signal<String>>,
) -> impl IntoView {
    let version = || typed::value("version", saved.get_untracked().to_string());
    let sent = typed::is_there().then(|| typed::value("overwrite", version()));
    let value = move || sent.clone().unwrap_or_else(|| saved.get().to_string());
    let marks = |base: Signal<String>| {
        let sent = typed::is_there().then(|| typed::value("base", String::new()));
        move || sent.clone().unwrap_or_else(|| base.get())
    };
    view! {
        <input type="hidden" name="version" value=value />
        {base.map(|base| view! { <input type="hidden" name="base" value=marks(base) /> })}
    }
}

/// The label, with the word that says a field may stay empty.
#[component]
fn FieldLabel(label: String, name: &'static str, required: bool) -> impl IntoView {
    view! {
        <label for=name>
            {label} {(!required).then(|| view! { <span class="optional">" optional"</span> })}
        </label>
    }
}

#[component]
fn HelpAndFault(name: &'static str, help: String, fault: Signal<Option<String>>) -> impl IntoView {
    view! {
        {(!help.is_empty()).then(|| view! { <p class="help" id=format!("{name}-help")>{help}</p> })}
        {move || fault.get().map(|text| view! { <p class="error" id=format!("{name}-error")>{text}</p> })}
    }
}

fn field_fault(faults: Option<Faults>, pointer: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        faults
            .filter(|_| !pointer.is_empty())
            .and_then(|faults| faults.at(pointer))
    })
}

fn described_by(
    name: &'static str,
    help: bool,
    fault: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + Clone + 'static {
    move || {
        let parts = [
            help.then(|| format!("{name}-help")),
            fault.get().map(|_| format!("{name}-error")),
        ];
        let ids: Vec<String> = parts.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}
