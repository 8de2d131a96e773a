//! Who may change what, and what it takes.

use super::*;
use serde_json::json;

fn holdings(has_password: bool, links: usize, has_app: bool, passkeys: usize, codes: Option<u8>) -> Holdings {
    let acme = |_| "connection:acme".parse().expect("an option");
    Holdings {
        has_password,
        links: (0..links).map(acme).collect(),
        has_app,
        passkeys,
        codes_left: codes,
        has_mailbox: false,
    }
}

fn by_mail(have: Holdings) -> Holdings {
    Holdings {
        has_mailbox: true,
        ..have
    }
}

fn shown(flow: &SignInFlow) -> Vec<Vec<String>> {
    let step = |step: &Step| step.options.iter().map(ToString::to_string).collect();
    flow.steps.iter().map(step).collect()
}

#[test]
fn a_proof_asks_for_a_second_factor_where_there_is_one() {
    for (case, have, want) in [
        ("a password", holdings(true, 0, false, 0, None), json!([["password"]])),
        (
            "a link beside it, twice",
            holdings(true, 2, false, 0, None),
            json!([["password", "connection:acme"]]),
        ),
        (
            "everything",
            holdings(true, 1, true, 1, Some(3)),
            json!([["password", "connection:acme"], ["passkey", "totp", "backup_code"]]),
        ),
        (
            "only a passkey",
            holdings(false, 0, false, 1, None),
            json!([["passkey"]]),
        ),
        (
            "only a passkey first, and an app",
            holdings(false, 0, true, 1, None),
            json!([["passkey"], ["totp"]]),
        ),
        (
            "only backup codes are left",
            holdings(true, 0, false, 0, Some(2)),
            json!([["password"], ["totp", "backup_code"]]),
        ),
        (
            "only a mailbox",
            by_mail(holdings(false, 0, false, 0, None)),
            json!([["email_otp"]]),
        ),
        (
            "a mailbox and an app",
            by_mail(holdings(false, 0, true, 0, None)),
            json!([["email_otp"], ["totp"]]),
        ),
        (
            "a mailbox beside a password",
            by_mail(holdings(true, 0, false, 0, None)),
            json!([["password"]]),
        ),
        (
            "a mailbox beside a link",
            by_mail(holdings(false, 1, false, 0, None)),
            json!([["connection:acme"]]),
        ),
        (
            "a mailbox beside a passkey",
            by_mail(holdings(false, 0, false, 1, None)),
            json!([["passkey"]]),
        ),
    ] {
        assert_eq!(json!(shown(&have.proof())), want, "{case}");
    }
}

#[test]
fn s38_an_addition_follows_the_proof() {
    let plain = holdings(true, 0, false, 0, None);
    let full = holdings(true, 0, true, 1, Some(3));
    let acme: AuthOption = "connection:acme".parse().expect("an option");
    for (case, have, addition, want) in [
        ("the first app", &plain, Addition::App, json!([["password"], ["totp"]])),
        (
            "the first passkey",
            &plain,
            Addition::Passkey,
            json!([["password"], ["passkey"]]),
        ),
        (
            "another passkey",
            &full,
            Addition::Passkey,
            json!([["password"], ["passkey", "totp", "backup_code"], ["passkey"]]),
        ),
        (
            "an app with a backup code",
            &holdings(true, 0, false, 0, Some(1)),
            Addition::App,
            json!([["password"], ["totp"]]),
        ),
        (
            "new codes",
            &full,
            Addition::Codes,
            json!([["password"], ["passkey", "totp", "backup_code"]]),
        ),
        (
            "codes beside passkeys alone",
            &holdings(false, 0, false, 1, None),
            Addition::Codes,
            json!([["passkey"], ["passkey", "backup_code"]]),
        ),
        (
            "codes beside an app",
            &holdings(true, 0, true, 0, None),
            Addition::Codes,
            json!([["password"], ["totp", "backup_code"]]),
        ),
        (
            "a link",
            &full,
            Addition::Link(acme),
            json!([["password"], ["passkey", "totp", "backup_code"], ["connection:acme"]]),
        ),
    ] {
        assert_eq!(json!(shown(&have.adding(&addition))), want, "{case}");
    }
}

#[test]
fn s38_something_stays_that_shows_who_it_is() {
    for (case, have, factor, link) in [
        ("a password alone", holdings(true, 0, false, 0, None), false, true),
        ("one app", holdings(true, 1, true, 0, None), false, true),
        ("one app and codes", holdings(true, 1, true, 0, Some(1)), true, true),
        (
            "one app and used codes",
            holdings(true, 1, true, 0, Some(0)),
            false,
            true,
        ),
        ("two passkeys", holdings(false, 1, false, 2, None), true, true),
        (
            "one link and nothing else",
            holdings(false, 1, false, 0, None),
            false,
            false,
        ),
        ("two links", holdings(false, 2, false, 0, None), false, true),
    ] {
        let acme: AuthOption = "connection:acme".parse().expect("an option");
        assert_eq!(have.may_take_factor(), factor, "{case}");
        assert_eq!(have.may_unlink(Some(&acme)), link, "{case}");
    }
    let disabled = holdings(false, 0, false, 0, None);
    assert!(!disabled.may_unlink(None), "a disabled connection is no other way");
}

#[test]
fn a_passkey_that_signs_in_stays_while_nothing_else_does() {
    for (case, have, want) in [
        ("one and codes", holdings(false, 0, false, 1, Some(10)), false),
        ("one and an app", holdings(false, 0, true, 1, None), false),
        ("two", holdings(false, 0, false, 2, None), true),
        (
            "beside a password and codes",
            holdings(true, 0, false, 1, Some(10)),
            true,
        ),
        ("beside a link and an app", holdings(false, 1, true, 1, None), true),
        ("the only second factor", holdings(true, 0, false, 1, None), false),
    ] {
        assert_eq!(have.may_take_passkey(), want, "{case}");
    }
}

#[test]
fn a_proof_is_young_and_complete() {
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| start + Duration::seconds(seconds);
    let piece = |option: &str, seconds| Evidence::of_ours(option.parse().expect("an option"), at(seconds));
    for (case, evidence, has_second, want) in [
        ("just now", vec![piece("password", 300)], false, true),
        ("at the limit", vec![piece("password", 0)], false, false),
        ("a second factor is missing", vec![piece("password", 300)], true, false),
        (
            "an old one",
            vec![piece("password", 300), piece("totp", 0)],
            true,
            false,
        ),
        (
            "only the second is young",
            vec![piece("password", 0), piece("totp", 299)],
            true,
            false,
        ),
        (
            "a mailbox is no factor of theirs",
            vec![piece("password", 200), piece("email_otp", 299)],
            true,
            false,
        ),
        (
            "a code by email beside an old password only confirms",
            vec![piece("password", 0), piece("email_otp", 299)],
            false,
            false,
        ),
        ("came in by a code by email", vec![piece("email_otp", 299)], false, true),
        (
            "and has an app",
            vec![piece("email_link", 299), piece("email_otp", 299)],
            true,
            false,
        ),
        ("both", vec![piece("password", 200), piece("totp", 299)], true, true),
    ] {
        let have = holdings(true, 0, has_second, 0, None);
        assert_eq!(is_proven(&evidence, &have, PROOF_LIFE, at(300)), want, "{case}");
    }
}

#[test]
fn a_mailbox_proves_where_nothing_else_does() {
    let start = Timestamp::UNIX_EPOCH;
    let at = |seconds| start + Duration::seconds(seconds);
    let piece = |option: &str, seconds| Evidence::of_ours(option.parse().expect("an option"), at(seconds));
    // Their provider is disabled, or their password gone, since they came in.
    let evidence = [piece("connection:acme", 0), piece("email_otp", 299)];
    let alone = holdings(false, 0, false, 0, None);
    for (case, have, want) in [
        ("all there is", by_mail(alone.clone()), true),
        ("no mail leaves", alone, false),
        ("a password is there", by_mail(holdings(true, 0, false, 0, None)), false),
        ("a link is there", by_mail(holdings(false, 1, false, 0, None)), false),
        ("an app is not used", by_mail(holdings(false, 0, true, 0, None)), false),
    ] {
        assert_eq!(is_proven(&evidence, &have, PROOF_LIFE, at(300)), want, "{case}");
    }
    let old = [piece("email_otp", 0)];
    let have = by_mail(holdings(false, 0, false, 0, None));
    assert!(!is_proven(&old, &have, PROOF_LIFE, at(300)), "too old");
}

#[test]
fn a_providers_word_is_as_old_as_it_says() {
    let start = Timestamp::UNIX_EPOCH;
    let now = start + Duration::seconds(300);
    for (case, proved_at, want) in [
        ("not said", None, true),
        ("now", Some(now), true),
        ("a clock ahead", Some(now + Duration::seconds(30)), true),
        ("just young enough", Some(start + Duration::seconds(1)), true),
        ("too old", Some(start), false),
    ] {
        assert_eq!(is_fresh(proved_at, now), want, "{case}");
    }
}

#[test]
fn what_a_provider_owns_is_not_the_persons() {
    let acme = ConnectionId::from_random([1; 16]);
    let of = |source| Attribute {
        value: json!("x"),
        source,
        at: Timestamp::UNIX_EPOCH,
    };
    let provided = of(AttributeSource::Connection {
        connection: acme.clone(),
    });
    let linked = [acme];
    for (case, name, current, linked, want) in [
        ("nothing there", "nickname", None, &linked[..], true),
        ("from the provider", "name", Some(&provided), &linked, false),
        ("from one that is unlinked", "name", Some(&provided), &[], true),
        (
            "the administrator's",
            "name",
            Some(&of(AttributeSource::Administrator)),
            &[],
            true,
        ),
        ("the address", "email", None, &[], false),
        ("the organisation's own", "groups", None, &[], false),
    ] {
        assert_eq!(may_edit(name, current, linked), want, "{case}");
    }
}
