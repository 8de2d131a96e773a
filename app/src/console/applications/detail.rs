//! One application: its head, its tabs, and which one the address names.

use doorward_domain::analysis::{Analysis, Picture};
use doorward_domain::expectation::Checked;
use doorward_domain::finding::Finding;
use doorward_domain::flow::SignInFlow;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::flow_restore::{self, Restored};
use super::flow_without::{self, Without};
use super::{flow, general, protocol};
use crate::api::application::{
    ApplicationView, ProviderEndpoints, ScriptSecretView, application_analysis, find_application, list_script_secrets,
    load_provider_endpoints,
};
use crate::api::connection::{ConnectionName, list_connection_names};
use crate::api::error::ConsoleError;
use crate::console::attempts::{About, AttemptsTab};
use crate::console::connections::StateChip;
use crate::console::load::{Load, NotFound, loading, segment};
use crate::ui::findings::{FindingBadge, errors, worth_a_look};
use crate::ui::page::{Tab, Tabs};
use crate::ui::person::initials;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/applications/{handle}` and its tabs.
pub struct DetailPage;

/// What the page loads, in one go.
type Everything = (
    ApplicationView,
    Analysis,
    ProviderEndpoints,
    Vec<ConnectionName>,
    Vec<ScriptSecretView>,
    Option<Restored>,
    Option<Without>,
);

/// What the address puts into the editor: an earlier version, or a connection whose switch is taken to be off.
type Asked = (Option<String>, Option<String>);

/// What the tabs share.
#[derive(Clone, Copy)]
pub struct Shown {
    pub application: RwSignal<ApplicationView>,
    pub findings: RwSignal<Vec<Finding>>,
    /// What is known of the flow on the screen, while that waits to be saved.
    pub unsaved: RwSignal<Option<Waiting>>,
    /// Of the flow as it is saved.
    pub picture: StoredValue<Picture>,
    pub endpoints: StoredValue<ProviderEndpoints>,
    /// As they are saved; a repair may change one.
    pub connections: RwSignal<Vec<ConnectionName>>,
    pub script_secrets: RwSignal<Vec<ScriptSecretView>>,
    /// A flow that stands in the editor in the place of the saved one.
    pub restored: StoredValue<Option<Restored>>,
    /// The connection whose just-in-time provisioning the editor takes to be off.
    pub without: StoredValue<Option<Without>>,
    /// What is expected of the flow that the page comes with.
    pub expected: StoredValue<Vec<Checked>>,
}

/// What is known of a flow that waits to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    Checked(Vec<Finding>),
    /// A step is not filled in, or the server has not answered.
    Unchecked,
}

async fn load(key: String, (version, without): Asked, sent: Option<SignInFlow>) -> Result<Everything, ConsoleError> {
    let application = find_application(key.clone()).await?;
    let analysis = application_analysis(key.clone()).await?;
    let restored = flow_restore::load(key.clone(), version, sent).await?;
    let connections = list_connection_names(None).await?;
    let without = match without {
        Some(handle) if restored.is_none() => flow_without::load(&application, &handle, &connections).await?,
        Some(_) | None => None,
    };
    Ok((
        application,
        analysis,
        load_provider_endpoints().await?,
        connections,
        list_script_secrets(key).await?.items,
        restored,
        without,
    ))
}

#[lazy_route]
impl LazyRoute for DetailPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let key = segment("key");
        let query = use_query_map();
        let asked = Memo::new(move |_| query.with(|query| (query.get("restore"), query.get("without"))));
        let sent = flow_restore::sent();
        let all = loading(
            move || (key.get(), asked.get()),
            move |(key, asked)| load(key, asked, sent.clone()),
        );
        let render =
            |(application, analysis, endpoints, connections, script_secrets, restored, without): Everything| {
                let expected = match (&restored, &without) {
                    (Some(restored), _) => restored.analysis.expectations.clone(),
                    (None, Some(without)) => without.analysis.expectations.clone(),
                    (None, None) => analysis.expectations.clone(),
                };
                let unsaved = restored
                    .as_ref()
                    .filter(|restored| restored.flow != application.settings.flow)
                    .map(|restored| Waiting::Checked(restored.analysis.findings.clone()));
                let shown = Shown {
                    application: RwSignal::new(application),
                    findings: RwSignal::new(analysis.findings),
                    unsaved: RwSignal::new(unsaved),
                    picture: StoredValue::new(analysis.picture),
                    endpoints: StoredValue::new(endpoints),
                    connections: RwSignal::new(connections),
                    script_secrets: RwSignal::new(script_secrets),
                    restored: StoredValue::new(restored),
                    without: StoredValue::new(without),
                    expected: StoredValue::new(expected),
                };
                view! { <Detail shown /> }.into_any()
            };
        view! { <Load resource=all render /> }.into_any()
    }
}

#[component]
fn Detail(shown: Shown) -> impl IntoView {
    let base = shown
        .application
        .with_untracked(|a| format!("/console/applications/{}", a.settings.handle));
    let tab = |label, path: &str| Tab {
        label,
        href: format!("{base}{path}"),
    };
    let tabs = vec![
        tab("General", ""),
        tab("Protocol", "/protocol"),
        tab("Sign-in flow", "/flow"),
        tab("Attempts", "/attempts"),
    ];
    let current = segment("tab");
    let body = move || match current.get().as_str() {
        "" => view! { <general::General shown /> }.into_any(),
        "protocol" => view! { <protocol::Protocol shown /> }.into_any(),
        "flow" => view! { <flow::Flow shown /> }.into_any(),
        "attempts" => {
            let handle = shown.application.with_untracked(|a| a.settings.handle.to_string());
            view! { <AttemptsTab about=About::Application(handle) /> }.into_any()
        }
        _ => view! { <NotFound /> }.into_any(),
    };
    view! {
        <Head shown />
        <Tabs tabs />
        <div class="page-body">{body}</div>
    }
}

/// The first line: how many steps, what the first one offers, whether everybody gets through. While a change waits to be
/// saved, that is said of the flow with it, and the rest of the one that sign-ins follow. Without `findings` it could not
/// be checked.
fn answer(application: &ApplicationView, findings: Option<usize>, is_unsaved: bool) -> (String, String) {
    let steps = words::count(application.settings.flow.steps.len() as u64, "step", "steps");
    let first = application.settings.flow.steps.first();
    let ways = words::count(first.map_or(0, |step| step.options.len() as u64), "way", "ways");
    let found = |many: usize| words::count(many as u64, "finding", "findings");
    let head = match (application.settings.enabled, findings, is_unsaved) {
        (false, _, _) => "Disabled: nobody can sign in to it.".to_owned(),
        (true, None, _) => "What is changed here is not checked.".to_owned(),
        (true, Some(0), false) => "Everybody gets through.".to_owned(),
        (true, Some(0), true) => "With what is changed here, everybody gets through.".to_owned(),
        (true, Some(many), false) => format!("{} in its sign-in flow.", words::sentence(&found(many))),
        (true, Some(many), true) => format!("With what is changed here, {} in its sign-in flow.", found(many)),
    };
    let whose = if is_unsaved { "The flow in use" } else { "Its sign-in" };
    (head, format!("{whose} has {steps} and starts with {ways} to sign in."))
}

#[component]
fn Head(shown: Shown) -> impl IntoView {
    let name = move || shown.application.with(|a| a.settings.name.clone());
    let tab = segment("tab");
    // What waits in the editor is gone with it.
    let waiting = Memo::new(move |_| match tab.with(|tab| tab == "flow") {
        true => shown.unsaved.get(),
        false => None,
    });
    let found = move || {
        waiting.with(|waiting| match waiting {
            Some(Waiting::Checked(findings)) => (Some(worth_a_look(findings)), true),
            Some(Waiting::Unchecked) => (None, true),
            None => (Some(shown.findings.with(|all| worth_a_look(all))), false),
        })
    };
    let line = move || {
        let (many, is_unsaved) = found();
        let (head, rest) = shown.application.with(|a| answer(a, many, is_unsaved));
        view! { <b>{head}</b> " " {rest} }
    };
    let badge = move || {
        let count = u32::try_from(found().0.unwrap_or(0)).unwrap_or(u32::MAX);
        let errors = waiting.with(|waiting| match waiting {
            Some(Waiting::Checked(findings)) => errors(findings),
            Some(Waiting::Unchecked) => 0,
            None => shown.findings.with(|all| errors(all)),
        });
        let errors = u32::try_from(errors).unwrap_or(u32::MAX);
        view! { <FindingBadge count errors /> }
    };
    view! {
        <PageTitle text=name />
        <header class="page-head">
            <div>
                <div class="page-title">
                    <span class="mark large" aria-hidden="true">{move || initials(&name())}</span>
                    <h1>{name}</h1>
                    {move || view! { <StateChip enabled=shown.application.with(|a| a.settings.enabled) /> }}
                    {badge}
                </div>
                <p class="page-status">{line}</p>
            </div>
        </header>
    }
}
