use crate::analysis::{ConnectionFacts, NoScripts, ScriptFacts, analyse_expecting};
use crate::expectation::{Expectation, Outcome, What, Who};
use crate::finding::{FindingCode, Severity};
use crate::flow::{SignInFlow, Step};

fn facts(handle: &str) -> ConnectionFacts {
    ConnectionFacts {
        handle: handle.parse().expect("a handle"),
        display_name: handle.to_uppercase(),
        enabled: handle != "closed",
        jit: handle != "off" && handle != "trusted",
        otp_to_asserted_email: false,
        factors_without_account: false,
        trusts_factors: handle == "trusted",
        may_link: false,
    }
}

fn check(steps: &[&[&str]], who: &str, what: &str) -> (Outcome, usize) {
    let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
    let flow = SignInFlow {
        steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
        script: None,
    };
    let who: Who = who.parse().expect("somebody");
    let what = match what.split(' ').collect::<Vec<_>>().as_slice() {
        ["in"] => What::CanSignIn,
        ["out"] => What::CannotSignIn,
        ["never", option] => What::NeverAskedFor {
            option: option.parse().expect("an option"),
        },
        ["asked", option, step] => What::AskedFor {
            step: step.parse().expect("a number"),
            option: option.parse().expect("an option"),
        },
        other => panic!("{other:?}"),
    };
    let connections = ["on", "off", "closed", "trusted"].map(facts);
    let expectations = [Expectation { who, what }];
    let analysis = analyse_expecting(
        &flow,
        &connections,
        &ScriptFacts::default(),
        &expectations,
        &mut NoScripts,
    );
    let broken = analysis.findings.iter();
    let broken = broken.filter(|f| f.code == FindingCode::ExpectationBroken && f.severity == Severity::Error);
    (analysis.expectations[0].outcome.clone(), broken.count())
}

#[test]
fn kept_and_broken() {
    let two = &[
        &["password", "connection:on", "connection:off", "connection:closed"][..],
        &["totp"],
    ][..];
    let either = &[&["password", "connection:trusted"][..], &["totp", "email_otp"]][..];
    let codes = &[&["password", "connection:on"][..], &["totp", "backup_code"]][..];
    let keys = &[&["password"][..], &["passkey"]][..];
    let mails = &[&["password", "connection:on"][..], &["email_otp"]][..];
    for (steps, who, what, is_kept) in [
        (two, "LOCAL", "asked totp 2", true),
        (two, "LOCAL", "asked totp 1", false),
        (two, "LOCAL", "asked totp 3", false),
        (two, "LOCAL", "asked password 1", true),
        (two, "LOCAL", "never totp", false),
        (two, "LOCAL", "never passkey", true),
        (two, "LOCAL", "never connection:on", true),
        (two, "LOCAL", "in", true),
        (two, "LOCAL", "out", false),
        (two, "connection:on", "in", true),
        (two, "connection:on", "never totp", false),
        (two, "connection:on", "never password", true),
        (two, "connection:off", "in", false),
        (two, "connection:off", "out", true),
        (two, "connection:off", "never totp", false),
        (two, "connection:off", "asked totp 2", true),
        (two, "linked:off", "in", true),
        (two, "linked:off", "out", false),
        (two, "linked:off", "asked totp 2", true),
        (two, "linked:on", "in", true),
        (two, "connection:closed", "in", false),
        (two, "connection:closed", "out", true),
        (two, "connection:closed", "asked totp 2", false),
        (two, "connection:trusted", "in", false),
        (two, "connection:trusted", "never totp", true),
        (two, "connection:trusted", "asked totp 2", false),
        (either, "LOCAL", "asked totp 2", true),
        // Whoever has no verified address is not offered it.
        (either, "LOCAL", "asked email_otp 2", false),
        // Its word stands in for the step, so some are not asked; and the others are stopped there.
        (either, "connection:trusted", "asked totp 2", false),
        (either, "linked:trusted", "asked totp 2", false),
        (either, "linked:trusted", "in", true),
        (&[&["password"][..]][..], "LOCAL", "never totp", true),
        (two, "new", "never totp", false),
        (two, "new", "in", false),
        (
            &[&["password", "connection:on", "connection:closed"][..]][..],
            "new",
            "in",
            true,
        ),
        (&[&["password"][..]][..], "new", "in", false),
        // Linked to each connection, they have an account behind the one without provisioning.
        (two, "returning", "in", true),
        (two, "returning", "asked totp 2", true),
        (two, "administrator", "asked totp 2", true),
        (two, "administrator:off", "in", true),
        (two, "administrator:closed", "in", false),
        (two, "lost-phone", "in", false),
        (two, "lost-phone", "out", true),
        (two, "lost-phone:on", "asked totp 2", true),
        (codes, "lost-phone", "in", true),
        (codes, "lost-phone:LOCAL", "asked totp 2", true),
        (either, "lost-phone:LOCAL", "in", false),
        (keys, "lost-phone", "in", false),
        (keys, "LOCAL", "in", true),
        (mails, "new-without-email", "in", false),
        (mails, "new-without-email", "out", true),
        (mails, "new-without-email:on", "never email_otp", false),
        (either, "new-without-email", "out", false),
        (
            &[&["connection:on"][..], &["totp", "email_otp"]][..],
            "new-without-email",
            "never email_otp",
            true,
        ),
    ] {
        let (outcome, findings) = check(steps, who, what);
        assert_eq!(outcome == Outcome::Kept, is_kept, "{who} {what}: {outcome:?}");
        assert_eq!(findings, usize::from(!is_kept), "{who} {what}");
    }
}

#[test]
fn a_broken_one_tells_how() {
    let (outcome, _) = check(&[&["connection:on"], &["totp"]], "connection:on", "never totp");
    let story = vec![
        "signs in with ON".to_owned(),
        "is asked in step 2 for an authenticator app".to_owned(),
    ];
    assert_eq!(outcome, Outcome::Broken { story, line: None });
}
