//! The searchable list of ways to sign in that a step does not offer yet.

use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::flow::Editor;
use super::flow_edit::{EditApplicationFlow, FlowEdit};
use super::options::{Choice, ChoiceName, matching};
use crate::ui::browser;
use crate::ui::icon::{Icon, Shape};
use crate::ui::search::Narrow;

/// The menu below a step's options; of the step after the last one, which its first way to sign in makes.
#[component]
pub fn AddOption(
    editor: Editor,
    index: usize,
    chosen: Vec<String>,
    #[prop(default = "Add a way to sign in")] label: &'static str,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let menu = NodeRef::<html::Details>::new();
    let left: Vec<Choice> = editor.choices.with_untracked(|all| {
        all.iter()
            .filter(|choice| !chosen.contains(&choice.text))
            .cloned()
            .collect()
    });
    if left.is_empty() {
        return view! {
            <p class="help muted">"Every way to sign in is here. " <a href="/console/connections/new">"Add a connection"</a></p>
        }
        .into_any();
    }
    let input = NodeRef::<html::Input>::new();
    let is_open = move || menu.get_untracked().is_some_and(|menu| menu.open());
    let on_toggle = move |_| {
        if is_open()
            && let Some(input) = input.get_untracked()
        {
            let _ = input.focus();
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && is_open() {
            event.prevent_default();
            browser::close_details(menu);
        }
    };
    let search = format!("Search ways to sign in for step {}", index + 1);
    let found = move || {
        let choices = typed.with(|typed| matching(left.clone(), typed));
        if choices.is_empty() {
            return view! { <li><p>"Nothing is called that"</p></li> }.into_any();
        }
        choices
            .into_iter()
            .map(|choice| view! { <li><AddButton editor index choice /></li> })
            .collect_view()
            .into_any()
    };
    view! {
        <details class="menu flow-menu" node_ref=menu on:toggle=on_toggle on:keydown=on_key>
            <summary class="button small">
                <Icon shape=Shape::Plus />
                {label}
            </summary>
            <div class="menu-list">
                <Narrow label=search typed node_ref=input />
                <ul class="flow-found">{found}</ul>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn AddButton(editor: Editor, index: usize, choice: Choice) -> impl IntoView {
    let edit = FlowEdit::Add {
        step: index,
        option: choice.text.clone(),
    };
    view! {
        <button
            type="submit"
            formaction=EditApplicationFlow::url()
            formnovalidate=true
            name="edit"
            value=edit.to_string()
            on:click=move |event| {
                close_list(&event);
                editor.edit(&event, &edit);
            }
        >
            <ChoiceName choice />
        </button>
    }
}

/// What comes up below is what the choice means, and the list would cover it.
fn close_list(event: &web_sys::MouseEvent) {
    let button: web_sys::Element = event_target(event);
    if let Ok(Some(list)) = button.closest("details") {
        list.remove_attribute("open").ok();
    }
}
