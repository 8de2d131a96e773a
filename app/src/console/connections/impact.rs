//! What an update of the Advanced tab breaks, before it is pressed. With the browser's code it follows every control;
//! without, both answers to the switch are in the page and the style sheet shows the one that fits the checkbox.

use leptos::form::FromFormData;
use leptos::prelude::*;
use serde_json::{Value, json};

use super::changes::{Line, affected, breaking, breaks_title, confirmation, lines};
use super::detail::Shown;
use crate::api::connection::{ApplicationFindings, SaveJit, preview_connection};
use crate::api::error::ConsoleError;
use crate::console::load::loading;
use crate::ui::choice::Checkbox;
use crate::ui::findings::Story;
use crate::ui::form::FormState;
use crate::ui::notice::{Notice, Tone};
use crate::ui::pause::Pause;

/// What saving the form would do.
#[derive(Debug, Clone, PartialEq)]
struct Foreseen {
    /// Whether the switch stands elsewhere than it is saved.
    switched: bool,
    broken: Vec<ApplicationFindings>,
}

/// What the server was last told of the form, and what it said.
#[derive(Clone, Copy)]
pub struct Impact {
    foreseen: RwSignal<Option<Foreseen>>,
}

/// The applications that a JSON merge patch (RFC 7396) of the connection breaks.
async fn brings(key: String, patch: Value) -> Result<Vec<ApplicationFindings>, ConsoleError> {
    let now = preview_connection(key.clone(), json!({})).await?.findings;
    let then = preview_connection(key, patch).await?.findings;
    Ok(breaking(&now, then))
}

impl Impact {
    /// Follows the form; the function is to be called whenever a control changes.
    pub fn of(shown: Shown, state: FormState) -> (Self, impl Fn() + Copy) {
        let foreseen = RwSignal::new(None);
        let asking = Action::new(move |(switched, patch): &(bool, Value)| {
            let (switched, patch) = (*switched, patch.clone());
            let key = shown.connection.with_untracked(|c| c.settings.handle.to_string());
            async move { brings(key, patch).await.map(|broken| Foreseen { switched, broken }) }
        });
        let pause = Pause::new();
        let under_way = StoredValue::new(None::<ActionAbortHandle>);
        let look = move || {
            let form = state.form.get_untracked();
            let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
            let Some(sent) = data.and_then(|data| SaveJit::from_form_data(&data).ok()) else {
                return;
            };
            let switched = shown.connection.with_untracked(|c| c.settings.jit.enabled) != sent.enabled;
            pause.then(move || under_way.set_value(Some(asking.dispatch((switched, sent.patch())))));
        };
        Effect::new(move |_| {
            if let Some(Ok(answer)) = asking.value().get() {
                foreseen.set(Some(answer));
            }
        });
        // What is saved breaks nothing more; an answer about the form before it must not come after.
        Effect::new(move |_| {
            shown.connection.track();
            pause.cancel();
            under_way.update_value(|asked| asked.take().into_iter().for_each(ActionAbortHandle::abort));
            foreseen.set(None);
        });
        (Self { foreseen }, look)
    }

    /// What saving does, in one line.
    pub fn consequence(self, shown: Shown) -> Option<String> {
        let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
        let broken = self.foreseen.get()?.broken;
        (!broken.is_empty()).then(|| breaks_title(&broken, &name))
    }
}

/// The box below the switch: what it changes, and whom it stops.
#[component]
pub fn WhatChanges(shown: Shown, impact: Impact) -> impl IntoView {
    let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
    let is_on = Memo::new(move |_| shown.connection.with(|c| c.settings.jit.enabled));
    // What the analyser says about the other position of the switch.
    let other = loading(
        move || is_on.get(),
        move |on| brings(handle.clone(), json!({"jit": {"enabled": !on}})),
    );
    let content = move || {
        Suspend::new(async move {
            let broken = other.await.unwrap_or_default();
            view! { <Change shown impact to=!is_on.get_untracked() broken /> }
        })
    };
    view! {
        <div class="jit-change" aria-live="polite">
            <Transition fallback=|| ()>{content}</Transition>
        </div>
    }
}

#[component]
fn Change(shown: Shown, impact: Impact, to: bool, broken: Vec<ApplicationFindings>) -> impl IntoView {
    let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
    let lines = shown.usage.with_value(|usage| {
        shown
            .applications
            .with_value(|applications| lines(to, &name, usage, applications))
    });
    let row = |line: Line| view! { <div><dt>{line.who}</dt><dd>{line.what}</dd></div> };
    let title = if to {
        "What switching it on changes"
    } else {
        "What switching it off changes"
    };
    // With the other controls as they stand, where one of them was changed too.
    let broken = Memo::new(move |_| {
        let foreseen = impact.foreseen.get().filter(|foreseen| foreseen.switched);
        foreseen.map_or_else(|| broken.clone(), |foreseen| foreseen.broken)
    });
    view! {
        <Notice tone=Tone::Info title>
            <dl class="facts">{lines.into_iter().map(row).collect_view()}</dl>
        </Notice>
        <Broken shown broken />
    }
}

/// At the end of the form: whom it stops where the switch stays as it is.
#[component]
pub fn OtherBreaks(shown: Shown, impact: Impact) -> impl IntoView {
    let broken = Memo::new(move |_| {
        let foreseen = impact.foreseen.get().filter(|foreseen| !foreseen.switched);
        foreseen.map(|foreseen| foreseen.broken).unwrap_or_default()
    });
    view! { <div aria-live="polite"><Broken shown broken /></div> }
}

/// Nothing where nothing breaks. A box of its own for each thing to confirm, so that no tick is taken for another.
#[component]
fn Broken(shown: Shown, broken: Memo<Vec<ApplicationFindings>>) -> impl IntoView {
    let each = move || Some(broken.get()).filter(|broken| !broken.is_empty());
    view! { <For each key=Clone::clone children=move |broken| view! { <Breaks shown broken /> } /> }
}

#[component]
fn Breaks(shown: Shown, broken: Vec<ApplicationFindings>) -> impl IntoView {
    let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
    let title = breaks_title(&broken, &name);
    let confirm = confirmation(&broken, &name);
    let row = move |application: ApplicationFindings| {
        let href = format!("/console/applications/{}/flow", application.application);
        let people = application.affected.map(|people| affected(people, &name));
        let stories = application
            .findings
            .into_iter()
            .map(|finding| view! { <Story parts=finding.story fails=true /> });
        view! {
            <li>
                <p><a href=href>{application.name}</a></p>
                {people.map(|people| view! { <p class="muted">{people}</p> })}
                {stories.collect_view()}
            </li>
        }
    };
    view! {
        <Notice tone=Tone::Danger title>
            <ul class="impact">{broken.into_iter().map(row).collect_view()}</ul>
            <Checkbox label=confirm name="confirmed" checked=false />
        </Notice>
    }
}
