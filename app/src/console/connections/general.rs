//! The General tab: name, on or off, and the end of it.

use leptos::html;
use leptos::prelude::*;

use super::delete::DeleteConnection;
use super::detail::Shown;
use super::switched::{SwitchChanges, Switched};
use crate::api::connection::SaveConnectionGeneral;
use crate::ui::choice::Checkbox;
use crate::ui::copy::Copy;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{TextField, Version};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::page::Section;
use crate::ui::time::When;

/// The tab.
#[component]
pub fn General(shown: Shown) -> impl IntoView {
    view! {
        <Section title="Name and state" text="How people see this connection, and whether they may use it.">
            <GeneralForm shown />
        </Section>
        <Section title="Identity" text="What flows, scripts and the management API call it.">
            <Facts shown />
        </Section>
        <Section title="Delete" text="Takes the connection away for good." danger=true>
            <DeleteConnection shown />
        </Section>
    }
}

#[component]
fn GeneralForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveConnectionGeneral>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    state.follow(action);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            shown.connection.set(saved.connection);
        }
    });
    let first = shown.connection.get_untracked();
    let switch = NodeRef::<html::Input>::new();
    let (switched, follow) = Switched::of(shown, switch);
    let look = move || {
        state.look();
        follow();
    };
    let saved = move || {
        if shown.connection.with(|c| c.settings.enabled) {
            "on"
        } else {
            "off"
        }
    };
    view! {
        <ActionForm action attr:class="form" attr:data-enabled=saved node_ref=state.form on:input=move |_| look() on:change=move |_| look() on:reset=move |_| request_animation_frame(look)>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.connection.with(|c| c.version))
                base=Signal::derive(move || shown.connection.with(|c| c.base.clone())) />
            <TextField label="Name" name="display_name" value=first.settings.display_name pointer="/display_name" faults required=true
                help="What people read on the sign-in page." />
            <Checkbox label="Enabled" name="enabled" faults checked=first.settings.enabled
                help="A disabled connection signs nobody in, from any application." node_ref=switch />
            <SwitchChanges shown switched faults unconfirmed=state.is_unconfirmed(faults) />
            <SaveFoot state pending=action.pending() confirms=true consequence=Signal::derive(move || switched.consequence(shown)) />
        </ActionForm>
    }
}

#[component]
fn Facts(shown: Shown) -> impl IntoView {
    let connection = shown.connection.get_untracked();
    let changed = move || view! { <When at=shown.connection.with(|c| c.updated_at) /> };
    view! {
        <dl class="facts">
            <div><dt>"Handle"</dt><dd><Copy value=connection.settings.handle.to_string() what="handle" /></dd></div>
            <div><dt>"Connection ID"</dt><dd><Copy value=connection.id.to_string() what="connection ID" /></dd></div>
            <div><dt>"Type"</dt><dd>{super::row::type_name(connection.settings.template)}</dd></div>
            <div><dt>"Added"</dt><dd><When at=connection.created_at /></dd></div>
            <div><dt>"Last changed"</dt><dd>{changed}</dd></div>
        </dl>
    }
}
