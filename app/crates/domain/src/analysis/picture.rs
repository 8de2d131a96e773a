//! The flow as it runs: where people come to, what takes them on, and where each way ends.
//!
//! It is what the exploration saw, with equal continuations drawn once and questions left out whose answer changes
//! nothing. Past a bound it says that there is more.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::sketch::{Merged, Sketch};

/// Most places.
const PLACES: usize = 48;
/// Most places on one way; a script that asks in a loop would go on and on.
const LENGTH: usize = 12;
/// Most words on one way.
const TOLD: usize = 8;
/// From how many on the answers of the widest way are called by what they are not.
const OTHERWISE: usize = 4;

/// What the exploration of a flow looks like from above.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Picture {
    /// The first is where everybody begins; each place is there once, however many ways lead to it.
    pub places: Vec<Drawn>,
    /// Whether there is more than is drawn.
    #[serde(default)]
    pub cut: bool,
}

/// A place, and the ways on from it; an end has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Drawn {
    #[serde(flatten)]
    pub place: Place,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Way>,
}

/// One way on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Way {
    pub how: How,
    /// What takes people this way: options of the step, or what is true of the person.
    pub told: Vec<String>,
    /// How many more take it that are not named.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u32,
    /// The place it leads to, counted from 0.
    pub to: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What takes people on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum How {
    /// The step is passed.
    Passed,
    /// It is not, and the script goes on.
    Failed,
    /// The person came back without an answer, and the script goes on.
    TurnedBack,
    /// Something is so.
    Answer,
}

/// Where people come to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Place {
    /// A step, 1-based.
    Step {
        step: u32,
    },
    /// Something about the person or the world decides; `line` is the script's.
    Question {
        line: Option<u32>,
    },
    SignedIn,
    /// The step needs an account, and the person has none.
    NeedsAccount {
        step: u32,
    },
    /// The step sends a code by email, and there is no verified address.
    NoAddress {
        step: u32,
    },
    /// The step offers nothing that can be used.
    Closed {
        step: u32,
    },
    /// The script ends the sign-in, and the application is told.
    Refused {
        line: Option<u32>,
    },
    /// The script ends the sign-in on a page of ours.
    ErrorPage {
        line: Option<u32>,
    },
    /// The script does not work.
    ScriptFails,
    /// It is over, and nobody has said who they are.
    NobodyKnown,
    /// There is more, which is not drawn.
    NotDrawn,
}

impl Place {
    /// Whether a sign-in is over here.
    #[must_use]
    pub fn is_end(&self) -> bool {
        !matches!(self, Self::Step { .. } | Self::Question { .. })
    }
}

impl Picture {
    /// Every end that is drawn.
    pub fn ends(&self) -> impl Iterator<Item = &Place> {
        self.places
            .iter()
            .map(|drawn| &drawn.place)
            .filter(|place| place.is_end())
    }

    /// `truncated` where a bound stopped the exploration itself.
    pub(super) fn of(sketch: &Sketch, truncated: bool) -> Self {
        let (merged, first) = sketch.merge();
        let places = first.map_or_else(Vec::new, |first| draw(&merged, first));
        let cut = truncated || places.iter().any(|drawn| drawn.place == Place::NotDrawn);
        Self { places, cut }
    }
}

/// Draws what is nearest to the beginning first.
fn draw(merged: &[Merged], first: usize) -> Vec<Drawn> {
    let mut numbers = HashMap::from([(first, 0_u32)]);
    let mut waiting = VecDeque::from([(first, 1)]);
    let mut places: Vec<Option<&Merged>> = vec![merged.get(first)];
    let mut drawn: Vec<(usize, Vec<Way>)> = Vec::new();
    let mut beyond = None;
    let mut next = 1_u32;
    while let Some((at, length)) = waiting.pop_front() {
        let Some(from) = merged.get(at) else { continue };
        let mut ways = Vec::new();
        for way in &from.ways {
            let is_end = merged.get(way.to).is_some_and(|to| to.place.is_end());
            let to = match numbers.get(&way.to) {
                Some(known) => *known,
                // An end takes no more room than saying that there is more.
                None if is_end || (places.len() < PLACES && length < LENGTH) => {
                    numbers.insert(way.to, next);
                    waiting.push_back((way.to, length + 1));
                    places.push(merged.get(way.to));
                    next += 1;
                    next - 1
                }
                None => *beyond.get_or_insert_with(|| {
                    places.push(None);
                    next += 1;
                    next - 1
                }),
            };
            ways.push(way.drawn(to));
        }
        if matches!(from.place, Place::Question { .. }) {
            call_the_rest(&mut ways);
        }
        ways.iter_mut().for_each(Way::shorten);
        drawn.push((numbers.get(&at).map_or(0, |number| *number as usize), ways));
    }
    let mut all: Vec<Drawn> = places
        .into_iter()
        .map(|merged| Drawn {
            place: merged.map_or(Place::NotDrawn, |merged| merged.place.clone()),
            ways: vec![],
        })
        .collect();
    for (number, ways) in drawn {
        if let Some(place) = all.get_mut(number) {
            place.ways = ways;
        }
    }
    all
}

impl Way {
    fn shorten(&mut self) {
        let over = self.told.len().saturating_sub(TOLD);
        self.told.truncate(TOLD);
        self.more += u32::try_from(over).unwrap_or(u32::MAX);
    }
}

/// Of two or more ways the one with the most answers is everybody else, where that is shorter to say.
fn call_the_rest(ways: &mut [Way]) {
    let widest = ways.iter().map(|way| way.told.len()).max().unwrap_or(0);
    if ways.len() < 2 || widest < OTHERWISE {
        return;
    }
    if let Some(way) = ways.iter_mut().find(|way| way.told.len() == widest) {
        way.told = vec!["otherwise".to_owned()];
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::explore::Explorer;
    use super::super::seen::Stop;
    use super::super::{ConnectionFacts, NoScripts, ScriptFacts};
    use super::*;
    use crate::flow::{SignInFlow, Step};

    fn world() -> Vec<ConnectionFacts> {
        [("off", false), ("on", true), ("trusted", false)]
            .into_iter()
            .map(|(handle, jit)| ConnectionFacts {
                handle: handle.parse().expect("a handle"),
                display_name: handle.to_uppercase(),
                enabled: true,
                jit,
                factors_without_account: false,
                otp_to_asserted_email: false,
                trusts_factors: handle == "trusted",
                may_link: false,
            })
            .collect()
    }

    fn flow(steps: &[&[&str]]) -> SignInFlow {
        let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
        SignInFlow {
            steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
            script: None,
        }
    }

    #[test]
    fn flows_as_lists() {
        let cases: [(&str, &[&[&str]], &str); 7] = [
            (
                "one step",
                &[&["password", "connection:on"]],
                "Step 1\n  a password or ON → Signed in\n",
            ),
            (
                "equal continuations are one",
                &[&["password", "connection:on"], &["totp"]],
                "Step 1\n  a password or ON → Step 2\n    an authenticator app → Signed in\n",
            ),
            (
                "one connection is stopped",
                &[&["password", "connection:off"], &["totp"]],
                "Step 1\n  a password → Step 2\n    an authenticator app → Signed in\n  OFF → Stopped: step 2 needs an account\n",
            ),
            (
                "an address decides",
                &[&["password"], &["email_otp"]],
                "Step 1\n  a password → It depends: on the person\n    has a verified email address → Step 2\n      a code by email → Signed in\n    has no verified email address → Stopped: no address for step 2\n",
            ),
            (
                "a provider's own second factor",
                &[&["connection:trusted"], &["totp"]],
                "Step 1\n  TRUSTED → It depends: on the person\n    the provider confirms a second factor that is trusted → Signed in\n    the provider confirms no second factor that is trusted → Stopped: step 2 needs an account\n",
            ),
            (
                "what a step does not show",
                &[&["password", "connection:gone"]],
                "Step 1\n  a password → Signed in\n",
            ),
            (
                "a dead end",
                &[&["connection:off"], &["connection:on"]],
                "Step 1\n  OFF → Step 2\n    can use nothing in it → Stopped: step 2 has no way on\n",
            ),
        ];
        for (case, steps, want) in cases {
            let picture = super::super::analyse(&flow(steps), &world(), &mut NoScripts).picture;
            let got = picture.outline().map(|outline| outline.to_string());
            assert_eq!(got.unwrap_or_default(), want, "{case}");
            assert!(!picture.cut, "{case}");
        }
    }

    #[test]
    fn what_two_ways_lead_to_is_there_once() {
        let steps: &[&[&str]] = &[&["password"], &["totp", "connection:on"], &["passkey", "password"]];
        let picture = super::super::analyse(&flow(steps), &world(), &mut NoScripts).picture;
        let thirds = picture
            .places
            .iter()
            .filter(|drawn| drawn.place == Place::Step { step: 3 });
        assert_eq!(thirds.count(), 1);
        let list = picture.outline().expect("a picture").to_string();
        assert_eq!(list.matches("Step 3 (1)").count(), 2, "{list}");
        assert_eq!(list.matches("Step 3 (1), as above").count(), 1, "{list}");
    }

    #[test]
    fn every_end_of_the_exploration_is_drawn() {
        let options = [
            "password",
            "passkey",
            "totp",
            "email_otp",
            "connection:on",
            "connection:off",
            "connection:trusted",
        ];
        for first in options {
            for second in options {
                for third in options {
                    let steps = [&["password", first][..], &[second, "totp"], &[third]];
                    let (world, facts) = (world(), ScriptFacts::default());
                    let flow = flow(&steps);
                    let seen = Explorer::new(&flow, &world, &facts, &mut NoScripts).explore();
                    let picture = Picture::of(&seen.sketch, seen.truncated);
                    let drawn: BTreeSet<Place> = picture.ends().cloned().collect();
                    assert_eq!(drawn, seen.sketch.ends(), "{steps:?}");
                    for stop in seen.fares.values().flat_map(|fare| fare.stops.keys()) {
                        let end = match stop {
                            Stop::NeedsAccount(step) => Place::NeedsAccount { step: *step },
                            Stop::NoAddress(step) => Place::NoAddress { step: *step },
                            Stop::Closed(step) => Place::Closed { step: *step },
                            other => panic!("{other:?} is no stop of a flow without a script"),
                        };
                        assert!(drawn.contains(&end), "{steps:?}: {end:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn more_than_can_be_drawn_is_said() {
        let many: Vec<&[&str]> = std::iter::repeat_n(&["password"][..], 20).collect();
        let picture = super::super::analyse(&flow(&many), &world(), &mut NoScripts).picture;
        assert!(picture.cut);
        assert_eq!(picture.ends().collect::<Vec<_>>(), [&Place::NotDrawn]);
        assert!(picture.places.len() <= PLACES);
    }
}
