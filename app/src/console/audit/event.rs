//! One line of the log; what else is known opens below it.

use leptos::prelude::*;
use serde_json::Value;

use super::changed::{is_of_flow, lines};
use super::phrase::{Mood, actor, told};
use crate::api::audit::AuditEventView;
use crate::ui::cut::{Cut, CutAddress};
use crate::ui::icon::{Icon, Shape};
use crate::ui::time::{When, to_the_second};

/// The row, and below it one as wide as the table with all that is known. The style sheet shows that one while
/// *Details* is open, so it needs no script.
#[component]
pub fn EventRow(view: AuditEventView) -> impl IntoView {
    let (what, mood) = told(&view.event);
    let chip = match mood {
        Mood::Good => "chip ok",
        Mood::Bad => "chip danger",
        Mood::Plain => "chip",
    };
    let icon = (mood == Mood::Bad).then(|| view! { <Icon shape=Shape::Stop /> });
    let by = actor(&view);
    view! {
        <tr class="event">
            <td data-label="When"><When at=view.event.at /></td>
            <td data-label="What"><span class=chip>{icon}<span>{what}</span></span></td>
            <td data-label="By"><CutAddress text=by /></td>
            <td data-label="Concerns"><span class="concerns"><Concerns view=view.clone() /><Changed view=view.clone() /></span></td>
            <td data-label="More">
                <details><summary>"Details"</summary></details>
            </td>
        </tr>
        <tr class="event-body">
            <td colspan="5">
                <div class="stack"><Details view /></div>
            </td>
        </tr>
    }
}

#[component]
fn Concerns(view: AuditEventView) -> impl IntoView {
    let event = view.event;
    let link = |href: String, name: Option<String>, was: Option<String>, gone: &'static str| match (name, was) {
        (Some(name), _) => view! { <a href=href><Cut text=name /></a> }.into_any(),
        (None, Some(was)) => view! { <span class="muted"><Cut text=format!("{was} (deleted)") /></span> }.into_any(),
        (None, None) => view! { <span class="muted">{gone}</span> }.into_any(),
    };
    let mut parts = Vec::new();
    if let Some(id) = event.account {
        parts.push(link(
            format!("/console/users/{id}"),
            view.account_name,
            None,
            "a deleted account",
        ));
    } else if event.sub.is_some() {
        parts.push(view! { <span class="muted">"somebody without an account"</span> }.into_any());
    }
    if let Some(id) = event.connection {
        parts.push(link(
            format!("/console/connections/{id}"),
            view.connection_name,
            view.deleted_connection_name,
            "a deleted connection",
        ));
    }
    if let Some(id) = event.application {
        parts.push(link(
            format!("/console/applications/{id}"),
            view.application_name,
            view.deleted_application_name,
            "a deleted application",
        ));
    }
    let last = parts.len().saturating_sub(1);
    let joined = parts.into_iter().enumerate().map(move |(index, part)| {
        view! { {part} {(index < last).then_some(" · ")} }
    });
    joined.collect_view()
}

/// What settings became, below what they are of.
#[component]
fn Changed(view: AuditEventView) -> impl IntoView {
    let told = lines(&view.event)
        .into_iter()
        .map(|line| view! { <small>{line}</small> });
    let there = view.application_name.and(view.event.application.clone());
    let versions = there.filter(|_| is_of_flow(&view.event)).map(|id| {
        let href = format!("/console/applications/{id}/flow/versions");
        view! { <small><a href=href>"Versions of the sign-in flow"</a></small> }
    });
    view! { {told.collect_view()} {versions} }
}

#[component]
fn Details(view: AuditEventView) -> impl IntoView {
    let event = view.event;
    let detail = match &event.detail {
        Value::Null => None,
        other => serde_json::to_string_pretty(other).ok(),
    };
    view! {
        <dl class="facts">
            <div><dt>"Moment"</dt><dd>{to_the_second(event.at)}</dd></div>
            <div><dt>"Action"</dt><dd class="mono">{event.action.as_str()}</dd></div>
            <div><dt>"Event"</dt><dd class="mono">{event.id.to_string()}</dd></div>
            {event.sub.map(|sub| view! { <div><dt>"Subject"</dt><dd class="mono">{sub}</dd></div> })}
        </dl>
        {detail.map(|text| view! { <pre class="code">{text}</pre> })}
    }
}
