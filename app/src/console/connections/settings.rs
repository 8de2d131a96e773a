//! The Settings tab: how we speak with the provider.

use doorward_domain::connection::{EndpointUrl, OidcSettings, Template, UpstreamAuthMethod};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::detail::Shown;
use super::endpoints::{Discover, auth_methods};
use super::report::TestConnection;
use crate::api::connection::{DiscoverProvider, DiscoveredProvider, SaveConnectionSettings};
use crate::ui::browser;
use crate::ui::choice::Checkbox;
use crate::ui::copy::CopyField;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{LinesField, SelectField, TextField, Version};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::notice::{Notice, Tone};
use crate::ui::page::Section;

/// The tab.
#[component]
pub fn Settings(shown: Shown) -> impl IntoView {
    let created = use_query_map().with_untracked(|query| query.get_str("created").is_some());
    let (redirect, logout) = shown
        .connection
        .with_untracked(|c| (c.redirect_uri.clone(), c.backchannel_logout_uri.clone()));
    view! {
        {created.then(|| view! { <Added shown /> })}
        <TestConnection shown />
        <Section title="Addresses for the provider" text="Exactly as they stand here. Without the first one nobody signs in.">
            <CopyField label="Redirect URI" value=redirect help="Register this address at the provider." />
            <CopyField label="Back-channel logout URI" value=logout
                help="Register it too where the provider can: whoever signs out there is signed out here." />
        </Section>
        <SettingsForm shown />
    }
}

/// That the connection is there now, and what makes people sign in through it.
#[component]
fn Added(shown: Shown) -> impl IntoView {
    let settings = shown.connection.with_untracked(|c| c.settings.clone());
    let general = format!("/console/connections/{}", settings.handle);
    Effect::new(|_| browser::forget_query("created"));
    // The provider that is part of this server takes its address by itself.
    let is_foreign = settings.template != Template::TestIdp;
    view! {
        <Notice tone=Tone::Ok title=format!("{} is added", settings.display_name)>
            <p>"Next:"</p>
            <ul class="stack tight">
                {is_foreign.then(|| view! { <li>"Register the redirect URI below at the provider."</li> })}
                <li>"Run the test: it shows what the provider sends."</li>
                {(!settings.enabled).then(|| view! { <li><a href=general>"Enable it"</a>", once the test has passed."</li> })}
                <li><a href="/console/applications">"Choose an application"</a>" and put it into the sign-in flow there."</li>
            </ul>
        </Notice>
    }
}

/// The endpoint inputs that discovery fills.
#[derive(Clone, Copy, Default)]
struct EndpointInputs {
    authorization: NodeRef<html::Input>,
    token: NodeRef<html::Input>,
    userinfo: NodeRef<html::Input>,
    keys: NodeRef<html::Input>,
    sign_out: NodeRef<html::Input>,
}

impl EndpointInputs {
    fn fill(self, found: &DiscoveredProvider) {
        let none = String::new();
        for (input, value) in [
            (self.authorization, &found.authorization_endpoint),
            (self.token, &found.token_endpoint),
            (self.userinfo, found.userinfo_endpoint.as_ref().unwrap_or(&none)),
            (self.keys, &found.jwks_uri),
            (self.sign_out, found.end_session_endpoint.as_ref().unwrap_or(&none)),
        ] {
            if let Some(input) = input.get_untracked() {
                browser::type_into(&input, value);
            }
        }
    }
}

#[component]
fn SettingsForm(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveConnectionSettings>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    state.follow(action);
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            shown.connection.set(saved.connection);
        }
    });
    let first = shown.connection.get_untracked();
    let oidc = StoredValue::new(first.settings.oidc);
    let issuer_now = oidc.with_value(|oidc| oidc.issuer.clone());
    let inputs = EndpointInputs::default();
    let issuer = NodeRef::<html::Input>::new();
    let discovery = ServerAction::<DiscoverProvider>::new();
    view! {
        <ActionForm action node_ref=state.form on:input=move |_| state.look() on:change=move |_| state.look()>
            <FaultSummary faults />
            <input type="hidden" name="id" value=first.id.to_string() />
            <Version saved=Signal::derive(move || shown.connection.with(|c| c.version))
                base=Signal::derive(move || shown.connection.with(|c| c.base.clone())) />
            <Section title="Provider" text="Who vouches for people, and as whom we ask.">
                <div on:input=move |_| discovery.clear()>
                    <TextField label="Issuer" name="issuer" kind="url" value=issuer_now pointer="/oidc/issuer" faults
                        required=true mono=true node_ref=issuer help="Compared byte for byte with what the provider says about itself." />
                </div>
                <Discover issuer action=discovery on_found=move |found| inputs.fill(&found) />
                <ClientFields oidc=oidc.get_value() secret_set=first.client_secret_set faults />
            </Section>
            <Section title="Endpoints" text="Left empty, they are read from the provider's discovery document. What stands here wins.">
                <EndpointFields oidc=oidc.get_value() inputs faults />
            </Section>
            <Section title="Fine print" text="Rarely needed.">
                <FinePrint oidc=oidc.get_value() faults />
            </Section>
            <SaveFoot state pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn ClientFields(oidc: OidcSettings, secret_set: bool, faults: Faults) -> impl IntoView {
    let secret_help = if secret_set {
        "A secret is kept, encrypted. Leave this empty to keep it. A new one replaces it, and is needed where the issuer or the token endpoint changes."
    } else {
        "No secret is kept. Needed unless the client authentication is none."
    };
    let method = match oidc.token_endpoint_auth_method {
        UpstreamAuthMethod::ClientSecretBasic => "client_secret_basic",
        UpstreamAuthMethod::ClientSecretPost => "client_secret_post",
        UpstreamAuthMethod::None => "none",
    };
    view! {
        <TextField label="Client ID" name="client_id" value=oidc.client_id pointer="/oidc/client_id" faults required=true mono=true />
        <TextField label="Client secret" name="client_secret" kind="password" pointer="/oidc/client_secret" faults depends=true mono=true
            placeholder=if secret_set { "••••••••••••" } else { "" } autocomplete="new-password" help=secret_help />
        <SelectField label="Client authentication" name="token_endpoint_auth_method" options=auth_methods() value=method
            pointer="/oidc/token_endpoint_auth_method" faults />
        <TextField label="Scopes" name="scopes" value=oidc.scopes.join(" ") pointer="/oidc/scopes" faults required=true mono=true
            help="Separated by spaces. openid must be among them." />
    }
}

#[component]
fn EndpointFields(oidc: OidcSettings, inputs: EndpointInputs, faults: Faults) -> impl IntoView {
    let text = |url: Option<EndpointUrl>| {
        let text = url.as_ref().map(AsRef::<str>::as_ref);
        text.unwrap_or_default().to_owned()
    };
    view! {
        <TextField label="Authorization endpoint" name="authorization_endpoint" kind="url" value=text(oidc.authorization_endpoint)
            pointer="/oidc/authorization_endpoint" faults mono=true node_ref=inputs.authorization />
        <TextField label="Token endpoint" name="token_endpoint" kind="url" value=text(oidc.token_endpoint)
            pointer="/oidc/token_endpoint" faults mono=true node_ref=inputs.token />
        <TextField label="Userinfo endpoint" name="userinfo_endpoint" kind="url" value=text(oidc.userinfo_endpoint)
            pointer="/oidc/userinfo_endpoint" faults mono=true node_ref=inputs.userinfo />
        <TextField label="Keys (JWKS URI)" name="jwks_uri" kind="url" value=text(oidc.jwks_uri)
            pointer="/oidc/jwks_uri" faults mono=true node_ref=inputs.keys />
        <TextField label="Sign-out endpoint" name="end_session_endpoint" kind="url" value=text(oidc.end_session_endpoint)
            pointer="/oidc/end_session_endpoint" faults mono=true node_ref=inputs.sign_out />
    }
}

#[component]
fn FinePrint(oidc: OidcSettings, faults: Faults) -> impl IntoView {
    let parameters = oidc
        .additional_parameters
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    view! {
        <Checkbox label="Ask the userinfo endpoint too" name="fetch_userinfo" checked=oidc.fetch_userinfo
            help="For providers that put little into the ID token. Costs one more call at every sign-in." />
        <TextField label="Clock difference accepted" name="clock_skew_seconds" kind="number" value=oidc.clock_skew_seconds.to_string()
            pointer="/oidc/clock_skew_seconds" faults required=true short=true help="Seconds, at most 120." />
        <LinesField label="Additional request parameters" name="additional_parameters" values=parameters
            pointer="/oidc/additional_parameters" faults placeholder="hd=example.com" help="One name=value per line." />
    }
}
