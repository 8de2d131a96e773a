//! The Settings tab of a person: profile, role, password, and the end of it.

use doorward_domain::account::Role;
use leptos::prelude::*;

use super::danger::Endings;
use super::detail::Shown;
use super::new::role_choices;
use crate::api::user::{SaveUserProfile, SetUserPassword, SetUserRole};
use crate::ui::choice::{Checkbox, Radios};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{self, TextField};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::page::Section;
use crate::ui::typed;

/// The tab.
#[component]
pub fn Settings(shown: Shown) -> impl IntoView {
    view! {
        <Section title="Profile" text="What you write here is marked as written by an administrator.">
            <ProfileForm shown />
        </Section>
        <Section title="Role" text="What this person may do here.">
            <RoleForm shown />
        </Section>
        <Section title="Password" text="Ends every session of this account.">
            <PasswordForm shown />
        </Section>
        <Section title="Disable or delete" text="Stops this person at once." danger=true>
            <Endings shown />
        </Section>
    }
}

/// The fields that every form of this page sends: which account, and which state of it was seen.
#[component]
pub fn Version(shown: Shown) -> impl IntoView {
    view! {
        <input type="hidden" name="id" value=shown.user.with_untracked(|user| user.summary.id.to_string()) />
        <field::Version saved=Signal::derive(move || shown.user.with(|user| user.version)) />
    }
}

#[component]
fn ProfileForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveUserProfile>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    // What was saved before the browser's code had loaded, by any form of the page, its head says.
    state.saved.set(false);
    state.follow(action);
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.user.set(user);
        }
    });
    let first = shown.user.get_untracked();
    let text = |name: &str| {
        first
            .attributes
            .get(name)
            .and_then(|a| a.value.as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let fields: Vec<_> = ["name", "given_name", "family_name"]
        .into_iter()
        .enumerate()
        .map(|(index, name)| view! { <AttributeField index name value=text(name) /> })
        .collect();
    view! {
        <ActionForm action attr:class="form" node_ref=state.form on:input=move |_| state.look() on:change=move |_| state.look()>
            <FaultSummary faults />
            <Version shown />
            {fields}
            <TextField label="Username" name="username" value=first.summary.username pointer="/username" faults required=true />
            <TextField label="Address" name="email" kind="email" value=first.summary.email.unwrap_or_default() pointer="/email" faults />
            <Checkbox label="The address is verified" name="email_verified" faults checked=first.summary.email_verified
                help="Only a verified address identifies somebody and can be signed in with." />
            <SaveFoot state pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn AttributeField(index: usize, name: &'static str, value: String) -> impl IntoView {
    let id = format!("attribute-{name}");
    let value = typed::value(&format!("attributes[{index}][value]"), value);
    view! {
        <div class="field">
            <input type="hidden" name=format!("attributes[{index}][name]") value=name />
            <label for=id.clone()>{super::values::label(name)} <span class="optional">" optional"</span></label>
            <input class="input" id=id name=format!("attributes[{index}][value]") value=value maxlength="200" autocomplete="off" />
        </div>
    }
}

#[component]
fn RoleForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SetUserRole>::new();
    let faults = Faults::of(move || action.value().get());
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.user.set(user);
        }
    });
    let value = match shown.user.with_untracked(|user| user.summary.role) {
        Role::Person => "person",
        Role::Administrator => "administrator",
    };
    let done = move || action.value().with(|answer| matches!(answer, Some(Ok(_))));
    view! {
        <ActionForm action attr:class="form">
            <FaultSummary faults />
            <Version shown />
            <Radios legend="Role" name="role" choices=role_choices() value=value />
            <div class="row">
                <button type="submit" class="button" aria-busy=move || action.pending().get().then_some("true")>"Set the role"</button>
                <span aria-live="polite">{move || done().then_some("The role is set.")}</span>
            </div>
        </ActionForm>
    }
}

#[component]
fn PasswordForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SetUserPassword>::new();
    let faults = Faults::of(move || action.value().get());
    let form = NodeRef::<leptos::html::Form>::new();
    Effect::new(move |_| {
        if let Some(Ok(user)) = action.value().get() {
            shown.user.set(user);
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
        }
    });
    let has = move || {
        if shown.user.with(|user| user.has_password) {
            "A password is set."
        } else {
            "No password is set."
        }
    };
    let done = move || action.value().with(|answer| matches!(answer, Some(Ok(_))));
    view! {
        <ActionForm action attr:class="form" node_ref=form>
            <FaultSummary faults />
            <Version shown />
            <p class="muted">{has}</p>
            <TextField label="New password" name="password" kind="password" pointer="/password" faults required=true autocomplete="new-password" />
            <div class="row">
                <button type="submit" class="button" aria-busy=move || action.pending().get().then_some("true")>"Set the password"</button>
                <span aria-live="polite">{move || done().then_some("The password is set.")}</span>
            </div>
        </ActionForm>
    }
}
