//! What the analyser says about the steps on the screen: run in the page itself, by the same rules as on the server.

use doorward_domain::analysis::analyse;
use doorward_domain::finding::{Finding, Repair, Severity};
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_edit::FlowEdit;
use super::options::facts;
use crate::api::application::StepForm;
use crate::api::connection::ConnectionSummary;
use crate::ui::findings::FindingNotice;
use crate::ui::notice::{Notice, Tone};

/// The findings of steps that may not be saved yet. Empty steps are the form's own matter and left out.
#[must_use]
pub fn findings_of(steps: &[StepForm], connections: &[ConnectionSummary]) -> Vec<Finding> {
    let step = |step: &StepForm| Step {
        options: step
            .options
            .iter()
            .filter_map(|text| text.parse::<AuthOption>().ok())
            .collect(),
    };
    let steps: Vec<Step> = steps.iter().map(step).filter(|step| !step.options.is_empty()).collect();
    if steps.is_empty() {
        return vec![];
    }
    analyse(&SignInFlow { steps, script: None }, &facts(connections)).findings
}

/// Whether anybody is stopped, so that saving needs a confirmation.
#[must_use]
pub fn stops_people(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Every finding with its story and its repairs, or the good word that there is none.
#[component]
pub fn Findings(findings: Memo<Vec<Finding>>, editor: Editor) -> impl IntoView {
    let content = move || {
        let found = findings.get();
        if found.is_empty() {
            return view! { <Notice tone=Tone::Ok title="Everybody gets through these steps" /> }.into_any();
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
        Repair::TurnOnJit { connection } => view! {
            <a class="button small" href=format!("/console/connections/{connection}/advanced")>"Turn on JIT for " {connection.to_string()}</a>
        }
        .into_any(),
        Repair::EnableConnection { connection } => view! {
            <a class="button small" href=format!("/console/connections/{connection}")>"Enable " {connection.to_string()}</a>
        }
        .into_any(),
        Repair::RemoveOption { step, option } => view! { <RemoveOption step option editor /> }.into_any(),
    }
    };
    view! { <div class="button-row">{repairs.into_iter().map(button).collect_view()}</div> }
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
    fn a_half_made_flow_is_no_finding() {
        assert!(findings_of(&[StepForm::default()], &[]).is_empty());
        let password = StepForm {
            options: vec!["password".to_owned()],
        };
        assert!(findings_of(&[password], &[]).is_empty());
    }
}
