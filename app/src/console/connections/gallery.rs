//! The templates a connection is made from.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::ConnectionMark;
use crate::console::load::live;
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
        let page = view! {
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
            <Templates />
        };
        live(page.into_any())
    }
}

/// The cards.
#[component]
pub fn Templates() -> impl IntoView {
    view! {
        <div class="cards">
            <a class="card link" href="/console/connections/new/oidc">
                <ConnectionMark brand=Brand::OpenId large=true />
                <h2>"OpenID Connect"</h2>
                <p class="muted">
                    "Any standard provider: Google, Microsoft Entra ID, Okta, Auth0, Keycloak, GitLab and the rest. "
                    "You need its issuer, a client id and a client secret."
                </p>
            </a>
            <a class="card link" href="/console/connections/new/test_idp">
                <ConnectionMark brand=Brand::TestIdp large=true />
                <h2>"Test IdP"</h2>
                <p class="muted">
                    "The provider inside this server, with a page of personas that behave well and badly. "
                    "Try a flow before anybody real goes through it."
                </p>
            </a>
        </div>
    }
}

/// What stands where the list of connections would be.
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
            <Templates />
        </div>
    }
}
