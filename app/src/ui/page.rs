//! The head of a page and its tabs.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::browser;

/// One tab: its words and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    pub label: &'static str,
    pub href: String,
}

/// Tabs as links. The one whose address is this page's is the current one.
#[component]
pub fn Tabs(tabs: Vec<Tab>, #[prop(default = "Sections")] label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let links = tabs.into_iter().map(move |tab| {
        let href = tab.href.clone();
        let current = move || path.with(|path| path.trim_end_matches('/') == href).then_some("page");
        view! { <a href=tab.href.clone() aria-current=current>{tab.label}</a> }
    });
    // On a phone there is no room for all of them.
    let row = NodeRef::<html::Nav>::new();
    Effect::new(move |_| {
        path.track();
        request_animation_frame(move || {
            if let Some(Some(row)) = row.try_get_untracked() {
                browser::center_in_row(&row, "[aria-current]");
            }
        });
    });
    view! { <nav class="tabs" aria-label=label node_ref=row>{links.collect_view()}</nav> }
}

/// A part of a settings page: what it is at the left, the controls at the right.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] danger: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" class:danger=danger>
            <header>
                <h2>{title}</h2>
                {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            </header>
            <div class="form">{children()}</div>
        </section>
    }
}
