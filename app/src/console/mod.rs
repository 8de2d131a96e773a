//! The administrator's pages.

mod overview;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{Lazy, path};

/// The whole HTML document of a console page. Rendered on the server only.
#[cfg(feature = "ssr")]
#[must_use]
pub fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <crate::assets::ConsoleHead />
                <leptos_meta::MetaTags />
            </head>
            <body>
                <Console />
            </body>
        </html>
    }
}

/// Chooses the page by address; every page's code is loaded when it is first shown.
#[component]
pub fn Console() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · Doorward") text="Console" />
        <Router>
            <main>
                <Routes fallback=|| "There is no such page.">
                    <Route path=path!("/console") view={Lazy::<overview::Overview>::new()} />
                    <Route path=path!("/console/users") view={Lazy::<overview::Users>::new()} />
                </Routes>
            </main>
        </Router>
    }
}
