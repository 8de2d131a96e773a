//! What the analyser says about the flow on the screen. The server is asked: it has the engine that runs scripts, and the
//! browser is spared the code and the tables of the rest.

use std::time::Duration;

use doorward_domain::analysis::Picture;
use doorward_domain::finding::{Finding, Repair};
use doorward_domain::flow::{AuthOption, SignInFlow, Step};
use doorward_domain::script::is_generated;
use leptos::ev;
use leptos::prelude::*;

use super::flow::Editor;
use super::flow_repair::{Mend, RepairPreview};
use super::flow_without::{WithoutNotice, takes_back};
use crate::api::application::{AnalysisRequest, StepForm, analyse_flow};
use crate::api::error::ConsoleError;
use crate::ui::findings::FindingNotice;
use crate::ui::notice::{Notice, Tone};
use crate::ui::pause::Pause;

/// How long an answer may take, and how long after a failure the server is asked again.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the analyser says of what is on the screen.
#[derive(Clone, Copy)]
pub struct Live {
    pub findings: RwSignal<Vec<Finding>>,
    pub picture: RwSignal<Picture>,
    /// Whether all this is about an earlier flow: a step is not filled in, or the server has not answered.
    pub is_unchecked: RwSignal<bool>,
    /// Asks about the same flow again.
    pub again: Trigger,
}

/// What is on the screen now, analysed as it changes.
pub fn live_analysis(editor: Editor, findings: Vec<Finding>, picture: Picture) -> Live {
    let live = Live {
        findings: RwSignal::new(findings),
        picture: RwSignal::new(picture),
        is_unchecked: RwSignal::new(false),
        again: Trigger::new(),
    };
    let asking = Action::new(|request: &AnalysisRequest| {
        let request = request.clone();
        async move { (request.flow.clone(), analyse_flow(request).await) }
    });
    let (pause, patience) = (Pause::new(), Pause::new());
    Effect::new(move |before: Option<()>| {
        let flow = editor.flow();
        let expectations = editor.expectations.get();
        editor.connections.track();
        live.again.track();
        pause.cancel();
        patience.cancel();
        let Some(flow) = flow else {
            // A step that is not filled in is the form's own matter.
            live.is_unchecked.set(true);
            return;
        };
        // The page brought what is saved with it.
        if before.is_none() {
            return;
        }
        let request = AnalysisRequest {
            flow,
            connections: editor.overrides(),
            application: Some(editor.application.get_value()),
            expectations: Some(expectations),
        };
        pause.then(move || {
            asking.dispatch(request);
            patience.after(PATIENCE, move || live.is_unchecked.set(true));
        });
    });
    Effect::new(move |_| match asking.value().get() {
        Some((flow, Ok(analysis))) => {
            patience.cancel();
            editor.analysed.set(flow);
            live.findings.set(analysis.findings);
            live.picture.set(analysis.picture);
            editor.checked.set(analysis.expectations);
            // A step may have lost its last way while the answer was coming.
            live.is_unchecked.set(untrack(|| editor.flow()).is_none());
        }
        Some((_, Err(error))) => {
            live.is_unchecked.set(true);
            if may_pass(&error) {
                patience.after(PATIENCE, move || live.again.notify());
            }
        }
        None => {}
    });
    ask_when_back(live);
    live
}

/// Whether the same question may be answered a moment later. What is wrong with the flow is said when it is saved.
fn may_pass(error: &ConsoleError) -> bool {
    !matches!(error, ConsoleError::Invalid { .. } | ConsoleError::Malformed)
}

/// Asks as soon as the browser has a network again.
fn ask_when_back(live: Live) {
    Effect::new(move |_| {
        let listening = window_event_listener(ev::online, move |_| {
            if live.is_unchecked.get_untracked() {
                live.again.notify();
            }
        });
        on_cleanup(move || listening.remove());
    });
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
        script: Some(script).filter(|script| !script.trim().is_empty() && !is_generated(script, steps.len())),
    })
}

/// Every finding with its story and its repairs, or the good word that there is none.
#[component]
pub fn Findings(live: Live, editor: Editor) -> impl IntoView {
    let findings = live.findings;
    let none = move || {
        let none = findings.with(Vec::is_empty) && !live.is_unchecked.get();
        none.then(|| view! { <Notice tone=Tone::Ok title="Everybody gets through this flow" /> })
    };
    // The notice is read out once, and not with every change.
    let is_whole = Memo::new(move |_| editor.flow().is_some());
    let unchecked = move || {
        live.is_unchecked.get().then(|| {
            let why = if is_whole.get() {
                "There is no answer about it yet. It is asked for again with the next change, and once the server can be reached."
            } else {
                "A step has no way to pass it. Add one."
            };
            view! {
                <Notice tone=Tone::Warn title="The flow on the screen is not checked">
                    <p>{why} " What is said and drawn below may be about an earlier flow."</p>
                </Notice>
            }
        })
    };
    let notice = move |finding: Finding| {
        let repairs = finding.repairs.clone();
        view! { <FindingNotice finding><Repairs repairs editor /></FindingNotice> }
    };
    let base = editor
        .shown
        .application
        .with_untracked(|application| format!("/console/applications/{}/flow", application.settings.handle));
    let looked_at = editor.shown.without.get_value();
    let looked_at = looked_at.map(|without| view! { <WithoutNotice without base /> });
    // One that stays keeps its open repair.
    view! {
        <div class="stack flow-findings" id="findings" role="group" aria-label="Findings" tabindex="-1" aria-live="polite">
            {looked_at}
            {unchecked}
            {none}
            <For each=move || findings.get() key=Clone::clone children=notice />
        </div>
    }
}

#[component]
fn Repairs(repairs: Vec<Repair>, editor: Editor) -> impl IntoView {
    let without = editor.without();
    let repairs: Vec<Repair> = repairs
        .into_iter()
        .filter(|repair| !takes_back(repair, without.as_ref()))
        .collect();
    let one = move |repair: Repair| view! { <RepairPreview mend=Mend::of(repair, editor) editor /> };
    (!repairs.is_empty()).then(|| view! { <div class="button-row">{repairs.into_iter().map(one).collect_view()}</div> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_again_unless_it_is_at_fault() {
        for (error, want) in [
            (ConsoleError::Unavailable, true),
            (ConsoleError::Internal, true),
            (ConsoleError::SignedOut, true),
            (ConsoleError::Invalid { fields: vec![] }, false),
            (ConsoleError::Malformed, false),
        ] {
            assert_eq!(may_pass(&error), want, "{error:?}");
        }
    }

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
