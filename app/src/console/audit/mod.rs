//! The audit log: what happened, who did it, to whom.

mod changed;
mod event;
mod filter;
mod phrase;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::api::audit::{AuditEventView, AuditQuery, list_audit};
use crate::api::page::Page;
use crate::console::load::{LoadTable, loading};
use crate::ui::empty::Empty;
use crate::ui::icon::Shape;
use crate::ui::pager::Pager;
use crate::ui::table::{Column, ListTable};
use crate::ui::title::PageTitle;
use event::EventRow;
use filter::Filters;

/// Events in one page.
const EVENTS: u32 = 50;

/// The page at `/console/audit`.
pub struct AuditPage;

/// What the address asks for.
fn wanted() -> Memo<AuditQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let text = |name: &str| query.get(name).filter(|value| !value.is_empty());
            AuditQuery {
                action: text("action"),
                account: text("account"),
                application: text("application"),
                connection: text("connection"),
                limit: Some(EVENTS),
                cursor: text("cursor"),
                q: None,
            }
        })
    })
}

#[lazy_route]
impl LazyRoute for AuditPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let wanted = wanted();
        let rows = loading(move || wanted.get(), list_audit);
        let table =
            move |page: Page<AuditEventView>| view! { <Events page wanted=wanted.get_untracked() /> }.into_any();
        view! {
            <PageTitle text="Audit log" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Audit log"</h1></div>
                    <p class="page-status">
                        <b>"Everything that happened, newest first."</b>
                        " Each line is written together with the fact itself, so none is ever missing."
                    </p>
                </div>
            </header>
            <Filters wanted />
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

#[component]
fn Events(page: Page<AuditEventView>, wanted: AuditQuery) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <Empty shape=Shape::Audit title="Nothing matches" text="No event fits these filters yet.">
                <a class="button" href="/console/audit">"Show everything"</a>
            </Empty>
        }
        .into_any();
    }
    let events = page.items;
    let rows = move || events.clone();
    let columns = vec![
        Column::Text("When"),
        Column::Text("What"),
        Column::Text("By"),
        Column::Text("Concerns"),
        Column::Text("More"),
    ];
    let foot =
        view! { <Pager path="/console/audit" next=page.next_cursor is_first=wanted.cursor.is_none() /> }.into_any();
    view! {
        <ListTable label="Events" caption="Events, newest first" columns foot>
            // By their ids: what was opened of one event does not stay open on another that comes to stand there.
            <For each=rows key=|view: &AuditEventView| view.event.id.to_string() let:view>
                <EventRow view />
            </For>
        </ListTable>
    }
    .into_any()
}
