//! *Try it*: the flow on the screen as one person would go through it, with nothing written (design.md §5).

use leptos::prelude::*;

use super::flow::Editor;
use super::try_it_expect::Suggested;
use super::try_it_run::Run;
use super::try_it_stops::Way;
use super::try_it_who::WhoFields;
use crate::ui::faults::FaultSummary;

/// The card below the editor.
#[component]
pub fn TryIt(editor: Editor) -> impl IntoView {
    let run = Run::of(editor);
    view! {
        <section class="card try-it" aria-labelledby="try-it-title">
            <h2 id="try-it-title">"Try it"</h2>
            <p class="muted">
                "Go through the flow on this page, saved or not, as one person would. Nothing is written and nobody is told."
            </p>
            <noscript><p>"This needs JavaScript in your browser."</p></noscript>
            <FaultSummary faults=run.faults() />
            <WhoFields who=run.who user_fault=run.user_fault() is_on=run.is_on />
            <RunButtons run />
            <div class="try-it-shown" aria-live="polite">
                {move || run.way.get().filter(|_| !run.who.has_no_address()).map(|rehearsal| {
                    let expected = run.who.expected(editor, &rehearsal);
                    view! {
                        <Way rehearsal editor choices=run.choices />
                        <Suggested expected editor />
                    }
                })}
            </div>
        </section>
    }
}

#[component]
fn RunButtons(run: Run) -> impl IntoView {
    view! {
        <div class="button-row">
            <button type="button" class="button primary" on:click=move |_| run.restart()>
                {move || if run.is_on.get() { "Start over" } else { "Start" }}
            </button>
            {move || run.choices.with(|made| !made.is_empty()).then(|| view! {
                <button type="button" class="button" on:click=move |_| run.take_last_choice_back()>"Take the last choice back"</button>
            })}
        </div>
    }
}
