//! The list of applications.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use doorward_domain::application::ClientType;

use crate::api::application::{ApplicationSummary, list_applications};
use crate::api::page::{PAGE_LIMIT, Page, PageQuery};
use crate::console::connections::StateChip;
use crate::console::load::{LoadAnswer, LoadTable, loading};
use crate::ui::empty::Empty;
use crate::ui::findings::FindingBadge;
use crate::ui::icon::{Icon, Shape};
use crate::ui::person::initials;
use crate::ui::search::SearchForm;
use crate::ui::table::{Column, ListTable};
use crate::ui::time::WhenOr;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/applications`.
pub struct ListPage;

fn query_text(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()))
}

#[lazy_route]
impl LazyRoute for ListPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let q = query_text("q");
        let load = |q: String| {
            list_applications(PageQuery {
                q: (!q.is_empty()).then_some(q),
                limit: Some(PAGE_LIMIT),
                cursor: None,
            })
        };
        let rows = loading(move || q.get(), load);
        let only_findings = query_text("findings");
        let deleted = use_query_map().with_untracked(|query| query.get_str("deleted").is_some());
        let table = move |page: Page<ApplicationSummary>| {
            view! { <Rows rows=page.items searched=!q.get_untracked().is_empty() only_findings /> }.into_any()
        };
        view! {
            <PageTitle text="Applications" />
            <header class="page-head">
                <div>
                    <div class="page-title"><h1>"Applications"</h1></div>
                    <LoadAnswer resource=rows say=answer />
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
                    href=move || if only_findings.get().is_empty() { "/console/applications?findings=true" } else { "/console/applications" }
                    aria-current=move || (!only_findings.get().is_empty()).then_some("true")
                >
                    "With findings"
                </a>
            </div>
            <LoadTable resource=rows render=table />
        }
        .into_any()
    }
}

fn answer(page: Page<ApplicationSummary>) -> (String, String) {
    let total = words::count(page.items.len() as u64, "application", "applications");
    let stuck = page.items.iter().filter(|row| row.findings > 0).count() as u64;
    let rest = match (page.items.is_empty(), stuck) {
        (true, _) => String::new(),
        (false, 0) => "Everybody gets through.".to_owned(),
        (false, 1) => "1 has a sign-in flow in which somebody gets stuck.".to_owned(),
        (false, more) => format!(
            "{} have a sign-in flow in which somebody gets stuck.",
            words::number(more)
        ),
    };
    (format!("{}.", words::sentence(&total)), rest)
}

#[component]
fn Rows(rows: Vec<ApplicationSummary>, searched: bool, only_findings: Memo<String>) -> impl IntoView {
    move || {
        let narrowed = !only_findings.get().is_empty();
        if rows.is_empty() && !searched {
            return view! { <FirstApplication /> }.into_any();
        }
        let kept: Vec<_> = rows
            .iter()
            .filter(|row| !narrowed || row.findings > 0)
            .cloned()
            .collect();
        if kept.is_empty() {
            return view! {
                <Empty shape=Shape::Search title="No application matches" text="Try another word, or take the filter away.">
                    <a class="button" href="/console/applications">"Show all"</a>
                </Empty>
            }
            .into_any();
        }
        view! { <Table rows=kept /> }.into_any()
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
fn Table(rows: Vec<ApplicationSummary>) -> impl IntoView {
    let columns = vec![
        Column::Text("Application"),
        Column::Text("Type"),
        Column::Text("State"),
        Column::Text("Sign-in flow"),
        Column::Number("People, 30 days"),
        Column::Text("Last sign-in"),
    ];
    view! {
        <ListTable label="Applications" columns>
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
                    <span><a class="row-link" href=href>{settings.name}</a><small>{settings.handle.to_string()}</small></span>
                </span>
            </th>
            <td data-label="Type">{type_name(settings.protocol.client_type)}</td>
            <td data-label="State"><StateChip enabled=settings.enabled /></td>
            <td data-label="Sign-in flow"><span class="row">{steps} <FindingBadge count=summary.findings /></span></td>
            <td data-label="People, 30 days" class="number">{words::number(summary.people_30_days)}</td>
            <td data-label="Last sign-in"><WhenOr at=summary.last_sign_in_at never="never" /></td>
        </tr>
    }
}
