//! The Sign-in flow tab: the ordered steps, each with the ways to pass it, and what the analyser says, live.

use std::collections::BTreeMap;

use doorward_domain::finding::Finding;
use leptos::prelude::*;

use super::detail::Shown;
use super::flow_edit::FlowEdit;
use super::flow_findings::{Findings, live_findings};
use super::flow_script::Script;
use super::flow_secrets::Secrets;
use super::flow_step::StepColumn;
use super::options::{Choice, choices};
use crate::api::application::{SaveApplicationFlow, StepForm};
use crate::api::connection::ConnectionSummary;
use crate::ui::browser;
use crate::ui::choice::Checkbox;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::icon::{Icon, Shape};

/// What the parts of the editor share.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Its id.
    pub application: StoredValue<String>,
    pub steps: RwSignal<Vec<StepForm>>,
    /// Empty where the steps run in their order.
    pub script: RwSignal<String>,
    /// As they are saved; a repair may change one while the flow waits to be saved.
    pub connections: RwSignal<Vec<ConnectionSummary>>,
    pub choices: StoredValue<Vec<Choice>>,
    pub state: FormState,
}

impl Editor {
    /// Makes a change here instead of sending it, and gives the keyboard to what changed.
    pub fn edit(self, event: &web_sys::MouseEvent, edit: &FlowEdit) {
        event.prevent_default();
        self.steps.update(|steps| edit.apply(steps));
        self.state.saved.set(false);
        let id = self.steps.with_untracked(|steps| edit.focus(steps));
        request_animation_frame(move || browser::focus_first(&format!("#{id}")));
    }
}

fn saved_script(shown: Shown) -> String {
    shown
        .application
        .with_untracked(|application| application.settings.flow.script.clone().unwrap_or_default())
}

fn saved_steps(shown: Shown) -> Vec<StepForm> {
    shown.application.with_untracked(|application| {
        let step = |step: &doorward_domain::flow::Step| StepForm {
            options: step.options.iter().map(ToString::to_string).collect(),
        };
        application.settings.flow.steps.iter().map(step).collect()
    })
}

/// The tab.
#[component]
pub fn Flow(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveApplicationFlow>::new();
    let faults = Faults::of(move || action.value().get());
    let state = FormState::new();
    let saved = RwSignal::new(saved_steps(shown));
    let editor = Editor {
        application: StoredValue::new(
            shown
                .application
                .with_untracked(|application| application.id.to_string()),
        ),
        steps: RwSignal::new(saved.get_untracked()),
        script: RwSignal::new(saved_script(shown)),
        connections: RwSignal::new(shown.connections.get_value()),
        choices: StoredValue::new(shown.connections.with_value(|connections| choices(connections))),
        state,
    };
    Effect::new(move |_| {
        if let Some(Ok(answer)) = action.value().get() {
            shown.application.set(answer.application);
            shown.findings.set(answer.findings);
            saved.set(saved_steps(shown));
            editor.steps.set(saved.get_untracked());
            editor.script.set(saved_script(shown));
        }
    });
    state.follow(action);
    Effect::new(move |_| {
        let differs = editor.steps.with(|steps| saved.with(|saved| steps != saved));
        state.more.set(usize::from(differs));
    });
    // "Discard" puts the form's controls back; the steps are ours to put back.
    let discard = move |_| {
        editor.steps.set(saved.get_untracked());
        editor.script.set(saved_script(shown));
    };
    let findings = live_findings(editor, shown.findings.get_untracked());
    view! {
        <ActionForm action node_ref=state.form on:reset=discard on:input=move |_| state.look()>
            <FaultSummary faults />
            <input type="hidden" name="id" value=shown.application.with_untracked(|a| a.id.to_string()) />
            <input type="hidden" name="version" value=move || shown.application.with(|a| a.version) />
            <p class="flow-lead muted">
                "People go through the steps in their order, and pass each one with any of its ways. "
                "The order within a step is the order on the sign-in page."
            </p>
            <Columns editor findings />
            <Script editor findings />
            <Findings findings editor />
            {move || findings.with(|found| super::flow_findings::stops_people(found)).then(|| view! {
                <Checkbox label="Save all the same: I know that these people cannot sign in" name="confirmed" checked=false />
            })}
            <SaveFoot state pending=action.pending() />
        </ActionForm>
        <Secrets shown editor />
    }
}

#[component]
fn Columns(editor: Editor, findings: Signal<Vec<Finding>>) -> impl IntoView {
    let worst = Memo::new(move |_| {
        let mut worst = BTreeMap::new();
        findings.with(|findings| {
            for finding in findings {
                if let Some(step) = finding.step.and_then(|step| step.checked_sub(1)) {
                    let entry = worst.entry(step as usize).or_insert(finding.severity);
                    *entry = (*entry).max(finding.severity);
                }
            }
        });
        worst
    });
    let columns = move || {
        let steps = editor.steps.get();
        let many = steps.len();
        let column = |(index, step): (usize, StepForm)| {
            let severity = worst.with(|worst| worst.get(&index).copied());
            view! { <StepColumn editor step index many severity /> }
        };
        steps.into_iter().enumerate().map(column).collect_view()
    };
    let add = FlowEdit::AddStep;
    view! {
        <ol class="flow" aria-label="Steps">
            {columns}
            <li class="flow-step flow-add">
                <button type="button" class="button" on:click=move |event| editor.edit(&event, &add)>
                    <Icon shape=Shape::Plus />
                    "Add a step"
                </button>
                <p class="help muted">"Everybody goes through it after the steps before."</p>
            </li>
        </ol>
    }
}
