//! Empty states that teach, and skeletons of the size of what comes.

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// What stands where a list would be.
#[component]
pub fn Empty(
    shape: Shape,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// It is the whole page.
    #[prop(optional)]
    page: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon shape />
            {if page { view! { <h1>{title}</h1> }.into_any() } else { view! { <h2>{title}</h2> }.into_any() }}
            <p>{text}</p>
            {children.map(|children| view! { <div class="button-row">{children()}</div> })}
        </div>
    }
}

/// Rows of a table that is still being read.
#[component]
pub fn TableSkeleton(#[prop(default = 6)] rows: usize) -> impl IntoView {
    view! {
        <div class="table-frame" aria-busy="true">
            <span class="quiet">"Loading"</span>
            {(0..rows).map(|_| view! { <span class="skeleton row-40" aria-hidden="true"></span> }).collect_view()}
        </div>
    }
}

/// A page that is still being read: title, a line, a block.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <div class="stack" aria-busy="true">
            <span class="quiet">"Loading"</span>
            <span class="skeleton title" aria-hidden="true"></span>
            <span class="skeleton line" aria-hidden="true"></span>
            <span class="skeleton block" aria-hidden="true"></span>
            <span class="skeleton block" aria-hidden="true"></span>
        </div>
    }
}
