//! What the steps alone tell, before anybody goes through them.

use super::Reporter;
use super::repairs::offer_app;
use crate::analysis::explore::name;
use crate::finding::{Finding, FindingCode, Repair, Severity};
use crate::flow::AuthOption;
use crate::text::Handle;

impl Reporter<'_> {
    /// Steps that offer what is switched off or gone.
    pub(super) fn closed_options(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, step) in (1..).zip(&self.flow.steps) {
            let left = step.options.iter().any(|option| self.is_open(option));
            let closed = step.options.iter().filter(|option| !self.is_open(option));
            let closed = closed.filter_map(AuthOption::connection);
            findings.extend(closed.map(|handle| self.closed(number, handle, left)));
        }
        findings
    }

    fn closed(&self, step: u32, handle: &Handle, left: bool) -> Finding {
        let known = self.facts(handle);
        let name = known.map_or(handle.as_str(), |known| &known.display_name);
        let state = if known.is_some() {
            "is switched off"
        } else {
            "does not exist"
        };
        let (code, severity, end) = if left {
            (
                FindingCode::ConnectionDisabled,
                Severity::Warning,
                "the step does not show it",
            )
        } else {
            (FindingCode::NoOptionLeft, Severity::Error, "nobody gets past this step")
        };
        let remove = Repair::RemoveOption {
            step,
            option: AuthOption::Connection(handle.clone()).to_string(),
        };
        let enable = known.map(|_| Repair::EnableConnection {
            connection: handle.clone(),
        });
        let story = vec![
            format!("comes to step {step}"),
            format!("{name} {state}"),
            end.to_owned(),
        ];
        Finding {
            step: Some(step),
            connection: Some(handle.clone()),
            repairs: enable.into_iter().chain([remove]).collect(),
            ..Finding::new(code, severity, story)
        }
    }

    /// Ways of the first step that only confirm somebody.
    pub(super) fn factor_first(&self) -> Vec<Finding> {
        let first = self.flow.steps.first().map_or(&[][..], |step| &step.options);
        let second = first.iter().filter(|option| option.is_second());
        second
            .map(|option| Finding {
                step: Some(1),
                repairs: vec![Repair::RemoveOption {
                    step: 1,
                    option: option.to_string(),
                }],
                ..Finding::new(
                    FindingCode::FactorFirst,
                    Severity::Error,
                    vec![
                        "comes to step 1".to_owned(),
                        format!(
                            "{} only confirms somebody who is known by then",
                            name(option, self.connections)
                        ),
                    ],
                )
            })
            .collect()
    }

    /// Steps that ask once more for what everybody has just shown. With a script, what comes before a step is its matter.
    pub(super) fn same_proof(&self) -> Vec<Finding> {
        if self.flow.script.is_some() {
            return vec![];
        }
        let pairs = self.flow.steps.iter().zip(self.flow.steps.iter().skip(1));
        let same = (2..).zip(pairs).filter_map(|(number, (before, step))| {
            let thing = only_thing(&step.options)?;
            (only_thing(&before.options) == Some(thing)).then_some((number, thing))
        });
        same.map(|(step, thing)| Finding {
            step: Some(step),
            repairs: [offer_app(step)].into_iter().chain(self.remove_step(step)).collect(),
            ..Finding::new(
                FindingCode::SameProof,
                Severity::Warning,
                vec![
                    format!("passes step {} with their {thing}", step - 1),
                    format!("passes step {step} with the same {thing}"),
                    "has proven nothing new".to_owned(),
                ],
            )
        })
        .collect()
    }
}

/// The one thing that every option of a step is passed with, where it can be used for two steps.
fn only_thing(options: &[AuthOption]) -> Option<&'static str> {
    let thing = |option: &AuthOption| match option {
        AuthOption::EmailLink | AuthOption::EmailOtp => Some("mailbox"),
        AuthOption::Passkey => Some("passkey"),
        AuthOption::Password | AuthOption::Totp | AuthOption::BackupCode | AuthOption::Connection(_) => None,
    };
    let first = options.first().and_then(thing)?;
    options
        .iter()
        .all(|option| thing(option) == Some(first))
        .then_some(first)
}
