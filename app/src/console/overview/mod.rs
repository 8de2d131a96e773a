//! First page of the console: what is true now, what needs attention, what to do next.

mod attention;
mod steps;
mod summary;

use leptos::prelude::*;
use leptos_router::LazyRoute;

use super::load::{Load, loading};
use crate::api::overview::{Overview, load_overview};
use crate::ui::chart::SignInChart;
use crate::ui::title::PageTitle;
use crate::ui::words;
use summary::Summary;

/// The page at `/console`.
pub struct OverviewPage;

// No `lazy_route`: nearly all of its code is shared with other pages and would come in pieces.
impl LazyRoute for OverviewPage {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        let numbers = loading(|| (), |()| load_overview());
        view! {
            <PageTitle text="Overview" />
            <Load resource=numbers render=|numbers| view! { <Content numbers /> }.into_any() />
        }
        .into_any()
    }
}

#[component]
fn Content(numbers: Overview) -> impl IntoView {
    let summary = Summary::of(&numbers);
    let steps = steps::Steps::of(&numbers);
    view! {
        <header class="page-head">
            <div>
                <div class="page-title"><h1>"Overview"</h1></div>
                <p class="page-status"><b>{summary.answer.clone()}</b> " " {summary.rest.clone()}</p>
            </div>
        </header>
        <div class="stack wide">
            {(!steps.are_done()).then(|| view! { <steps::NextSteps steps /> })}
            <attention::Attention items=attention::items(&numbers) />
            <Figures numbers=numbers.clone() summary />
            <section class="card">
                <div class="card-head">
                    <h2>"Sign-ins per day"</h2>
                    <p class="legend muted">
                        <span class="key"></span>
                        "Signed in"
                        <span class="key failed"></span>
                        "Refused"
                    </p>
                </div>
                <SignInChart good=numbers.sign_ins_per_day failed=numbers.refusals_per_day />
            </section>
        </div>
    }
}

#[component]
fn Figures(numbers: Overview, summary: Summary) -> impl IntoView {
    let jit_off = match numbers.connections_jit_off {
        0 => "JIT is on for all".to_owned(),
        off => format!("JIT is off on {off}"),
    };
    let findings = match numbers.applications_with_findings {
        0 => "None would break".to_owned(),
        some => format!("{some} with findings"),
    };
    let new = format!("{} new this week", words::number(numbers.created_this_week));
    view! {
        <div class="figures">
            <Figure label="People" value=numbers.accounts note=new href="/console/users" />
            <Figure label="Sign-ins" value=summary.signed_in note="last 14 days" href="/console/audit?action=sign_in.succeeded" />
            <Figure label="Refused" value=summary.refused note="last 14 days" href="/console/audit?action=sign_in.refused" />
            <Figure label="Connections" value=numbers.connections.into() note=jit_off href="/console/connections" />
            <Figure label="Applications" value=numbers.applications.into() note=findings href="/console/applications" />
        </div>
    }
}

#[component]
fn Figure(label: &'static str, value: u64, #[prop(into)] note: String, href: &'static str) -> impl IntoView {
    view! {
        <a class="figure" href=href>
            <span class="label">{label}</span>
            <span class="value">{words::number(value)}</span>
            <span class="note">{note}</span>
        </a>
    }
}
