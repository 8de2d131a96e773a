//! The administrator's pages, by resource.
//!
//! Every page is a lazily loaded route. What it loads is asked for in its `view`, not in its `data`: that one is part of
//! the code every page loads, and would bring the reading of all their answers with it. Pages ask the server through
//! the functions of `api` only, and build on the widgets of `ui`.

mod applications;
mod attempts;
mod audit;
mod connections;
mod frame;
mod load;
mod overview;
mod theme;
mod users;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

/// The whole HTML document of a console page. Rendered on the server only.
#[cfg(feature = "ssr")]
#[must_use]
pub fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme::of_request()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="data:," />
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
#[expect(clippy::disallowed_methods, reason = "a title of ours, and how all are written")]
pub fn Console() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · Doorward") text="Console" />
        <Router>
            <frame::Frame>
                <Pages />
            </frame::Frame>
        </Router>
    }
    .into_any()
}

/// Every address of the console. The first HTML holds the data: people without the browser's code see it all.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=load::NotFound>
            <Route ssr=SsrMode::Async path=path!("/console") view={Lazy::<overview::OverviewPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections") view={Lazy::<connections::ListPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/new") view={Lazy::<connections::GalleryPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/new/:template") view={Lazy::<connections::NewPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/:key/:tab?") view={Lazy::<connections::DetailPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications") view={Lazy::<applications::ListPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/new") view={Lazy::<applications::NewPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/:tab?") view={Lazy::<applications::DetailPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/flow/versions") view={Lazy::<applications::VersionsPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/flow/versions/:version") view={Lazy::<applications::VersionPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/users") view={Lazy::<users::ListPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/users/new") view={Lazy::<users::NewPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/users/:key/:tab?") view={Lazy::<users::DetailPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/attempts") view={Lazy::<attempts::ListPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/attempts/:id") view={Lazy::<attempts::DetailPage>::new()} />
            <Route ssr=SsrMode::Async path=path!("/console/audit") view={Lazy::<audit::AuditPage>::new()} />
        </Routes>
    }
}
