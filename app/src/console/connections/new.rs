//! The form that adds a connection.

use doorward_domain::connection::Template;
use doorward_domain::text::Handle;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};

use super::ConnectionMark;
use super::endpoints::Discover;
use crate::api::application::{ProviderEndpoints, load_provider_endpoints};
use crate::api::connection::{ConnectionName, CreateConnection, DiscoverProvider, list_connection_names};
use crate::api::error::ConsoleError;
use crate::console::load::{Load, NotFound, loading};
use crate::ui::browser;
use crate::ui::choice::Checkbox;
use crate::ui::copy::CopyButton;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::{SelectField, TextField};
use crate::ui::logo::Brand;
use crate::ui::name_and_handle::NameAndHandle;
use crate::ui::title::PageTitle;

/// The page at `/console/connections/new/{template}`.
pub struct NewPage;

#[lazy_route]
impl LazyRoute for NewPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let known = loading(|| (), |()| load());
        let params = use_params_map();
        let content = move |(server, taken): Known| {
            let named = params.with_untracked(|params| params.get("template"));
            let named = named.and_then(|name| Template::ALL.into_iter().find(|known| known.as_str() == name));
            match named {
                Some(template) => view! { <NewConnection template server taken /> }.into_any(),
                None => view! { <NotFound /> }.into_any(),
            }
        };
        view! { <Load resource=known render=content /> }.into_any()
    }
}

/// The addresses of this server, and the connections there are.
type Known = (ProviderEndpoints, Vec<ConnectionName>);

async fn load() -> Result<Known, ConsoleError> {
    Ok((load_provider_endpoints().await?, list_connection_names(None).await?))
}

/// What differs between the templates.
struct Words {
    title: &'static str,
    answer: &'static str,
    brand: Brand,
    name: &'static str,
    handle: &'static str,
}

fn words(template: Template) -> Words {
    match template {
        Template::Oidc => Words {
            title: "New OpenID Connect connection",
            answer: "Register us at the provider with the redirect URI below, then paste what it gives you.",
            brand: Brand::OpenId,
            name: "",
            handle: "",
        },
        Template::TestIdp => Words {
            title: "New Test IdP connection",
            answer: "Everything is filled in: the provider is part of this server.",
            brand: Brand::TestIdp,
            name: "Test IdP",
            handle: "test-idp",
        },
    }
}

/// The handle, or the next one of that name where it is taken.
fn free_handle(wanted: &str, taken: &[ConnectionName]) -> String {
    let is_free = |handle: &String| !taken.iter().any(|known| known.handle.as_str() == handle);
    let numbered = (2_u32..).map(|number| format!("{wanted}-{number}"));
    let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
    all.find(is_free).unwrap_or_default()
}

#[component]
fn NewConnection(template: Template, server: ProviderEndpoints, taken: Vec<ConnectionName>) -> impl IntoView {
    let words = words(template);
    let free = free_handle(words.handle, &taken);
    view! {
        <PageTitle text=words.title />
        <header class="page-head">
            <div>
                <div class="page-title">
                    <ConnectionMark brand=words.brand large=true />
                    <h1>{words.title}</h1>
                </div>
                <p class="page-status">{words.answer}</p>
            </div>
        </header>
        <NewForm template given=(words.name, free) server />
    }
}

#[component]
fn NewForm(template: Template, given: (&'static str, String), server: ProviderEndpoints) -> impl IntoView {
    let action = ServerAction::<CreateConnection>::new();
    let faults = Faults::of(move || action.value().get());
    let handle = RwSignal::new(String::new());
    let base = server.issuer.trim_end_matches('/').to_owned();
    view! {
        <ActionForm action attr:class="form">
            <FaultSummary faults />
            <input type="hidden" name="template" value=template.as_str() />
            <NameAndHandle name="display_name" pointer="/display_name" faults given handle
                name_help="What people read on the sign-in page: “Continue with …”."
                handle_help="Part of the redirect URI and of sign-in flows. It cannot change later." />
            <RedirectUri base=base.clone() handle template />
            {match template {
                Template::Oidc => view! { <OidcFields faults /> }.into_any(),
                Template::TestIdp => view! { <TestIdpFields base /> }.into_any(),
            }}
            <div class="button-row">
                <button type="submit" class="button primary" aria-busy=move || action.pending().get().then_some("true")>
                    "Add connection"
                </button>
                <a class="button" href="/console/connections/new">"Cancel"</a>
            </div>
        </ActionForm>
    }
}

/// The address to register, to be copied once there is a handle in it.
#[component]
fn RedirectUri(base: String, handle: RwSignal<String>, template: Template) -> impl IntoView {
    let help = match template {
        Template::Oidc => "Register exactly this address at the provider. It follows the handle.",
        // The provider that is part of this server takes its address by itself.
        Template::TestIdp => "It follows the handle.",
    };
    let is_whole = Memo::new(move |_| handle.with(|handle| is_handle(handle)));
    let address = Signal::derive(move || handle.with(|handle| redirect_uri(&base, handle)));
    view! {
        <div class="field">
            <span class="label">"Redirect URI"</span>
            <div class="copy">
                <code>{address}</code>
                {move || is_whole.get().then(|| view! { <CopyButton value=address what="Redirect URI".to_owned() /> })}
            </div>
            <p class="help">{help}</p>
        </div>
    }
}

fn is_handle(text: &str) -> bool {
    text.parse::<Handle>().is_ok()
}

/// Where the provider sends people back to; nobody is to register the address of a handle that will be refused.
fn redirect_uri(base: &str, handle: &str) -> String {
    let handle = if is_handle(handle) { handle } else { "…" };
    format!("{base}/federation/{handle}/callback")
}

#[component]
fn OidcFields(faults: Faults) -> impl IntoView {
    let issuer = NodeRef::<html::Input>::new();
    let scopes = NodeRef::<html::Input>::new();
    let discovery = ServerAction::<DiscoverProvider>::new();
    view! {
        <div on:input=move |_| discovery.clear()>
            <TextField label="Issuer" name="issuer" kind="url" pointer="/oidc/issuer" faults required=true mono=true node_ref=issuer
                placeholder="https://idp.example.com" help="The provider's address, exactly as it stands in its discovery document." />
        </div>
        <Discover issuer action=discovery on_found=move |found| {
            if let (Some(scopes), true) = (scopes.get_untracked(), !found.scopes_supported.is_empty()) {
                browser::type_into(&scopes, &super::endpoints::useful_scopes(&found.scopes_supported));
            }
        } />
        <TextField label="Client ID" name="client_id" pointer="/oidc/client_id" faults required=true mono=true />
        <TextField label="Client secret" name="client_secret" kind="password" pointer="/oidc/client_secret" faults depends=true mono=true
            autocomplete="new-password" help="Needed unless the client authentication is none. Kept encrypted and never shown again." />
        <SelectField label="Client authentication" name="token_endpoint_auth_method" options=super::endpoints::auth_methods()
            value="client_secret_basic" pointer="/oidc/token_endpoint_auth_method" faults />
        <TextField label="Scopes" name="scopes" value="openid email profile" pointer="/oidc/scopes" faults required=true mono=true node_ref=scopes
            help="Separated by spaces. openid must be among them." />
        <Checkbox label="Enable at once" name="enabled" checked=false
            help="Off is a good start: test the connection first, then enable it." />
    }
}

#[component]
fn TestIdpFields(base: String) -> impl IntoView {
    view! {
        <input type="hidden" name="issuer" value=format!("{base}/test-idp") />
        <input type="hidden" name="client_id" value="doorward" />
        <input type="hidden" name="token_endpoint_auth_method" value="client_secret_basic" />
        <input type="hidden" name="scopes" value="openid email profile" />
        <Checkbox label="Enable at once" name="enabled" checked=true
            help="Applications can offer it as soon as it is enabled." />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_redirect_uri_follows_the_handle() {
        assert_eq!(
            redirect_uri("https://id.example.com", "acme"),
            "https://id.example.com/federation/acme/callback"
        );
        for none in ["", "Acme Works", "-acme", "local"] {
            assert_eq!(
                redirect_uri("https://id.example.com", none),
                "https://id.example.com/federation/…/callback",
                "{none}"
            );
        }
    }

    #[test]
    fn a_handle_that_is_taken_gets_a_number() {
        let named = |handle: &str| ConnectionName {
            id: doorward_domain::id::ConnectionId::from_random([0; 16]),
            handle: handle.parse().expect("a handle"),
            display_name: String::new(),
            template: Template::TestIdp,
            issuer: String::new(),
            enabled: true,
            jit: true,
        };
        let taken = [named("test-idp"), named("test-idp-2"), named("acme")];
        for (wanted, there, want) in [
            ("test-idp", &taken[..0], "test-idp"),
            ("test-idp", &taken[..1], "test-idp-2"),
            ("test-idp", &taken[..], "test-idp-3"),
            ("", &taken[..], ""),
        ] {
            assert_eq!(free_handle(wanted, there), want);
        }
    }
}
