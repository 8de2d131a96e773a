//! The repairs of a finding. Each one is shown before it is applied: what changes, as a sentence and as a diff, and what
//! that does to people. One panel for all of them; it opens in place and needs no script to open.

mod apply;
mod change;
mod effect;
mod mend;
mod panel;

use doorward_domain::finding::Finding;
use leptos::prelude::*;

use super::flow::Editor;
use crate::api::error::ConsoleError;
use crate::ui::diff::Diff;
use crate::ui::findings::title;
use crate::ui::notice::{Notice, Tone};
use crate::ui::typed;
use apply::Apply;
pub use change::Change;
use effect::Foresight;
pub use mend::Mend;
use panel::Panel;

/// A button that opens the panel with what the repair changes.
#[component]
pub fn RepairPreview(mend: Mend, editor: Editor) -> impl IntoView {
    let panel = Panel::of(&mend, editor);
    let ready = panel.ready;
    // It was applied before the browser's code had loaded, and came back.
    let is_refused =
        matches!(&mend.change, Change::Connection(sent) if typed::is_ticked("mend", &sent.to_string(), false));
    let change = mend.change.clone();
    let diff = move || {
        let (before, after) = change.texts(editor);
        view! { <Diff before after /> }
    };
    view! {
        <details class="repair" open=is_refused node_ref=panel.details
            on:toggle=move |_| panel.on_toggle() on:keydown=move |event| panel.on_key(&event)>
            <summary class="button small">{mend.label.clone()}</summary>
            <div class="repair-body" role="group" aria-label=format!("What it changes: {}", mend.label) tabindex="-1" node_ref=panel.body>
                <p>{mend.sentence}</p>
                {diff}
                <Foreseen foreseen=panel.foreseen ready />
                <Apply change=mend.change label=mend.apply editor details=panel.details ready />
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
            {effect.warning.map(|text| view! { <Notice tone=Tone::Warn title=text /> })}
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
