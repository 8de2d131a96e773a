//! The General tab: name, on or off, and the end of it.

use leptos::html;
use leptos::prelude::*;

use super::delete::DeleteApplication;
use super::detail::Shown;
use crate::api::application::SaveApplicationGeneral;
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
    let application = shown.application.get_untracked();
    let changed = move || view! { <When at=shown.application.with(|a| a.updated_at) /> };
    view! {
        <Section title="Name and state" text="How people see it on the sign-in page, and whether they may sign in to it.">
            <GeneralForm shown />
        </Section>
        <Section title="Identity" text="What the management API calls it. Its client ID is on the Protocol tab.">
            <dl class="facts">
                <div><dt>"Handle"</dt><dd><Copy value=application.settings.handle.to_string() what="handle" /></dd></div>
                <div><dt>"Application ID"</dt><dd><Copy value=application.id.to_string() what="application ID" /></dd></div>
                <div><dt>"Added"</dt><dd><When at=application.created_at /></dd></div>
                <div><dt>"Last changed"</dt><dd>{changed}</dd></div>
            </dl>
        </Section>
        <Section title="Delete" text="Takes the application away for good." danger=true>
            <DeleteApplication shown />
        </Section>
    }
}

#[component]
fn GeneralForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveApplicationGeneral>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    state.follow(action);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            shown.application.set(saved.application);
            shown.findings.set(saved.findings);
        }
    });
    let first = shown.application.get_untracked();
    let switch = NodeRef::<html::Input>::new();
    let closes = RwSignal::new(false);
    let follow = move || {
        let is_open = shown.application.with_untracked(|a| a.settings.enabled);
        if let Some(switch) = switch.get_untracked() {
            closes.set(is_open && !switch.checked());
        }
    };
    // What was ticked before the code had loaded, and what is saved now.
    Effect::new(move |_| {
        shown.application.track();
        follow();
    });
    let look = move || {
        state.look();
        follow();
    };
    let consequence = Signal::derive(move || {
        let name = shown.application.with(|a| a.settings.name.clone());
        closes.get().then(|| format!("nobody will sign in to {name}"))
    });
    view! {
        <ActionForm action attr:class="form" node_ref=state.form on:input=move |_| look() on:change=move |_| look() on:reset=move |_| request_animation_frame(look)>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.application.with(|a| a.version))
                base=Signal::derive(move || shown.application.with(|a| a.base.clone())) />
            <TextField label="Name" name="name" value=first.settings.name pointer="/name" faults required=true
                help="People read it on the sign-in page." />
            <Checkbox label="Enabled" name="enabled" faults checked=first.settings.enabled
                help="Nobody can sign in to a disabled application. Every token it holds is revoked at once." node_ref=switch />
            <SaveFoot state pending=action.pending() consequence=consequence />
        </ActionForm>
    }
}
