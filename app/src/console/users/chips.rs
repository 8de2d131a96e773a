//! Where accounts and attributes come from, as chips.

use std::collections::BTreeMap;

use doorward_domain::account::{AccountStatus, AttributeSource, Origin, Role};
use doorward_domain::id::ConnectionId;
use leptos::prelude::*;

use crate::api::connection::ConnectionSummary;
use crate::console::connections::brand;
use crate::ui::icon::{Icon, Shape};
use crate::ui::logo::{Brand, Logo};

/// Names and marks of connections by id.
#[derive(Debug, Clone, Default)]
pub struct Connections(BTreeMap<String, (String, String, Brand)>);

impl Connections {
    /// Reads them from the list.
    #[must_use]
    pub fn of(rows: &[ConnectionSummary]) -> Self {
        let entry = |row: &ConnectionSummary| {
            let settings = &row.connection.settings;
            let value = (
                settings.handle.to_string(),
                settings.display_name.clone(),
                brand(settings),
            );
            (row.connection.id.to_string(), value)
        };
        Self(rows.iter().map(entry).collect())
    }

    /// The display name; a word when the connection is gone.
    #[must_use]
    pub fn name(&self, id: &ConnectionId) -> String {
        self.0
            .get(id.as_str())
            .map_or_else(|| "a deleted connection".to_owned(), |(_, name, _)| name.clone())
    }

    /// Its mark.
    #[must_use]
    pub fn brand(&self, id: &ConnectionId) -> Brand {
        self.0.get(id.as_str()).map_or(Brand::OpenId, |(_, _, brand)| *brand)
    }
}

/// Who wrote an attribute.
#[component]
pub fn SourceChip(source: AttributeSource, connections: Connections) -> impl IntoView {
    match source {
        AttributeSource::Connection { connection } => view! {
            <span class="chip source"><Logo brand=connections.brand(&connection) /><span>{connections.name(&connection)}</span></span>
        }
        .into_any(),
        AttributeSource::Administrator => plain(Shape::Shield, "an administrator"),
        AttributeSource::Api => plain(Shape::Key, "the API"),
        AttributeSource::Person => plain(Shape::Account, "the person"),
    }
}

fn plain(shape: Shape, word: &'static str) -> AnyView {
    view! { <span class="chip source"><Icon shape /><span>{word}</span></span> }.into_any()
}

/// Whether an account may be used.
#[component]
pub fn StatusChip(status: AccountStatus) -> impl IntoView {
    match status {
        AccountStatus::Active => {
            view! { <span class="chip on"><span class="dot ok"></span><span>"Active"</span></span> }.into_any()
        }
        AccountStatus::Disabled => {
            view! { <span class="chip off"><span class="dot off"></span><span>"Disabled"</span></span> }.into_any()
        }
        AccountStatus::Locked => {
            view! { <span class="chip danger"><Icon shape=Shape::Stop /><span>"Locked"</span></span> }.into_any()
        }
    }
}

/// Shown for administrators alone.
#[component]
pub fn RoleChip(role: Role) -> impl IntoView {
    match role {
        Role::Administrator => {
            Some(view! { <span class="chip accent"><Icon shape=Shape::Shield /><span>"Administrator"</span></span> })
        }
        Role::Person => None,
    }
}

/// How an account came to be, in two words.
#[must_use]
pub fn origin_word(origin: &Origin) -> &'static str {
    match origin {
        Origin::SetUp => "Set-up",
        Origin::Administrator { .. } => "Administrator",
        Origin::Api => "API",
        Origin::Connection { .. } => "Just in time",
    }
}
