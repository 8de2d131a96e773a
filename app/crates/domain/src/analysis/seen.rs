//! What the explorer has seen: how people fare, and what all paths from one place come to.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use crate::flow::AuthOption;

/// Where a path ends without an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// The 1-based step needs an account, and the person has none.
    NeedsAccount(u32),
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
    pub stop: Stop,
    pub story: Vec<String>,
    /// 1-based line that decided.
    pub line: Option<u32>,
}

/// How people fare who come in by one option.
#[derive(Debug, Clone)]
pub struct Fare {
    pub verdict: Verdict,
    /// The shortest path on which they are stopped.
    pub stopped: Option<Stopped>,
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

/// What was seen on the way.
#[derive(Default)]
pub struct Explored {
    pub fares: BTreeMap<AuthOption, Fare>,
    pub taken_steps: BTreeSet<u32>,
    pub skipped: Vec<Skipped>,
    /// 1-based number and line of steps that do not exist.
    pub missing_steps: BTreeMap<u32, Option<u32>>,
    pub unknown_connections: BTreeMap<String, Option<u32>>,
    pub errors: BTreeMap<(Option<u32>, String), Vec<String>>,
    pub limits: BTreeMap<&'static str, Vec<String>>,
    pub nobody_known: Option<Stopped>,
    pub paths: u32,
    pub truncated: bool,
}

/// What all paths from one place come to.
pub struct Reach {
    all: bool,
    some: bool,
    pub stopped: Option<Stopped>,
}

impl Reach {
    pub fn through() -> Self {
        Self {
            all: true,
            some: true,
            stopped: None,
        }
    }

    pub fn stop(stop: Stop, story: &[String], line: Option<u32>) -> Self {
        Self {
            all: false,
            some: false,
            stopped: Some(Stopped {
                stop,
                story: story.to_vec(),
                line,
            }),
        }
    }

    /// The world decides which of the two it is.
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all && other.all,
            some: self.some || other.some,
            stopped: shorter(self.stopped, other.stopped),
        }
    }

    /// The person chooses the better of the two.
    pub fn or(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    fn rank(&self) -> u8 {
        match (self.all, self.some) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        }
    }

    pub fn verdict(&self) -> Verdict {
        match self.rank() {
            2 => Verdict::Works,
            1 => Verdict::Depends,
            _ => Verdict::Breaks,
        }
    }
}

/// The shorter story; where a bound cut one, the other tells more.
pub fn shorter(one: Option<Stopped>, other: Option<Stopped>) -> Option<Stopped> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let weight = |stopped: &Stopped| (stopped.stop == Stop::Cut, stopped.story.len());
            Some(if weight(&one) <= weight(&other) { one } else { other })
        }
        (one, other) => one.or(other),
    }
}
