//! The script beside the steps: who is asked for what, in JavaScript.

use doorward_domain::finding::{Finding, Severity};
use doorward_domain::script::generated;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_code::Code;
use super::flow_restore::compare_with_saved;
use super::flow_template::Templates;
use crate::ui::{browser, typed};

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
    let is_blank = move || script.with(|text| text.trim().is_empty());
    // Whoever takes a script away goes on here.
    let opened = Memo::new(move |before| before == Some(&true) || is_open || !is_blank());
    let marked = move |number: usize| {
        findings.with(|all| {
            all.iter()
                .filter(|finding| finding.severity > Severity::Info)
                .any(|finding| finding.line.is_some_and(|line| line as usize == number))
        })
    };
    let numbers = move || {
        (1..=lines(&editor.script.get(), &editor.generated()))
            .map(|number| view! { <li class:marked=marked(number)>{number}</li> })
            .collect_view()
    };
    view! {
        <details class="card script-card" prop:open=opened open=is_open>
            <summary><h2>"Script"</h2>{move || is_blank().then(|| view! { <span class="muted">"generated from the steps"</span> })}</summary>
            <p class="muted" id="script-help">
                {move || is_blank().then_some("Without a script of your own the one in grey runs, made from the steps. ")}
                "A script decides: its function " <code>"onLoginRequest"</code> " calls " <code>"executeStep"</code>
                " for each step that is asked for."
                {move || (!is_blank()).then_some(" Clear it to run the steps in their order again.")}
            </p>
            <Templates editor />
            <div class="script-editor">
                <ol class="script-lines" aria-hidden="true">{numbers}</ol>
                <Code editor area first />
            </div>
            <Origin editor />
        </details>
    }
}

/// How many lines there are: of the script with the one that may be empty at its end, else of the generated one.
fn lines(script: &str, generated: &str) -> usize {
    if script.trim().is_empty() {
        generated.lines().count().max(1)
    } else {
        script.split('\n').count()
    }
}

/// The ways between the generated script and one of one's own; they need the browser's code.
#[component]
fn Origin(editor: Editor) -> impl IntoView {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let take = move |script: String| {
        editor.script.set(script);
        editor.state.saved.set(false);
        request_animation_frame(move || {
            editor.state.look();
            browser::focus_first(".script-code textarea");
        });
    };
    let button = move || {
        if editor.script.with(|text| text.trim().is_empty()) {
            let edit = move |_| take(editor.steps.with_untracked(|steps| generated(steps.len())));
            view! { <button type="button" class="button small" on:click=edit>"Change the generated script"</button> }
                .into_any()
        } else {
            let back = move |_| take(String::new());
            view! { <button type="button" class="button small" on:click=back>"Generate it from the steps again"</button> }.into_any()
        }
    };
    move || ready.get().then(|| view! { <div class="button-row">{button}</div> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_exist_have_numbers() {
        for (script, generated, want) in [
            ("", "a\nb\n", 2),
            (" \n\n", "a\nb\n", 2),
            ("a", "a\nb\n", 1),
            ("a\nb\n", "a\n", 3),
            ("", "", 1),
        ] {
            assert_eq!(lines(script, generated), want, "{script:?} {generated:?}");
        }
    }
}
