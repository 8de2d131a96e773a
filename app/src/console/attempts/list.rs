//! The list of attempts, as a page and as a tab.

use doorward_domain::invalid::FieldError;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::address::{About, wrong_days};
use super::filter::Filters;
use super::table::Table;
use crate::api::attempt::{AttemptQuery, AttemptView, list_attempts};
use crate::api::error::ConsoleError;
use crate::api::page::Page;
use crate::console::load::{LoadTable, loading};
use crate::ui::title::PageTitle;

/// The page at `/console/attempts`.
pub struct ListPage;

#[lazy_route]
impl LazyRoute for ListPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! {
            <PageTitle text="Attempts" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Attempts"</h1></div>
                    <p class="page-status">
                        <b>"Sign-ins that ended, newest first."</b>
                        " Somebody who was not let in reads you the request number from the page: it leads to their attempt. "
                        "Attempts are lines of the audit log and kept as long as it; nothing deletes them by itself."
                    </p>
                </div>
            </header>
            <Attempts about=About::Everything />
        }
        .into_any()
    }
}

/// The tab of an application or a connection.
#[component]
pub fn AttemptsTab(about: About) -> impl IntoView {
    view! { <Attempts about /> }
}

/// Asks the server, unless the address cannot be read.
async fn find((wanted, wrong): (AttemptQuery, Option<FieldError>)) -> Result<Page<AttemptView>, ConsoleError> {
    match wrong {
        Some(fault) => Err(ConsoleError::Invalid { fields: vec![fault] }),
        None => list_attempts(wanted).await,
    }
}

#[component]
fn Attempts(about: About) -> impl IntoView {
    let query = use_query_map();
    let place = about.clone();
    let wanted = Memo::new(move |_| query.with(|query| place.wanted(query)));
    let wrong = Memo::new(move |_| query.with(wrong_days));
    let rows = loading(move || (wanted.get(), wrong.get()), find);
    let place = about.clone();
    let table = move |page: Page<AttemptView>| {
        view! { <Table about=place.clone() page wanted=wanted.get_untracked() /> }.into_any()
    };
    view! {
        <Filters about wanted />
        <LoadTable resource=rows render=table />
    }
}
