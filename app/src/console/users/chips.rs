//! Where accounts and attributes come from, as chips.

use std::collections::{BTreeMap, BTreeSet};

use doorward_domain::account::{AccountStatus, AttributeSource, Origin, Role};
use doorward_domain::id::ConnectionId;
use leptos::prelude::*;

use crate::api::connection::ConnectionName;
use crate::api::user::UserView;
use crate::ui::icon::{Icon, Shape};
use crate::ui::logo::{Brand, Logo};

/// Names and marks of connections by id.
#[derive(Debug, Clone, Default)]
pub struct Connections(BTreeMap<String, (String, Brand)>);

impl Connections {
    /// Reads them from the list.
    #[must_use]
    pub fn of(named: &[ConnectionName]) -> Self {
        let entry = |one: &ConnectionName| {
            let brand = Brand::of_connection(one.template, &one.issuer);
            (one.id.to_string(), (one.display_name.clone(), brand))
        };
        Self(named.iter().map(entry).collect())
    }

    /// The display name; a word when the connection is gone.
    #[must_use]
    pub fn name(&self, id: &ConnectionId) -> String {
        self.0
            .get(id.as_str())
            .map_or_else(|| "a deleted connection".to_owned(), |(name, _)| name.clone())
    }

    /// Its mark.
    #[must_use]
    pub fn brand(&self, id: &ConnectionId) -> Brand {
        self.0.get(id.as_str()).map_or(Brand::OpenId, |(_, brand)| *brand)
    }
}

/// The connections that a person's page names, each once.
#[must_use]
pub fn connections_of(user: &UserView) -> Vec<ConnectionId> {
    let origin = match &user.summary.origin {
        Origin::Connection { connection } => Some(connection),
        Origin::SetUp | Origin::Administrator { .. } | Origin::Api => None,
    };
    let sources = user
        .attributes
        .values()
        .filter_map(|attribute| match &attribute.source {
            AttributeSource::Connection { connection } => Some(connection),
            AttributeSource::Administrator | AttributeSource::Api | AttributeSource::Person => None,
        });
    let links = user.links.iter().map(|link| &link.connection);
    let all: BTreeSet<&ConnectionId> = links.chain(origin).chain(sources).collect();
    all.into_iter().cloned().collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_connection_of_a_page_is_asked_for_once() {
        let id = |byte| ConnectionId::from_random([byte; 16]);
        let at = "2026-01-01T00:00:00Z";
        let sourced = |byte| json!({"value": "x", "source": {"kind": "connection", "connection": id(byte)}, "at": at});
        let user = json!({
            "id": doorward_domain::id::AccountId::from_random([9; 16]), "sub": "s", "username": "u", "display_name": "U",
            "email_verified": false, "status": "active", "role": "person", "created_at": at, "updated_at": at, "version": 1,
            "origin": {"kind": "connection", "connection": id(1)},
            "attributes": {"name": sourced(2), "email": sourced(1),
                "city": {"value": "x", "source": {"kind": "api"}, "at": at}},
            "links": [{"connection": id(3), "issuer": "i", "subject": "s", "created_at": at}],
            "factors": [], "passkeys": [], "sessions": [], "has_password": false,
        });
        let user: UserView = serde_json::from_value(user).expect("a user");
        assert_eq!(connections_of(&user), [id(1), id(2), id(3)]);
    }
}
