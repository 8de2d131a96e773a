//! What an application's developer copies: client id, secret (once), and our addresses.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::detail::Shown;
use crate::api::application::{RegenerateSecret, new_client_secret};
use crate::console::load::loading;
use crate::ui::browser;
use crate::ui::confirm::Danger;
use crate::ui::copy::CopyField;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Section;

/// Client id, secret and addresses.
#[component]
pub fn Credentials(shown: Shown) -> impl IntoView {
    let created = use_query_map().with_untracked(|query| query.get_str("created").is_some());
    let application = shown.application.get_untracked();
    let needs_secret = application.settings.needs_secret();
    let endpoints = shown.endpoints.get_value();
    view! {
        {created.then(|| view! { <Ready name=application.settings.name needs_secret /> })}
        <Section title="Credentials" text="Who the application is when it talks to us.">
            <CopyField label="Client ID" value=application.settings.client_id.unwrap_or_default() />
            {needs_secret.then(|| view! { <Secret shown /> })}
        </Section>
        <Section title="Addresses" text="Libraries with discovery find the rest by the issuer.">
            <CopyField label="Issuer" value=endpoints.issuer />
            <CopyField label="Discovery document" value=endpoints.discovery />
            <details>
                <summary>"All endpoints"</summary>
                <div class="form">
                    <CopyField label="Authorization endpoint" value=endpoints.authorization_endpoint />
                    <CopyField label="Token endpoint" value=endpoints.token_endpoint />
                    <CopyField label="Userinfo endpoint" value=endpoints.userinfo_endpoint />
                    <CopyField label="Introspection endpoint" value=endpoints.introspection_endpoint />
                    <CopyField label="Revocation endpoint" value=endpoints.revocation_endpoint />
                    <CopyField label="Keys (JWKS URI)" value=endpoints.jwks_uri />
                    <CopyField label="Sign-out endpoint" value=endpoints.end_session_endpoint />
                </div>
            </details>
        </Section>
    }
}

/// That the application is there now, and what it takes to connect it.
#[component]
fn Ready(name: String, needs_secret: bool) -> impl IntoView {
    Effect::new(|_| browser::forget_query("created"));
    // Still true where the page is loaded again, and the secret is not shown any more.
    let secret = if needs_secret {
        " Its secret is shown when it is made, and never again."
    } else {
        ""
    };
    view! {
        <Notice tone=Tone::Ok title=format!("{name} is ready to be connected")>
            <p>"Paste what stands below into it. Most libraries find the rest by the issuer." {secret}</p>
        </Notice>
    }
}

/// The secret that was just made, shown once, and the way to a new one.
#[component]
fn Secret(shown: Shown) -> impl IntoView {
    let action = ServerAction::<RegenerateSecret>::new();
    let faults = Faults::of(move || action.value().get());
    let id = shown.application.with_untracked(|a| a.id.to_string());
    let key = id.clone();
    let carried = loading(move || key.clone(), new_client_secret);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            // The form above keeps the version it came from where somebody else has saved other settings meanwhile.
            let is_ours = shown
                .application
                .with_untracked(|known| known.settings == saved.application.settings);
            if is_ours {
                shown.application.set(saved.application);
            }
        }
    });
    let just_made = move || {
        action.value().with(|answer| match answer {
            Some(Ok(saved)) => saved.client_secret.as_ref().map(|secret| secret.expose().to_owned()),
            Some(Err(_)) | None => None,
        })
    };
    let content = move || {
        Suspend::new(async move {
            let carried = carried.await.ok().flatten();
            move || match just_made().or_else(|| carried.clone()) {
                Some(secret) => view! { <FreshSecret secret /> }.into_any(),
                None => view! { <KeptSecret /> }.into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <span class="skeleton row-40" aria-hidden="true"></span> }>{content}</Transition>
        <Danger label="Make a new secret" open=faults.is_back()>
            <p>"The old secret stops working at once: the application cannot finish a sign-in until it has the new one."</p>
            <ActionForm action>
                <FaultSummary faults />
                <input type="hidden" name="id" value=id />
                <button type="submit" class="button danger primary" aria-busy=move || action.pending().get().then_some("true")>
                    "Replace the secret now"
                </button>
            </ActionForm>
        </Danger>
    }
}

#[component]
fn FreshSecret(secret: String) -> impl IntoView {
    view! {
        <CopyField label="Client secret" value=secret secret=true
            help="Shown this one time. Copy it now: we keep only a fingerprint of it." />
    }
}

#[component]
fn KeptSecret() -> impl IntoView {
    view! {
        <div class="field">
            <span class="label">"Client secret"</span>
            <p class="help">"A secret is set. It was shown when it was made and cannot be shown again."</p>
        </div>
    }
}
