//! What is found in flows, and what a change of them brings.

use super::*;
use crate::finding::Repair;
use crate::flow::Step;

fn facts(handle: &str, enabled: bool, jit: bool) -> ConnectionFacts {
    ConnectionFacts {
        handle: handle.parse().expect("a handle"),
        display_name: handle.to_uppercase(),
        enabled,
        jit,
        otp_to_asserted_email: handle.starts_with("mail"),
        factors_without_account: handle.starts_with("kept"),
        trusts_factors: handle.starts_with("trusted"),
        may_link: false,
    }
}

fn flow(steps: &[&[&str]]) -> SignInFlow {
    let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
    SignInFlow {
        steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
        script: None,
    }
}

#[test]
fn findings_and_verdicts() {
    use FindingCode::{ConnectionDisabled, DeadEnd, JitOffFactor, JitOffFactorSome, NoOptionLeft, NoVerifiedAddress};
    use Verdict::{Breaks, Depends, Works};
    let world = [
        facts("on", true, true),
        facts("off", true, false),
        facts("closed", false, true),
        facts("mail", true, false),
        facts("trusted", true, false),
        facts("kept", true, false),
    ];
    type Want<'a> = (&'a [(FindingCode, u32)], &'a [(&'a str, Verdict)]);
    let cases: [(&str, &[&[&str]], Want<'_>); 24] = [
        ("password alone", &[&["password"]], (&[], &[("LOCAL", Works)])),
        (
            "JIT off alone is fine",
            &[&["connection:off"]],
            (&[], &[("off", Works)]),
        ),
        (
            "JIT off and then a password",
            &[&["password", "connection:off", "connection:on"], &["password"]],
            (
                &[(JitOffFactor, 2)],
                &[("LOCAL", Works), ("off", Breaks), ("on", Works)],
            ),
        ),
        (
            "JIT off and then a code",
            &[&["password", "connection:off"], &["totp"]],
            (&[(JitOffFactor, 2)], &[("LOCAL", Works), ("off", Breaks)]),
        ),
        (
            "a passkey first, and a passkey afterwards",
            &[&["passkey", "connection:on"], &["passkey"]],
            (&[], &[("LOCAL", Works), ("on", Works)]),
        ),
        (
            "JIT off and then a passkey",
            &[&["password", "connection:off"], &["passkey"]],
            (&[(JitOffFactor, 2)], &[("LOCAL", Works), ("off", Breaks)]),
        ),
        (
            "who comes in by a passkey is as good as who does by a password",
            &[&["password", "passkey"], &["password"]],
            (&[], &[("LOCAL", Works)]),
        ),
        (
            "a password or a passkey, and no verified address",
            &[&["password", "passkey"], &["email_otp"]],
            (&[(NoVerifiedAddress, 2)], &[("LOCAL", Depends)]),
        ),
        (
            "a code by email needs a verified address",
            &[&["password", "connection:on"], &["email_otp"]],
            (
                &[(NoVerifiedAddress, 2), (NoVerifiedAddress, 2)],
                &[("LOCAL", Depends), ("on", Depends)],
            ),
        ),
        (
            "an app beside it helps who has none",
            &[&["password", "connection:on"], &["email_otp", "totp"]],
            (&[], &[("LOCAL", Works), ("on", Works)]),
        ),
        (
            "JIT off and then a code by email",
            &[&["connection:off"], &["email_otp"]],
            (&[(JitOffFactor, 2)], &[("off", Breaks)]),
        ),
        (
            "JIT off and codes to the address the provider vouches for",
            &[&["connection:mail"], &["email_otp"]],
            (&[(JitOffFactorSome, 2)], &[("mail", Depends)]),
        ),
        (
            "JIT off, and second factors are kept without a profile",
            &[&["password", "connection:kept"], &["totp"]],
            (&[], &[("LOCAL", Works), ("kept", Works)]),
        ),
        (
            "a passkey too",
            &[&["connection:kept"], &["passkey"]],
            (&[], &[("kept", Works)]),
        ),
        (
            "and backup codes beside it",
            &[&["connection:kept"], &["totp", "backup_code"]],
            (&[], &[("kept", Works)]),
        ),
        (
            "a code by email needs an address that the provider vouches for",
            &[&["connection:kept"], &["email_otp"]],
            (&[(NoVerifiedAddress, 2)], &[("kept", Depends)]),
        ),
        (
            "but a password is none of them",
            &[&["connection:kept"], &["password"]],
            (&[(JitOffFactor, 2)], &[("kept", Breaks)]),
        ),
        (
            "only the connection that keeps them",
            &[&["connection:kept", "connection:off"], &["totp"]],
            (&[(JitOffFactor, 2)], &[("kept", Works), ("off", Breaks)]),
        ),
        (
            "JIT off and a provider that may say it checked a second factor",
            &[&["connection:trusted"], &["totp"]],
            (&[(JitOffFactorSome, 2)], &[("trusted", Depends)]),
        ),
        (
            "its word counts once",
            &[&["connection:trusted"], &["totp"], &["totp", "email_otp"]],
            (&[(JitOffFactor, 2), (JitOffFactor, 3)], &[("trusted", Breaks)]),
        ),
        (
            "a second connection cannot be the same person",
            &[&["connection:off"], &["connection:on"], &["password"]],
            (&[(DeadEnd, 2)], &[("off", Breaks)]),
        ),
        (
            "one of two is off",
            &[&["password", "connection:closed"]],
            (&[(ConnectionDisabled, 1)], &[("LOCAL", Works), ("closed", Breaks)]),
        ),
        (
            "the only one is off",
            &[&["password"], &["connection:closed"]],
            (&[(NoOptionLeft, 2)], &[("LOCAL", Breaks)]),
        ),
        (
            "the only one is gone",
            &[&["connection:gone"]],
            (&[(NoOptionLeft, 1)], &[("gone", Breaks)]),
        ),
    ];
    for (case, steps, (findings, verdicts)) in cases {
        let analysis = analyse(&flow(steps), &world, &mut NoScripts);
        let got: Vec<_> = analysis
            .findings
            .iter()
            .map(|f| (f.code, f.step.unwrap_or(0)))
            .collect();
        assert_eq!(got, findings, "{case}");
        let want = verdicts.iter().map(|(name, v)| ((*name).to_owned(), *v)).collect();
        assert_eq!(analysis.verdicts, want, "{case}");
    }
}

#[test]
fn keeping_factors_is_offered_where_it_helps() {
    for (case, steps, want) in [
        ("an app", &[&["connection:off"][..], &["totp"]][..], true),
        ("a passkey", &[&["connection:off"], &["passkey", "password"]], true),
        ("a password", &[&["connection:off"], &["password"]], false),
        (
            "a code by email has a repair of its own",
            &[&["connection:off"], &["email_otp"]],
            false,
        ),
        ("they are kept already", &[&["connection:kept"], &["password"]], false),
    ] {
        let world = [facts("off", true, false), facts("kept", true, false)];
        let found = analyse(&flow(steps), &world, &mut NoScripts).findings;
        let offered = found.iter().flat_map(|finding| &finding.repairs).any(
            |repair| matches!(repair, Repair::KeepFactorsWithoutAccount { connection } if connection.as_str() == "off"),
        );
        assert_eq!(offered, want, "{case}: {found:?}");
    }
}

#[test]
fn the_options_of_a_step_are_told_with_commas() {
    let steps = flow(&[&["connection:off"], &["totp", "passkey", "backup_code"]]);
    let found = analyse(&steps, &[facts("off", true, false)], &mut NoScripts).findings;
    let told = "is asked in step 2 for an authenticator app, a passkey or a backup code, which needs an account";
    assert!(found[0].story.iter().any(|part| part == told), "{:?}", found[0].story);
}

#[test]
fn what_a_change_brings() {
    let steps: &[&[&str]] = &[&["connection:acme"], &["password"]];
    let before = analyse(&flow(steps), &[facts("acme", true, true)], &mut NoScripts).findings;
    let after = analyse(&flow(steps), &[facts("acme", true, false)], &mut NoScripts).findings;
    assert_eq!(brought(&before, &after).len(), 1);
    assert!(brought(&after, &after).is_empty());
}

#[test]
fn fewer_people_stopped_is_nothing_new() {
    let steps: &[&[&str]] = &[&["connection:mail"], &["email_otp"]];
    let codes = facts("mail", true, false);
    let no_codes = ConnectionFacts {
        otp_to_asserted_email: false,
        ..codes.clone()
    };
    let everybody = analyse(&flow(steps), &[no_codes], &mut NoScripts).findings;
    let some = analyse(&flow(steps), &[codes], &mut NoScripts).findings;
    assert_eq!(everybody[0].code, FindingCode::JitOffFactor);
    assert_eq!(some[0].code, FindingCode::JitOffFactorSome);
    assert!(brought(&everybody, &some).is_empty());
    assert!(!brought(&some, &everybody).is_empty());
    let kept = ConnectionFacts {
        factors_without_account: true,
        ..facts("mail", true, false)
    };
    let unverified = analyse(&flow(steps), &[kept], &mut NoScripts).findings;
    assert_eq!(unverified[0].code, FindingCode::NoVerifiedAddress);
    assert!(brought(&everybody, &unverified).is_empty() && brought(&some, &unverified).is_empty());
    assert!(!brought(&unverified, &some).is_empty());
}

#[test]
fn a_step_that_asks_for_the_same_thing_again_is_told() {
    let world = [facts("on", true, true)];
    let cases: [(&[&[&str]], &[u32]); 6] = [
        (&[&["email_link"], &["email_otp"]], &[2]),
        (&[&["email_otp", "email_link"], &["email_otp"], &["email_otp"]], &[2, 3]),
        (&[&["passkey"], &["passkey"]], &[2]),
        (&[&["email_link"], &["email_otp", "totp"]], &[]),
        (&[&["password", "email_link"], &["email_otp"]], &[]),
        (&[&["passkey"], &["email_otp"]], &[]),
    ];
    for (steps, want) in cases {
        let found = analyse(&flow(steps), &world, &mut NoScripts).findings;
        let same = found.iter().filter(|finding| finding.code == FindingCode::SameProof);
        let told: Vec<u32> = same.filter_map(|finding| finding.step).collect();
        assert_eq!(told, want, "{steps:?}");
    }
}
