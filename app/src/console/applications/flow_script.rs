//! The script beside the steps: who is asked for what, in JavaScript.

use doorward_domain::finding::{Finding, Severity};
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_code::Code;
use super::flow_restore::compare_with_saved;
use super::flow_template::Templates;
use crate::ui::typed;

/// The editor's text area with its line numbers; a line that stops somebody is marked.
#[component]
pub fn Script(
    editor: Editor,
    findings: Signal<Vec<Finding>>,
    /// The script that is saved, where the one on the screen is another.
    saved: Option<String>,
) -> impl IntoView {
    let script = editor.script;
    let area = NodeRef::new();
    if let Some(saved) = saved {
        compare_with_saved(area, saved, editor.state);
    }
    let first = typed::value("script", script.get_untracked());
    let is_open = !first.trim().is_empty();
    let marked = move |number: usize| {
        findings.with(|all| {
            all.iter()
                .filter(|finding| finding.severity > Severity::Info)
                .any(|finding| finding.line.is_some_and(|line| line as usize == number))
        })
    };
    let numbers = move || {
        let count = script.with(|text| text.lines().count().max(12) + 1);
        (1..=count)
            .map(|number| view! { <li class:marked=marked(number)>{number}</li> })
            .collect_view()
    };
    view! {
        <details class="card script-card" prop:open=move || is_open || !script.with(|text| text.trim().is_empty()) open=is_open>
            <summary><h2>"Script"</h2></summary>
            <p class="muted" id="script-help">
                "Without a script everybody takes every step. A script decides: its function "
                <code>"onLoginRequest"</code> " calls " <code>"executeStep"</code>
                " for each step that is asked for. Clear it to run the steps in their order again."
            </p>
            <Templates editor />
            <div class="script-editor">
                <ol class="script-lines" aria-hidden="true">{numbers}</ol>
                <Code editor area first />
            </div>
        </details>
    }
}
