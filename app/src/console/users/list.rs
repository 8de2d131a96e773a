//! The list of users: searched and paged by the server, because there may be a million.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::chips::{RoleChip, StatusChip, origin_word};
use crate::api::page::{Page, PageQuery};
use crate::api::user::{COUNTED, UserSummary, list_users};
use crate::console::load::{LoadAnswer, LoadTable, loading};
use crate::ui::cut::{CutAddress, RowName};
use crate::ui::empty::Empty;
use crate::ui::icon::{Icon, Shape};
use crate::ui::pager::Pager;
use crate::ui::person::Avatar;
use crate::ui::search::SearchForm;
use crate::ui::table::{Column, ListTable};
use crate::ui::time::{When, WhenOr};
use crate::ui::title::PageTitle;
use crate::ui::words;

/// People in one page.
const PEOPLE: u32 = 50;

/// The page at `/console/users`.
pub struct ListPage;

/// What the address asks for.
fn wanted() -> Memo<PageQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| PageQuery {
            q: query.get("q").filter(|q| !q.is_empty()),
            limit: Some(PEOPLE),
            cursor: query.get("cursor"),
        })
    })
}

#[lazy_route]
impl LazyRoute for ListPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let wanted = wanted();
        let rows = loading(move || wanted.get(), list_users);
        let q = Signal::derive(move || wanted.with(|wanted| wanted.q.clone().unwrap_or_default()));
        let say = move |page: Page<UserSummary>| answer(&page, wanted.with_untracked(|wanted| wanted.q.is_some()));
        let deleted = use_query_map().with_untracked(|query| query.get_str("deleted").is_some());
        let table = move |page: Page<UserSummary>| view! { <Rows page wanted=wanted.get_untracked() /> }.into_any();
        view! {
            <PageTitle text="Users" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Users"</h1></div>
                    <LoadAnswer resource=rows say />
                </div>
                <div class="page-actions">
                    <a class="button primary" href="/console/users/new"><Icon shape=Shape::Plus />"Add user"</a>
                </div>
            </header>
            {deleted.then(|| view! { <p role="status" class="page-word">"The account is deleted."</p> })}
            <div class="toolbar">
                <SearchForm action="/console/users" label="Search by name, username, address or ID" value=q />
            </div>
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

/// How many there are, as far as they are counted.
fn answer(page: &Page<UserSummary>, is_search: bool) -> (String, String) {
    let answer = match page.total {
        Some(total) => format!("{}.", words::sentence(&words::count(total, "user", "users"))),
        None if is_search => "Everybody with an account who matches.".to_owned(),
        None => format!("More than {} users.", words::number(COUNTED.into())),
    };
    let rest = "People who come through a connection with JIT on appear here by themselves.";
    (answer, rest.to_owned())
}

#[component]
fn Rows(page: Page<UserSummary>, wanted: PageQuery) -> impl IntoView {
    if page.items.is_empty() {
        return match wanted.q {
            Some(q) => view! {
                <Empty shape=Shape::Search title=format!("Nobody matches “{q}”")
                    text="Names, usernames and addresses are found by their beginning; an ID or sub must be whole.">
                    <a class="button" href="/console/users">"Show everybody"</a>
                </Empty>
            }
            .into_any(),
            None => view! {
                <Empty shape=Shape::Users title="Nobody has an account yet"
                    text="Accounts appear at the first sign-in through a connection, or when you add one.">
                    <a class="button primary" href="/console/users/new">"Add user"</a>
                </Empty>
            }
            .into_any(),
        };
    }
    let rows = page.items.into_iter().map(|user| view! { <Row user /> });
    let columns = vec![
        Column::Text("Person"),
        Column::Text("Address"),
        Column::Text("Status"),
        Column::Text("Came by"),
        Column::Text("Added"),
        Column::Text("Last sign-in"),
    ];
    let foot =
        view! { <Pager path="/console/users" next=page.next_cursor is_first=wanted.cursor.is_none() /> }.into_any();
    view! {
        <ListTable label="Users" columns foot>
            {rows.collect_view()}
        </ListTable>
    }
    .into_any()
}

#[component]
fn Row(user: UserSummary) -> impl IntoView {
    let href = format!("/console/users/{}", user.id);
    let verified = user.email_verified;
    let email = user.email.map(|email| {
        view! {
            <span class="row">
                <CutAddress text=email />
                {(!verified).then(|| view! { <span class="chip source"><span>"not verified"</span></span> })}
            </span>
        }
    });
    view! {
        <tr class="go">
            <th scope="row">
                <span class="cell-name">
                    <Avatar name=user.display_name.clone() />
                    <RowName href name=user.display_name below=user.username />
                </span>
            </th>
            <td data-label="Address">{email}</td>
            <td data-label="Status"><span class="row"><StatusChip status=user.status /><RoleChip role=user.role /></span></td>
            <td data-label="Came by" class="nowrap">{origin_word(&user.origin)}</td>
            <td data-label="Added"><When at=user.created_at /></td>
            <td data-label="Last sign-in"><WhenOr at=user.last_sign_in_at never="never" /></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_counts_people_as_far_as_they_are_counted() {
        for (total, is_search, want) in [
            (Some(0), false, "No users."),
            (Some(1), false, "1 user."),
            (Some(1_000), false, "1,000 users."),
            (None, false, "More than 1,000 users."),
            (None, true, "Everybody with an account who matches."),
        ] {
            let page = Page {
                total,
                ..Page::default()
            };
            assert_eq!(answer(&page, is_search).0, want);
        }
    }
}
