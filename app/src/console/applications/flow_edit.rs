//! One change of the steps: made in the browser while somebody edits, or on the server when the form is sent before
//! the browser's code has loaded. Both run this file.

#![expect(clippy::too_many_arguments, reason = "a form sends its fields flat")]

use leptos::prelude::*;

use crate::api::application::{SavedApplication, StepForm};
use crate::api::error::ConsoleError;

/// One change. As text (a button's value) `add 0 connection:acme`, `remove 0 1`, `up 0 1`, `down 0 1`,
/// `remove-step 1`, `left 1`, `right 0`, `place 2 0`, `carry 0 1 2 0`; steps and options are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowEdit {
    /// To the step after the last one too, which it makes.
    Add {
        step: usize,
        option: String,
    },
    Remove {
        step: usize,
        option: usize,
    },
    Up {
        step: usize,
        option: usize,
    },
    Down {
        step: usize,
        option: usize,
    },
    RemoveStep {
        step: usize,
    },
    Left {
        step: usize,
    },
    Right {
        step: usize,
    },
    /// The step comes to stand at that place.
    Place {
        step: usize,
        at: usize,
    },
    /// The option comes to stand at that place of a step, which may be its own.
    Carry {
        step: usize,
        option: usize,
        to: usize,
        at: usize,
    },
}

impl std::str::FromStr for FlowEdit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse::<usize>().map_err(|_| ());
        match text.split(' ').collect::<Vec<_>>().as_slice() {
            ["add", step, option] => Ok(Self::Add {
                step: number(step)?,
                option: (*option).to_owned(),
            }),
            ["remove", step, option] => Ok(Self::Remove {
                step: number(step)?,
                option: number(option)?,
            }),
            ["up", step, option] => Ok(Self::Up {
                step: number(step)?,
                option: number(option)?,
            }),
            ["down", step, option] => Ok(Self::Down {
                step: number(step)?,
                option: number(option)?,
            }),
            ["remove-step", step] => Ok(Self::RemoveStep { step: number(step)? }),
            ["left", step] => Ok(Self::Left { step: number(step)? }),
            ["right", step] => Ok(Self::Right { step: number(step)? }),
            ["place", step, at] => Ok(Self::Place {
                step: number(step)?,
                at: number(at)?,
            }),
            ["carry", step, option, to, at] => Ok(Self::Carry {
                step: number(step)?,
                option: number(option)?,
                to: number(to)?,
                at: number(at)?,
            }),
            _ => Err(()),
        }
    }
}

impl std::fmt::Display for FlowEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Add { step, option } => write!(f, "add {step} {option}"),
            Self::Remove { step, option } => write!(f, "remove {step} {option}"),
            Self::Up { step, option } => write!(f, "up {step} {option}"),
            Self::Down { step, option } => write!(f, "down {step} {option}"),
            Self::RemoveStep { step } => write!(f, "remove-step {step}"),
            Self::Left { step } => write!(f, "left {step}"),
            Self::Right { step } => write!(f, "right {step}"),
            Self::Place { step, at } => write!(f, "place {step} {at}"),
            Self::Carry { step, option, to, at } => write!(f, "carry {step} {option} {to} {at}"),
        }
    }
}

impl FlowEdit {
    /// Changes the steps; a change that does not fit them changes nothing.
    pub fn apply(&self, steps: &mut Vec<StepForm>) {
        match self {
            Self::Add { step, option } => {
                if *step == steps.len() {
                    steps.push(StepForm::default());
                }
                if let Some(step) = steps.get_mut(*step)
                    && !step.options.contains(option)
                {
                    step.options.push(option.clone());
                }
            }
            Self::Remove { step, option } => {
                if let Some(step) = steps.get_mut(*step)
                    && *option < step.options.len()
                {
                    step.options.remove(*option);
                }
            }
            Self::Up { step, option } => swap_options(steps, *step, *option, option.checked_sub(1)),
            Self::Down { step, option } => swap_options(steps, *step, *option, option.checked_add(1)),
            Self::RemoveStep { step } => {
                if *step < steps.len() {
                    steps.remove(*step);
                }
            }
            Self::Left { step } => swap(steps, *step, step.checked_sub(1)),
            Self::Right { step } => swap(steps, *step, step.checked_add(1)),
            Self::Place { step, at } => {
                if *step < steps.len() && *at < steps.len() {
                    let moved = steps.remove(*step);
                    steps.insert(*at, moved);
                }
            }
            Self::Carry { step, option, to, at } => carry(steps, (*step, *option), (*to, *at)),
        }
    }

    /// The element that gets the keyboard afterwards, by id.
    #[must_use]
    pub fn focus(&self, steps: &[StepForm]) -> String {
        match self {
            Self::Add { step, .. } => {
                let last = steps.get(*step).map_or(0, |step| step.options.len().saturating_sub(1));
                format!("option-{step}-{last}")
            }
            Self::Remove { step, .. } => format!("step-{step}"),
            Self::Up { step, option } => format!("option-{step}-{}", option.saturating_sub(1)),
            Self::Down { step, option } => format!("option-{step}-{}", option + 1),
            Self::RemoveStep { step } | Self::Left { step } => format!("step-{}", step.saturating_sub(1)),
            Self::Right { step } => format!("step-{}", step + 1),
            Self::Place { at, .. } => format!("step-{at}"),
            Self::Carry { to, at, .. } => {
                let last = steps.get(*to).map_or(0, |step| step.options.len().saturating_sub(1));
                format!("option-{to}-{}", last.min(*at))
            }
        }
    }
}

fn swap<T>(items: &mut [T], one: usize, other: Option<usize>) {
    if let Some(other) = other
        && one < items.len()
        && other < items.len()
    {
        items.swap(one, other);
    }
}

fn swap_options(steps: &mut [StepForm], step: usize, one: usize, other: Option<usize>) {
    if let Some(step) = steps.get_mut(step) {
        swap(&mut step.options, one, other);
    }
}

/// Moves an option, unless the other step has it already.
fn carry(steps: &mut [StepForm], (step, option): (usize, usize), (to, at): (usize, usize)) {
    let Some(moved) = steps.get(step).and_then(|step| step.options.get(option)).cloned() else {
        return;
    };
    let takes = |target: &StepForm| step == to || !target.options.contains(&moved);
    if !steps.get(to).is_some_and(takes) {
        return;
    }
    steps[step].options.remove(option);
    let options = &mut steps[to].options;
    options.insert(at.min(options.len()), moved);
}

/// Makes one change and saves it: what the editor's buttons do before the browser's code has loaded.
#[server(prefix = "/console/fn", endpoint = "applications/flow-edit")]
pub async fn edit_application_flow(
    id: String,
    version: i64,
    #[server(default)] base: String,
    #[server(default)] overwrite: Option<i64>,
    #[server(default)] steps: Vec<StepForm>,
    #[server(default)] script: String,
    #[server(default)] confirmed: bool,
    #[server(default)] without: String,
    edit: String,
) -> Result<SavedApplication, ConsoleError> {
    use crate::api::application::{save_flow, script_of_form, steps_of_form};
    use crate::api::base::Base;
    use crate::api::session::require_admin;

    require_admin()?;
    let edit: FlowEdit = edit.parse().map_err(|()| ConsoleError::Malformed)?;
    let mut steps = steps_of_form(steps);
    let script = script_of_form(&script, steps.len());
    edit.apply(&mut steps);
    save_flow(
        &id,
        &Base::new(version, base, overwrite),
        &steps,
        &script,
        confirmed,
        &without,
    )
    .await
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Steps from their options, with `|` between steps.
    pub fn steps(text: &str) -> Vec<StepForm> {
        let step = |step: &str| StepForm {
            options: step.split_whitespace().map(str::to_owned).collect(),
        };
        text.split('|').map(step).collect()
    }

    #[test]
    fn edits() {
        for (edit, before, after) in [
            ("add 0 connection:acme", "password", "password connection:acme"),
            ("add 0 password", "password", "password"),
            ("add 7 password", "password", "password"),
            ("remove 0 0", "a b", "b"),
            ("up 0 1", "a b", "b a"),
            ("up 0 0", "a b", "a b"),
            ("down 0 0", "a b", "b a"),
            ("down 0 1", "a b", "a b"),
            ("add 1 totp", "a", "a|totp"),
            ("remove-step 0", "a|b", "b"),
            ("left 1", "a|b", "b|a"),
            ("right 1", "a|b", "a|b"),
            ("place 2 0", "a|b|c", "c|a|b"),
            ("place 0 2", "a|b|c", "b|c|a"),
            ("place 0 3", "a|b|c", "a|b|c"),
            ("carry 0 1 1 0", "a b|c", "a|b c"),
            ("carry 0 0 1 9", "a b|c", "b|c a"),
            ("carry 0 0 0 1", "a b", "b a"),
            ("carry 0 0 1 0", "a b|a", "a b|a"),
            ("carry 0 2 1 0", "a b|c", "a b|c"),
            ("carry 0 0 2 0", "a b|c", "a b|c"),
        ] {
            let parsed: FlowEdit = edit.parse().expect(edit);
            assert_eq!(parsed.to_string(), edit);
            let mut changed = steps(before);
            parsed.apply(&mut changed);
            assert_eq!(changed, steps(after), "{edit}");
        }
        for text in ["", "add 0", "remove x 0", "left -1", "drop 1"] {
            assert!(text.parse::<FlowEdit>().is_err(), "{text}");
        }
    }
}
