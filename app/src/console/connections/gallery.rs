//! The templates a connection is made from.

use doorward_domain::connection::Template;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::ConnectionMark;
use crate::api::application::{ProviderEndpoints, load_provider_endpoints};
use crate::console::load::{Load, loading};
use crate::ui::logo::Brand;
use crate::ui::title::PageTitle;

/// The page at `/console/connections/new`.
pub struct GalleryPage;

#[lazy_route]
impl LazyRoute for GalleryPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let server = loading(|| (), |()| load_provider_endpoints());
        let content = |server: ProviderEndpoints| {
            view! {
                <PageTitle text="Add a connection" />
                <header class="page-head">
                    <div>
                        <div class="page-title"><h1>"Add a connection"</h1></div>
                        <p class="page-status">
                            <b>"Where do people already have an account?"</b>
                            " Choose the provider that should vouch for them."
                        </p>
                    </div>
                </header>
                <Templates test_idp=server.test_idp />
            }
            .into_any()
        };
        view! { <Load resource=server render=content /> }.into_any()
    }
}

/// The cards: one for each template that works on this server.
#[component]
fn Templates(
    /// Whether the Test IdP is on.
    test_idp: bool,
) -> impl IntoView {
    let works = move |template: &Template| match template {
        Template::Oidc => true,
        Template::TestIdp => test_idp,
    };
    let cards: Vec<_> = Template::ALL.into_iter().filter(works).map(card).collect();
    view! { <div class="cards">{cards}</div> }
}

fn card(template: Template) -> impl IntoView {
    let (brand, name, about) = match template {
        Template::Oidc => (
            Brand::OpenId,
            "OpenID Connect",
            "Any standard provider: Google, Microsoft Entra ID, Okta, Auth0, Keycloak, GitLab and the rest. \
             You need its issuer, a client id and a client secret.",
        ),
        Template::TestIdp => (
            Brand::TestIdp,
            "Test IdP",
            "The provider inside this server, with a page of personas that behave well and badly. \
             Try a flow before anybody real goes through it.",
        ),
    };
    view! {
        <a class="card link" href=format!("/console/connections/new/{}", template.as_str())>
            <ConnectionMark brand large=true />
            <h2>{name}</h2>
            <p class="muted">{about}</p>
        </a>
    }
}

/// What stands where the list of connections would be. The Test IdP vouches for nobody real, so it is not the first.
#[component]
pub fn FirstConnection() -> impl IntoView {
    view! {
        <div class="empty start">
            <div>
                <h2>"Connect the first identity provider"</h2>
                <p class="muted">
                    "A connection lets people sign in with an account they already have. "
                    "An account here is made at their first sign-in, unless you decide otherwise."
                </p>
            </div>
            <Templates test_idp=false />
        </div>
    }
}
