//! What is wrong with the script itself.

use std::collections::BTreeMap;

use super::{Reporter, with};
use crate::analysis::seen::Explored;
use crate::finding::{Finding, FindingCode, Repair, Severity};
use crate::script::calls::Text;
use crate::script::edits;
use crate::text::Handle;

/// How alike a handle must be to be meant: 1 is the same (Jaro and Winkler).
const ALIKE: f64 = 0.85;
/// Handles that are offered for one that does not exist.
const OFFERED: usize = 2;

impl Reporter<'_> {
    pub(super) fn script_findings(&self, seen: &Explored) -> Vec<Finding> {
        let mut findings = self.failures(seen);
        let mut missing = seen.missing_steps.clone();
        if seen.never_runs() {
            // No run comes to ask for a step: what the text asks for is all there is to go by.
            for (step, line) in self.called() {
                missing.entry(step).or_insert(Some(line));
            }
        }
        findings.extend(missing.iter().map(|(step, line)| self.missing(*step, *line)));
        findings.extend(self.unknown_connections(seen));
        if let Some(stopped) = &seen.nobody_known {
            let story = with(&stopped.story, "the flow ends, and nobody has said who they are");
            findings.push(Finding {
                line: self.line(stopped),
                repairs: self.remove_script().into_iter().collect(),
                ..Finding::new(FindingCode::FirstFactorMissing, Severity::Error, story)
            });
        }
        findings
    }

    /// The steps that the text asks for and the flow does not have, each with its first line.
    fn called(&self) -> Vec<(u32, u32)> {
        let source = self.flow.script.as_deref().unwrap_or_default();
        let there = 1..=self.flow.steps.len();
        let line = |at: usize| 1 + u32::try_from(source[..at].matches('\n').count()).unwrap_or(0);
        let calls = Text::of(source).calls().unwrap_or_default();
        let calls = calls.iter().filter(|call| !there.contains(&(call.step as usize)));
        calls.map(|call| (call.step, line(call.whole.start))).collect()
    }

    /// Where it throws or is stopped.
    fn failures(&self, seen: &Explored) -> Vec<Finding> {
        let thrown = seen.errors.iter().map(|((line, message), thrown)| {
            let severity = if thrown.is_guessed {
                Severity::Warning
            } else {
                Severity::Error
            };
            let story = with(&thrown.story, &format!("the script fails: {message}"));
            Finding {
                line: *line,
                ..Finding::new(FindingCode::ScriptError, severity, story)
            }
        });
        let limits = seen.limits.iter().map(|(limit, story)| {
            let story = with(story, &format!("the script exceeds its limit of {limit}"));
            Finding::new(FindingCode::ScriptLimit, Severity::Error, story)
        });
        let mended = |failure| Finding {
            repairs: self.remove_script().into_iter().collect(),
            ..failure
        };
        thrown.chain(limits).map(mended).collect()
    }

    fn missing(&self, step: u32, line: Option<u32>) -> Finding {
        let source = self.flow.script.as_deref().unwrap_or_default();
        let repair = match edits::remove_calls(source, step) {
            Some(script) => Some(Repair::RemoveCall { step, script }),
            None => self.remove_script(),
        };
        let story = vec![
            format!("the script runs step {step}"),
            "the flow has no such step".to_owned(),
        ];
        Finding {
            line,
            step: Some(step),
            repairs: repair.into_iter().collect(),
            ..Finding::new(FindingCode::StepMissing, Severity::Error, story)
        }
    }

    /// Connections that the script offers, which nobody can pass, and those it compares with, which nobody comes from.
    fn unknown_connections(&self, seen: &Explored) -> Vec<Finding> {
        let source = self.flow.script.as_deref().unwrap_or_default();
        let mut named: BTreeMap<String, (Option<u32>, bool)> = BTreeMap::new();
        for place in Text::of(source).connections() {
            named.entry(place.handle).or_insert((Some(place.line), false));
        }
        for (handle, line) in &seen.unknown_connections {
            named.insert(handle.clone(), (*line, true));
        }
        let unknown = named
            .into_iter()
            .filter(|(handle, _)| !self.connections.iter().any(|known| known.handle.as_str() == handle));
        let found = |(handle, (line, is_offered)): (String, (Option<u32>, bool))| {
            let (severity, does) = if is_offered {
                (Severity::Error, "offers")
            } else {
                (Severity::Warning, "names")
            };
            let story = vec![
                format!("the script {does} {handle}"),
                "there is no connection with this handle".to_owned(),
            ];
            Finding {
                line,
                repairs: self.renames(source, &handle),
                ..Finding::new(FindingCode::ScriptUnknownConnection, severity, story)
            }
        };
        unknown.map(found).collect()
    }

    /// The handles that may have been meant, the most alike first.
    fn renames(&self, source: &str, from: &str) -> Vec<Repair> {
        let alike = |to: &Handle| strsim::jaro_winkler(from, to.as_str());
        let mut meant: Vec<(f64, &Handle)> = self
            .connections
            .iter()
            .map(|known| (alike(&known.handle), &known.handle))
            .collect();
        meant.retain(|(alike, _)| *alike >= ALIKE);
        meant.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let rename = |(_, to): (f64, &Handle)| {
            Some(Repair::RenameConnection {
                from: from.to_owned(),
                to: to.clone(),
                script: edits::rename_connection(source, from, to)?,
            })
        };
        meant.into_iter().take(OFFERED).filter_map(rename).collect()
    }
}
