//! Whom the connection stops as it is saved, and what an update of the Advanced tab breaks, before it is pressed. With
//! the browser's code that follows every control; without, both answers to the switch are in the page and the style sheet
//! shows the one that fits the checkbox, and a form that comes back refused brings the answer to itself.

use leptos::ev;
use leptos::form::FromFormData;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::breaks::{
    Spared, Told, affected, breaking, breaks_title, confirmation, stopping, stops_title, update_breaks, way_on,
};
use super::changes::{Line, lines};
use super::detail::Shown;
use crate::api::connection::{ApplicationFindings, SaveJit, preview_connection};
use crate::api::error::ConsoleError;
use crate::console::load::{Loading, loading};
use crate::ui::choice::Checkbox;
use crate::ui::faults::Faults;
use crate::ui::findings::Story;
use crate::ui::form::FormState;
use crate::ui::notice::{Notice, Tone};
use crate::ui::pause::Pause;

/// What saving the form would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Foreseen {
    /// Whether the switch stands elsewhere than it is saved.
    switched: bool,
    broken: Vec<ApplicationFindings>,
}

/// What is true of the connection as it is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct Standing {
    /// Whom it stops now.
    stopped: Vec<ApplicationFindings>,
    /// What the other position of the switch breaks.
    other: Vec<ApplicationFindings>,
    /// What the form that was refused before the browser's code had loaded would do.
    refused: Option<Foreseen>,
}

/// What the server was last told of the form, and what it said.
#[derive(Clone, Copy)]
pub struct Impact {
    standing: Loading<Standing>,
    foreseen: RwSignal<Option<Foreseen>>,
}

/// What the analyser says of the applications after a JSON merge patch (RFC 7396) of the connection.
async fn findings(key: &str, patch: Value) -> Result<Vec<ApplicationFindings>, ConsoleError> {
    Ok(preview_connection(key.to_owned(), patch).await?.findings)
}

/// The applications that such a patch breaks. What is so already is asked for only where something would be wrong.
pub(super) async fn breaks(key: &str, patch: Value) -> Result<Vec<ApplicationFindings>, ConsoleError> {
    let wrong = breaking(&[], findings(key, patch).await?);
    if wrong.is_empty() {
        return Ok(wrong);
    }
    Ok(breaking(&findings(key, json!({})).await?, wrong))
}

async fn foresee(key: String, switched: bool, patch: Value) -> Result<Foreseen, ConsoleError> {
    let broken = breaks(&key, patch).await?;
    Ok(Foreseen { switched, broken })
}

async fn stand(key: String, is_on: bool, refused: Option<SaveJit>) -> Result<Standing, ConsoleError> {
    let now = findings(&key, json!({})).await?;
    let other = findings(&key, json!({"jit": {"enabled": !is_on}})).await?;
    let refused = match refused {
        Some(form) => foresee(key.clone(), form.enabled != is_on, form.patch()).await.ok(),
        None => None,
    };
    Ok(Standing {
        other: breaking(&now, other),
        stopped: stopping(now, &key),
        refused,
    })
}

impl Impact {
    /// Follows the form; the function is to be called whenever a control changes. `refused` is the form as it was sent,
    /// where it comes back for want of a confirmation.
    pub fn of(shown: Shown, state: FormState, refused: Option<SaveJit>) -> (Self, impl Fn() + Copy) {
        let handle = shown.connection.with_untracked(|c| c.settings.handle.to_string());
        let standing = loading(
            move || shown.connection.with(|c| (c.version, c.settings.jit.enabled)),
            move |(_, is_on)| stand(handle.clone(), is_on, refused.clone()),
        );
        let foreseen = RwSignal::new(None);
        let asking = Action::new(move |(switched, patch): &(bool, Value)| {
            let key = shown.connection.with_untracked(|c| c.settings.handle.to_string());
            foresee(key, *switched, patch.clone())
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
        // Whoever comes back from another tab may have mended a flow there.
        Effect::new(move |_| {
            let listening = window_event_listener(ev::focus, move |_| {
                if state.typed.get_untracked() {
                    look();
                }
            });
            on_cleanup(move || listening.remove());
        });
        // What is saved breaks nothing more; an answer about the form before it must not come after.
        Effect::new(move |_| {
            shown.connection.track();
            pause.cancel();
            under_way.update_value(|asked| asked.take().into_iter().for_each(ActionAbortHandle::abort));
            foreseen.set(None);
        });
        (Self { standing, foreseen }, look)
    }

    /// What saving does, in one line.
    pub fn consequence(self, shown: Shown) -> Option<String> {
        let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
        let broken = self.foreseen.get()?.broken;
        (!broken.is_empty()).then(|| update_breaks(&broken, &name))
    }
}

/// Below the switch, whatever it says: whom the connection stops as it is saved.
#[component]
pub fn StopsNow(shown: Shown, impact: Impact) -> impl IntoView {
    let content = move || {
        Suspend::new(async move {
            let stopped = impact.standing.await.unwrap_or_default().stopped;
            let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
            (!stopped.is_empty()).then(|| {
                view! {
                    <Notice tone=Tone::Danger title=stops_title(&stopped, &name)>
                        <Stories shown applications=stopped spared=Spared::Linked told=Told::Saved />
                    </Notice>
                }
            })
        })
    };
    view! { <div class="jit-now" aria-live="polite"><Transition fallback=|| ()>{content}</Transition></div> }
}

/// The box below the switch: whom it stops, which is confirmed there, and what it changes. `unconfirmed` as in
/// [`FormState::is_unconfirmed`].
#[component]
pub fn WhatChanges(shown: Shown, impact: Impact, unconfirmed: Signal<bool>) -> impl IntoView {
    let content = move || {
        Suspend::new(async move {
            let standing = impact.standing.await.unwrap_or_default();
            let is_on = shown.connection.with_untracked(|c| c.settings.jit.enabled);
            view! { <Change shown impact to=!is_on standing unconfirmed /> }
        })
    };
    view! {
        <div class="jit-change" aria-live="polite">
            <Transition fallback=|| ()>{content}</Transition>
        </div>
    }
}

#[component]
fn Change(shown: Shown, impact: Impact, to: bool, standing: Standing, unconfirmed: Signal<bool>) -> impl IntoView {
    let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
    let lines = shown.usage.with_value(|usage| {
        shown
            .applications
            .with_value(|applications| lines(to, &name, usage, applications))
    });
    let row = |line: Line| view! { <div><dt>{line.who}</dt><dd>{line.what}</dd></div> };
    let (title, told) = if to {
        ("What switching it on changes", Told::Before)
    } else {
        ("What switching it off changes", Told::WithoutJit)
    };
    // With the other controls as they stand, where one of them was changed too. Where the switch is not moved, this is
    // not shown, and a box in it must not be ticked.
    let broken = Memo::new(
        move |_| match impact.foreseen.get().or_else(|| standing.refused.clone()) {
            None => standing.other.clone(),
            Some(foreseen) if foreseen.switched => foreseen.broken,
            Some(_) => vec![],
        },
    );
    // What must be confirmed comes first: the bar that saves would cover it at the end.
    view! {
        <Broken shown broken spared=Spared::Linked told unconfirmed />
        <Notice tone=Tone::Info title>
            <dl class="facts">{lines.into_iter().map(row).collect_view()}</dl>
        </Notice>
    }
}

/// At the end of the form: whom it stops where the switch stays as it is.
#[component]
pub fn OtherBreaks(shown: Shown, impact: Impact, faults: Faults, unconfirmed: Signal<bool>) -> impl IntoView {
    let content = move || {
        Suspend::new(async move {
            let refused = impact.standing.await.unwrap_or_default().refused;
            view! { <Others shown impact refused faults unconfirmed /> }
        })
    };
    view! { <div class="other-breaks" aria-live="polite"><Transition fallback=|| ()>{content}</Transition></div> }
}

#[component]
fn Others(
    shown: Shown,
    impact: Impact,
    refused: Option<Foreseen>,
    faults: Faults,
    unconfirmed: Signal<bool>,
) -> impl IntoView {
    let foreseen = Memo::new(move |_| impact.foreseen.get().or_else(|| refused.clone()));
    let broken = Memo::new(move |_| {
        let foreseen = foreseen.get().filter(|foreseen| !foreseen.switched);
        foreseen.map(|foreseen| foreseen.broken).unwrap_or_default()
    });
    // It was refused, and what breaks is not known here: nobody has answered yet, or what was sent is lost.
    let is_unseen = move || {
        let known = foreseen.with(|foreseen| foreseen.as_ref().is_some_and(|foreseen| !foreseen.broken.is_empty()));
        !known && faults.get() == Some(ConsoleError::Unconfirmed)
    };
    view! {
        <Broken shown broken spared=Spared::Linked unconfirmed />
        {move || is_unseen().then(|| view! {
            <Checkbox label="Save it all the same" name="all_the_same" checked=false refused=unconfirmed
                help="An application then stops people, or no longer does what is expected of it. Its sign-in flow shows who, where and why, with repairs." />
        })}
    }
}

/// Nothing where nothing breaks. A box of its own for each thing to confirm, so that no tick is taken for another.
#[component]
pub fn Broken(
    shown: Shown,
    broken: Memo<Vec<ApplicationFindings>>,
    spared: Spared,
    #[prop(default = Told::Before)] told: Told,
    /// Whether a save was refused because the box in it is not ticked.
    unconfirmed: Signal<bool>,
) -> impl IntoView {
    let each = move || Some(broken.get()).filter(|broken| !broken.is_empty());
    view! { <For each key=Clone::clone children=move |broken| view! { <Breaks shown broken spared told unconfirmed /> } /> }
}

#[component]
fn Breaks(
    shown: Shown,
    broken: Vec<ApplicationFindings>,
    spared: Spared,
    told: Told,
    unconfirmed: Signal<bool>,
) -> impl IntoView {
    let name = shown.connection.with_untracked(|c| c.settings.display_name.clone());
    let title = breaks_title(&broken, &name);
    let confirm = confirmation(&broken, &name, spared);
    view! {
        <Notice tone=Tone::Danger title>
            <Stories shown applications=broken spared told />
            <Checkbox label=confirm name="confirmed" checked=false refused=unconfirmed />
        </Notice>
    }
}

/// Each application with who comes to it, how they are stopped, and the way to its sign-in flow.
#[component]
fn Stories(shown: Shown, applications: Vec<ApplicationFindings>, spared: Spared, told: Told) -> impl IntoView {
    let (name, handle) = shown
        .connection
        .with_untracked(|c| (c.settings.display_name.clone(), c.settings.handle.to_string()));
    // What is changed here and not saved yet stays.
    let target = (told != Told::Saved).then_some("_blank");
    let row = move |application: ApplicationFindings| {
        let (href, way) = way_on(&application, &handle, told);
        let people = application.affected.map(|people| affected(people, &name, spared));
        let stories = application
            .findings
            .into_iter()
            .map(|finding| view! { <Story parts=finding.story fails=true /> });
        view! {
            <li>
                <p><b>{application.name}</b></p>
                {people.map(|people| view! { <p class="muted">{people}</p> })}
                {stories.collect_view()}
                // Loaded as a whole: the router would look for the findings before they are there.
                <p><a href=href rel="external" target=target>{way}</a></p>
            </li>
        }
    };
    view! { <ul class="impact">{applications.into_iter().map(row).collect_view()}</ul> }
}
