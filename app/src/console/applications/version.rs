//! One flow an application had, beside the flow of now.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::flow_words;
use super::options::choices;
use crate::api::application::{ApplicationView, FlowVersionView, find_application, find_flow_version};
use crate::api::connection::{ConnectionName, list_connection_names};
use crate::api::error::ConsoleError;
use crate::console::load::{Load, loading, segment};
use crate::ui::diff::Diff;
use crate::ui::icon::{Icon, Shape};
use crate::ui::notice::{Notice, Tone};
use crate::ui::time::When;
use crate::ui::title::PageTitle;
use crate::ui::words;

/// The page at `/console/applications/{handle}/flow/versions/{version}`.
pub struct VersionPage;

type Everything = (ApplicationView, FlowVersionView, Vec<ConnectionName>);

async fn load((key, version): (String, String)) -> Result<Everything, ConsoleError> {
    let application = find_application(key.clone()).await?;
    let version = find_flow_version(key, version).await?;
    Ok((application, version, list_connection_names(None).await?))
}

#[lazy_route]
impl LazyRoute for VersionPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let (key, version) = (segment("key"), segment("version"));
        let all = loading(move || (key.get(), version.get()), load);
        let render = |(application, version, connections): Everything| {
            view! { <Compared application version connections /> }.into_any()
        };
        view! { <Load resource=all render /> }.into_any()
    }
}

#[component]
fn Compared(application: ApplicationView, version: FlowVersionView, connections: Vec<ConnectionName>) -> impl IntoView {
    let title = format!("Version {}", version.version);
    let current = application.settings.flow;
    let same = current == version.flow;
    let editor = format!("/console/applications/{}/flow", application.settings.handle);
    let restore = format!("{editor}?restore={}", version.version);
    let by = words::actor(version.actor.as_ref(), version.actor_name);
    let name = application.settings.name;
    let all = choices(&connections);
    let steps = (
        flow_words::steps(&current, &all),
        flow_words::steps(&version.flow, &all),
    );
    let script = (
        current.script.unwrap_or_default(),
        version.flow.script.unwrap_or_default(),
    );
    view! {
        <PageTitle text=title.clone() />
        <header class="page-head">
            <div>
                <div class="page-title"><h1>{title}</h1></div>
                <p class="page-status">"A sign-in flow of " <bdi>{name}</bdi> ". Saved " <When at=version.saved_at /> " · " <bdi>{by}</bdi></p>
            </div>
            {(!same).then(|| view! {
                <a class="button primary" href=restore><Icon shape=Shape::Undo />"Restore in the editor"</a>
            })}
        </header>
        <div class="page-body stack">
            {if same {
                view! { <Notice tone=Tone::Ok title="This is the flow in use" /> }.into_any()
            } else {
                view! {
                    <p class="muted">
                        "What restoring it would change: − marks lines of the flow in use that would go, + marks lines that would come back. "
                        "The editor shows it with everything the analyser says, and saves nothing before you do."
                    </p>
                }.into_any()
            }}
            <Part title="Steps" texts=steps />
            <Part title="Script" texts=script />
        </div>
    }
}

#[component]
fn Part(title: &'static str, texts: (String, String)) -> impl IntoView {
    let (before, after) = texts;
    let same = before == after;
    let none = before.is_empty() && after.is_empty();
    view! {
        <section class="stack" aria-label=title>
            <h2>{title}</h2>
            {same.then(|| view! { <p class="muted">{if none { "There is none, now as then." } else { "The same as in use." }}</p> })}
            {(!none).then(|| view! { <Diff before after /> })}
        </section>
    }
}
