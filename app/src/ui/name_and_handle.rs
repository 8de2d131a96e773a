//! The first two fields of everything that is added: its name, and the handle suggested from it.

use leptos::html;
use leptos::prelude::*;

use super::browser;
use super::faults::Faults;
use super::field::TextField;
use super::slug::slug;

/// The handle follows the name until somebody writes their own. What was typed before the browser's code had loaded
/// is taken up as if it were typed now.
#[component]
pub fn NameAndHandle(
    /// Form name of the name.
    name: &'static str,
    /// JSON pointer of the name's faults.
    pointer: &'static str,
    faults: Faults,
    name_help: &'static str,
    handle_help: &'static str,
    /// The name and the handle at first.
    #[prop(optional)]
    given: (&'static str, String),
    /// The handle as it stands in its field, for whatever follows it.
    #[prop(optional)]
    handle: RwSignal<String>,
) -> impl IntoView {
    let (name_input, handle_input) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let is_own = StoredValue::new(!given.1.is_empty());
    handle.set(given.1.clone());
    let on_name = move || {
        if let (Some(name), Some(input), false) = (
            name_input.get_untracked(),
            handle_input.get_untracked(),
            is_own.get_value(),
        ) {
            let suggested = slug(&name.value());
            input.set_value(&suggested);
            browser::tell_input(&input);
            handle.set(suggested);
        }
    };
    let on_handle = move || {
        if let Some(input) = handle_input.get_untracked() {
            is_own.set_value(!input.value().is_empty());
            handle.set(input.value());
        }
    };
    Effect::new(move |_| {
        on_handle();
        on_name();
    });
    view! {
        <div on:input=move |_| on_name()>
            <TextField label="Name" name=name value=given.0 pointer=pointer faults required=true
                node_ref=name_input help=name_help />
        </div>
        <div on:input=move |_| on_handle()>
            <TextField label="Handle" name="handle" value=given.1 pointer="/handle" faults required=true mono=true short=true
                node_ref=handle_input pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?"
                pattern_words="Lower-case letters, digits and hyphens, with a letter or digit at both ends" help=handle_help />
        </div>
    }
}
