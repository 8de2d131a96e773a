//! Showing what a page loads: a skeleton first, then the content, or why there is none.

use std::future::{Future, poll_fn};
use std::task::{Context, Poll};

use doorward_domain::invalid::FieldError;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos_router::hooks::{use_location, use_params_map};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::error::ConsoleError;
use crate::ui::empty::{Empty, PageSkeleton, TableSkeleton};
use crate::ui::faults::list_of;
use crate::ui::icon::Shape;
use crate::ui::title::PageTitle;

/// What a page loads.
pub type Loading<T> = Resource<Result<T, ConsoleError>, Json>;

/// How what the server has loaded travels within the page: as JSON that is read from bytes, like the answers of server
/// functions, so that the code that reads a type is there once.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Loads what a page shows, and again whenever `source` changes. The first HTML waits for it.
pub fn loading<S, T, Answer>(
    source: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> Answer + Send + Sync + 'static,
) -> Loading<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Answer: Future<Output = Result<T, ConsoleError>> + Send + 'static,
{
    Resource::new_with_options(source, ask, true)
}

/// The part of the page's address that its route calls so; empty where it has none.
pub fn segment(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A page's content; says in the document when the browser's code has taken it over, which tests of forms wait for.
pub fn live(content: AnyView) -> AnyView {
    Effect::new(|_| crate::ui::browser::set_root_attribute("data-ready", Some("true")));
    content
}

/// Leptos looks through a page before it renders it, once or twice as the data happen to come, and would make what the
/// content loads itself anew each time, under other numbers than the browser gives them. On the server the content is
/// therefore never at hand at the first look.
async fn not_at_first_look() {
    let mut looked = !cfg!(feature = "ssr");
    let at_second_look = move |context: &mut Context<'_>| {
        if std::mem::replace(&mut looked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    };
    poll_fn(at_second_look).await;
}

fn loaded<T, Render>(resource: Loading<T>, render: Render) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    Render: Fn(T) -> AnyView + Send + 'static,
{
    Suspend::new(async move {
        let answer = resource.await;
        not_at_first_look().await;
        match answer {
            Ok(content) => live(render(content)),
            Err(error) => live(view! { <LoadFault error /> }.into_any()),
        }
    })
}

/// The content once it is there. While it is read again the old one stays on the screen.
#[component]
pub fn Load<T, Render>(resource: Loading<T>, render: Render) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    Render: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=PageSkeleton>
            {move || loaded(resource, render.clone())}
        </Transition>
    }
}

/// Rows of a list, with a skeleton of a table.
#[component]
pub fn LoadTable<T, Render>(resource: Loading<T>, render: Render) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    Render: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| view! { <TableSkeleton /> }>
            {move || loaded(resource, render.clone())}
        </Transition>
    }
}

/// The answer above a list, made of what the list loads; the list itself says when that failed.
#[component]
pub fn LoadAnswer<T, Say>(resource: Loading<T>, say: Say) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    Say: Fn(T) -> (String, String) + Clone + Send + Sync + 'static,
{
    view! {
        <p class="page-status">
            <Transition fallback=|| view! { <span class="skeleton line" aria-hidden="true"></span> }>
                {move || {
                    let say = say.clone();
                    Suspend::new(async move {
                        resource.await.ok().map(say).map(|(answer, rest)| view! { <b>{answer}</b> " " {rest} })
                    })
                }}
            </Transition>
        </p>
    }
}

/// Why a page has no content, and what to do.
#[component]
pub fn LoadFault(error: ConsoleError) -> impl IntoView {
    let path = use_location().pathname;
    let (status, title, text, words) = match error {
        ConsoleError::NotFound => return not_found(list_of(&path.get_untracked())),
        ConsoleError::Invalid { fields } => (
            400,
            "This address cannot be read",
            wrong(&fields),
            "Show the list without it",
        ),
        ConsoleError::SignedOut => (
            503,
            "You are signed out",
            ConsoleError::SignedOut.to_string(),
            "Sign in",
        ),
        other => (503, "This page cannot be shown", other.to_string(), "Try again"),
    };
    answer_with(status);
    view! {
        <PageTitle text="Not available" />
        <Empty shape=Shape::Warning page=true title text>
            <a class="button primary" href=path rel="external">{words}</a>
        </Empty>
    }
    .into_any()
}

/// What is wrong with an address: its parameters, each by name (`?name`), and why.
fn wrong(fields: &[FieldError]) -> String {
    let sentence = |field: &FieldError| format!("{}: {}", field.pointer.trim_start_matches('?'), field.detail);
    fields.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    not_found(None)
}

/// With a link to the list that the item was in, where there is one.
fn not_found(list: Option<String>) -> AnyView {
    answer_with(404);
    let overview = || ("/console".to_owned(), "Go to the overview");
    let (href, words) = list.map_or_else(overview, |list| (list, "Back to the list"));
    let page = view! {
        <PageTitle text="Not found" />
        <Empty
            shape=Shape::Search
            page=true
            title="There is nothing here"
            text="What this address names does not exist, or it was deleted meanwhile."
        >
            <a class="button primary" href=href>{words}</a>
        </Empty>
    };
    live(page.into_any())
}

/// The status of the answer while the server renders.
fn answer_with(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) = (
        use_context::<leptos_axum::ResponseOptions>(),
        http::StatusCode::from_u16(status),
    ) {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_parameter_is_named() {
        let fault = |pointer: &str, detail: &str| FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        };
        let faults = [
            fault("?action", "There is no such action."),
            fault("?cursor", "It leads nowhere."),
        ];
        assert_eq!(
            wrong(&faults),
            "action: There is no such action. cursor: It leads nowhere."
        );
    }
}
