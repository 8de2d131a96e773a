//! What the explorer has seen, and how people fare.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use super::reach::Stops;
use super::sketch::Sketch;
use crate::flow::AuthOption;

/// Where a path ends without an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The 1-based step needs an account, and the person has none.
    NeedsAccount(u32),
    /// The 1-based step sends a code by email, and the account has no verified address.
    NoAddress(u32),
    /// Nothing in the step can be used, by anybody or by this person.
    Closed(u32),
    /// The script ends the sign-in at this line.
    ByScript(Option<u32>),
    /// The script does not work; said elsewhere.
    Script,
    /// It completes, but nobody has said who they are.
    NobodyKnown,
    /// A bound stopped the exploration.
    Cut,
}

/// A path on which somebody is stopped.
#[derive(Debug, Clone)]
pub struct Stopped {
    pub story: Vec<String>,
    /// 1-based line that decided.
    pub line: Option<u32>,
}

/// How people fare who come in by one option.
#[derive(Debug, Clone)]
pub struct Fare {
    pub verdict: Verdict,
    pub stops: Stops,
}

/// A path that completes without a second factor of the flow.
#[derive(Debug, Clone)]
pub struct Skipped {
    pub step: u32,
    pub entry: AuthOption,
    pub story: Vec<String>,
    pub line: Option<u32>,
    /// Whether something decided that the person can bring about.
    pub is_chosen: bool,
}

/// A path on which the script throws.
#[derive(Debug, Clone)]
pub struct Thrown {
    pub story: Vec<String>,
    /// Whether it rests on what the answer of another server holds, which may never be so.
    pub is_guessed: bool,
}

/// What was seen on the way.
#[derive(Default)]
pub struct Explored {
    pub fares: BTreeMap<AuthOption, Fare>,
    pub taken_steps: BTreeSet<u32>,
    pub skipped: Vec<Skipped>,
    /// 1-based number and line of steps that do not exist.
    pub missing_steps: BTreeMap<u32, Option<u32>>,
    pub unknown_connections: BTreeMap<String, Option<u32>>,
    pub errors: BTreeMap<(Option<u32>, String), Thrown>,
    pub limits: BTreeMap<&'static str, Vec<String>>,
    pub nobody_known: Option<Stopped>,
    pub sketch: Sketch,
    pub ways: Ways,
    /// Whether somebody could fail once more than is followed, and the script hear of it.
    pub gives_up_more: bool,
    pub paths: u32,
    pub truncated: bool,
}

impl Explored {
    /// Whether the script fails before anything has happened, and so for everybody.
    pub fn never_runs(&self) -> bool {
        self.errors.values().any(|thrown| thrown.story.is_empty()) || self.limits.values().any(Vec::is_empty)
    }
}

/// What happens to people on their ways, by the option they come in with: what expectations are held against.
#[derive(Default)]
pub struct Ways {
    /// The shortest story to each option of each 1-based step that somebody is asked for.
    pub asked: BTreeMap<(AuthOption, Asked), Stopped>,
    /// The shortest story to the end by what was passed on the way.
    pub ended: BTreeMap<(AuthOption, BTreeSet<Asked>), Stopped>,
}

/// An option of a 1-based step.
pub type Asked = (u32, AuthOption);

impl Ways {
    pub fn note_asked(&mut self, entry: &AuthOption, place: Asked, stopped: Stopped) {
        shorter(&mut self.asked, (entry.clone(), place), stopped);
    }

    pub fn note_ended(&mut self, entry: &AuthOption, passed: &BTreeSet<Asked>, stopped: Stopped) {
        shorter(&mut self.ended, (entry.clone(), passed.clone()), stopped);
    }
}

/// Keeps the shorter story.
pub fn shorter<K: Ord, S: Borrow<Stopped>>(all: &mut BTreeMap<K, S>, key: K, stopped: S) {
    match all.get(&key) {
        Some(known) if known.borrow().story.len() <= stopped.borrow().story.len() => {}
        Some(_) | None => {
            all.insert(key, stopped);
        }
    }
}
