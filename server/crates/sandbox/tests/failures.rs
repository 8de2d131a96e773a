//! People who fail a step again and again, and scripts that fail.

use doorward_domain::analysis::{ScriptFacts, analyse_expecting};
use doorward_domain::expectation::{Expectation, Outcome, What, Who};
use doorward_domain::finding::{FindingCode, Severity};
use doorward_domain::flow::{SignInFlow, Step};
use doorward_sandbox::Engine;

/// A script that lets people fail step 1 so many times before it asks for step 3, which is not there.
fn patient(times: usize) -> SignInFlow {
    let script = (0..times).fold("executeStep(3);".to_owned(), |inner, _| {
        format!("executeStep(1, {{ onFail: function (context) {{ {inner} }} }});")
    });
    let step = |option: &str| Step {
        options: vec![option.parse().expect("an option")],
    };
    SignInFlow {
        steps: vec![step("password"), step("totp")],
        script: Some(format!("function onLoginRequest(context) {{ {script} }}")),
    }
}

#[test]
fn three_failures_are_followed_and_that_no_more_are_is_said() {
    let expectation = |what| Expectation { who: Who::Local, what };
    let expectations = [
        expectation(What::CanSignIn),
        expectation(What::NeverAskedFor {
            option: "totp".parse().expect("an option"),
        }),
    ];
    for (times, is_followed) in [(1, true), (3, true), (4, false), (9, false)] {
        let flow = patient(times);
        let script = ScriptFacts::default();
        let analysis = analyse_expecting(&flow, &[], &script, &expectations, &mut Engine::default());
        let severity = |code| {
            let found = analysis.findings.iter().find(|finding| finding.code == code);
            found.map(|finding| finding.severity)
        };
        let said = severity(FindingCode::NotFullyExplored);
        assert_eq!(said, (!is_followed).then_some(Severity::Info), "{times}: {analysis:?}");
        let missing = severity(FindingCode::StepMissing);
        assert_eq!(missing.is_some(), is_followed, "{times}: {analysis:?}");
        let never_asked = if is_followed { Outcome::Kept } else { Outcome::Undecided };
        let outcomes: Vec<&Outcome> = analysis.expectations.iter().map(|one| &one.outcome).collect();
        assert_eq!(outcomes, [&Outcome::Kept, &never_asked], "{times}");
    }
}

/// Everything that a script was expected to do is not so while it cannot run: that follows from the failure, which is said
/// alone.
#[test]
fn a_script_that_cannot_run_is_said_first_and_nothing_that_follows_from_it() {
    let expectations = [What::CanSignIn, What::CannotSignIn].map(|what| Expectation { who: Who::Local, what });
    let step = |option: &str| Step {
        options: vec![option.parse().expect("an option")],
    };
    for (body, never_runs) in [
        ("executeStep(1;", true),
        ("executeStap(1);", true),
        ("while (true) {}", true),
        (
            "executeStep(1, { onSuccess: function (context) { foo.bar(); } });",
            false,
        ),
    ] {
        let flow = SignInFlow {
            steps: vec![step("password")],
            script: Some(format!("function onLoginRequest(context) {{ {body} }}")),
        };
        for expectations in [&expectations[..], &[]] {
            let script = ScriptFacts::default();
            let analysis = analyse_expecting(&flow, &[], &script, expectations, &mut Engine::default());
            let first = &analysis.findings[0];
            assert!(first.is_failure(), "{body}: {analysis:#?}");
            let told = first.story.iter().any(|part| part.ends_with("is not checked"));
            assert_eq!(told, never_runs && !expectations.is_empty(), "{body}: {first:#?}");
            let broken = analysis.findings.iter().map(|finding| finding.code);
            let broken = broken.filter(|code| *code == FindingCode::ExpectationBroken).count();
            let is_checked = !never_runs && !expectations.is_empty();
            assert_eq!(broken > 0, is_checked, "{body}: {analysis:#?}");
            let undecided = analysis
                .expectations
                .iter()
                .filter(|one| one.outcome == Outcome::Undecided);
            assert_eq!(
                undecided.count(),
                if never_runs { expectations.len() } else { 0 },
                "{body}"
            );
        }
    }
}

/// Where the run fails before its steps are asked for, the text tells which of them are not there.
#[test]
fn a_step_that_is_not_there_is_said_beside_a_failure() {
    let step = |option: &str| Step {
        options: vec![option.parse().expect("an option")],
    };
    for (body, want) in [
        ("executeStep(1); executeStep(9); foo.bar();", &[9][..]),
        ("executeStep(1); foo.bar();", &[]),
        ("executeStep(1); executeStep(9);", &[9]),
    ] {
        let flow = SignInFlow {
            steps: vec![step("password")],
            script: Some(format!("function onLoginRequest(context) {{ {body} }}")),
        };
        let script = ScriptFacts::default();
        let analysis = analyse_expecting(&flow, &[], &script, &[], &mut Engine::default());
        let missing = analysis.findings.iter().filter(|f| f.code == FindingCode::StepMissing);
        let steps: Vec<u32> = missing.filter_map(|finding| finding.step).collect();
        assert_eq!(steps, want, "{body}: {analysis:#?}");
    }
}
