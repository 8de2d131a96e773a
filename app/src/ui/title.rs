//! The title of a console page.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

#[cfg(feature = "ssr")]
use crate::raw_text::raw_text;

/// Names the page in the tab and the history of the browser. The browser writes it by itself: the framework's way would
/// bring a stack of titles into the code every page loads.
#[component]
pub fn PageTitle(#[prop(into)] text: TextProp) -> impl IntoView {
    let title = move || format!("{} · Doorward", text.get());
    #[cfg(feature = "ssr")]
    render(title);
    #[cfg(not(feature = "ssr"))]
    Effect::new(move |_| document().set_title(&title()));
}

/// Puts it into the head. The framework writes a title as it is, so the end of an element in a name, which may come from
/// a provider, would go on as markup.
#[cfg(feature = "ssr")]
#[expect(clippy::disallowed_methods, reason = "the one place that hands it safe text")]
fn render(title: impl Fn() -> String + Send + Sync + 'static) {
    // Asking for it is enough: it is written with the head, not where it stands.
    let _ = view! { <leptos_meta::Title text=move || raw_text(&title()) /> };
}
