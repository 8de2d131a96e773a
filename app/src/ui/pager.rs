//! The way through a list that the server pages. Each page has its own address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Links to the next page and back to the first one.
#[component]
pub fn Pager(#[prop(into)] path: String, next: Option<String>, is_first: bool) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let first = {
        let mut params = query.clone();
        params.remove("cursor");
        format!("{path}{}", params.to_query_string())
    };
    let next = next.map(|cursor| {
        let mut params = query;
        params.remove("cursor");
        params.remove("deleted");
        params.insert("cursor".to_owned(), cursor);
        format!("{path}{}", params.to_query_string())
    });
    if is_first && next.is_none() {
        return None;
    }
    Some(view! {
        <nav class="pager" aria-label="Pages">
            {if is_first { view! { <span>"First page"</span> }.into_any() } else { view! { <a href=first>"First page"</a> }.into_any() }}
            {match next {
                Some(href) => view! { <a class="button small" href=href>"Next page"</a> }.into_any(),
                None => view! { <span>"End of the list"</span> }.into_any(),
            }}
        </nav>
    })
}
