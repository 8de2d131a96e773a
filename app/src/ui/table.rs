//! The frame of a list: its caption, its head, its rows, and what stands below.

use leptos::prelude::*;

/// The head of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Text(&'static str),
    /// Of figures, which stand to the right.
    Number(&'static str),
}

/// A table that can be scrolled sideways, and on a phone is a stack of cards. The rows are the children.
#[component]
pub fn ListTable(
    /// What the region is called.
    label: &'static str,
    /// Read out with the table; the label without it.
    #[prop(optional)]
    caption: Option<&'static str>,
    columns: Vec<Column>,
    /// What stands below, such as the way to the next page.
    #[prop(optional, into)]
    foot: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let head = columns.into_iter().map(|column| match column {
        Column::Text(words) => view! { <th scope="col">{words}</th> }.into_any(),
        Column::Number(words) => view! { <th scope="col" class="number">{words}</th> }.into_any(),
    });
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=label>
            <table class="table stacks">
                <caption class="quiet">{caption.unwrap_or(label)}</caption>
                <thead>
                    <tr>{head.collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
            {foot}
        </div>
    }
}
