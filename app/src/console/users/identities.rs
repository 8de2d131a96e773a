//! The identities linked to an account.

use leptos::prelude::*;

use super::chips::Connections;
use super::detail::Shown;
use crate::api::user::{LinkView, Unlink, UserView};
use crate::ui::confirm::Danger;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::icon::{Icon, Shape};
use crate::ui::logo::Logo;
use crate::ui::time::{When, WhenOr};

/// The list.
#[component]
pub fn Identities(shown: Shown, user: UserView, connections: Connections) -> impl IntoView {
    let only_way = user.links.len() == 1 && !user.has_password;
    let id = user.summary.id.to_string();
    let items = user.links.into_iter().map(move |link| {
        view! { <Identity shown id=id.clone() link connections=connections.clone() only_way /> }
    });
    let items: Vec<_> = items.collect();
    view! {
        <section class="card flush">
            <div class="card-head"><h2 id="identities" tabindex="-1">"Linked identities"</h2></div>
            {if items.is_empty() {
                view! { <p class="card-line muted"><Icon shape=Shape::Info />"No provider vouches for this account."</p> }.into_any()
            } else {
                view! { <ul>{items}</ul> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Identity(shown: Shown, id: String, link: LinkView, connections: Connections, only_way: bool) -> impl IntoView {
    let brand = connections.brand(&link.connection);
    let name = link
        .connection_name
        .clone()
        .unwrap_or_else(|| "A deleted connection".to_owned());
    let title = match link.connection_handle.clone() {
        Some(handle) => view! { <a href=format!("/console/connections/{handle}")>{name.clone()}</a> }.into_any(),
        None => name.clone().into_any(),
    };
    view! {
        <li class="identity">
            <span class="mark" aria-hidden="true"><Logo brand /></span>
            <div class="identity-facts">
                <h3>{title}</h3>
                <p class="mono clip">{link.subject.clone()}</p>
                <p class="muted">"at " <span class="mono">{link.issuer.clone()}</span></p>
                <p class="muted">"Linked " <When at=link.created_at /> " · last used " <WhenOr at=link.last_used_at never="never" /></p>
            </div>
            <UnlinkForm shown id link name only_way />
        </li>
    }
}

#[component]
fn UnlinkForm(shown: Shown, id: String, link: LinkView, name: String, only_way: bool) -> impl IntoView {
    let action = ServerAction::<Unlink>::new();
    let connection = link.connection.to_string();
    let faults = Faults::of(move || action.value().get())
        .with_field("connection", &connection)
        .with_field("subject", &link.subject);
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.take(user, "The identity is unlinked.", "#identities");
        }
    });
    let way = if only_way {
        " It is the only way into this account."
    } else {
        ""
    };
    view! {
        <Danger label="Unlink" open=faults.is_back()>
            <p>
                "The account stays, signed out everywhere. "
                {name}
                " no longer signs in to it. Whoever comes through it next is new here: with JIT on they get an account of their own, unless they own the verified address of this one; then the connection's linking choice decides."
                {way}
            </p>
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="connection" value=connection />
                <input type="hidden" name="issuer" value=link.issuer />
                <input type="hidden" name="subject" value=link.subject />
                <button type="submit" class="button danger primary small">"Unlink now"</button>
            </ActionForm>
        </Danger>
    }
}
