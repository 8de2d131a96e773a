//! Which step comes next, and whether a path is complete.

use crate::assurance::{Evidence, Upstream};
use crate::engine::{Passed, Person};
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
    deal(flow.steps.iter().map(Some), evidence) && !flow.steps.is_empty()
}

/// As [`covers`], with the evidence of a session: somebody without an account comes in by a connection of the first step,
/// for nothing but the provider can say who they are.
#[must_use]
pub fn covers_for(flow: &SignInFlow, person: &Person, evidence: &[Evidence]) -> bool {
    let first = flow.steps.first();
    let says_who = |piece: &Evidence| piece.says_who() && piece.option.connection().is_some();
    let by_provider = |piece: &Evidence| says_who(piece) && first.is_some_and(|step| offers(step, piece));
    covers(flow, evidence) && (person.account().is_some() || evidence.iter().any(by_provider))
}

/// Deals evidence out to steps, each a piece of its own. A provider's trusted word passes one step of second factors
/// beside the step it was given for, but never the first one, which says who somebody is; steps that are not there are
/// passed by nothing.
fn deal<'a>(mut steps: impl Iterator<Item = Option<&'a Step>>, evidence: &[Evidence]) -> bool {
    let mut left: Vec<&Evidence> = evidence
        .iter()
        .filter(|piece| piece.upstream != Upstream::Confirms)
        .collect();
    let mut is_known = false;
    let mut is_vouched_for = evidence.iter().any(|piece| piece.upstream == Upstream::Trusted);
    steps.all(|step| {
        let Some(step) = step else {
            return false;
        };
        match left.iter().position(|piece| offers(step, piece)) {
            Some(at) => {
                left.remove(at);
                is_known = true;
                true
            }
            None => is_known && step.only_confirms() && std::mem::take(&mut is_vouched_for),
        }
    })
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
        && passed.iter().any(|passed| passed.evidence.says_who())
}

/// Whether evidence covers what a sign-in had to pass: the steps its script asked for, else all of them. Asked again
/// before tokens are issued, against the flow as it is then (S35).
#[must_use]
pub fn still_covers(flow: &SignInFlow, path: Option<&[u32]>, evidence: &[Evidence]) -> bool {
    let Some(path) = path else {
        return covers(flow, evidence);
    };
    let steps = path.iter().map(|step| flow.steps.get(*step as usize));
    deal(steps, evidence) && evidence.iter().any(Evidence::says_who) && !path.is_empty()
}

fn offers(step: &Step, evidence: &Evidence) -> bool {
    match evidence.upstream {
        Upstream::Confirms => step.only_confirms(),
        Upstream::Untrusted | Upstream::Trusted => step.options.contains(&evidence.option),
    }
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
            proved_at: None,
            connection: None,
            upstream_amr: vec![],
            upstream_acr: None,
            upstream: Upstream::Untrusted,
            key: None,
            upstream_session: None,
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
    fn s37_a_trusted_word_stands_for_one_step_of_second_factors() {
        let fed = |upstream| Evidence {
            upstream,
            ..evidence("connection:acme")
        };
        let (word, confirms) = (fed(Upstream::Trusted), fed(Upstream::Confirms));
        let first = &["connection:acme", "password"][..];
        for (case, steps, have, want) in [
            ("trusted", &[first, &["totp"]][..], vec![word.clone()], true),
            (
                "and entered",
                &[first, &["totp"]],
                vec![word.clone(), confirms.clone()],
                true,
            ),
            (
                "not trusted",
                &[first, &["totp"]],
                vec![fed(Upstream::Untrusted)],
                false,
            ),
            (
                "once",
                &[first, &["totp"], &["email_otp"]],
                vec![word.clone(), confirms.clone()],
                false,
            ),
            (
                "not for what says who",
                &[first, &["password"]],
                vec![word.clone()],
                false,
            ),
            (
                "not for a mixed step",
                &[first, &["totp", "password"]],
                vec![word.clone()],
                false,
            ),
            (
                "a confirmation alone",
                &[first, &["totp"]],
                vec![confirms.clone()],
                false,
            ),
            (
                "not for the step that says who",
                &[&["email_otp"]],
                vec![word.clone()],
                false,
            ),
            (
                "a confirmation is not the provider",
                &[first, first],
                vec![word, confirms],
                false,
            ),
        ] {
            assert_eq!(covers(&flow(steps), &have), want, "{case}");
            let path: Vec<u32> = (0..).take(steps.len()).collect();
            assert_eq!(
                still_covers(&flow(steps), Some(&path), &have),
                want,
                "{case}, by a path"
            );
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
