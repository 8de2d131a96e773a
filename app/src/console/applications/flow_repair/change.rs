//! What a repair changes: the steps, the script, or one setting of a connection.

use doorward_domain::expectation::Expectation;
use doorward_domain::flow::SignInFlow;
use leptos::prelude::*;

use crate::api::application::StepForm;
use crate::api::connection::{ConnectionMend, ConnectionRepair};
use crate::console::applications::expectation_choices::named_option;
use crate::console::applications::flow::Editor;
use crate::console::applications::flow_edit::FlowEdit;
use crate::console::applications::flow_findings::flow_of;
use crate::console::applications::options::named;
use crate::ui::words::either;

/// What is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Saved at once; the flow on the screen stays as it is.
    Connection(ConnectionMend),
    /// Of the flow on the screen; saving is the next step. Steps are counted from 1.
    AddOption {
        step: u32,
        option: String,
    },
    RemoveOption {
        step: u32,
        option: String,
    },
    /// With the script that goes with it, where there is one.
    RemoveStep {
        step: u32,
        script: Option<String>,
    },
    /// The script that takes the place of the one on the screen.
    Script(String),
    /// Saved at once; the flow on the screen stays as it is.
    DropExpectation(Expectation),
}

impl Change {
    /// The edit of the steps; `None` where they stay as they are.
    #[must_use]
    pub fn edit(&self, steps: &[StepForm]) -> Option<FlowEdit> {
        let index = |step: u32| (step as usize).saturating_sub(1);
        match self {
            Self::AddOption { step, option } => Some(FlowEdit::Add {
                step: index(*step),
                option: option.clone(),
            }),
            Self::RemoveStep { step, .. } => Some(FlowEdit::RemoveStep { step: index(*step) }),
            Self::RemoveOption { step, option } => {
                let options = &steps.get(index(*step))?.options;
                Some(FlowEdit::Remove {
                    step: index(*step),
                    option: options.iter().position(|known| known == option)?,
                })
            }
            Self::Connection(_) | Self::Script(_) | Self::DropExpectation(_) => None,
        }
    }

    /// The steps as they are then.
    pub(super) fn steps(&self, before: &[StepForm]) -> Vec<StepForm> {
        let mut steps = before.to_vec();
        if let Some(edit) = self.edit(before) {
            edit.apply(&mut steps);
        }
        steps
    }

    /// The flow as it is then; `None` where a step is left without a way to pass it.
    #[must_use]
    pub fn flow(&self, steps: &[StepForm], script: String) -> Option<SignInFlow> {
        flow_of(&self.steps(steps), self.script().map_or(script, str::to_owned))
    }

    /// The script that takes the place of the one on the screen.
    #[must_use]
    pub fn script(&self) -> Option<&str> {
        match self {
            Self::Script(script) => Some(script),
            Self::RemoveStep { script, .. } => script.as_deref(),
            Self::Connection(_) | Self::AddOption { .. } | Self::RemoveOption { .. } | Self::DropExpectation(_) => None,
        }
    }

    /// The step that is taken out.
    #[must_use]
    pub fn removed_step(&self) -> Option<u32> {
        match self {
            Self::RemoveStep { step, .. } => Some(*step),
            Self::Connection(_)
            | Self::AddOption { .. }
            | Self::RemoveOption { .. }
            | Self::Script(_)
            | Self::DropExpectation(_) => None,
        }
    }

    /// Before and after, as lines.
    pub(super) fn texts(&self, editor: Editor) -> (String, String) {
        let steps = |steps: &[StepForm]| {
            editor
                .choices
                .with_untracked(|choices| lines(steps, |text| named(choices, text).name))
        };
        match self {
            Self::Connection(mend) => {
                let label = setting(mend.repair);
                (format!("{label}: off"), format!("{label}: on"))
            }
            Self::DropExpectation(expectation) => {
                let told = expectation.told(|option| named_option(editor, option));
                (format!("Expected: {told}"), String::new())
            }
            Self::Script(new) if new.is_empty() => (editor.script.get(), editor.generated()),
            Self::Script(new) => (editor.runs(), new.clone()),
            Self::AddOption { .. } | Self::RemoveOption { .. } | Self::RemoveStep { .. } => {
                let (before, after) = editor.steps.with(|now| (steps(now), steps(&self.steps(now))));
                match self.script() {
                    None => (before, after),
                    Some(new) => (format!("{before}\n\n{}", editor.runs()), format!("{after}\n\n{new}")),
                }
            }
        }
    }
}

/// One line for each step: `Step 1: Password or Acme`.
fn lines(steps: &[StepForm], name: impl Fn(&str) -> String) -> String {
    let line = |(number, step): (usize, &StepForm)| {
        let names: Vec<String> = step.options.iter().map(|option| name(option)).collect();
        let ways = if names.is_empty() {
            "nothing".to_owned()
        } else {
            either(&names)
        };
        format!("Step {number}: {ways}")
    };
    let all: Vec<String> = (1..).zip(steps).map(line).collect();
    all.join("\n")
}

/// What a setting is called on its tab, General or Advanced.
fn setting(repair: ConnectionRepair) -> &'static str {
    match repair {
        ConnectionRepair::Enable => "Enabled",
        ConnectionRepair::TurnOnJit => "Just-in-Time (JIT) User Provisioning",
        ConnectionRepair::SendCodesToAssertedAddress => "Send codes to the verified address the provider asserts",
        ConnectionRepair::KeepFactorsWithoutAccount => "Keep second factors without a profile",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::applications::flow_edit::tests::steps;

    #[test]
    fn what_the_steps_become() {
        let add = |step, option: &str| Change::AddOption {
            step,
            option: option.to_owned(),
        };
        let remove = |step, option: &str| Change::RemoveOption {
            step,
            option: option.to_owned(),
        };
        for (change, want) in [
            (add(2, "totp"), "password|email_otp totp"),
            (add(3, "totp"), "password|email_otp|totp"),
            (add(4, "totp"), "password|email_otp"),
            (remove(2, "email_otp"), "password|"),
            (remove(1, "email_otp"), "password|email_otp"),
            (Change::RemoveStep { step: 2, script: None }, "password"),
            (Change::Script("x".to_owned()), "password|email_otp"),
        ] {
            assert_eq!(change.steps(&steps("password|email_otp")), steps(want), "{change:?}");
        }
    }

    #[test]
    fn steps_are_told_as_lines() {
        let text = lines(&steps("password a|"), str::to_uppercase);
        assert_eq!(text, "Step 1: PASSWORD or A\nStep 2: nothing");
    }

    #[test]
    fn a_setting_is_called_what_its_tab_calls_it() {
        let tab = concat!(
            include_str!("../../connections/general.rs"),
            include_str!("../../connections/advanced.rs")
        );
        for repair in [
            ConnectionRepair::Enable,
            ConnectionRepair::TurnOnJit,
            ConnectionRepair::SendCodesToAssertedAddress,
            ConnectionRepair::KeepFactorsWithoutAccount,
        ] {
            assert!(tab.contains(&format!("label=\"{}\"", setting(repair))), "{repair:?}");
        }
    }
}
