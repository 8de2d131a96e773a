//! The Advanced tab: just-in-time provisioning and what belongs to it.

use doorward_domain::connection::ConnectionDraft;
use doorward_domain::jit::{AttributeSync, LinkPolicy};
use leptos::html;
use leptos::prelude::*;

use super::detail::Shown;
use super::holders::KeptFactors;
use super::impact::{Impact, OtherBreaks, StopsNow, WhatChanges};
use super::kept_out::KeptOutIdentities;
use crate::api::connection::SaveJit;
use crate::api::error::ConsoleError;
use crate::ui::choice::{Checkbox, RadioChoice, Radios};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{TextField, Version};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::page::Section;
use crate::ui::typed;

/// The tab.
#[component]
pub fn Advanced(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveJit>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    state.follow(action);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            shown.connection.set(saved.connection);
        }
    });
    let first = shown.connection.get_untracked();
    let settings = first.settings;
    let switch = NodeRef::<html::Input>::new();
    let is_refused = untrack(|| faults.get()) == Some(ConsoleError::Unconfirmed);
    let refused = is_refused.then(|| sent(&settings)).flatten();
    let (impact, foresee) = Impact::of(shown, state, refused);
    let unconfirmed = state.is_unconfirmed(faults);
    let look = move || {
        state.look();
        foresee();
    };
    let help = format!(
        "When somebody signs in through {} for the first time, an account is made for them from the provider's claims: \
         at once, before the next step of the sign-in. Switched off, they get no account and no profile is kept.",
        settings.display_name
    );
    let saved = move || {
        if shown.connection.with(|c| c.settings.jit.enabled) {
            "on"
        } else {
            "off"
        }
    };
    view! {
        <ActionForm action node_ref=state.form attr:data-jit=saved on:input=move |_| look() on:reset=move |_| request_animation_frame(look)>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.connection.with(|c| c.version))
                base=Signal::derive(move || shown.connection.with(|c| c.base.clone())) />
            <section class="card jit-card" aria-label="Just-in-time provisioning">
                <Checkbox label="Just-in-Time (JIT) User Provisioning" name="enabled" faults checked=settings.jit.enabled lead=true help=help node_ref=switch />
                <StopsNow shown impact />
                <WhatChanges shown impact unconfirmed />
            </section>
            <Choices settings faults />
            <OtherBreaks shown impact faults unconfirmed />
            <SaveFoot state pending=action.pending() confirms=true consequence=Signal::derive(move || impact.consequence(shown)) />
        </ActionForm>
        <KeptFactors shown />
        <KeptOutIdentities shown />
    }
}

#[component]
fn Choices(settings: ConnectionDraft, faults: Faults) -> impl IntoView {
    view! {
        <Section title="While JIT is on" text="How an account follows its provider, and what happens when an address has an account already.">
            <Radios legend="Attributes at later sign-ins" name="attribute_sync" choices=sync_choices() value=sync_value(settings.jit.attribute_sync) />
            <Radios legend="When the address has an account already" name="linking" choices=linking_choices() value=linking_value(settings.jit.linking)
                help="An address counts only when it is verified on both sides." />
        </Section>
        <Section title="People without an account" text="Only matters for people who come while JIT is off.">
            <Checkbox label="Keep second factors without a profile" name="factors_without_account" faults checked=settings.factors_without_account
                help="Apps, passkeys, backup codes and codes by mail work without an account. What is kept is bound to the opaque subject that applications see and holds no attributes." />
            <Checkbox label="Send codes to the verified address the provider asserts" name="otp_to_asserted_email" faults checked=settings.otp_to_asserted_email
                help="One-time codes by mail work without an account, at an address the provider vouches for." />
        </Section>
        <Section title="Second factors of the provider" text="What the provider has checked need not be checked again.">
            <TextField label="Trusted acr values" name="trusted_acr" value=settings.trusted_acr.join(" ") pointer="/trusted_acr" faults mono=true
                help="Separated by spaces. A verified assertion with one of them satisfies a second-factor step." />
            <TextField label="Trusted amr values" name="trusted_amr" value=settings.trusted_amr.join(" ") pointer="/trusted_amr" faults mono=true placeholder="mfa otp"
                help="Not pwd or kba, which name something known. A check counts for 12 hours." />
        </Section>
    }
}

/// The form as it was sent, where it came back refused before the browser's code had loaded.
fn sent(saved: &ConnectionDraft) -> Option<SaveJit> {
    let choice = |name: &str, saved: &str| serde_json::Value::from(typed::value(name, saved.to_owned()));
    let is_ticked = |name: &str| typed::is_ticked(name, "true", false);
    typed::is_there().then_some(())?;
    Some(SaveJit {
        id: String::new(),
        version: 0,
        base: String::new(),
        overwrite: None,
        enabled: is_ticked("enabled"),
        attribute_sync: serde_json::from_value(choice("attribute_sync", sync_value(saved.jit.attribute_sync))).ok()?,
        linking: serde_json::from_value(choice("linking", linking_value(saved.jit.linking))).ok()?,
        factors_without_account: is_ticked("factors_without_account"),
        otp_to_asserted_email: is_ticked("otp_to_asserted_email"),
        trusted_acr: typed::value("trusted_acr", saved.trusted_acr.join(" ")),
        trusted_amr: typed::value("trusted_amr", saved.trusted_amr.join(" ")),
        confirmed: false,
        all_the_same: false,
    })
}

fn sync_value(sync: AttributeSync) -> &'static str {
    match sync {
        AttributeSync::PreserveLocal => "preserve_local",
        AttributeSync::OverrideAll => "override_all",
        AttributeSync::None => "none",
    }
}

fn sync_choices() -> Vec<RadioChoice> {
    vec![
        RadioChoice {
            value: "preserve_local",
            label: "Take what the provider sends, keep the rest",
            help: "A claim that is missing deletes nothing.",
        },
        RadioChoice {
            value: "override_all",
            label: "Mirror the provider",
            help: "Mapped attributes it no longer sends are cleared; address and username never are.",
        },
        RadioChoice {
            value: "none",
            label: "Only when the account is made",
            help: "Later sign-ins change nothing.",
        },
    ]
}

fn linking_value(linking: LinkPolicy) -> &'static str {
    match linking {
        LinkPolicy::Never => "never",
        LinkPolicy::Prove => "prove",
        LinkPolicy::VerifiedEmail => "verified_email",
    }
}

fn linking_choices() -> Vec<RadioChoice> {
    vec![
        RadioChoice {
            value: "prove",
            label: "Ask for proof, then link",
            help: "The person shows that the account is theirs with something it has: its password, a passkey, a code by email or another linked connection.",
        },
        RadioChoice {
            value: "verified_email",
            label: "Link at once",
            help: "Trusts the provider's word for every address. Choose it only for a provider that owns its addresses. Whoever comes with a new subject to an account of the same provider proves that it is theirs.",
        },
        RadioChoice {
            value: "never",
            label: "Refuse",
            help: "A page explains how to go on. Nothing is written.",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_offered_under_its_own_value() {
        for sync in [
            AttributeSync::PreserveLocal,
            AttributeSync::OverrideAll,
            AttributeSync::None,
        ] {
            assert!(sync_choices().iter().any(|choice| choice.value == sync_value(sync)));
            assert_eq!(serde_json::json!(sync), sync_value(sync));
        }
        for linking in [LinkPolicy::Never, LinkPolicy::Prove, LinkPolicy::VerifiedEmail] {
            assert!(
                linking_choices()
                    .iter()
                    .any(|choice| choice.value == linking_value(linking))
            );
            assert_eq!(serde_json::json!(linking), linking_value(linking));
        }
    }
}
