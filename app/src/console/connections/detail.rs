//! One connection: its head, its tabs, and which one the address names.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::answer::answer;
use super::{ConnectionMark, JitChip, StateChip, advanced, applications, attributes, brand, general, settings};
use crate::api::connection::{
    ConnectedApplication, ConnectionUsage, ConnectionView, connection_applications, find_connection,
    find_connection_usage,
};
use crate::api::error::ConsoleError;
use crate::console::attempts::{About, AttemptsTab};
use crate::console::load::{Load, NotFound, loading, segment};
use crate::ui::icon::{Icon, Shape};
use crate::ui::page::{Tab, Tabs};
use crate::ui::title::PageTitle;

/// The page at `/console/connections/{handle}` and its tabs.
pub struct DetailPage;

/// What the page loads, in one go.
type Everything = (ConnectionView, ConnectionUsage, Vec<ConnectedApplication>);

/// What the tabs share: the connection as it is saved now, and what it means.
#[derive(Clone, Copy)]
pub struct Shown {
    pub connection: RwSignal<ConnectionView>,
    pub usage: StoredValue<ConnectionUsage>,
    pub applications: StoredValue<Vec<ConnectedApplication>>,
}

async fn load(key: String) -> Result<Everything, ConsoleError> {
    let view = find_connection(key.clone()).await?;
    Ok((
        view,
        find_connection_usage(key.clone()).await?,
        connection_applications(key).await?,
    ))
}

#[lazy_route]
impl LazyRoute for DetailPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let key = segment("key");
        let all = loading(move || key.get(), load);
        let render = |(connection, usage, applications)| {
            let shown = Shown {
                connection: RwSignal::new(connection),
                usage: StoredValue::new(usage),
                applications: StoredValue::new(applications),
            };
            view! { <Detail shown /> }.into_any()
        };
        view! { <Load resource=all render /> }.into_any()
    }
}

#[component]
fn Detail(shown: Shown) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
    let base = format!("/console/connections/{handle}");
    let tab = |label, path: &str| Tab {
        label,
        href: format!("{base}{path}"),
    };
    let tabs = vec![
        tab("General", ""),
        tab("Settings", "/settings"),
        tab("Attributes", "/attributes"),
        tab("Advanced", "/advanced"),
        tab("Connected apps", "/apps"),
        tab("Attempts", "/attempts"),
    ];
    let current = segment("tab");
    let body = move || match current.get().as_str() {
        "" => view! { <general::General shown /> }.into_any(),
        "settings" => view! { <settings::Settings shown /> }.into_any(),
        "attributes" => view! { <attributes::Attributes shown /> }.into_any(),
        "advanced" => view! { <advanced::Advanced shown /> }.into_any(),
        "apps" => view! { <applications::ConnectedApps shown /> }.into_any(),
        "attempts" => {
            let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
            view! { <AttemptsTab about=About::Connection(handle) /> }.into_any()
        }
        _ => view! { <NotFound /> }.into_any(),
    };
    view! {
        <Head shown />
        <Tabs tabs />
        <div class="page-body">{body}</div>
    }
}

#[component]
fn Head(shown: Shown) -> impl IntoView {
    let connection = shown.connection;
    let name = move || connection.with(|c| c.settings.display_name.clone());
    let line = move || {
        let (head, rest) = connection.with(|c| shown.usage.with_value(|usage| answer(&c.settings, usage)));
        view! { <b>{head}</b> " " {rest} }
    };
    let handle = connection.with_untracked(|c| c.settings.handle.to_string());
    view! {
        <PageTitle text=name />
        <header class="page-head">
            <div>
                <div class="page-title">
                    {move || view! { <ConnectionMark brand=connection.with(|c| brand(&c.settings)) large=true /> }}
                    <h1>{name}</h1>
                    {move || view! { <StateChip enabled=connection.with(|c| c.settings.enabled) /> }}
                    {move || view! { <JitChip on=connection.with(|c| c.settings.jit.enabled) /> }}
                </div>
                <p class="page-status">{line}</p>
            </div>
            <div class="page-actions">
                <a class="button" href=format!("/console/connection-tests/{handle}") rel="external">
                    <Icon shape=Shape::External />
                    "Test connection"
                </a>
            </div>
        </header>
    }
}
