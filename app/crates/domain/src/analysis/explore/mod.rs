//! Follows every path through a flow with the engine that runs sign-ins.
//!
//! Owns the walk: which state a path is in, and who moves it on. What the script does is followed in [`script`], what a
//! person chooses in [`choose`], what comes with passing a step in [`pass`] by the engine's moves of [`people`]; what is
//! worth telling is kept in [`notes`].

mod choose;
mod notes;
mod pass;
mod path;
mod people;
mod script;

use super::picture::{How, Place};
use super::reach::{Reach, TooMany};
use super::seen::{Explored, Fare, Stop};
use super::world::World;
use super::{ConnectionFacts, ScriptFacts};
use crate::Timestamp;
use crate::engine::{Demands, SignIn};
use crate::expectation::Persona;
use crate::flow::{AuthOption, SignInFlow};
use crate::script::ScriptEngine;
use crate::text::Handle;
pub(super) use choose::GIVEN_UP;
use path::Path;

/// Most runs of a script in one analysis.
const RUN_LIMIT: u32 = 3_000;
/// Most paths.
const PATH_LIMIT: u32 = 20_000;
/// Most parts of a path; a script that asks on and on is cut here by the engine's own limit in a sign-in.
const DEPTH_LIMIT: usize = crate::script::EVENT_LIMIT + 20;

/// Follows the paths.
pub struct Explorer<'a> {
    flow: &'a SignInFlow,
    connections: &'a [ConnectionFacts],
    engine: &'a mut dyn ScriptEngine,
    world: World<'a>,
    /// Who alone is followed, where not everybody is.
    persona: Option<&'a Persona>,
    runs: u32,
    seen: Explored,
}

fn start() -> (Timestamp, Timestamp) {
    let now = Timestamp::UNIX_EPOCH;
    (now, now + chrono::Duration::minutes(15))
}

impl<'a> Explorer<'a> {
    pub fn new(
        flow: &'a SignInFlow,
        connections: &'a [ConnectionFacts],
        facts: &'a ScriptFacts,
        engine: &'a mut dyn ScriptEngine,
    ) -> Self {
        Self {
            flow,
            connections,
            engine,
            world: World::new(flow.script.as_deref(), facts),
            persona: None,
            runs: 0,
            seen: Explored::default(),
        }
    }

    /// Follows nobody but people like this one.
    pub fn of(mut self, persona: &'a Persona) -> Self {
        self.persona = Some(persona);
        self
    }

    /// Follows everybody who can come in, by each option that says who somebody is.
    pub fn explore(mut self) -> Explored {
        self.seen.truncated = self.world.cut;
        let mut entries: Vec<AuthOption> = Vec::new();
        for option in self.flow.steps.iter().flat_map(|step| &step.options) {
            let comes = self.persona.is_none_or(|persona| persona.comes_by(option));
            if comes && !option.is_second() && !entries.contains(option) {
                entries.push(option.clone());
            }
        }
        for entry in entries {
            let path = Path {
                entry: Some(entry.clone()),
                ..Path::default()
            };
            let begun = match &self.flow.script {
                Some(_) => SignIn::begin_with_script(start().1, String::new()),
                None => SignIn::begin(start().1),
            };
            if let Some(reach) = self.follow(begun, path) {
                let (verdict, stops) = (reach.verdict(), reach.stops());
                self.seen.fares.insert(entry, Fare { verdict, stops });
            }
        }
        self.seen
    }

    fn facts(&self, handle: &Handle) -> Option<&'a ConnectionFacts> {
        self.connections.iter().find(|known| known.handle == *handle)
    }

    fn is_open(&self, option: &AuthOption) -> bool {
        let Some(handle) = option.connection() else {
            return true;
        };
        self.facts(handle).is_some_and(|known| known.enabled)
    }

    pub(in crate::analysis) fn name(&self, option: &AuthOption) -> String {
        name(option, self.connections)
    }

    fn demands(&self) -> Demands<'a> {
        Demands {
            flow: self.flow,
            required_claims: &[],
        }
    }

    /// `None` where people with this entry never come: the path does not offer it.
    fn follow(&mut self, state: SignIn, mut path: Path) -> Option<Reach> {
        path.depth += 1;
        if path.depth > DEPTH_LIMIT || self.seen.paths > PATH_LIMIT || self.runs > RUN_LIMIT {
            self.seen.truncated = true;
            return Some(self.stop(Stop::Cut, &path));
        }
        self.note_words(&state, &mut path);
        match state {
            SignIn::AwaitingScript(awaiting) => self.run(awaiting, path),
            SignIn::Prompting(prompting) => self.fill_in(&prompting, &path),
            SignIn::Choosing(choosing) => self.choose(&choosing, path),
            SignIn::Completed(_) | SignIn::AwaitingAttributes(_) => {
                self.seen.paths += 1;
                self.note_skipped(&path);
                self.seen.sketch.end(path.at, Place::SignedIn);
                self.note_ended(&path);
                Some(Reach::Through)
            }
            SignIn::Denied(denied) => {
                self.seen.paths += 1;
                self.note_denied(denied, &path);
                let stop = self.stop_of(denied, &path);
                if stop == Stop::NobodyKnown {
                    self.note_nobody_known(&path);
                }
                Some(self.stop(stop, &path))
            }
            SignIn::AwaitingFederation(_) | SignIn::Noting(_) | SignIn::AwaitingProof(_) => None,
        }
    }

    /// The path ends without an answer.
    fn stop(&mut self, stop: Stop, path: &Path) -> Reach {
        let end = match &stop {
            Stop::NeedsAccount(step) => Place::NeedsAccount { step: *step },
            Stop::NoAddress(step) => Place::NoAddress { step: *step },
            Stop::Closed(step) => Place::Closed { step: *step },
            Stop::ByScript(line) if path.is_on_page => Place::ErrorPage { line: *line },
            Stop::ByScript(line) => Place::Refused { line: *line },
            Stop::Script => Place::ScriptFails,
            Stop::NobodyKnown => Place::NobodyKnown,
            Stop::Cut => Place::NotDrawn,
        };
        self.seen.sketch.end(path.at, end);
        Reach::stop(stop, path.stopped())
    }

    /// The person chooses between two ways on.
    fn either(&mut self, one: Option<Reach>, other: Option<Reach>) -> Option<Reach> {
        Reach::either(one.clone(), other.clone()).unwrap_or_else(|TooMany| {
            self.seen.truncated = true;
            one.or(other)
        })
    }

    /// The path goes on by an answer of the world.
    fn answered(&mut self, path: &mut Path, line: Option<u32>, told: &str) {
        path.at = (self.seen.sketch).go(path.at, Place::Question { line }, How::Answer, told);
    }

    /// The path goes on by an answer of the world that belongs to its story.
    fn told(&mut self, path: &mut Path, line: Option<u32>, told: &str) {
        self.answered(path, line, told);
        path.story.push(told.to_owned());
    }

    /// The path goes on after a step.
    fn stepped(&mut self, path: &mut Path, step: u32, how: How, told: &str) {
        path.at = self.seen.sketch.go(path.at, Place::Step { step }, how, told);
    }
}

/// What people call an option.
pub fn name(option: &AuthOption, connections: &[ConnectionFacts]) -> String {
    let Some(handle) = option.connection() else {
        return option.words().to_owned();
    };
    let known = connections.iter().find(|known| known.handle == *handle);
    known.map_or_else(|| handle.to_string(), |known| known.display_name.clone())
}
