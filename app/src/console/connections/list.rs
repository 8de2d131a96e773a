//! The list of connections.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::filter::Filter;
use super::gallery::FirstConnection;
use super::row::Row;
use crate::api::connection::{ConnectionQuery, ConnectionSummary, list_connections};
use crate::api::page::Page;
use crate::console::load::{LoadAnswer, LoadTable, loading};
use crate::ui::empty::Empty;
use crate::ui::icon::{Icon, Shape};
use crate::ui::pager::Pager;
use crate::ui::search::SearchForm;
use crate::ui::table::{Column, ListTable};
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/connections`.
pub struct ListPage;

fn filter() -> Memo<Filter> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| Filter::read(query.get_str("q"), query.get_str("state"), query.get_str("jit")))
    })
}

#[lazy_route]
impl LazyRoute for ListPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let filter = filter();
        let query = use_query_map();
        let wanted = Memo::new(move |_| filter.with(|filter| filter.query(query.with(|query| query.get("cursor")))));
        let rows = loading(move || wanted.get(), list_connections);
        let table =
            move |page: Page<ConnectionSummary>| view! { <Rows page wanted=wanted.get_untracked() /> }.into_any();
        let deleted = query.with_untracked(|query| query.get_str("deleted").is_some());
        let say = move |page: Page<ConnectionSummary>| wanted.with_untracked(|wanted| answer(page, wanted));
        view! {
            <PageTitle text="Connections" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Connections"</h1></div>
                    <LoadAnswer resource=rows say=say />
                </div>
                <div class="page-actions">
                    <a class="button primary" href="/console/connections/new">
                        <Icon shape=Shape::Plus />
                        "Add connection"
                    </a>
                </div>
            </header>
            {deleted.then(|| view! { <p role="status" class="page-word">"The connection is deleted."</p> })}
            <Toolbar filter />
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

/// How many the list has, and on how many of those that are on the screen JIT is off.
fn answer(page: Page<ConnectionSummary>, wanted: &ConnectionQuery) -> (String, String) {
    let shown = page.items.len() as u64;
    let off = page
        .items
        .iter()
        .filter(|row| !row.connection.settings.jit.enabled)
        .count() as u64;
    let all = page.total.unwrap_or(shown);
    if all == 0 && *wanted != ConnectionQuery::default() {
        return ("No connection matches.".to_owned(), String::new());
    }
    let total = words::count(all, "connection", "connections");
    let rest = match (shown, off) {
        (0, _) => String::new(),
        (shown, off) if all > shown => {
            format!(
                "Of the {} on this page, JIT is off on {}.",
                words::number(shown),
                words::number(off)
            )
        }
        (_, 0) => "JIT is on for all of them.".to_owned(),
        (shown, off) if off == shown => "JIT is off on all of them.".to_owned(),
        (_, off) => format!("JIT is off on {}.", words::number(off)),
    };
    (format!("{}.", words::sentence(&total)), rest)
}

#[component]
fn Rows(page: Page<ConnectionSummary>, wanted: ConnectionQuery) -> impl IntoView {
    if page.items.is_empty() {
        return if wanted == ConnectionQuery::default() {
            view! { <FirstConnection /> }.into_any()
        } else {
            view! { <NothingFound /> }.into_any()
        };
    }
    let is_first = wanted.page.cursor.is_none();
    let foot = view! { <Pager path="/console/connections" next=page.next_cursor is_first /> }.into_any();
    view! { <Table rows=page.items foot /> }.into_any()
}

#[component]
fn Toolbar(filter: Memo<Filter>) -> impl IntoView {
    let chip = move |words: &'static str, to: fn(&Filter) -> Filter, is: fn(&Filter) -> bool| {
        view! {
            <a class="filter" href=move || filter.with(|filter| to(filter).href()) aria-current=move || filter.with(is).then_some("true")>
                {words}
            </a>
        }
    };
    view! {
        <div class="toolbar">
            <SearchForm action="/console/connections" label="Search connections" value=Signal::derive(move || filter.get().q) />
            {chip("Enabled", |filter| filter.with_enabled(true), |filter| filter.enabled == Some(true))}
            {chip("Disabled", |filter| filter.with_enabled(false), |filter| filter.enabled == Some(false))}
            {chip("JIT on", |filter| filter.with_jit(true), |filter| filter.jit == Some(true))}
            {chip("JIT off", |filter| filter.with_jit(false), |filter| filter.jit == Some(false))}
        </div>
    }
}

#[component]
fn Table(rows: Vec<ConnectionSummary>, foot: AnyView) -> impl IntoView {
    let columns = vec![
        Column::Text("Connection"),
        Column::Text("Type"),
        Column::Text("State"),
        Column::Text("JIT"),
        Column::Number("People"),
        Column::Number("Applications"),
        Column::Text("Sign-ins, 14 days"),
        Column::Text("Last sign-in"),
    ];
    view! {
        <ListTable label="Connections" columns foot>
            {rows.into_iter().map(|summary| view! { <Row summary /> }).collect_view()}
        </ListTable>
    }
}

#[component]
fn NothingFound() -> impl IntoView {
    view! {
        <Empty shape=Shape::Search title="No connection matches" text="Try another word, or take the filters away.">
            <a class="button" href="/console/connections">"Show all"</a>
        </Empty>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::page::PageQuery;

    #[test]
    fn a_list_that_was_narrowed_does_not_say_that_there_is_nothing() {
        let searched = ConnectionQuery {
            page: PageQuery {
                q: Some("x".to_owned()),
                ..PageQuery::default()
            },
            ..ConnectionQuery::default()
        };
        let off = ConnectionQuery {
            jit: Some(false),
            ..ConnectionQuery::default()
        };
        for (wanted, want) in [
            (ConnectionQuery::default(), "No connections."),
            (searched, "No connection matches."),
            (off, "No connection matches."),
        ] {
            let page = Page {
                total: Some(0),
                ..Page::default()
            };
            assert_eq!(answer(page, &wanted).0, want, "{wanted:?}");
        }
    }
}
