//! What the analyser says about the flow on the screen. The server is asked: it has the engine that runs scripts, and the
//! browser is spared the code and the tables of the rest.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_domain::analysis::Picture;
use doorward_domain::finding::{Finding, FindingCode, Repair, Severity};
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::text::Handle;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_edit::FlowEdit;
use crate::api::application::{AnalysisRequest, StepForm, analyse_flow};
use crate::api::connection::{ConnectionRepair, RepairConnection};
use crate::ui::diff::Diff;
use crate::ui::faults::{FaultSummary, Faults};
use crate::ui::findings::FindingNotice;
use crate::ui::notice::{Notice, Tone};

/// What the analyser says of what is on the screen.
#[derive(Clone, Copy)]
pub struct Live {
    pub findings: RwSignal<Vec<Finding>>,
    pub picture: RwSignal<Picture>,
}

/// How long somebody must have stopped typing before the server is asked.
pub const PAUSE: Duration = Duration::from_millis(150);

/// What is on the screen now, analysed as it changes.
pub fn live_analysis(editor: Editor, findings: Vec<Finding>, picture: Picture) -> Live {
    let live = Live {
        findings: RwSignal::new(findings),
        picture: RwSignal::new(picture),
    };
    let asking = Action::new(|request: &AnalysisRequest| analyse_flow(request.clone()));
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let flow = flow_of(&editor.steps.get(), editor.script.get());
        let expectations = editor.expectations.get();
        editor.connections.track();
        if let Some(timer) = waiting.get_value() {
            timer.clear();
        }
        // The page brought what is saved with it; a step that is not filled in is the form's own matter.
        let (Some(()), Some(flow)) = (before, flow) else {
            return;
        };
        let request = AnalysisRequest {
            flow,
            connections: BTreeMap::new(),
            application: Some(editor.application.get_value()),
            expectations: Some(expectations),
        };
        let ask = move || {
            asking.dispatch(request.clone());
        };
        waiting.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });
    Effect::new(move |_| {
        if let Some(Ok(analysis)) = asking.value().get() {
            live.findings.set(analysis.findings);
            live.picture.set(analysis.picture);
            editor.checked.set(analysis.expectations);
        }
    });
    live
}

/// The flow on the screen; `None` while a step is not filled in.
pub fn flow_of(steps: &[StepForm], script: String) -> Option<SignInFlow> {
    let step = |step: &StepForm| -> Option<Step> {
        let options: Option<Vec<AuthOption>> = step.options.iter().map(|text| text.parse().ok()).collect();
        options
            .filter(|options| !options.is_empty())
            .map(|options| Step { options })
    };
    Some(SignInFlow {
        steps: steps.iter().map(step).collect::<Option<_>>()?,
        script: Some(script).filter(|script| !script.trim().is_empty()),
    })
}

/// Whether anybody is stopped, so that saving needs a confirmation.
#[must_use]
pub fn stops_people(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// What somebody confirms who saves all the same.
#[must_use]
pub fn all_the_same(findings: &[Finding]) -> &'static str {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    if errors.all(|finding| finding.code == FindingCode::ExpectationBroken) {
        "Save all the same: I know that an expectation is broken"
    } else {
        "Save all the same: I know that these people cannot sign in"
    }
}

/// Every finding with its story and its repairs, or the good word that there is none.
#[component]
pub fn Findings(findings: Signal<Vec<Finding>>, editor: Editor) -> impl IntoView {
    let content = move || {
        let found = findings.get();
        if found.is_empty() {
            return view! { <Notice tone=Tone::Ok title="Everybody gets through this flow" /> }.into_any();
        }
        let notice = |finding: Finding| {
            let repairs = finding.repairs.clone();
            view! { <FindingNotice finding><Repairs repairs editor /></FindingNotice> }
        };
        found.into_iter().map(notice).collect_view().into_any()
    };
    view! { <div class="stack flow-findings" aria-live="polite">{content}</div> }
}

#[component]
fn Repairs(repairs: Vec<Repair>, editor: Editor) -> impl IntoView {
    let button = move |repair: Repair| {
        match repair {
        Repair::TurnOnJit { connection } => {
            view! { <Mend connection repair=ConnectionRepair::TurnOnJit editor /> }.into_any()
        }
        Repair::SendCodesToAssertedAddress { connection } => {
            view! { <Mend connection repair=ConnectionRepair::SendCodesToAssertedAddress editor /> }.into_any()
        }
        Repair::KeepFactorsWithoutAccount { connection } => {
            view! { <Mend connection repair=ConnectionRepair::KeepFactorsWithoutAccount editor /> }.into_any()
        }
        Repair::AddOption { step, option } => view! { <AddOption step option editor /> }.into_any(),
        Repair::SkipStep { connection, step, script } => view! { <SkipStep connection step script editor /> }.into_any(),
        Repair::RemoveStep { step } => view! { <RemoveStep step editor /> }.into_any(),
        Repair::EnableConnection { connection } => view! {
            <a class="button small" href=format!("/console/connections/{connection}")>"Enable " {connection.to_string()}</a>
        }
        .into_any(),
        Repair::RemoveOption { step, option } => view! { <RemoveOption step option editor /> }.into_any(),
    }
    };
    (!repairs.is_empty())
        .then(|| view! { <div class="button-row">{repairs.into_iter().map(button).collect_view()}</div> })
}

/// What a connection is called on this page.
fn called(editor: Editor, connection: &Handle) -> String {
    editor.connections.with_untracked(|all| {
        let named = all.iter().find(|known| known.connection.settings.handle == *connection);
        named.map_or_else(
            || connection.to_string(),
            |known| known.connection.settings.display_name.clone(),
        )
    })
}

/// Saves the connection at once; the flow on the screen stays as it is.
#[component]
fn Mend(connection: Handle, repair: ConnectionRepair, editor: Editor) -> impl IntoView {
    let action = ServerAction::<RepairConnection>::new();
    let faults = Faults::of(move || action.value().get());
    let name = called(editor, &connection);
    let handle = connection.to_string();
    Effect::new(move |_| {
        if let Some(Ok(saved)) = action.value().get() {
            editor.connections.update(|all| {
                for known in all
                    .iter_mut()
                    .filter(|known| known.connection.id == saved.connection.id)
                {
                    known.connection = saved.connection.clone();
                }
            });
        }
    });
    let apply = move |_| {
        action.dispatch(RepairConnection {
            id: handle.clone(),
            repair,
        });
    };
    let label = match repair {
        ConnectionRepair::TurnOnJit => format!("Turn on JIT for {name}"),
        ConnectionRepair::SendCodesToAssertedAddress => format!("Send codes to the verified address {name} asserts"),
        ConnectionRepair::KeepFactorsWithoutAccount => format!("Keep second factors without a profile for {name}"),
    };
    let href = format!("/console/connections/{connection}/advanced");
    view! {
        <FaultSummary faults />
        <button type="button" class="button small" on:click=apply aria-busy=move || action.pending().get().then_some("true")>
            {label}
        </button>
        <noscript><a class="button small" href=href>"Open its Advanced tab"</a></noscript>
    }
}

/// Shows how the script changes, then changes it on the screen; saving is the next step.
#[component]
fn SkipStep(connection: Handle, step: u32, script: String, editor: Editor) -> impl IntoView {
    let name = called(editor, &connection);
    let new = script.clone();
    let diff = move || view! { <Diff before=editor.script.get() after=new.clone() /> };
    let apply = move |_| {
        editor.script.set(script.clone());
        request_animation_frame(move || editor.state.look());
    };
    view! {
        <details class="repair">
            <summary class="button small">"Skip step " {step} " for people from " {name.clone()}</summary>
            <div class="repair-body">
                <p>"The script becomes this. Whoever comes from " {name} " is not asked for step " {step} "; everybody else is."</p>
                {diff}
                <button type="button" class="button primary small" on:click=apply>"Apply to the script"</button>
            </div>
        </details>
    }
}

#[component]
fn AddOption(step: u32, option: String, editor: Editor) -> impl IntoView {
    let name = editor
        .choices
        .with_value(|choices| super::options::named(choices, &option).name);
    let edit = FlowEdit::Add {
        step: (step as usize).saturating_sub(1),
        option,
    };
    view! {
        <button type="button" class="button small" on:click=move |event| editor.edit(&event, &edit)>
            "Offer " {name} " in step " {step}
        </button>
    }
}

#[component]
fn RemoveStep(step: u32, editor: Editor) -> impl IntoView {
    let edit = FlowEdit::RemoveStep {
        step: (step as usize).saturating_sub(1),
    };
    view! {
        <button type="button" class="button small" on:click=move |event| editor.edit(&event, &edit)>
            "Remove step " {step} " for everybody"
        </button>
    }
}

#[component]
fn RemoveOption(step: u32, option: String, editor: Editor) -> impl IntoView {
    let name = editor
        .choices
        .with_value(|choices| super::options::named(choices, &option).name);
    let remove = move |event: web_sys::MouseEvent| {
        let index = (step as usize).saturating_sub(1);
        let position = editor.steps.with_untracked(|steps| {
            steps
                .get(index)
                .and_then(|step| step.options.iter().position(|candidate| *candidate == option))
        });
        if let Some(position) = position {
            editor.edit(
                &event,
                &FlowEdit::Remove {
                    step: index,
                    option: position,
                },
            );
        }
    };
    view! { <button type="button" class="button small" on:click=remove>"Remove " {name} " from step " {step}</button> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_made_flow_is_none() {
        let password = StepForm {
            options: vec!["password".to_owned()],
        };
        assert_eq!(flow_of(&[password.clone(), StepForm::default()], String::new()), None);
        let flow = flow_of(&[password], " \n".to_owned()).expect("a flow");
        assert_eq!(flow.steps[0].options, [AuthOption::Password]);
        assert_eq!(flow.script, None, "blanks are no script");
    }
}
