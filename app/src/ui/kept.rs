//! A row of what is kept of somebody, with the form that takes it away.

use leptos::prelude::*;

use super::confirm::Danger;
use super::cut::Cut;
use super::logo::{Brand, Logo};

/// What it is, what is known of it, and the closed part whose form takes it away.
#[component]
pub fn KeptRow(
    #[prop(into)] title: String,
    /// Paragraphs below the title.
    facts: AnyView,
    /// On the button that opens the part.
    label: &'static str,
    /// What happens then.
    does: &'static str,
    /// Whether the part is open from the start.
    open: bool,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <li class="identity">
            <span class="mark" aria-hidden="true"><Logo brand=Brand::Local /></span>
            <div class="identity-facts">
                <h3><Cut text=title /></h3>
                {facts}
            </div>
            <Danger label open>
                <p>{does}</p>
                {children()}
            </Danger>
        </li>
    }
}
