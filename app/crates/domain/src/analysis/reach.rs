//! What all paths from one place come to: who gets through, by what the world decides about them.
//!
//! A person chooses the best way they have, in a world that is as it is. So two ways of which each leads through on some
//! conditions are compared condition by condition: a stop on one of them counts only where the other stops them too.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::Verdict;
use super::seen::{Stop, Stopped, shorter};
use crate::script::Question;
use crate::text::Handle;

/// Most comparisons of two places with all that lies behind them.
const COMPARISON_LIMIT: u32 = 50_000;

/// The shortest story for each way to be stopped.
pub type Stops = BTreeMap<Stop, Rc<Stopped>>;

/// Something the world decides about a person, once for all their paths.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// What a script asks.
    Answer(Question),
    /// The same, asked again when it is known who they are.
    AnswerOfKnown(Question),
    /// Whether they have a verified address.
    Mailbox,
    /// Whether this provider confirms a second factor that is trusted.
    Word(Handle),
    /// Whether their account is linked to this connection.
    Linked(Handle),
}

/// See the module.
#[derive(Debug, Clone)]
pub enum Reach {
    Through,
    Stopped(Stops),
    /// What it comes to by each value of the fact; `None` where nobody comes.
    Depends(Fact, Vec<(Value, Option<Reach>)>),
}

/// There is more to compare than is worth it.
#[derive(Debug)]
pub struct TooMany;

impl Reach {
    pub fn stop(stop: Stop, stopped: Stopped) -> Self {
        Self::Stopped(Stops::from([(stop, Rc::new(stopped))]))
    }

    /// The world decides which of these it is; `None` where nobody comes.
    pub fn depends(fact: Fact, mut ways: Vec<(Value, Option<Self>)>) -> Option<Self> {
        if ways.len() == 1 {
            return ways.pop()?.1;
        }
        if ways.iter().all(|(_, reach)| reach.is_none()) {
            return None;
        }
        if ways.iter().all(|(_, reach)| matches!(reach, Some(Self::Through))) {
            return Some(Self::Through);
        }
        Some(Self::Depends(fact, ways))
    }

    /// The person chooses the better of the two; where neither leads through, either may stop them.
    ///
    /// # Errors
    /// When there is too much to compare.
    pub fn either(one: Option<Self>, other: Option<Self>) -> Result<Option<Self>, TooMany> {
        better(one, other, &mut { COMPARISON_LIMIT })
    }

    /// What is left of it where a fact is known.
    fn given(&self, fact: &Fact, value: &Value) -> Option<Self> {
        let Self::Depends(known, ways) = self else {
            return Some(self.clone());
        };
        if known == fact
            && let Some((_, reach)) = ways.iter().find(|(one, _)| one == value)
        {
            return reach.as_ref()?.given(fact, value);
        }
        let given = |(one, reach): &(Value, Option<Self>)| {
            let reach = reach.as_ref().and_then(|reach| reach.given(fact, value));
            (one.clone(), reach)
        };
        Self::depends(known.clone(), ways.iter().map(given).collect())
    }

    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Through => Verdict::Works,
            Self::Stopped(_) => Verdict::Breaks,
            Self::Depends(_, ways) => {
                let mut verdicts = ways.iter().flat_map(|(_, reach)| reach).map(Self::verdict);
                let first = verdicts.next().unwrap_or(Verdict::Works);
                if verdicts.all(|verdict| verdict == first) {
                    first
                } else {
                    Verdict::Depends
                }
            }
        }
    }

    /// Every way to be stopped that no choice avoids, and the shortest story to it.
    pub fn stops(&self) -> Stops {
        let mut all = Stops::new();
        self.gather(&mut all);
        all
    }

    fn gather(&self, all: &mut Stops) {
        match self {
            Self::Through => {}
            Self::Stopped(stops) => merge(all, stops),
            Self::Depends(_, ways) => ways
                .iter()
                .flat_map(|(_, reach)| reach)
                .for_each(|reach| reach.gather(all)),
        }
    }
}

fn better(one: Option<Reach>, other: Option<Reach>, left: &mut u32) -> Result<Option<Reach>, TooMany> {
    *left = left.checked_sub(1).ok_or(TooMany)?;
    let (one, other) = match (one, other) {
        (Some(one), Some(other)) => (one, other),
        (one, other) => return Ok(one.or(other)),
    };
    match (one, other) {
        (Reach::Through, _) | (_, Reach::Through) => Ok(Some(Reach::Through)),
        (Reach::Stopped(mut stops), Reach::Stopped(more)) => {
            merge(&mut stops, &more);
            Ok(Some(Reach::Stopped(stops)))
        }
        (Reach::Depends(fact, ways), other) | (other, Reach::Depends(fact, ways)) => {
            let mut compared = Vec::with_capacity(ways.len());
            for (value, reach) in ways {
                let other = other.given(&fact, &value);
                compared.push((value, better(reach, other, left)?));
            }
            Ok(Reach::depends(fact, compared))
        }
    }
}

fn merge(all: &mut Stops, more: &Stops) {
    for (stop, stopped) in more {
        shorter(all, stop.clone(), stopped.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::seen::Stop;

    fn stop(step: u32) -> Option<Reach> {
        let stopped = Stopped {
            story: vec![],
            line: None,
        };
        Some(Reach::stop(Stop::Closed(step), stopped))
    }

    fn by(fact: Fact, yes: Option<Reach>, no: Option<Reach>) -> Option<Reach> {
        Reach::depends(fact, vec![(true.into(), yes), (false.into(), no)])
    }

    fn linked(handle: &str) -> Fact {
        Fact::Linked(handle.parse().expect("a handle"))
    }

    fn either(one: Option<Reach>, other: Option<Reach>) -> Reach {
        Reach::either(one, other).expect("few").expect("somebody comes")
    }

    #[test]
    fn a_choice_is_made_in_one_world() {
        let (one, two) = (linked("one"), linked("two"));
        let on = |fact: &Fact, step| by(fact.clone(), Some(Reach::Through), stop(step));
        let off = |fact: &Fact, step| by(fact.clone(), stop(step), Some(Reach::Through));
        let steps = |reach: &Reach| -> Vec<Stop> { reach.stops().into_keys().collect() };

        let always = either(on(&one, 1), off(&one, 2));
        assert_eq!(always.verdict(), Verdict::Works);

        let neither = either(on(&one, 1), on(&two, 2));
        assert_eq!(neither.verdict(), Verdict::Depends);
        assert_eq!(steps(&neither), [Stop::Closed(1), Stop::Closed(2)]);

        let worse = either(on(&one, 1), by(one.clone(), stop(2), stop(3)));
        assert_eq!(worse.verdict(), Verdict::Depends);
        assert_eq!(steps(&worse), [Stop::Closed(1), Stop::Closed(3)]);
    }

    #[test]
    fn where_nobody_comes_nothing_is_compared() {
        let one = linked("one");
        let here = by(one.clone(), None, stop(1));
        let there = by(one, Some(Reach::Through), None);
        let reach = either(here, there);
        assert_eq!(reach.verdict(), Verdict::Depends);
        assert!(by(linked("two"), None, None).is_none());
    }

    #[test]
    fn too_much_is_not_compared() {
        let deep = |prefix: &str| {
            (0..10).fold(stop(1), |reach, number| {
                let fact = linked(&format!("{prefix}-{number}"));
                by(fact, reach.clone(), reach)
            })
        };
        assert!(Reach::either(deep("a"), deep("a")).is_ok());
        assert!(Reach::either(deep("a"), deep("b")).is_err());
    }
}
