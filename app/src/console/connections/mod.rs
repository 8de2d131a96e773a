//! Connections: our configured links to identity providers.

mod advanced;
mod answer;
mod applications;
mod attributes;
mod breaks;
mod changes;
mod delete;
mod detail;
mod endpoints;
mod filter;
mod gallery;
mod general;
mod holders;
mod impact;
mod kept_out;
mod list;
mod new;
mod report;
mod row;
mod rows;
mod settings;
mod switched;

pub use detail::DetailPage;
pub use gallery::GalleryPage;
pub use list::ListPage;
pub use new::NewPage;

use doorward_domain::connection::ConnectionDraft;
use leptos::prelude::*;

use crate::ui::logo::{Brand, Logo};

/// The mark of a connection's provider in its tile.
#[component]
pub fn ConnectionMark(brand: Brand, #[prop(optional)] large: bool) -> impl IntoView {
    view! { <span class="mark" class:large=large aria-hidden="true"><Logo brand /></span> }
}

/// Whose mark a connection carries.
#[must_use]
pub fn brand(settings: &ConnectionDraft) -> Brand {
    Brand::of_connection(settings.template, &settings.oidc.issuer)
}

/// Whether it is enabled, as a chip.
#[component]
pub fn StateChip(enabled: bool) -> impl IntoView {
    if enabled {
        view! { <span class="chip on"><span class="dot ok"></span><span>"Enabled"</span></span> }.into_any()
    } else {
        view! { <span class="chip off"><span class="dot off"></span><span>"Disabled"</span></span> }.into_any()
    }
}

/// Whether just-in-time provisioning is on, as a chip.
#[component]
pub fn JitChip(on: bool) -> impl IntoView {
    if on {
        view! { <span class="chip accent"><span>"JIT on"</span></span> }.into_any()
    } else {
        view! { <span class="chip off"><span>"JIT off"</span></span> }.into_any()
    }
}
