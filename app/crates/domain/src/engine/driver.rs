//! Which step comes next, and whether a path is complete.

use crate::assurance::Evidence;
use crate::engine::Passed;
use crate::flow::{SignInFlow, Step};
use crate::script::{Event, StepOutcome};

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// A step, by its place in the flow counted from 0.
    Step(u32),
    /// Nothing: every step of the path is passed.
    Done,
}

/// Decides what comes after what has been passed: the first step without valid evidence.
///
/// The flow is the application's current one. A step whose option was taken out of the flow meanwhile is asked again,
/// so a change never lets an old proof stand for a new rule.
#[must_use]
pub fn decide(flow: &SignInFlow, passed: &[Passed]) -> Next {
    for (step, place) in flow.steps.iter().zip(0..) {
        if !passed.iter().any(|p| p.step == place && offers(step, &p.evidence)) {
            return Next::Step(place);
        }
    }
    Next::Done
}

/// Whether evidence covers every step of a flow, each step by a piece of its own (S35). Evidence of a session has no
/// places, so it is dealt out in order; where that deals it badly the person is asked again, never let through.
#[must_use]
pub fn covers(flow: &SignInFlow, evidence: &[Evidence]) -> bool {
    let mut left: Vec<&Evidence> = evidence.iter().collect();
    let all = flow.steps.iter().all(|step| {
        let found = left.iter().position(|piece| offers(step, piece));
        found.map(|at| left.remove(at)).is_some()
    });
    all && !flow.steps.is_empty()
}

/// Whether evidence covers the path a script took: each step it asked for and heard to be passed has a piece of its own
/// that the step offers, and one of them says who somebody is (S35). A script that asks for nothing lets nobody in.
#[must_use]
pub fn covers_path(flow: &SignInFlow, events: &[Event], passed: &[Passed]) -> bool {
    let asked = events.iter().filter_map(|event| match event {
        Event::Stepped(step, StepOutcome::Success) => Some(*step),
        Event::Stepped(_, StepOutcome::Fail | StepOutcome::Abort) | Event::Told(..) => None,
    });
    let asked: Vec<u32> = asked.collect();
    let fits = |(number, passed): (&u32, &Passed)| {
        let step = flow.steps.get(passed.step as usize);
        *number == passed.step + 1 && step.is_some_and(|step| offers(step, &passed.evidence))
    };
    asked.len() == passed.len()
        && asked.iter().zip(passed).all(fits)
        && passed.iter().any(|passed| !passed.evidence.option.is_second())
}

/// Whether evidence covers what a sign-in had to pass: the steps its script asked for, else all of them. Asked again
/// before tokens are issued, against the flow as it is then (S35).
#[must_use]
pub fn still_covers(flow: &SignInFlow, path: Option<&[u32]>, evidence: &[Evidence]) -> bool {
    let Some(path) = path else {
        return covers(flow, evidence);
    };
    let mut left: Vec<&Evidence> = evidence.iter().collect();
    let all = path.iter().all(|step| {
        let step = flow.steps.get(*step as usize);
        let found = left
            .iter()
            .position(|piece| step.is_some_and(|step| offers(step, piece)));
        found.map(|at| left.remove(at)).is_some()
    });
    all && evidence.iter().any(|piece| !piece.option.is_second()) && !path.is_empty()
}

fn offers(step: &Step, evidence: &Evidence) -> bool {
    step.options.contains(&evidence.option)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::flow::AuthOption;

    fn flow(steps: &[&[&str]]) -> SignInFlow {
        let option = |text: &&str| text.parse::<AuthOption>().expect("an option");
        let steps = steps.iter().map(|options| Step {
            options: options.iter().map(option).collect(),
        });
        SignInFlow {
            steps: steps.collect(),
            script: None,
        }
    }

    fn evidence(option: &str) -> Evidence {
        let option = option.parse().expect("an option");
        Evidence {
            option,
            at: Timestamp::UNIX_EPOCH,
            connection: None,
            upstream_amr: vec![],
        }
    }

    #[test]
    fn s35_each_step_needs_a_piece_of_its_own() {
        for (case, steps, have, want) in [
            ("one", &[&["password"][..]][..], &["password"][..], true),
            ("nothing", &[&["password"]], &[], false),
            ("another option", &[&["connection:acme"]], &["password"], false),
            (
                "two steps, one piece",
                &[&["password"], &["password"]],
                &["password"],
                false,
            ),
            (
                "two steps, two pieces",
                &[&["connection:acme"], &["password"]],
                &["password", "connection:acme"],
                true,
            ),
            ("a flow without steps", &[], &["password"], false),
        ] {
            let have: Vec<_> = have.iter().map(|option| evidence(option)).collect();
            assert_eq!(covers(&flow(steps), &have), want, "S35: {case}");
        }
    }

    #[test]
    fn a_changed_flow_asks_again() {
        let passed = [Passed {
            step: 0,
            evidence: evidence("password"),
            remote: None,
        }];
        assert!(
            !covers_path(&flow(&[&["password"]]), &[], &passed),
            "a step the script did not ask for"
        );
        let asked = [Event::Stepped(1, StepOutcome::Success)];
        assert!(covers_path(&flow(&[&["password"]]), &asked, &passed));
        assert!(!covers_path(&flow(&[&["connection:acme"]]), &asked, &passed));
        assert!(
            !covers_path(&flow(&[&["password"]]), &[], &[]),
            "nothing lets nobody in"
        );
        assert_eq!(decide(&flow(&[&["password"]]), &passed), Next::Done);
        assert_eq!(decide(&flow(&[&["connection:acme"]]), &passed), Next::Step(0));
        assert_eq!(
            decide(&flow(&[&["password"], &["connection:acme"]]), &passed),
            Next::Step(1)
        );
    }
}
