//! The menu that chooses light, dark or the system's theme.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::console::theme::{ChooseTheme, Theme};
use crate::ui::browser;
use crate::ui::icon::{Icon, Shape};

/// The menu, which the browser opens and closes (`popover`). A form before the browser's code has loaded; afterwards the
/// page changes at once. A plain form: one that sends itself would bring the reading of forms into the code every page
/// loads.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let choose = move |theme: Theme| {
        browser::set_root_attribute("data-theme", theme.attribute());
        browser::set_cookie(&theme.cookie());
        browser::close_menu();
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
        <div class="menu">
            <button type="button" class="button plain square" popovertarget="theme-menu" aria-label="Theme">
                <Icon shape=Shape::Theme />
            </button>
            <div class="menu-list" id="theme-menu" popover="auto">
                <form method="post" action=ChooseTheme::url()>{Theme::ALL.map(button).collect_view()}</form>
            </div>
        </div>
    }
    .into_any()
}
