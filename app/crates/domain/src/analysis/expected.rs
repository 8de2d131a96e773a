//! Whether what an administrator expects is so, on the paths that the explorer has followed.

use std::rc::Rc;

use super::explore::{Explorer, name};
use super::seen::{Asked, Explored, Fare, Stop, Stopped};
use super::{ConnectionFacts, ScriptFacts, Verdict};
use crate::expectation::{Checked, Expectation, Outcome, Persona, What, Who};
use crate::finding::{Finding, FindingCode, Repair, Severity};
use crate::flow::{AuthOption, SignInFlow};
use crate::script::ScriptEngine;
use crate::text::Handle;

/// Holds each expectation against the paths. Whoever has an account fares at a connection without just-in-time
/// provisioning as if it were on, and of the people of *Try it* something is known, so their paths are followed anew.
pub fn check(
    expectations: &[Expectation],
    seen: &Explored,
    (flow, connections, facts): (&SignInFlow, &[ConnectionFacts], &ScriptFacts),
    engine: &mut dyn ScriptEngine,
) -> Vec<Checked> {
    let mut followed: Vec<(Anew<'_>, Explored)> = Vec::new();
    for anew in expectations.iter().filter_map(|one| Anew::of(&one.who, connections)) {
        if !followed.iter().any(|(known, _)| *known == anew) {
            let explored = anew.follow(flow, connections, facts, engine);
            followed.push((anew, explored));
        }
    }
    let one = |expectation: &Expectation| {
        // Nothing is known of the flow that is meant.
        if seen.never_runs() {
            return Checked {
                expectation: expectation.clone(),
                outcome: Outcome::Undecided,
            };
        }
        let anew = Anew::of(&expectation.who, connections);
        let of_them = anew.and_then(|anew| followed.iter().find(|(known, _)| *known == anew));
        let seen = of_them.map_or(seen, |(_, seen)| seen);
        Checked {
            expectation: expectation.clone(),
            outcome: Checker {
                expectation,
                seen,
                connections,
            }
            .outcome(),
        }
    };
    expectations.iter().map(one).collect()
}

/// Whose paths differ from everybody's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Anew<'a> {
    Linked(&'a Handle),
    Like(&'a Persona),
}

impl<'a> Anew<'a> {
    fn of(who: &'a Who, connections: &[ConnectionFacts]) -> Option<Self> {
        let is_off = |handle: &Handle| connections.iter().any(|known| known.handle == *handle && !known.jit);
        match who {
            Who::Linked(handle) => is_off(handle).then_some(Self::Linked(handle)),
            // Everybody new is followed already.
            Who::Local | Who::From(_) | Who::Persona(Persona::New, _) => None,
            Who::Persona(persona, _) => Some(Self::Like(persona)),
        }
    }

    fn follow(
        self,
        flow: &SignInFlow,
        connections: &[ConnectionFacts],
        facts: &ScriptFacts,
        engine: &mut dyn ScriptEngine,
    ) -> Explored {
        let has_account = |known: &ConnectionFacts| match self {
            Self::Linked(handle) => known.handle == *handle,
            Self::Like(persona) => persona.has_account(),
        };
        let connections = with_account(connections, has_account);
        let explorer = Explorer::new(flow, &connections, facts, engine);
        match self {
            Self::Linked(_) => explorer.explore(),
            Self::Like(persona) => explorer.of(persona).explore(),
        }
    }
}

/// Takes back of each connection without just-in-time provisioning that nobody from there is asked for a step, where
/// people who are linked to an account may be: everybody new was followed, and they were not.
pub fn correct_for_linked(
    findings: &mut [Finding],
    (flow, connections, facts): (&SignInFlow, &[ConnectionFacts], &ScriptFacts),
    engine: &mut dyn ScriptEngine,
) {
    let is_off = |handle: &Handle| connections.iter().any(|known| known.handle == *handle && !known.jit);
    let mut of_all = findings
        .iter_mut()
        .filter(|finding| finding.is_for_all && finding.connection.as_ref().is_some_and(is_off))
        .peekable();
    if of_all.peek().is_none() {
        return;
    }
    let connections = with_account(connections, |_| true);
    let seen = Explorer::new(flow, &connections, facts, engine).explore();
    let is_known = !seen.truncated && !seen.gives_up_more;
    for finding in of_all {
        let is_asked = |(entry, (step, _)): &(AuthOption, Asked)| {
            Some(*step) == finding.step && entry.connection() == finding.connection.as_ref()
        };
        finding.is_for_all = is_known && !seen.ways.asked.keys().any(is_asked);
    }
}

fn with_account(
    connections: &[ConnectionFacts],
    has_account: impl Fn(&ConnectionFacts) -> bool,
) -> Vec<ConnectionFacts> {
    let mut all = connections.to_vec();
    for known in &mut all {
        known.jit |= has_account(known);
    }
    all
}

/// What is to be said of those that are broken.
pub fn findings<'a>(
    checked: &'a [Checked],
    connections: &'a [ConnectionFacts],
) -> impl Iterator<Item = Finding> + use<'a> {
    checked.iter().filter_map(|checked| {
        let Outcome::Broken { story, line } = &checked.outcome else {
            return None;
        };
        let told = checked.expectation.told(|option| name(option, connections));
        let expected = format!("expected: {told}");
        let story = [expected].into_iter().chain(story.iter().cloned()).collect();
        Some(Finding {
            step: checked.expectation.what.step(),
            connection: checked.expectation.who.connection().cloned(),
            line: *line,
            repairs: vec![Repair::DropExpectation {
                expectation: checked.expectation.clone(),
            }],
            ..Finding::new(FindingCode::ExpectationBroken, Severity::Error, story)
        })
    })
}

struct Checker<'a> {
    expectation: &'a Expectation,
    seen: &'a Explored,
    connections: &'a [ConnectionFacts],
}

impl Checker<'_> {
    fn outcome(&self) -> Outcome {
        let broken = match &self.expectation.what {
            What::CanSignIn => self.stopped(),
            What::CannotSignIn => self.signed_in(|_| true, "is signed in"),
            What::NeverAskedFor { option } => self.asked(option),
            What::AskedFor { step, option } => self.not_asked(&(*step, option.clone())),
        };
        match broken {
            Some(Stopped { story, line }) => Outcome::Broken { story, line },
            None if self.seen.truncated => Outcome::Undecided,
            // Who may sign in does not hang on those who fail; what is asked on the way may.
            None if self.seen.gives_up_more && self.expectation.what != What::CanSignIn => Outcome::Undecided,
            None => Outcome::Kept,
        }
    }

    fn is_about(&self, entry: &AuthOption) -> bool {
        let is_open = |entry: &AuthOption| {
            let open = |handle: &Handle| {
                self.connections
                    .iter()
                    .any(|known| known.handle == *handle && known.enabled)
            };
            entry.connection().is_none_or(open)
        };
        self.expectation.who.comes_by(entry, is_open)
    }

    fn fares(&self) -> impl Iterator<Item = &Fare> {
        let about = self.seen.fares.iter().filter(|(entry, _)| self.is_about(entry));
        about.map(|(_, fare)| fare)
    }

    /// The shortest way on which one of them is stopped, of those whom nothing else leads through.
    fn stopped(&self) -> Option<Stopped> {
        if self.fares().next().is_none() {
            return Some(self.no_way_in());
        }
        let stops = self.fares().filter(|fare| fare.verdict != Verdict::Works);
        let stops = stops
            .flat_map(|fare| &fare.stops)
            .filter(|(stop, _)| **stop != Stop::Cut);
        shortest(stops.map(|(_, stopped)| stopped.as_ref())).map(|stopped| and(stopped, "is stopped"))
    }

    /// The shortest way to the end among those that passed what `filter` says.
    fn signed_in(&self, filter: impl Fn(&std::collections::BTreeSet<Asked>) -> bool, end: &str) -> Option<Stopped> {
        let about = self
            .seen
            .ways
            .ended
            .iter()
            .filter(|((entry, _), _)| self.is_about(entry));
        let ways = about.filter(|((_, passed), _)| filter(passed));
        shortest(ways.map(|(_, stopped)| stopped)).map(|stopped| and(stopped, end))
    }

    fn asked(&self, option: &AuthOption) -> Option<Stopped> {
        let about = self
            .seen
            .ways
            .asked
            .iter()
            .filter(|((entry, _), _)| self.is_about(entry));
        let ways = about.filter(|((_, (_, asked)), _)| asked == option);
        let ((_, (step, _)), stopped) = ways.min_by_key(|(_, stopped)| stopped.story.len())?;
        let end = format!("is asked in step {step} for {}", name(option, self.connections));
        Some(and(stopped, &end))
    }

    fn not_asked(&self, place: &Asked) -> Option<Stopped> {
        let (step, option) = place;
        let option = name(option, self.connections);
        let end = format!("is signed in without having been asked for {option} in step {step}");
        let without = self.signed_in(|passed| !passed.contains(place), &end);
        let comes = |((entry, asked), _): (&(AuthOption, Asked), &Stopped)| self.is_about(entry) && asked == place;
        let may_come = self.seen.truncated || self.seen.gives_up_more;
        if without.is_some() || may_come || self.seen.ways.asked.iter().any(comes) {
            return without;
        }
        // Nobody is signed in, and nobody comes to the step either.
        let stops = self.fares().flat_map(|fare| fare.stops.values()).map(Rc::as_ref);
        let stopped = shortest(stops).cloned().unwrap_or_else(|| self.no_way_in());
        Some(and(
            &stopped,
            &format!("never comes to be asked for {option} in step {step}"),
        ))
    }

    fn no_way_in(&self) -> Stopped {
        let way = match (&self.expectation.who, self.expectation.who.connection()) {
            (_, Some(handle)) => name(&AuthOption::Connection(handle.clone()), self.connections),
            (Who::Persona(Persona::New | Persona::NewWithoutEmail, _), None) => "a connection".to_owned(),
            (Who::Persona(Persona::LostPhone, _), None) => "a password".to_owned(),
            (Who::Local | Who::From(_) | Who::Linked(_) | Who::Persona(..), None) => {
                "a password or a passkey".to_owned()
            }
        };
        Stopped {
            story: vec![format!("finds no step to come in with {way}")],
            line: None,
        }
    }
}

fn shortest<'a>(all: impl Iterator<Item = &'a Stopped>) -> Option<&'a Stopped> {
    all.min_by_key(|stopped| stopped.story.len())
}

fn and(stopped: &Stopped, end: &str) -> Stopped {
    let mut stopped = stopped.clone();
    stopped.story.push(end.to_owned());
    stopped
}

#[cfg(test)]
mod tests;
