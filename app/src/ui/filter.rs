//! Filters of a list that have no control of their own: they come by a link.

use std::sync::Arc;

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// One of them: a chip that takes it away, and kept when the form around it is sent.
#[component]
pub fn KeptFilter(
    name: &'static str,
    value: String,
    /// What the chip says.
    shown: String,
    /// The list without this filter.
    without: String,
) -> impl IntoView {
    let label = format!("Remove the filter {shown}");
    view! {
        <input type="hidden" name=name value=value />
        <a class="filter" aria-current="true" href=without aria-label=label>
            {shown}
            <Icon shape=Shape::Close />
        </a>
    }
}

/// For the router's forms: they send the button that was pressed along, and one without a name would leave `&=` in the
/// address.
#[must_use]
pub fn without_button() -> Arc<dyn Fn(&web_sys::FormData)> {
    Arc::new(|data| data.delete(""))
}
