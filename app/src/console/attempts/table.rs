//! The rows of the list, and what stands there without any.

use doorward_domain::attempt::AttemptOutcome;
use leptos::prelude::*;

use super::address::About;
use super::words::{name, outcome, target, who, why, without_connection};
use crate::api::attempt::{AttemptQuery, AttemptView};
use crate::api::page::Page;
use crate::ui::cut::{Cut, CutAddress};
use crate::ui::empty::Empty;
use crate::ui::icon::{Icon, Shape};
use crate::ui::pager::Pager;
use crate::ui::table::{Column, ListTable};
use crate::ui::time::When;

/// One page of the list.
#[component]
pub fn Table(about: About, page: Page<AttemptView>, wanted: AttemptQuery) -> impl IntoView {
    if page.items.is_empty() {
        let is_filtered = !about.filters(&wanted).is_empty() || wanted.cursor.is_some();
        return view! { <Nothing path=about.path() is_filtered /> }.into_any();
    }
    let rows = page.items.into_iter().map(|attempt| view! { <Row attempt /> });
    let columns = vec![
        Column::Text("When"),
        Column::Text("How it ended"),
        Column::Text("Why"),
        Column::Text("Application"),
        Column::Text("Through"),
        Column::Text("Who"),
    ];
    let foot = view! { <Pager path=about.path() next=page.next_cursor is_first=wanted.cursor.is_none() /> }.into_any();
    view! {
        <ListTable label="Attempts" caption="Attempts, newest first" columns foot>
            {rows.collect_view()}
        </ListTable>
    }
    .into_any()
}

#[component]
fn Nothing(path: String, is_filtered: bool) -> impl IntoView {
    if is_filtered {
        view! {
            <Empty shape=Shape::Search title="No attempt matches"
                text="A request number, a page number or a subject must be whole. A single wrong password leaves no line. Ends alike before anybody has proven something become one line in a quarter of an hour, with the newest 20 request numbers: look again later, search by the page's number, or look for the request number in the server's log.">
                <a class="button" href=path>"Show every attempt"</a>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty shape=Shape::Attempts title="Nobody has signed in yet"
                text="Each sign-in that ends stands here: who got in and how, and of everybody who did not, the step, the reason and what helps.">
                <a class="button" href="/console/applications">"Choose an application to sign in to"</a>
            </Empty>
        }
        .into_any()
    }
}

/// The chip that says how it ended.
#[component]
pub fn OutcomeChip(of: AttemptOutcome) -> impl IntoView {
    let (words, class) = outcome(of);
    let shape = match of {
        AttemptOutcome::Succeeded => Shape::Check,
        AttemptOutcome::Refused => Shape::Stop,
        AttemptOutcome::FailedClosed => Shape::Warning,
    };
    view! { <span class=class><Icon shape /><span>{words}</span></span> }
}

#[component]
fn Row(attempt: AttemptView) -> impl IntoView {
    let href = format!("/console/attempts/{}", attempt.id);
    let application = attempt
        .application
        .as_ref()
        .map_or_else(|| target(&attempt).to_owned(), name);
    let connection = attempt
        .connection
        .as_ref()
        .map_or_else(|| without_connection(&attempt).to_owned(), name);
    let (told, by) = (why(&attempt), who(&attempt));
    let is_blank = told.is_empty();
    view! {
        <tr class="go">
            <th scope="row" data-label="When"><a class="row-link" href=href><When at=attempt.at /></a></th>
            <td data-label="How it ended"><OutcomeChip of=attempt.outcome /></td>
            <td data-label="Why" class:blank=is_blank>{told}</td>
            <td data-label="Application"><Cut text=application /></td>
            <td data-label="Through"><Cut text=connection /></td>
            <td data-label="Who"><CutAddress text=by /></td>
        </tr>
    }
}
