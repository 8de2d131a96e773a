//! The administrator's pages, by resource.
//!
//! Every page but the first is a lazily loaded route; the first shares nearly all of its code with the others. What a
//! page loads is asked for in its `view`, not in its `data`: that one is part of the code every page loads, and would
//! bring the reading of all their answers with it. Pages ask the server through the functions of `api` only, and build
//! on the widgets of `ui`.

mod applications;
mod attempts;
mod audit;
mod connections;
mod frame;
mod load;
mod overview;
mod route;
mod theme;
mod users;

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};
use route::page;
pub use route::recover;

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

/// Chooses the page by address; the code of every page but the first is loaded when it is shown.
#[component]
pub fn Console() -> impl IntoView {
    #[cfg(feature = "ssr")]
    leptos_meta::provide_meta_context();
    view! {
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
        <FlatRoutes fallback=load::NotFound>
            <Route ssr=SsrMode::Async path=path!("/console") view={page::<overview::OverviewPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections") view={page::<connections::ListPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/new") view={page::<connections::GalleryPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/new/:template") view={page::<connections::NewPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/connections/:key/:tab?") view={page::<connections::DetailPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications") view={page::<applications::ListPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/new") view={page::<applications::NewPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/:tab?") view={page::<applications::DetailPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/flow/versions") view={page::<applications::VersionsPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/applications/:key/flow/versions/:version") view={page::<applications::VersionPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/users") view={page::<users::ListPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/users/new") view={page::<users::NewPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/users/:key/:tab?") view={page::<users::DetailPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/attempts") view={page::<attempts::ListPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/attempts/:id") view={page::<attempts::DetailPage>()} />
            <Route ssr=SsrMode::Async path=path!("/console/audit") view={page::<audit::AuditPage>()} />
        </FlatRoutes>
    }
}
