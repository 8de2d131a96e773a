//! One attempt: what happened, what helps, what the script said.

use doorward_domain::attempt::AttemptTarget;
use doorward_domain::finding::Finding;
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::pages::{Pages, flow_of};
use super::table::OutcomeChip;
use super::words::{name, often, target, who, without_connection};
use crate::api::attempt::{AttemptDetail, AttemptScript, AttemptView, Named, find_attempt};
use crate::console::load::{Load, loading, segment};
use crate::ui::cut::Cut;
use crate::ui::findings::FindingNotice;
use crate::ui::page::Section;
use crate::ui::time::{When, to_the_second};
use crate::ui::title::PageTitle;

/// The page at `/console/attempts/{id}`.
pub struct DetailPage;

#[lazy_route]
impl LazyRoute for DetailPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let id = segment("id");
        let one = loading(move || id.get(), find_attempt);
        let render = |detail: AttemptDetail| view! { <Detail detail /> }.into_any();
        view! { <Load resource=one render /> }.into_any()
    }
}

#[component]
fn Detail(detail: AttemptDetail) -> impl IntoView {
    let AttemptDetail {
        attempt,
        told,
        remedies,
        finding,
        script,
        provider,
        requests,
    } = detail;
    let flow = attempt.application.as_ref().and_then(flow_of);
    let pages = Pages::of(&attempt);
    let told = told.unwrap_or_else(|| succeeded(&attempt).to_owned());
    let remedies = (!remedies.is_empty()).then(|| view! { <Remedies remedies pages flow=flow.clone() finding /> });
    view! {
        <PageTitle text="Attempt" />
        <header class="page-head">
            <div>
                <div class="page-title">
                    <h1>"Attempt"</h1>
                    <OutcomeChip of=attempt.outcome />
                </div>
                <p class="page-status"><b>{told}</b> " " <When at=attempt.at /></p>
            </div>
        </header>
        <div class="page-body">
            {remedies}
            {provider.map(|provider| view! {
                <Section title="What was wrong" text="In our words; nothing the provider wrote is kept."><p>{provider}</p></Section>
            })}
            <Facts attempt requests />
            {script.map(|script| view! { <Script script flow /> })}
        </div>
    }
}

fn succeeded(attempt: &AttemptView) -> &'static str {
    if attempt.single_sign_on {
        "The browser was signed in already, and nothing more was asked."
    } else if attempt.target.is_some_and(AttemptTarget::is_proof) {
        "The person showed again who they are."
    } else {
        "The person is signed in."
    }
}

#[component]
fn Remedies(remedies: Vec<String>, pages: Pages, flow: Option<String>, finding: Option<Finding>) -> impl IntoView {
    let items = remedies.into_iter().map(move |text| match pages.link_in(&text) {
        Some((before, linked, after, href)) => {
            view! { <li>{before.to_owned()}<a href=href>{linked}</a>{after.to_owned()}</li> }.into_any()
        }
        None => view! { <li>{text}</li> }.into_any(),
    });
    let found = finding.map(|finding| view! { <FindingNotice finding /> });
    let is_found = found.is_some();
    let link = flow.map(|href| {
        let words = if is_found {
            "Open the finding in the sign-in flow"
        } else {
            "Open the sign-in flow"
        };
        view! { <div class="button-row"><a class="button" href=href>{words}</a></div> }
    });
    view! {
        <Section title="What helps" text="The usual first. What the analyser says of the application as it is now stands below it.">
            <ul class="bullets">{items.collect_view()}</ul>
            {found}
            {link}
        </Section>
    }
}

#[component]
fn Facts(attempt: AttemptView, requests: Vec<String>) -> impl IntoView {
    let linked = |named: Option<&Named>, section: &'static str, none: &'static str| match named {
        Some(Named {
            handle: Some(handle),
            name: Some(name),
            ..
        }) => view! { <a href=format!("/console/{section}/{handle}")><Cut text=name.clone() /></a> }.into_any(),
        Some(gone) => name(gone).into_any(),
        None => none.into_any(),
    };
    let by = match &attempt.account {
        Some(Named { id, name: Some(_), .. }) => {
            view! { <a href=format!("/console/users/{id}")><Cut text=who(&attempt) /></a> }.into_any()
        }
        Some(_) | None => who(&attempt).into_any(),
    };
    let fact = |label: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{label}</dt><dd class="mono">{value}</dd></div> })
    };
    view! {
        <Section title="What is known" text="Of somebody without an account there is an opaque subject, and nothing else.">
            <dl class="facts">
                <div><dt>"Moment"</dt><dd>{to_the_second(attempt.at)}</dd></div>
                {fact("Request number", attempt.request.clone())}
                <div><dt>"Application"</dt><dd>{linked(attempt.application.as_ref(), "applications", target(&attempt))}</dd></div>
                <div><dt>"Connection"</dt><dd>{linked(attempt.connection.as_ref(), "connections", without_connection(&attempt))}</dd></div>
                <div><dt>"Who"</dt><dd>{by}</dd></div>
                {fact("Subject", attempt.sub.clone())}
                {fact("Step", attempt.step.map(|step| step.to_string()))}
                {fact("How often", (attempt.times > 1).then(|| often(attempt.times)))}
                {fact("Newest request numbers", (!requests.is_empty()).then(|| requests.join(" ")))}
                {fact("Reason in the API", attempt.reason.map(|reason| reason.as_str().to_owned()))}
                {fact("Page shown", attempt.page.map(|page| page.to_string()))}
            </dl>
        </Section>
    }
}

#[component]
fn Script(script: AttemptScript, flow: Option<String>) -> impl IntoView {
    let AttemptScript {
        line,
        message,
        limit,
        log,
    } = script;
    let place = line.map(|line| {
        let words = format!("Line {line} of the script decided.");
        match flow {
            Some(href) => view! { <p><a href=href>{words}</a></p> }.into_any(),
            None => view! { <p>{words}</p> }.into_any(),
        }
    });
    view! {
        <Section title="What the script said" text="The script may have been changed since.">
            {message.map(|message| view! { <p>{message}</p> })}
            {limit.map(|limit| view! { <p>"It exceeded the limit of " {limit} "."</p> })}
            {place}
            {(!log.is_empty()).then(|| view! { <pre class="code">{log.join("\n")}</pre> })}
        </Section>
    }
}
