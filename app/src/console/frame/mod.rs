//! What stands around every page: rail, top bar, command palette.

mod account;
mod answer;
mod crumbs;
mod palette;
mod palette_items;
mod rail;
mod theme_switch;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

pub use crumbs::Person;

use crate::ui::form::Unsaved;

/// The frame around a page. Skip link first; the page gets the keyboard after a change of address.
#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let unsaved = Unsaved::new();
    unsaved.before_unload();
    unsaved.before_back();
    provide_context(unsaved);
    provide_context(Person::default());
    announce_pages();
    view! {
        <div class="frame" on:click:capture=move |event| unsaved.before_click(&event)>
            // Not for the router: it would only change the address, and leave the keyboard where it is.
            <a class="skip" href="#main" rel="external">"Skip to the content"</a>
            <rail::Rail />
            <header class="topbar">
                <crumbs::Crumbs />
                <div class="topbar-actions">
                    <palette::Palette />
                    <theme_switch::ThemeSwitch />
                    <account::Account />
                </div>
            </header>
            <main class="page" id="main" tabindex="-1">{children()}</main>
            <rail::RailBar />
        </div>
    }
    .into_any()
}

/// Closes the menu that led to a new page and moves the keyboard there, as a real page load would; else people who do
/// not see it change would not know that it did. Changes of the query alone (search, filters) leave it where it is.
fn announce_pages() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if let Some(before) = before {
            crate::ui::browser::close_menu();
            if section(&before) != section(&now) {
                request_animation_frame(|| {
                    crate::ui::browser::focus_first("#main");
                });
            }
        }
        now
    });
}

/// The part of an address that tabs of one thing share.
fn section(path: &str) -> String {
    path.split('/').take(4).collect::<Vec<_>>().join("/")
}
