//! From what was seen on the paths to findings, verdicts and repairs.

mod repairs;
mod script;
mod steps;

use std::collections::BTreeMap;

use repairs::offer_app;

use super::explore::{GIVEN_UP, name};
use super::picture::Picture;
use super::seen::{Asked, Explored, Fare, Skipped, Stop, Stopped};
use super::{Analysis, ConnectionFacts, LOCAL, Verdict};
use crate::finding::{Finding, FindingCode, Severity};
use crate::flow::{AuthOption, SignInFlow};
use crate::text::{Handle, either};

pub fn report(flow: &SignInFlow, connections: &[ConnectionFacts], seen: Explored) -> Analysis {
    let reporter = Reporter { flow, connections };
    let mut findings = reporter.closed_options();
    findings.extend(reporter.factor_first());
    findings.extend(reporter.same_proof());
    for (entry, fare) in &seen.fares {
        let stopped = fare.stops.iter().filter(|_| fare.verdict != Verdict::Works);
        for found in stopped.filter_map(|(stop, stopped)| reporter.stopped(entry, stop, stopped, fare)) {
            // People of our own may come in by a password or a passkey, and are stopped alike.
            let said = |old: &Finding| {
                (old.code, old.step, &old.connection) == (found.code, found.step, &found.connection)
                    && found.connection.is_none()
            };
            if !findings.iter().any(said) {
                findings.push(found);
            }
        }
    }
    findings.extend(reporter.script_findings(&seen));
    findings.extend(seen.skipped.iter().map(|skipped| reporter.skipped(skipped, &seen)));
    findings.extend(reporter.unreachable(&seen));
    findings.extend(reporter.not_explored(&seen));
    findings.sort_by_key(|finding| {
        (
            std::cmp::Reverse(finding.severity),
            // What the rest follows from.
            !finding.is_failure(),
            finding.step,
            finding.connection.clone(),
        )
    });
    Analysis {
        findings,
        expectations: vec![],
        verdicts: verdicts(&seen.fares),
        picture: Picture::of(&seen.sketch, seen.truncated),
        explored_paths: seen.paths,
        truncated: seen.truncated,
    }
}

/// How people fare by where they come from; those of our own may come in by more than one option.
fn verdicts(fares: &BTreeMap<AuthOption, Fare>) -> BTreeMap<String, Verdict> {
    let mut all: BTreeMap<String, Verdict> = BTreeMap::new();
    for (entry, fare) in fares {
        let by = entry.connection().map_or(LOCAL, Handle::as_str);
        let verdict = all.entry(by.to_owned()).or_insert(fare.verdict);
        if *verdict != fare.verdict {
            *verdict = Verdict::Depends;
        }
    }
    all
}

struct Reporter<'a> {
    flow: &'a SignInFlow,
    connections: &'a [ConnectionFacts],
}

impl Reporter<'_> {
    fn facts(&self, handle: &Handle) -> Option<&ConnectionFacts> {
        self.connections.iter().find(|known| known.handle == *handle)
    }

    fn is_open(&self, option: &AuthOption) -> bool {
        let open = |handle| self.facts(handle).is_some_and(|known| known.enabled);
        option.connection().is_none_or(open)
    }

    fn stopped(&self, entry: &AuthOption, stop: &Stop, stopped: &Stopped, fare: &Fare) -> Option<Finding> {
        let always = fare.verdict == Verdict::Breaks;
        match stop {
            Stop::NeedsAccount(step) => Some(self.needs_account(entry, *step, stopped, always)),
            Stop::NoAddress(step) => Some(self.no_address(entry, *step, stopped)),
            Stop::Closed(step) => {
                // An option that is switched off has its finding already.
                let said = !self.is_open(entry) || self.step_is_closed(*step);
                let severity = if always { Severity::Error } else { Severity::Warning };
                (!said).then(|| Finding {
                    step: Some(*step),
                    connection: entry.connection().cloned(),
                    line: self.line(stopped),
                    repairs: self.closed_to(entry, *step),
                    ..Finding::new(FindingCode::DeadEnd, severity, with(&stopped.story, "gets no further"))
                })
            }
            Stop::ByScript(line) => always.then(|| Finding {
                connection: entry.connection().cloned(),
                line: *line,
                repairs: self.ended_by_script(entry),
                ..Finding::new(
                    FindingCode::DeadEnd,
                    Severity::Warning,
                    with(&stopped.story, "the script ends the sign-in"),
                )
            }),
            // Said with the script's own findings.
            Stop::NobodyKnown | Stop::Script | Stop::Cut => None,
        }
    }

    fn step_is_closed(&self, step: u32) -> bool {
        !self.options(step).iter().any(|option| self.is_open(option))
    }

    fn line(&self, stopped: &Stopped) -> Option<u32> {
        stopped.line.filter(|_| self.flow.script.is_some())
    }

    fn needs_account(&self, entry: &AuthOption, step: u32, stopped: &Stopped, always: bool) -> Finding {
        let code = if always {
            FindingCode::JitOffFactor
        } else {
            FindingCode::JitOffFactorSome
        };
        let mut story = stopped.story.clone();
        let asked: Vec<String> = self
            .options(step)
            .iter()
            .map(|option| name(option, self.connections))
            .collect();
        let part = format!("is asked in step {step} for {}, which needs an account", either(&asked));
        if !story.contains(&part) {
            story.push(part);
        }
        Finding {
            step: Some(step),
            connection: entry.connection().cloned(),
            line: self.line(stopped),
            repairs: self.repairs(entry, step),
            ..Finding::new(code, Severity::Error, with(&story, "is stopped"))
        }
    }

    fn options(&self, step: u32) -> &[AuthOption] {
        let at = step as usize - 1;
        self.flow.steps.get(at).map_or(&[][..], |step| &step.options)
    }

    fn no_address(&self, entry: &AuthOption, step: u32, stopped: &Stopped) -> Finding {
        let offers_app = self.options(step).contains(&AuthOption::Totp);
        let app = (!offers_app).then(|| offer_app(step));
        Finding {
            step: Some(step),
            connection: entry.connection().cloned(),
            line: self.line(stopped),
            repairs: app.into_iter().collect(),
            ..Finding::new(
                FindingCode::NoVerifiedAddress,
                Severity::Warning,
                with(&stopped.story, "is stopped"),
            )
        }
    }

    fn skipped(&self, skipped: &Skipped, seen: &Explored) -> Finding {
        let (severity, end) = if skipped.is_chosen {
            (
                Severity::Warning,
                format!(
                    "is not asked for step {}, by something people can choose themselves",
                    skipped.step
                ),
            )
        } else {
            (Severity::Info, format!("is not asked for step {}", skipped.step))
        };
        Finding {
            step: Some(skipped.step),
            connection: skipped.entry.connection().cloned(),
            is_for_all: skips_always(skipped, seen),
            line: skipped.line,
            repairs: self.remove_script().into_iter().filter(|_| skipped.is_chosen).collect(),
            ..Finding::new(FindingCode::FactorSkipped, severity, with(&skipped.story, &end))
        }
    }

    /// What was not followed, which silence would promise to be fine.
    fn not_explored(&self, seen: &Explored) -> Option<Finding> {
        if seen.truncated && !seen.limits.is_empty() {
            // The finding about the limit says why nothing more was followed.
            return None;
        }
        if seen.truncated {
            let story = vec!["There are more paths than can be followed, so a finding may be missing".to_owned()];
            return Some(Finding {
                repairs: self.remove_script().into_iter().collect(),
                ..Finding::new(FindingCode::NotFullyExplored, Severity::Warning, story)
            });
        }
        let story = vec![
            "whoever fails again and again".to_owned(),
            format!("is followed for {GIVEN_UP} failures, and what the script does after them is not looked at"),
        ];
        let found = Finding::new(FindingCode::NotFullyExplored, Severity::Info, story);
        seen.gives_up_more.then_some(found)
    }

    fn unreachable(&self, seen: &Explored) -> Vec<Finding> {
        if self.flow.script.is_none()
            || seen.truncated
            || seen.gives_up_more
            || !seen.errors.is_empty()
            || !seen.limits.is_empty()
        {
            return vec![];
        }
        let all = 1..=u32::try_from(self.flow.steps.len()).unwrap_or(u32::MAX);
        all.filter(|number| !seen.taken_steps.contains(number))
            .map(|number| Finding {
                step: Some(number),
                repairs: self.remove_step(number).into_iter().collect(),
                ..Finding::new(
                    FindingCode::UnreachableStep,
                    Severity::Warning,
                    vec!["whoever signs in".to_owned(), format!("no path runs step {number}")],
                )
            })
            .collect()
    }
}

/// Whether everybody who comes by the connection goes without the step. People of our own come in by several options,
/// and where not every path was followed nothing is said of all.
fn skips_always(skipped: &Skipped, seen: &Explored) -> bool {
    let is_asked = |(entry, (step, _)): &(AuthOption, Asked)| *step == skipped.step && *entry == skipped.entry;
    let is_known = skipped.entry.connection().is_some() && !seen.truncated && !seen.gives_up_more;
    is_known && !seen.ways.asked.keys().any(is_asked)
}

fn with(story: &[String], last: &str) -> Vec<String> {
    story.iter().cloned().chain([last.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_followed_is_said_once() {
        let flow = SignInFlow {
            steps: vec![],
            script: Some("for (;;) {}".to_owned()),
        };
        let reporter = Reporter {
            flow: &flow,
            connections: &[],
        };
        let cases: [(&str, bool, &[&'static str], Option<Severity>); 4] = [
            ("everything was followed", false, &[], None),
            ("too many paths", true, &[], Some(Severity::Warning)),
            ("a script that is stopped says so itself", true, &["time"], None),
            ("and when it was the first run", false, &["time"], None),
        ];
        for (case, truncated, limits, want) in cases {
            let seen = Explored {
                truncated,
                limits: limits.iter().map(|limit| (*limit, vec![])).collect(),
                ..Explored::default()
            };
            let found = reporter.not_explored(&seen).map(|finding| finding.severity);
            assert_eq!(found, want, "{case}");
        }
    }
}
