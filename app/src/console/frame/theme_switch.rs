//! The menu that chooses light, dark or the system's theme.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::console::theme::{ChooseTheme, Theme};
use crate::ui::browser;
use crate::ui::icon::{Icon, Shape};

/// The menu. A form before the browser's code has loaded; afterwards the page changes at once. A plain form: one that
/// sends itself would bring the reading of forms into the code every page loads.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let menu = NodeRef::<leptos::html::Details>::new();
    let choose = move |theme: Theme| {
        browser::set_root_attribute("data-theme", theme.attribute());
        browser::set_cookie(&theme.cookie());
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let button = move |(theme, words): (Theme, &'static str)| {
        view! {
            <button
                type="submit"
                name="theme"
                value=theme.as_str()
                on:click=move |event| {
                    event.prevent_default();
                    choose(theme);
                }
            >
                {words}
            </button>
        }
    };
    view! {
        <details class="menu" node_ref=menu>
            <summary class="button plain square" aria-label="Theme">
                <Icon shape=Shape::Theme />
            </summary>
            <div class="menu-list">
                <form method="post" action=ChooseTheme::url()>{Theme::ALL.map(button).collect_view()}</form>
            </div>
        </details>
    }
    .into_any()
}
