//! Values that are typed elsewhere: shown in full, with a button that copies them.

use std::time::Duration;

use leptos::prelude::*;

use super::browser;
use super::icon::{Icon, Shape};

/// How long the button says that it has copied.
const THANKS: Duration = Duration::from_millis(1600);

/// A value in a box with a copy button. `what` names it for people who do not see it beside its label.
#[component]
pub fn Copy(
    #[prop(into)] value: Signal<String>,
    #[prop(into)] what: String,
    /// Shown once, never again.
    #[prop(optional)]
    secret: bool,
) -> impl IntoView {
    view! {
        <div class="copy" class:secret=secret>
            <code>{value}</code>
            <CopyButton value what />
        </div>
    }
}

/// A value in running text or a table cell with a copy button beside it.
#[component]
pub fn CopyInline(#[prop(into)] value: String, #[prop(into)] what: String) -> impl IntoView {
    view! {
        <span class="copy inline above">
            <code>{value.clone()}</code>
            <CopyButton value what />
        </span>
    }
}

/// The button alone.
#[component]
pub fn CopyButton(#[prop(into)] value: Signal<String>, what: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let on_click = move |_| {
        browser::copy(&value.get_untracked());
        copied.set(true);
        set_timeout(move || copied.set(false), THANKS);
    };
    view! {
        <button type="button" class="button small plain" on:click=on_click>
            {move || view! { <Icon shape=if copied.get() { Shape::Check } else { Shape::Copy } /> }}
            <span aria-live="polite">{move || if copied.get() { "Copied" } else { "Copy" }}</span>
            <span class="quiet">{what}</span>
        </button>
    }
}

/// A labelled value with a copy button, in a form's column.
#[component]
pub fn CopyField(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] help: String,
    #[prop(optional)] secret: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <span class="label">{label.clone()}</span>
            <Copy value what=label secret />
            {(!help.is_empty()).then(|| view! { <p class="help">{help}</p> })}
        </div>
    }
}
