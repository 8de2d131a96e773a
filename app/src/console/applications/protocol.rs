//! The Protocol tab: what to copy, and how the application speaks OpenID Connect.

use leptos::prelude::*;

use super::credentials::Credentials;
use super::detail::Shown;
use super::protocol_form::ProtocolForm;

/// The tab.
#[component]
pub fn Protocol(shown: Shown) -> impl IntoView {
    view! {
        <div class="stack">
            <Credentials shown />
        </div>
        <ProtocolForm shown />
    }
}
