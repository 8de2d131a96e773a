//! The title of a console page.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

#[cfg(feature = "ssr")]
use crate::raw_text::raw_text;

/// Names the page in the tab and the history of the browser. On the server the framework writes a title as it is, so the
/// end of an element in a name, which may come from a provider, would go on as markup.
#[component]
#[expect(clippy::disallowed_methods, reason = "the one place that hands it safe text")]
pub fn PageTitle(#[prop(into)] text: TextProp) -> impl IntoView {
    #[cfg(feature = "ssr")]
    let text = move || raw_text(&text.get());
    view! { <leptos_meta::Title text /> }
}
