//! What can be said about a sign-in flow before anybody signs in (design.md §4).
//!
//! A pure function of the flow and the connections it names, saved or not. Steps run in order, so one pass over them
//! finds every path: a person comes in through one option of the first step, and what matters afterwards is only
//! whether an account exists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::finding::{Finding, FindingCode, Repair, Severity};
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::text::Handle;

/// What the analyser knows of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionFacts {
    pub handle: Handle,
    pub display_name: String,
    pub enabled: bool,
    /// Just-in-time provisioning makes an account at the first sign-in.
    pub jit: bool,
}

impl From<&Connection> for ConnectionFacts {
    fn from(connection: &Connection) -> Self {
        Self {
            handle: connection.handle.clone(),
            display_name: connection.display_name.clone(),
            enabled: connection.enabled,
            jit: connection.jit.enabled,
        }
    }
}

/// Whether a person new to us gets through when they come in this way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    Works,
    /// On some paths.
    Depends,
    Breaks,
}

/// The answer of the analyser, and the JSON of `POST /api/v1/analyses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Analysis {
    pub findings: Vec<Finding>,
    /// By connection handle; `LOCAL` for people who have an account of ours.
    pub verdicts: BTreeMap<String, Verdict>,
    pub explored_paths: u32,
    /// Whether a bound stopped the exploration; then findings may be missing.
    pub truncated: bool,
}

/// How scripts call our own authenticators.
pub const LOCAL: &str = "LOCAL";

/// Analyses a flow. `connections` are those that exist, with unsaved changes applied.
#[must_use]
pub fn analyse(flow: &SignInFlow, connections: &[ConnectionFacts]) -> Analysis {
    let world = World { connections };
    let mut findings = world.closed_options(flow);
    let mut verdicts = BTreeMap::new();
    let mut explored_paths = 0;
    let Some(first) = flow.steps.first() else {
        return Analysis {
            findings,
            verdicts,
            explored_paths,
            truncated: false,
        };
    };
    for option in &first.options {
        explored_paths += 1;
        let verdict = match world.stop(flow, option) {
            None => Verdict::Works,
            Some(Stop::Closed) => Verdict::Breaks,
            Some(Stop::NeedsAccount { step, connection }) => {
                findings.push(needs_account(flow, step, connection));
                Verdict::Breaks
            }
        };
        verdicts.insert(verdict_name(option), verdict);
    }
    Analysis {
        findings,
        verdicts,
        explored_paths,
        truncated: false,
    }
}

fn verdict_name(option: &AuthOption) -> String {
    match option {
        AuthOption::Password | AuthOption::Totp => LOCAL.to_owned(),
        AuthOption::Connection(handle) => handle.to_string(),
    }
}

/// Where a path ends without an answer.
enum Stop<'a> {
    /// Nothing in a step can be used, by anybody.
    Closed,
    /// The 1-based step needs an account, and the person has none.
    NeedsAccount { step: u32, connection: &'a ConnectionFacts },
}

struct World<'a> {
    connections: &'a [ConnectionFacts],
}

impl<'a> World<'a> {
    fn find(&self, handle: &Handle) -> Option<&'a ConnectionFacts> {
        self.connections.iter().find(|known| known.handle == *handle)
    }

    /// Whether an option can be used by somebody.
    fn open(&self, option: &AuthOption) -> bool {
        option
            .connection()
            .is_none_or(|handle| self.find(handle).is_some_and(|known| known.enabled))
    }

    /// Steps that offer what is switched off or gone.
    fn closed_options(&self, flow: &SignInFlow) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (number, step) in (1..).zip(&flow.steps) {
            let left = step.options.iter().any(|option| self.open(option));
            let closed = step.options.iter().filter(|option| !self.open(option));
            let closed = closed.filter_map(AuthOption::connection);
            findings.extend(closed.map(|handle| self.closed(number, handle, left)));
        }
        findings
    }

    fn closed(&self, step: u32, handle: &Handle, left: bool) -> Finding {
        let known = self.find(handle);
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
        Finding {
            code,
            severity,
            step: Some(step),
            connection: Some(handle.clone()),
            line: None,
            story: vec![
                format!("comes to step {step}"),
                format!("{name} {state}"),
                end.to_owned(),
            ],
            repairs: enable.into_iter().chain([remove]).collect(),
        }
    }

    /// Follows a person new to us who comes in by one option of the first step; takes the best option afterwards.
    fn stop(&self, flow: &SignInFlow, entry: &AuthOption) -> Option<Stop<'a>> {
        if !self.open(entry) {
            return Some(Stop::Closed);
        }
        let Some(handle) = entry.connection() else {
            return self.closed_later(flow);
        };
        let came_by = self.find(handle)?;
        let mut has_account = came_by.jit;
        for (number, step) in (2..).zip(flow.steps.iter().skip(1)) {
            if !step.options.iter().any(|option| self.open(option)) {
                return Some(Stop::Closed);
            }
            if !has_account && !self.passable_without_account(step) {
                return Some(Stop::NeedsAccount {
                    step: number,
                    connection: came_by,
                });
            }
            has_account = has_account || self.makes_account(step);
        }
        None
    }

    fn closed_later(&self, flow: &SignInFlow) -> Option<Stop<'a>> {
        let fine = |step: &Step| step.options.iter().any(|option| self.open(option));
        (!flow.steps.iter().all(fine)).then_some(Stop::Closed)
    }

    fn passable_without_account(&self, step: &Step) -> bool {
        step.options
            .iter()
            .any(|option| !option.needs_account() && self.open(option))
    }

    fn makes_account(&self, step: &Step) -> bool {
        let made_by = step.options.iter().filter_map(AuthOption::connection);
        made_by
            .filter_map(|handle| self.find(handle))
            .any(|known| known.enabled && known.jit)
    }
}

fn needs_account(flow: &SignInFlow, step: u32, connection: &ConnectionFacts) -> Finding {
    let options = flow.steps.get(step as usize - 1).map_or(&[][..], |s| &s.options);
    let asked: Vec<String> = options.iter().map(ToString::to_string).collect();
    Finding {
        code: FindingCode::JitOffFactor,
        severity: Severity::Error,
        step: Some(step),
        connection: Some(connection.handle.clone()),
        line: None,
        story: vec![
            format!("signs in with {}", connection.display_name),
            "gets no account, because just-in-time provisioning is off".to_owned(),
            format!(
                "is asked in step {step} for {}, which needs an account",
                asked.join(" or ")
            ),
            "is stopped".to_owned(),
        ],
        repairs: vec![Repair::TurnOnJit {
            connection: connection.handle.clone(),
        }],
    }
}

/// Findings in `after` that were not there `before`: what a change brings.
#[must_use]
pub fn brought<'a>(before: &[Finding], after: &'a [Finding]) -> Vec<&'a Finding> {
    let known = |new: &Finding| {
        before
            .iter()
            .any(|old| (old.code, old.step, &old.connection) == (new.code, new.step, &new.connection))
    };
    after.iter().filter(|finding| !known(finding)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(handle: &str, enabled: bool, jit: bool) -> ConnectionFacts {
        ConnectionFacts {
            handle: handle.parse().expect("a handle"),
            display_name: handle.to_uppercase(),
            enabled,
            jit,
        }
    }

    fn flow(steps: &[&[&str]]) -> SignInFlow {
        let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
        SignInFlow {
            steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
            script: None,
        }
    }

    #[test]
    fn findings_and_verdicts() {
        use FindingCode::{ConnectionDisabled, JitOffFactor, NoOptionLeft};
        use Verdict::{Breaks, Works};
        let world = [
            facts("on", true, true),
            facts("off", true, false),
            facts("closed", false, true),
        ];
        type Want<'a> = (&'a [(FindingCode, u32)], &'a [(&'a str, Verdict)]);
        let cases: [(&str, &[&[&str]], Want<'_>); 8] = [
            ("password alone", &[&["password"]], (&[], &[("LOCAL", Works)])),
            (
                "JIT off alone is fine",
                &[&["connection:off"]],
                (&[], &[("off", Works)]),
            ),
            (
                "JIT off and then a password",
                &[&["password", "connection:off", "connection:on"], &["password"]],
                (
                    &[(JitOffFactor, 2)],
                    &[("LOCAL", Works), ("off", Breaks), ("on", Works)],
                ),
            ),
            (
                "JIT off and then a code",
                &[&["password", "connection:off"], &["totp"]],
                (&[(JitOffFactor, 2)], &[("LOCAL", Works), ("off", Breaks)]),
            ),
            (
                "a second connection makes the account",
                &[&["connection:off"], &["connection:on"], &["password"]],
                (&[], &[("off", Works)]),
            ),
            (
                "one of two is off",
                &[&["password", "connection:closed"]],
                (&[(ConnectionDisabled, 1)], &[("LOCAL", Works), ("closed", Breaks)]),
            ),
            (
                "the only one is off",
                &[&["password"], &["connection:closed"]],
                (&[(NoOptionLeft, 2)], &[("LOCAL", Breaks)]),
            ),
            (
                "the only one is gone",
                &[&["connection:gone"]],
                (&[(NoOptionLeft, 1)], &[("gone", Breaks)]),
            ),
        ];
        for (case, steps, (findings, verdicts)) in cases {
            let analysis = analyse(&flow(steps), &world);
            let got: Vec<_> = analysis
                .findings
                .iter()
                .map(|f| (f.code, f.step.unwrap_or(0)))
                .collect();
            assert_eq!(got, findings, "{case}");
            let want = verdicts.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect();
            assert_eq!(analysis.verdicts, want, "{case}");
        }
    }

    #[test]
    fn what_a_change_brings() {
        let steps: &[&[&str]] = &[&["connection:acme"], &["password"]];
        let before = analyse(&flow(steps), &[facts("acme", true, true)]).findings;
        let after = analyse(&flow(steps), &[facts("acme", true, false)]).findings;
        assert_eq!(brought(&before, &after).len(), 1);
        assert!(brought(&after, &after).is_empty());
    }
}
