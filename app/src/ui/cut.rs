//! Names of any length. Two lines of them are shown; the whole stands in a title.

use leptos::prelude::*;

/// A name or a value.
#[component]
pub fn Cut(#[prop(into)] text: String) -> impl IntoView {
    let title = text.clone();
    view! { <bdi class="cut" title=title>{text}</bdi> }
}

/// An address, or a name that may be one: it breaks before its @, and elsewhere only where it is longer than a line.
#[component]
pub fn CutAddress(#[prop(into)] text: String) -> impl IntoView {
    let (local, domain) = text.split_at(text.rfind('@').unwrap_or(text.len()));
    let (local, domain) = (local.to_owned(), domain.to_owned());
    view! { <bdi class="cut address" title=text>{local}<wbr />{domain}</bdi> }
}

/// What a row of a list is about: its name, to whose page the whole row leads, and a second line below.
#[component]
pub fn RowName(href: String, #[prop(into)] name: String, #[prop(into)] below: String) -> impl IntoView {
    let title = name.clone();
    view! {
        <span class="clip">
            <a class="row-link" href=href title=title><bdi class="cut">{name}</bdi></a>
            <small><Cut text=below /></small>
        </span>
    }
}
