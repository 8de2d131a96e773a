//! What can be said about a sign-in flow before anybody signs in (design.md §4).
//!
//! A pure function of the flow and the connections it names, saved or not. It runs the engine that runs sign-ins, with
//! the world answered by an [`explore::Explorer`]: each option a person may choose, each outcome the script reacts to,
//! each answer to what the script asks. Past a bound it says so.

mod expected;
mod explore;
mod facts;
mod linked;
mod outline;
mod outside;
mod picture;
mod reach;
mod report;
mod seen;
mod sketch;
mod somebody;
mod world;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expectation::{Checked, Expectation};
use crate::finding::{Finding, FindingCode, Severity};
use crate::flow::SignInFlow;
use crate::script::{Event, Run, RunEnd, ScriptEngine};

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
    /// What is expected, each with whether it is so; a broken one is among the findings too.
    #[serde(default)]
    pub expectations: Vec<Checked>,
    /// By connection handle; `LOCAL` for people who have an account of ours.
    pub verdicts: BTreeMap<String, Verdict>,
    /// Everything that was explored, drawn small.
    pub picture: Picture,
    pub explored_paths: u32,
    /// Whether a bound stopped the exploration; then findings may be missing.
    pub truncated: bool,
}

pub use crate::script::LOCAL;
pub use explore::name as option_name;
pub use facts::{ConnectionFacts, Reach, ScriptFacts};
pub use linked::{stopped_without_account, with_linked};
pub use outline::Item;
pub use picture::{Drawn, How, Picture, Place, Way};

/// The end of the story of a script that cannot run at all.
const NOT_CHECKED: &str = "what is expected of the flow is not checked";

/// Stands where there is no script to run.
pub struct NoScripts;

impl ScriptEngine for NoScripts {
    fn run(&mut self, _source: &str, _events: &[Event]) -> Run {
        Run {
            end: RunEnd::Broken {
                message: "Scripts run on the server.".to_owned(),
                line: None,
            },
            log: vec![],
            effects: vec![],
        }
    }
}

/// Analyses a flow. `connections` are those that exist, with unsaved changes applied.
#[must_use]
pub fn analyse(flow: &SignInFlow, connections: &[ConnectionFacts], engine: &mut dyn ScriptEngine) -> Analysis {
    analyse_with(flow, connections, &ScriptFacts::default(), engine)
}

/// Analyses a flow whose script may use no more than `facts` say.
#[must_use]
pub fn analyse_with(
    flow: &SignInFlow,
    connections: &[ConnectionFacts],
    facts: &ScriptFacts,
    engine: &mut dyn ScriptEngine,
) -> Analysis {
    analyse_expecting(flow, connections, facts, &[], engine)
}

/// Analyses a flow, and says of each expectation whether it is so.
#[must_use]
pub fn analyse_expecting(
    flow: &SignInFlow,
    connections: &[ConnectionFacts],
    facts: &ScriptFacts,
    expectations: &[Expectation],
    engine: &mut dyn ScriptEngine,
) -> Analysis {
    let explored = explore::Explorer::new(flow, connections, facts, &mut *engine).explore();
    let never_runs = explored.never_runs();
    let checked = expected::check(expectations, &explored, (flow, connections, facts), engine);
    let mut analysis = report::report(flow, connections, explored);
    expected::correct_for_linked(&mut analysis.findings, (flow, connections, facts), engine);
    // What an administrator asked for is said first, behind that the script fails.
    let is_failure = |finding: &&Finding| finding.is_failure() && finding.severity == Severity::Error;
    let failures = analysis.findings.iter().take_while(is_failure).count();
    if never_runs && !expectations.is_empty() {
        for failure in &mut analysis.findings[..failures] {
            failure.story.push(NOT_CHECKED.to_owned());
        }
    }
    analysis
        .findings
        .splice(failures..failures, expected::findings(&checked, connections));
    analysis.expectations = checked;
    for finding in &mut analysis.findings {
        let known = connections
            .iter()
            .find(|known| Some(&known.handle) == finding.connection.as_ref());
        finding.connection_name = known.map(|known| known.display_name.clone());
    }
    analysis
}

/// Findings in `after` that were not there `before`: what a change brings. Where everybody was stopped and some still
/// are, it brings nothing.
#[must_use]
pub fn brought<'a>(before: &[Finding], after: &'a [Finding]) -> Vec<&'a Finding> {
    use FindingCode::{JitOffFactor, JitOffFactorSome, NoVerifiedAddress};
    /// Those who lack a verified address are among those who lack an account.
    const FEWER: [(FindingCode, FindingCode); 3] = [
        (JitOffFactor, JitOffFactorSome),
        (JitOffFactor, NoVerifiedAddress),
        (JitOffFactorSome, NoVerifiedAddress),
    ];
    let covers = |old: FindingCode, new: FindingCode| old == new || FEWER.contains(&(old, new));
    let known = |new: &Finding| {
        // Expectations may be many about one step and connection; the story begins with what was expected.
        let expected = |finding: &Finding| {
            let broken = finding.code == FindingCode::ExpectationBroken;
            finding.story.first().filter(|_| broken).cloned()
        };
        let is_there = |old: &Finding| {
            covers(old.code, new.code)
                && (old.step, &old.connection) == (new.step, &new.connection)
                && expected(old) == expected(new)
        };
        before.iter().any(is_there)
    };
    after.iter().filter(|finding| !known(finding)).collect()
}

#[cfg(test)]
mod tests;
