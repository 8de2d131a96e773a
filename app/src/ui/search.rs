//! The search box of a list. Its text is part of the address; with the browser's code it searches while you type.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::icon::{Icon, Shape};

/// Rest after a key before the list is asked for.
const PAUSE: Duration = Duration::from_millis(220);

/// A search form that keeps the filters of the address. A search starts again at the first page.
#[component]
pub fn SearchForm(action: &'static str, label: &'static str, #[prop(into)] value: Signal<String>) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let latest = StoredValue::new(0_u32);
    let input = NodeRef::<html::Input>::new();
    let go = move |text: String| {
        let mut params = query.get_untracked();
        params.remove("q");
        params.remove("cursor");
        params.remove("deleted");
        if !text.trim().is_empty() {
            params.insert("q".to_owned(), text.trim().to_owned());
        }
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&format!("{action}{}", params.to_query_string()), options);
    };
    let go_now = go.clone();
    let on_input = move |event| {
        let text = event_target_value(&event);
        let go = go.clone();
        latest.update_value(|count| *count += 1);
        let mine = latest.get_value();
        set_timeout(
            move || {
                if latest.try_get_value() == Some(mine) {
                    go(text);
                }
            },
            PAUSE,
        );
    };
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        // What was typed before is searched for now, not once more after its rest.
        latest.update_value(|count| *count += 1);
        if let Some(input) = input.get_untracked() {
            go_now(input.value());
        }
    };
    view! {
        <form method="get" action=action class="search" role="search" on:submit=on_submit>
            <Icon shape=Shape::Search />
            <input
                class="input"
                type="search"
                name="q"
                node_ref=input
                value=value.get_untracked()
                aria-label=label
                placeholder=label
                maxlength="200"
                on:input=on_input
            />
            {move || kept(&query.get())}
        </form>
    }
}

/// The other filters as hidden fields, so that a search without the browser's code keeps them.
fn kept(query: &leptos_router::params::ParamsMap) -> impl IntoView + use<> {
    let names = ["state", "jit", "findings"];
    let field = |name: &'static str| {
        let value = query.get_str(name)?.to_owned();
        Some(view! { <input type="hidden" name=name value=value /> })
    };
    names.into_iter().filter_map(field).collect_view()
}

/// A search box that narrows a list on the page, and sends nothing.
#[component]
pub fn Narrow(
    label: String,
    typed: RwSignal<String>,
    /// To give it the keyboard.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let on_key = |event: web_sys::KeyboardEvent| {
        // Enter would send the form around it.
        if event.key() == "Enter" {
            event.prevent_default();
        }
    };
    view! {
        <div class="search">
            <Icon shape=Shape::Search />
            <input class="input" type="search" aria-label=label placeholder="Search" autocomplete="off" node_ref=node_ref
                on:input=move |event| typed.set(event_target_value(&event)) on:keydown=on_key />
        </div>
    }
}
