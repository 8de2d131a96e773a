//! The repairs of a finding. Each one is shown before it is applied: what changes, as a sentence and as a diff, and what
//! that does to people. One panel for all of them; it opens in place and needs no script to open.

mod apply;
mod change;
mod effect;
mod mend;

use doorward_domain::finding::Finding;
use leptos::html;
use leptos::prelude::*;

use super::flow::Editor;
use crate::api::error::ConsoleError;
use crate::ui::browser;
use crate::ui::diff::Diff;
use crate::ui::findings::title;
use crate::ui::pause::Pause;
use crate::ui::typed;
use apply::Apply;
pub use change::Change;
use effect::{Foresight, foresee};
pub use mend::Mend;

/// A button that opens the panel with what the repair changes.
#[component]
pub fn RepairPreview(mend: Mend, editor: Editor) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let panel = NodeRef::<html::Div>::new();
    let ready = RwSignal::new(false);
    let foreseen = Action::new({
        let (change, name) = (mend.change.clone(), mend.name.clone());
        move |(): &()| foresee(editor, change.clone(), name.clone())
    });
    let is_open = move || details.get_untracked().is_some_and(|details| details.open());
    Effect::new(move |_| {
        ready.set(true);
        if is_open() {
            foreseen.dispatch(());
        }
    });
    let pause = Pause::new();
    // What it does follows what else is changed while the panel is open.
    Effect::new(move |before: Option<()>| {
        editor.steps.track();
        editor.script.track();
        editor.connections.track();
        if before.is_some() && is_open() {
            pause.then(move || {
                foreseen.dispatch(());
            });
        }
    });
    // What it does is told after the panel got the keyboard, and makes it longer: its end must not come to stand below the
    // bar that saves.
    Effect::new(move |_| {
        let is_told = foreseen.value().with(Option::is_some);
        if is_told && is_open() {
            request_animation_frame(browser::reveal_focus);
        }
    });
    let on_toggle = move |_| {
        if is_open() {
            foreseen.dispatch(());
            if let Some(panel) = panel.get_untracked() {
                let _ = panel.focus();
            }
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && is_open() {
            event.prevent_default();
            browser::close_details(details);
        }
    };
    // It was applied before the browser's code had loaded, and came back.
    let is_refused =
        matches!(&mend.change, Change::Connection(sent) if typed::is_ticked("mend", &sent.to_string(), false));
    let change = mend.change.clone();
    let diff = move || {
        let (before, after) = change.texts(editor);
        view! { <Diff before after /> }
    };
    view! {
        <details class="repair" open=is_refused node_ref=details on:toggle=on_toggle on:keydown=on_key>
            <summary class="button small">{mend.label.clone()}</summary>
            <div class="repair-body" role="group" aria-label=format!("What it changes: {}", mend.label) tabindex="-1" node_ref=panel>
                <p>{mend.sentence}</p>
                {diff}
                <Foreseen foreseen ready />
                <Apply change=mend.change label=mend.apply editor details ready />
            </div>
        </details>
    }
}

/// What the server says it would do; before the browser's code has loaded there is nobody to ask it.
#[component]
fn Foreseen(foreseen: Action<(), Result<Foresight, ConsoleError>>, ready: RwSignal<bool>) -> impl IntoView {
    let list = |head: &'static str, found: Vec<Finding>| {
        (!found.is_empty()).then(|| {
            let item = |finding: Finding| view! { <li>{title(&finding)}</li> };
            view! { <div><p class="muted">{head}</p><ul class="repair-effect">{found.iter().cloned().map(item).collect_view()}</ul></div> }
        })
    };
    let told = move |effect: Foresight| {
        let nothing = effect == Foresight::default();
        let sentence = |text: String| view! { <p>{text}</p> };
        view! {
            {list("No longer found", effect.gone)}
            {list("Found then", effect.arise)}
            {effect.people.into_iter().map(sentence).collect_view()}
            {nothing.then(|| view! { <p class="muted">"What the analyser says stays as it is."</p> })}
        }
    };
    let content = move || match foreseen.value().get() {
        Some(Ok(effect)) => told(effect).into_any(),
        Some(Err(error)) => view! { <p class="muted">{error.to_string()}</p> }.into_any(),
        None => view! { <p class="muted">"Looking at what it does to people …"</p> }.into_any(),
    };
    move || {
        ready
            .get()
            .then(|| view! { <div class="stack tight" role="status">{content}</div> })
    }
}
