//! The list of applications.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use doorward_domain::application::ClientType;

use crate::api::application::{ApplicationQuery, ApplicationSummary, list_applications};
use crate::api::page::{Page, PageQuery};
use crate::console::connections::StateChip;
use crate::console::load::{LoadAnswer, LoadTable, loading};
use crate::ui::cut::RowName;
use crate::ui::empty::Empty;
use crate::ui::findings::FindingBadge;
use crate::ui::icon::{Icon, Shape};
use crate::ui::pager::Pager;
use crate::ui::person::initials;
use crate::ui::search::SearchForm;
use crate::ui::table::{Column, ListTable};
use crate::ui::time::WhenOr;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/applications`.
pub struct ListPage;

/// What the address asks for.
fn wanted() -> Memo<ApplicationQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| ApplicationQuery {
            page: PageQuery {
                q: query.get("q").filter(|q| !q.is_empty()),
                limit: None,
                cursor: query.get("cursor"),
            },
            findings: query
                .get_str("findings")
                .is_some_and(|text| !text.is_empty())
                .then_some(true),
        })
    })
}

/// The address of the list that shows only what has findings, or everything again; a search is kept.
fn switched(wanted: &ApplicationQuery) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(q) = &wanted.page.q {
        query.append_pair("q", q);
    }
    if wanted.findings.is_none() {
        query.append_pair("findings", "true");
    }
    match query.finish() {
        query if query.is_empty() => "/console/applications".to_owned(),
        query => format!("/console/applications?{query}"),
    }
}

#[lazy_route]
impl LazyRoute for ListPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let wanted = wanted();
        let rows = loading(move || wanted.get(), list_applications);
        let q = Signal::derive(move || wanted.with(|wanted| wanted.page.q.clone().unwrap_or_default()));
        let deleted = use_query_map().with_untracked(|query| query.get_str("deleted").is_some());
        let table =
            move |page: Page<ApplicationSummary>| view! { <Rows page wanted=wanted.get_untracked() /> }.into_any();
        let say = move |page: Page<ApplicationSummary>| wanted.with_untracked(|wanted| answer(page, wanted));
        view! {
            <PageTitle text="Applications" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Applications"</h1></div>
                    <LoadAnswer resource=rows say=say />
                </div>
                <div class="page-actions">
                    <a class="button primary" href="/console/applications/new">
                        <Icon shape=Shape::Plus />
                        "Add application"
                    </a>
                </div>
            </header>
            {deleted.then(|| view! { <p role="status" class="page-word">"The application is deleted."</p> })}
            <div class="toolbar">
                <SearchForm action="/console/applications" label="Search applications" value=q />
                <a
                    class="filter"
                    href=move || wanted.with(switched)
                    aria-current=move || wanted.with(|wanted| wanted.findings.is_some()).then_some("true")
                >
                    "With findings"
                </a>
            </div>
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

/// What a list that was narrowed down to nothing says: that nothing is found is good where findings were looked for.
fn none_matches(wanted: &ApplicationQuery) -> &'static str {
    match (&wanted.page.q, wanted.findings) {
        (None, Some(true)) => "No application has findings",
        _ => "No application matches",
    }
}

/// How many the list has, and in how many of those that are on the screen somebody gets stuck or something is odd.
fn answer(page: Page<ApplicationSummary>, wanted: &ApplicationQuery) -> (String, String) {
    let shown = page.items.len() as u64;
    let all = page.total.unwrap_or(shown);
    let total = words::count(all, "application", "applications");
    let stuck = page.items.iter().filter(|row| row.stops_somebody).count() as u64;
    let found = page.items.iter().filter(|row| row.findings > 0).count() as u64;
    let odd = found.saturating_sub(stuck);
    let place = if all > shown { " on this page" } else { "" };
    let has = |many: u64, what: &str| {
        let verb = if many == 1 { "has" } else { "have" };
        format!("{}{place} {verb} a sign-in flow {what}.", words::number(many))
    };
    let through = match (shown, stuck) {
        (0, _) if all == 0 && *wanted != ApplicationQuery::default() => {
            return (format!("{}.", none_matches(wanted)), String::new());
        }
        (0, _) => return (format!("{}.", words::sentence(&total)), String::new()),
        (_, 0) if all > shown => "Everybody gets through those on this page.".to_owned(),
        (_, 0) => "Everybody gets through.".to_owned(),
        (_, many) => has(many, "in which somebody gets stuck"),
    };
    let rest = if odd > 0 {
        format!("{through} {}", has(odd, "to look at"))
    } else {
        through
    };
    (format!("{}.", words::sentence(&total)), rest)
}

#[component]
fn Rows(page: Page<ApplicationSummary>, wanted: ApplicationQuery) -> impl IntoView {
    if page.items.is_empty() {
        return if wanted == ApplicationQuery::default() {
            view! { <FirstApplication /> }.into_any()
        } else {
            view! { <NothingFound wanted /> }.into_any()
        };
    }
    let is_first = wanted.page.cursor.is_none();
    let foot = view! { <Pager path="/console/applications" next=page.next_cursor is_first /> }.into_any();
    view! { <Table rows=page.items foot /> }.into_any()
}

#[component]
fn NothingFound(wanted: ApplicationQuery) -> impl IntoView {
    let (shape, text) = if wanted.page.q.is_none() && wanted.findings.is_some() {
        (
            Shape::Verified,
            "Everybody gets through every sign-in flow, and nothing in one is odd.",
        )
    } else {
        (Shape::Search, "Try another word, or take the filter away.")
    };
    view! {
        <Empty shape title=none_matches(&wanted) text>
            <a class="button" href="/console/applications">"Show all"</a>
        </Empty>
    }
}

#[component]
fn FirstApplication() -> impl IntoView {
    view! {
        <Empty
            shape=Shape::Applications
            title="Add the first application"
            text="Anything that speaks OpenID Connect can send people here to sign in. You choose which ways its sign-in page offers, and get a client id and a secret to paste."
        >
            <a class="button primary" href="/console/applications/new">"Add an application"</a>
        </Empty>
    }
}

#[component]
fn Table(rows: Vec<ApplicationSummary>, foot: AnyView) -> impl IntoView {
    let columns = vec![
        Column::Text("Application"),
        Column::Text("Type"),
        Column::Text("State"),
        Column::Text("Sign-in flow"),
        Column::Number("People, 30 days"),
        Column::Text("Last sign-in"),
    ];
    view! {
        <ListTable label="Applications" columns foot>
            {rows.into_iter().map(|summary| view! { <Row summary /> }).collect_view()}
        </ListTable>
    }
}

/// What a client type is called.
#[must_use]
pub fn type_name(client_type: ClientType) -> &'static str {
    match client_type {
        ClientType::Confidential => "With a server",
        ClientType::Public => "Browser or mobile",
    }
}

#[component]
fn Row(summary: ApplicationSummary) -> impl IntoView {
    let settings = summary.application.settings;
    let href = format!("/console/applications/{}", settings.handle);
    let steps = words::count(settings.flow.steps.len() as u64, "step", "steps");
    view! {
        <tr class="go">
            <th scope="row">
                <span class="cell-name">
                    <span class="mark" aria-hidden="true">{initials(&settings.name)}</span>
                    <RowName href name=settings.name below=settings.handle.to_string() />
                </span>
            </th>
            <td data-label="Type">{type_name(settings.protocol.client_type)}</td>
            <td data-label="State"><StateChip enabled=settings.enabled /></td>
            <td data-label="Sign-in flow"><span class="row">{steps} <FindingBadge count=summary.findings errors=summary.errors /></span></td>
            <td data-label="People, 30 days" class="number">{words::number(summary.people_30_days)}</td>
            <td data-label="Last sign-in"><WhenOr at=summary.last_sign_in_at never="never" /></td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_goes_on_and_off_and_keeps_the_search_but_not_the_page() {
        let at = |q: Option<&str>, findings| ApplicationQuery {
            page: PageQuery {
                q: q.map(str::to_owned),
                cursor: Some("behind".to_owned()),
                ..PageQuery::default()
            },
            findings,
        };
        for (wanted, want) in [
            (at(None, None), "/console/applications?findings=true"),
            (at(None, Some(true)), "/console/applications"),
            (at(Some("a&b"), None), "/console/applications?q=a%26b&findings=true"),
            (at(Some("a&b"), Some(true)), "/console/applications?q=a%26b"),
        ] {
            assert_eq!(switched(&wanted), want);
        }
    }

    #[test]
    fn the_answer_counts_all_and_speaks_of_what_is_shown() {
        let page = |total| Page {
            total,
            ..Page::default()
        };
        let narrowed = |q: Option<&str>, findings| ApplicationQuery {
            page: PageQuery {
                q: q.map(str::to_owned),
                ..PageQuery::default()
            },
            findings,
        };
        for (total, wanted, want) in [
            (0, ApplicationQuery::default(), "No applications."),
            (0, narrowed(None, Some(true)), "No application has findings."),
            (0, narrowed(Some("x"), Some(true)), "No application matches."),
            (0, narrowed(Some("x"), None), "No application matches."),
            (312, ApplicationQuery::default(), "312 applications."),
        ] {
            assert_eq!(
                answer(page(Some(total)), &wanted),
                (want.to_owned(), String::new()),
                "{wanted:?}"
            );
        }
    }
}
