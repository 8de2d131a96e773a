//! The form of the Protocol tab.

use doorward_domain::application::{
    ClientAuthMethod, ClientType, GrantType, ProtocolSettings, SigningAlg, SubjectType,
};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlOptionElement};

use super::detail::Shown;
use crate::api::application::SaveApplicationProtocol;
use crate::ui::choice::{Checkbox, RadioChoice, Radios};
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{LinesField, SelectField, TextField, Version};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::page::Section;

/// The form.
#[component]
pub fn ProtocolForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveApplicationProtocol>::new();
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
    let protocol = StoredValue::new(first.settings.protocol);
    view! {
        <ActionForm action node_ref=state.form on:input=move |_| state.look() on:change=move |event: web_sys::Event| {
            follow_type(&event);
            state.look();
        }>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.application.with(|a| a.version))
                base=Signal::derive(move || shown.application.with(|a| a.base.clone())) />
            <Section title="Redirects" text="Where people may be sent back to. Compared character by character.">
                <RedirectFields protocol=protocol.get_value() faults />
            </Section>
            <Section title="Client" text="How the application proves who it is.">
                <ClientFields protocol=protocol.get_value() faults />
            </Section>
            <Section title="Tokens" text="What it gets and how that is signed.">
                <TokenFields protocol=protocol.get_value() faults />
            </Section>
            <SaveFoot state pending=action.pending() />
        </ActionForm>
    }
}

/// Chooses a way of authentication that the type just chosen allows.
fn follow_type(event: &web_sys::Event) {
    let chosen = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(chosen) = chosen.filter(|input| input.name() == "client_type") else {
        return;
    };
    let option = |selector: &str| {
        let found = document().query_selector(&format!("#token_endpoint_auth_method option{selector}"));
        found
            .ok()
            .flatten()
            .and_then(|element| element.dyn_into::<HtmlOptionElement>().ok())
    };
    let is_none = option(":checked").is_some_and(|option| option.value() == "none");
    let other = match (chosen.value().as_str(), is_none) {
        ("public", false) => option("[value=none]"),
        ("confidential", true) => option("[value=client_secret_basic]"),
        _ => None,
    };
    if let Some(other) = other {
        other.set_selected(true);
    }
}

#[component]
fn RedirectFields(protocol: ProtocolSettings, faults: Faults) -> impl IntoView {
    view! {
        <LinesField label="Redirect URIs" name="redirect_uris" values=protocol.redirect_uris pointer="/redirect_uris" faults required=true
            placeholder="https://app.example.com/callback" help="One per line. The port of a loopback address may differ." />
        <LinesField label="Redirect URIs after sign-out" name="post_logout_redirect_uris" values=protocol.post_logout_redirect_uris
            pointer="/post_logout_redirect_uris" faults rows=2 help="One per line." />
    }
}

#[component]
fn ClientFields(protocol: ProtocolSettings, faults: Faults) -> impl IntoView {
    let method = protocol.auth_method();
    let jwks = protocol
        .jwks
        .as_ref()
        .map(|keys| serde_json::to_string_pretty(keys).unwrap_or_default());
    view! {
        <Radios legend="Type" name="client_type" choices=type_choices() value=type_value(protocol.client_type) />
        <SelectField label="Client authentication" name="token_endpoint_auth_method" options=method_choices() value=method_value(method)
            pointer="/token_endpoint_auth_method" faults help="A secret may come in the header or in the body, whichever of them is chosen. A browser or mobile application uses none." />
        <LinesField label="Public keys (JWK set)" name="jwks" values=jwks.into_iter().collect() pointer="/jwks" faults rows=3
            placeholder="{\"keys\":[…]}" help="Only for private_key_jwt." />
        <fieldset class="choices">
            <legend>"Grant types"</legend>
            <Checkbox label="Authorization code" name="authorization_code" faults checked=protocol.allows(GrantType::AuthorizationCode)
                help="People sign in. With PKCE." />
            <Checkbox label="Refresh token" name="refresh_token" faults checked=protocol.allows(GrantType::RefreshToken)
                help="Stays signed in without asking again; every use makes a new one." />
            <Checkbox label="Client credentials" name="client_credentials" faults checked=protocol.allows(GrantType::ClientCredentials)
                help="The application acts for itself, without a person." />
            {move || faults.at("/grant_types").map(|text| view! { <p class="error">{text}</p> })}
        </fieldset>
    }
}

#[component]
fn TokenFields(protocol: ProtocolSettings, faults: Faults) -> impl IntoView {
    let max_age = protocol
        .default_max_age
        .map(|seconds| seconds.to_string())
        .unwrap_or_default();
    let subject = match protocol.subject_type {
        SubjectType::Public => "public",
        SubjectType::Pairwise => "pairwise",
    };
    view! {
        <Radios legend="Signature of ID tokens" name="id_token_signed_response_alg" choices=alg_choices()
            value=protocol.id_token_signed_response_alg.as_str() />
        <Radios legend="Subject (sub)" name="subject_type" choices=subject_choices() value=subject />
        <TextField label="Required claims" name="required_claims" value=protocol.required_claims.join(" ") pointer="/required_claims" faults mono=true
            placeholder="email given_name" help="Separated by spaces. Whoever lacks one is asked for it before the sign-in ends." />
        <TextField label="Longest age of a sign-in" name="default_max_age" value=max_age kind="number" pointer="/default_max_age" faults short=true
            help="Seconds; older sessions sign in again. Empty: no limit." />
    }
}

fn type_value(client_type: ClientType) -> &'static str {
    match client_type {
        ClientType::Confidential => "confidential",
        ClientType::Public => "public",
    }
}

fn type_choices() -> Vec<RadioChoice> {
    vec![
        RadioChoice {
            value: "confidential",
            label: "With a server",
            help: "Keeps a client secret where nobody else can read it.",
        },
        RadioChoice {
            value: "public",
            label: "Browser or mobile",
            help: "Has no place for a secret; proves itself with PKCE.",
        },
    ]
}

fn method_value(method: ClientAuthMethod) -> &'static str {
    match method {
        ClientAuthMethod::ClientSecretBasic => "client_secret_basic",
        ClientAuthMethod::ClientSecretPost => "client_secret_post",
        ClientAuthMethod::PrivateKeyJwt => "private_key_jwt",
        ClientAuthMethod::None => "none",
    }
}

fn method_choices() -> Vec<(&'static str, String)> {
    [
        ("client_secret_basic", "Secret in the header (client_secret_basic)"),
        ("client_secret_post", "Secret in the body (client_secret_post)"),
        ("private_key_jwt", "Signed with its own key (private_key_jwt)"),
        ("none", "None: a public application"),
    ]
    .map(|(value, words)| (value, words.to_owned()))
    .to_vec()
}

fn alg_choices() -> Vec<RadioChoice> {
    SigningAlg::ALL
        .map(|alg| match alg {
            SigningAlg::ES256 => RadioChoice {
                value: "ES256",
                label: "ES256",
                help: "Fast and short. Every current library knows it.",
            },
            SigningAlg::EdDSA => RadioChoice {
                value: "EdDSA",
                label: "EdDSA",
                help: "Fast and short; not every library knows it.",
            },
            SigningAlg::RS256 => RadioChoice {
                value: "RS256",
                label: "RS256",
                help: "For old libraries. Signing costs twenty times as much.",
            },
        })
        .to_vec()
}

fn subject_choices() -> Vec<RadioChoice> {
    vec![
        RadioChoice {
            value: "public",
            label: "The same for every application",
            help: "Applications can recognise a person they share.",
        },
        RadioChoice {
            value: "pairwise",
            label: "Its own for this application",
            help: "Nobody can match people across applications. Changing it makes everybody new to this one.",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_the_one_the_server_reads() {
        for client_type in [ClientType::Confidential, ClientType::Public] {
            assert_eq!(serde_json::json!(client_type), type_value(client_type));
        }
        for method in [
            ClientAuthMethod::ClientSecretBasic,
            ClientAuthMethod::ClientSecretPost,
            ClientAuthMethod::PrivateKeyJwt,
            ClientAuthMethod::None,
        ] {
            assert_eq!(serde_json::json!(method), method_value(method));
            assert!(method_choices().iter().any(|(value, _)| *value == method_value(method)));
        }
        for alg in SigningAlg::ALL {
            assert!(alg_choices().iter().any(|choice| choice.value == alg.as_str()));
        }
    }
}
