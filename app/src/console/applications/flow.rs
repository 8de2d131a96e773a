//! The Sign-in flow tab: the ordered steps, each with the ways to pass it, and what the analyser says, live.

use std::collections::BTreeMap;

use doorward_domain::expectation::{Checked, Expectation};
use doorward_domain::finding::Finding;
use doorward_domain::flow::{SignInFlow, Step};
use doorward_domain::script::{generated, is_generated};
use doorward_domain::text::Handle;
use leptos::prelude::*;
use serde_json::Value;

use super::add_option::AddOption;
use super::detail::{Shown, Waiting};
use super::flow_confirm::{Unfit, check_again, is_unconfirmed, to_confirm, unfit};
use super::flow_drag::Drag;
use super::flow_edit::{EditApplicationFlow, FlowEdit};
use super::flow_expectations::Expectations;
use super::flow_findings::{Findings, Live, flow_of, live_analysis};
use super::flow_picture::FlowPicture;
use super::flow_restore::RestoreNotice;
use super::flow_saving::Saving;
use super::flow_script::Script;
use super::flow_secrets::Secrets;
use super::flow_step::{Mark, StepColumn};
use super::flow_without::{self, Without};
use super::options::{Choice, choices};
use super::try_it::TryIt;
use crate::api::application::{SaveApplicationFlow, StepForm, application_analysis};
use crate::api::connection::ConnectionName;
use crate::ui::browser;
use crate::ui::choice::Checkbox;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::field::Version;
use crate::ui::form::{FormState, SaveFoot};
use crate::ui::icon::{Icon, Shape};

/// What the parts of the editor share.
#[derive(Clone, Copy)]
pub struct Editor {
    /// What the page shows beside, as it is saved.
    pub shown: Shown,
    /// Its id.
    pub application: StoredValue<String>,
    pub steps: RwSignal<Vec<StepForm>>,
    /// Empty where the steps run in their order.
    pub script: RwSignal<String>,
    /// As they are saved; a repair may change one while the flow waits to be saved.
    pub connections: RwSignal<Vec<ConnectionName>>,
    /// The ways to sign in that there are.
    pub choices: Memo<Vec<Choice>>,
    /// As they are saved.
    pub expectations: RwSignal<Vec<Expectation>>,
    /// Whether they are so of the flow on the screen.
    pub checked: RwSignal<Vec<Checked>>,
    /// What the findings are about.
    pub analysed: RwSignal<SignInFlow>,
    pub state: FormState,
    pub drag: Drag,
}

impl Editor {
    /// An editor of an application with a flow on the screen.
    fn of(shown: Shown, flow: &SignInFlow) -> Self {
        let application = shown.application;
        Self {
            shown,
            application: StoredValue::new(application.with_untracked(|application| application.id.to_string())),
            steps: RwSignal::new(steps_of(flow)),
            script: RwSignal::new(script_of(flow)),
            connections: shown.connections,
            choices: Memo::new(move |_| shown.connections.with(|connections| choices(connections))),
            expectations: RwSignal::new(application.with_untracked(|a| a.settings.expectations.clone())),
            checked: RwSignal::new(shown.expected.get_value()),
            analysed: RwSignal::new(flow.clone()),
            state: FormState::new(),
            drag: Drag::new(),
        }
    }

    /// The script that the steps on the screen make by themselves.
    pub fn generated(self) -> String {
        self.steps.with(|steps| generated(steps.len()))
    }

    /// The script that runs: the one on the screen, else the generated one.
    pub fn runs(self) -> String {
        let script = self.script.get();
        if script.trim().is_empty() {
            self.generated()
        } else {
            script
        }
    }

    /// Whether a script of one's own decides which steps are asked for.
    pub fn is_scripted(self) -> bool {
        let steps = self.steps.with(Vec::len);
        self.script
            .with(|script| !script.trim().is_empty() && !is_generated(script, steps))
    }

    /// Puts a flow on the screen.
    pub fn show(self, flow: &SignInFlow) {
        self.steps.set(steps_of(flow));
        self.script.set(script_of(flow));
    }

    /// The flow on the screen; `None` while a step is not filled in.
    pub fn flow(self) -> Option<SignInFlow> {
        self.steps.with(|steps| flow_of(steps, self.script.get()))
    }

    /// Whether the findings are about the flow on the screen, and not about what it was a moment ago.
    pub fn is_analysed(self) -> bool {
        let shown = self.flow();
        shown.is_some_and(|shown| self.analysed.with(|analysed| *analysed == shown))
    }

    /// The connection whose just-in-time provisioning the findings take to be off, though it is on.
    pub fn without(self) -> Option<Handle> {
        let handle = |without: &Without| without.connection.clone();
        self.shown.without.with_value(|without| without.as_ref().map(handle))
    }

    /// What the findings take to be set in the place of what is saved: merge patches over connections, by handle.
    pub fn overrides(self) -> BTreeMap<String, Value> {
        flow_without::overrides(self.without().as_ref())
    }

    /// Makes a change here instead of sending it, and gives the keyboard to what changed.
    pub fn edit(self, event: &web_sys::MouseEvent, edit: &FlowEdit) {
        event.prevent_default();
        self.make(edit);
    }

    /// The same for a change that no button made.
    pub fn make(self, edit: &FlowEdit) {
        self.steps.update(|steps| edit.apply(steps));
        self.state.saved.set(false);
        let id = self.steps.with_untracked(|steps| edit.focus(steps));
        request_animation_frame(move || {
            browser::focus_first(&format!("#{id}"));
        });
    }
}

fn script_of(flow: &SignInFlow) -> String {
    flow.script.clone().unwrap_or_default()
}

fn steps_of(flow: &SignInFlow) -> Vec<StepForm> {
    let step = |step: &Step| StepForm {
        options: step.options.iter().map(ToString::to_string).collect(),
    };
    flow.steps.iter().map(step).collect()
}

/// The tab.
#[component]
pub fn Flow(shown: Shown) -> impl IntoView {
    let action = ServerAction::<SaveApplicationFlow>::new();
    let faults = Faults::of(move || action.value().get());
    // The buttons of the steps send the form too, before the browser's code has loaded.
    let edit = ServerAction::<EditApplicationFlow>::new();
    let edits = Faults::of(move || edit.value().get());
    let base = shown
        .application
        .with_untracked(|application| format!("/console/applications/{}/flow", application.settings.handle));
    let saved = shown.application.with_untracked(|a| a.settings.flow.clone());
    let restored = shown.restored.get_value().filter(|restored| saved != restored.flow);
    let first = restored.as_ref().map_or(&saved, |restored| &restored.flow);
    let editor = Editor::of(shown, first);
    let state = editor.state;
    let saved_script = restored.as_ref().map(|_| script_of(&saved));
    let saving = Saving::of(saved, restored.as_ref());
    saving.follow(editor, action);
    saving.forget_refusal(editor, action);
    state.follow(action);
    keep_page_true(editor, saving.saved);
    Effect::new(move |_| {
        let differs = editor
            .steps
            .with(|steps| saving.saved.with(|saved| *steps != steps_of(saved)));
        state.more.set(differs);
    });
    let asked_for = restored
        .map(|restored| restored.analysis)
        .or_else(|| shown.without.get_value().map(|without| without.analysis));
    let (brought, picture) = asked_for.map_or_else(
        || (shown.findings.get_untracked(), shown.picture.get_value()),
        |analysis| (analysis.findings, analysis.picture),
    );
    let live = live_analysis(editor, brought, picture);
    let findings = Signal::from(live.findings);
    tell_head(editor, live);
    let is_refused = Signal::derive(move || is_unconfirmed([faults, edits]));
    // What came with the page waits from the start, and before the browser's code has loaded.
    let waits = Signal::derive(move || state.is_changed() || saving.brought.get());
    let is_scripted = Memo::new(move |_| editor.is_scripted());
    let unfit = unfit(editor, waits);
    let to_confirm = to_confirm(editor, findings, waits, is_refused, unfit);
    check_again(live, faults, to_confirm);
    let versions = format!("{base}/versions");
    let order = move || {
        if is_scripted.get() {
            "The script asks for the steps, and people pass each one with any of its ways. "
        } else {
            "People go through the steps in their order, and pass each one with any of its ways. "
        }
    };
    view! {
        <ActionForm action node_ref=state.form on:submit:capture=move |_| saving.send(editor) on:reset=move |_| saving.discard(editor)
            on:input=move |_| state.look()>
            // What Enter in a control presses: browsers take the first button of a form.
            <button type="submit" hidden tabindex="-1"></button>
            <FaultSummary faults />
            <FaultSummary faults=edits />
            <input type="hidden" name="id" value=shown.application.with_untracked(|a| a.id.to_string()) />
            {editor.without().map(|handle| view! { <input type="hidden" name="without" value=handle.to_string() /> })}
            <Version saved=Signal::derive(move || shown.application.with(|a| a.version))
                base=Signal::derive(move || shown.application.with(|a| a.base.clone())) />
            {move || saving.restoring.get().map(|version| view! { <RestoreNotice version base=base.clone() /> })}
            <div class="flow-lead row">
                <p class="muted">
                    {order}
                    "The order within a step is the order on the sign-in page."
                </p>
                <a class="button small" href=versions><Icon shape=Shape::Clock />"Versions"</a>
            </div>
            <Columns editor findings is_scripted />
            <Script editor findings saved=saved_script />
            <Findings live editor />
            <Unfit faults=unfit />
            // A box of its own for each thing to confirm, so that no tick is taken for another.
            <For
                each=move || to_confirm.get()
                key=|(stops, _)| stops.clone()
                children=move |(_, label)| view! { <Checkbox label name="confirmed" checked=false refused=is_refused /> }
            />
            <SaveFoot state pending=action.pending() />
        </ActionForm>
        <FlowPicture live />
        <Expectations editor />
        <Secrets editor />
        <TryIt editor />
    }
}

/// While something waits to be saved, the head of the page says what is found with it. What is found only with a setting
/// that is not saved is no matter of the head.
fn tell_head(editor: Editor, live: Live) {
    let unsaved = editor.shown.unsaved;
    let is_real = editor.without().is_none();
    let known = move || {
        if live.is_unchecked.get() {
            Waiting::Unchecked
        } else {
            Waiting::Checked(live.findings.get())
        }
    };
    Effect::new(move |_| unsaved.set((is_real && editor.state.is_changed()).then(known)));
}

/// Asks anew what the rest of the page says of the flow that is saved, whenever that or what belongs to it has changed.
fn keep_page_true(editor: Editor, saved: RwSignal<SignInFlow>) {
    let shown = editor.shown;
    let asking = Action::new(move |(): &()| application_analysis(editor.application.get_value()));
    Effect::new(move |before: Option<()>| {
        saved.track();
        editor.connections.track();
        editor.expectations.track();
        if before.is_some() {
            asking.dispatch(());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(analysis)) = asking.value().get() {
            shown.findings.set(analysis.findings);
            shown.picture.set_value(analysis.picture);
            shown.expected.set_value(analysis.expectations);
        }
    });
}

#[component]
fn Columns(editor: Editor, findings: Signal<Vec<Finding>>, is_scripted: Memo<bool>) -> impl IntoView {
    let worst = Memo::new(move |_| {
        let mut worst = BTreeMap::new();
        findings.with(|findings| {
            for finding in findings {
                if let Some(step) = finding.step.and_then(|step| step.checked_sub(1)) {
                    let mark = worst.entry(step as usize).or_insert(Mark {
                        severity: finding.severity,
                        stops_somebody: false,
                    });
                    mark.severity = mark.severity.max(finding.severity);
                    mark.stops_somebody |= finding.stops_somebody();
                }
            }
        });
        worst
    });
    let columns = move || {
        editor.choices.track();
        let steps = editor.steps.get();
        let many = steps.len();
        let column = |(index, step): (usize, StepForm)| {
            // A signal: made anew with every finding, a column would lose the keyboard and its open list.
            let mark = Signal::derive(move || worst.with(|worst| worst.get(&index).copied()));
            view! { <StepColumn editor step index many mark /> }
        };
        steps.into_iter().enumerate().map(column).collect_view()
    };
    let add = move || {
        editor.choices.track();
        let index = editor.steps.with(Vec::len);
        view! { <AddOption editor index chosen=vec![] label="Add a step" /> }
    };
    let when = move || {
        if is_scripted.get() {
            "The script says who is asked for it."
        } else {
            "Everybody goes through it after the steps before."
        }
    };
    view! {
        <ol class="flow" aria-label="Steps">
            {columns}
            <li class="flow-step flow-add">
                {add}
                <p class="help muted">{when}</p>
            </li>
        </ol>
    }
}
