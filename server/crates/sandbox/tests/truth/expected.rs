//! What an administrator may expect of everybody new who comes in by one way, and whether it is so.

use std::collections::BTreeSet;

use doorward_domain::analysis::Analysis;
use doorward_domain::expectation::{Expectation, Outcome, What, Who};
use doorward_domain::finding::FindingCode;
use doorward_domain::flow::{AuthOption, SignInFlow};

use crate::Tally;

/// Everything that can be expected of people from everywhere.
pub fn all<'a>(flow: &SignInFlow, entries: impl Iterator<Item = &'a AuthOption>) -> Vec<Expectation> {
    let whats = whats(flow);
    entries
        .flat_map(|entry| {
            whats.iter().map(|what| Expectation {
                who: who(entry),
                what: what.clone(),
            })
        })
        .collect()
}

fn who(entry: &AuthOption) -> Who {
    entry
        .connection()
        .map_or(Who::Local, |handle| Who::From(handle.clone()))
}

fn whats(flow: &SignInFlow) -> Vec<What> {
    let mut all = vec![What::CanSignIn, What::CannotSignIn];
    let mut named = BTreeSet::new();
    for (step, offered) in (1..).zip(&flow.steps) {
        for option in &offered.options {
            all.push(What::AskedFor {
                step,
                option: option.clone(),
            });
            named.insert(option.clone());
        }
    }
    all.extend(named.into_iter().map(|option| What::NeverAskedFor { option }));
    all
}

/// What the analyser says of the people who come in by `entry` and is not what became of them.
pub fn wrong<'a>(analysis: &'a Analysis, entry: &AuthOption, tally: &Tally, narrows: bool) -> Vec<&'a What> {
    let who = who(entry);
    // Of a script that fails before anything has happened nothing is decided.
    let is_partly_explored = analysis
        .findings
        .iter()
        .any(|finding| finding.code == FindingCode::NotFullyExplored || finding.is_failure());
    let of_them = analysis.expectations.iter().filter(|one| one.expectation.who == who);
    of_them
        .filter(
            |one| match (&one.outcome, is_so(&one.expectation.what, tally, narrows)) {
                (Outcome::Kept, Some(is_so)) => !is_so,
                (Outcome::Broken { .. }, Some(is_so)) => is_so,
                (Outcome::Kept | Outcome::Broken { .. }, None) => false,
                (Outcome::Undecided, _) => !is_partly_explored,
            },
        )
        .map(|one| &one.expectation.what)
        .collect()
}

/// `None` where it takes to know what the script left of a step before it stopped somebody.
fn is_so(what: &What, tally: &Tally, narrows: bool) -> Option<bool> {
    let signed_in = &tally.signed_in_past;
    let asked = |option: &AuthOption| tally.asked.iter().any(|(_, asked)| asked == option);
    match what {
        What::CanSignIn => Some(tally.came > 0 && tally.came == tally.through),
        What::CannotSignIn => Some(signed_in.is_empty()),
        What::NeverAskedFor { option } if asked(option) && narrows => None,
        What::NeverAskedFor { option } => Some(!asked(option)),
        What::AskedFor { step, option } => {
            let place = (*step, option.clone());
            if signed_in.iter().any(|past| !past.contains(&place)) {
                Some(false)
            } else if signed_in.is_empty() && tally.asked.contains(&place) && narrows {
                None
            } else {
                Some(tally.asked.contains(&place))
            }
        }
    }
}
