//! People without an account of ours.

use doorward_domain::Claims;
use doorward_domain::assurance::Evidence;
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Denial, PasskeyAccepted, Person, Refused, SignIn, covers_for};
use doorward_domain::holder::FactorOwner;
use doorward_domain::jit::LinkPolicy;
use doorward_domain::subject::LinkKey;
use serde_json::json;

use crate::world::{account, back_from, begin, connection, demands_of, passkey, steps};

#[test]
fn a_person_without_an_account_is_stopped_before_a_step_that_needs_one() {
    let flow = steps(&[&["connection:provider-0"], &["password"]]);
    let demands = demands_of(&flow);
    let (state, now) = begin();
    let federated = back_from(0, 1, state, &flow, now);
    let person = Person::PassThrough {
        key: federated.link_key(),
        sub: "sub".into(),
        claims: Claims::new(),
        mailbox: false,
        holder: None,
    };
    let connection = connection(0, false, LinkPolicy::Prove);
    let known: Claims = [("name".to_owned(), json!("Anna"))].into_iter().collect();
    let state = federated
        .pass(person, &known, &connection, &demands, now)
        .expect("alive");
    let SignIn::Denied(denied) = state else {
        panic!("fails closed, got {state:?}")
    };
    assert_eq!((denied.reason, denied.step), (Denial::NeedsAccount, 1));
}

#[test]
fn kept_factors_confirm_somebody_without_an_account_and_nobody_else() {
    let flow = steps(&[
        &["connection:provider-0", "passkey"],
        &["passkey", "totp", "email_otp", "password"],
    ]);
    let demands = demands_of(&flow);
    let (first, now) = begin();
    let held = |number| PasskeyAccepted {
        owner: FactorOwner::Holder(account(number)),
        ..passkey(number, true)
    };
    let alone = first.clone().accept_passkey(held(1), &demands, now);
    assert_eq!(alone, Err(Refused::NotOffered), "it says nobody who somebody is");
    let federated = back_from(0, 1, first, &flow, now);
    let connection = Connection {
        factors_without_account: true,
        ..connection(0, false, LinkPolicy::Prove)
    };
    let person = |claims| Person::passing(federated.link_key(), "sub".into(), claims, &connection, || account(1));
    let known: Claims = [("name".to_owned(), json!("Anna"))].into_iter().collect();
    let at_second = |claims| {
        let passed = federated
            .clone()
            .pass(person(claims), &known, &connection, &demands, now);
        match passed.expect("alive") {
            SignIn::Choosing(second) => second,
            other => panic!("chooses again: {other:?}"),
        }
    };
    let offered = |claims| -> Vec<String> {
        at_second(claims)
            .options(&flow)
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(offered(Claims::new()), ["passkey", "totp"]);
    let mailbox = json!({"email": "one@example.com", "email_verified": true});
    let mailbox = mailbox.as_object().cloned().expect("an object");
    assert_eq!(offered(mailbox), ["passkey", "totp", "email_otp"], "S39");
    let unverified = json!({"email": "one@example.com", "email_verified": "true"});
    let unverified = unverified.as_object().cloned().expect("an object");
    assert_eq!(offered(unverified), ["passkey", "totp"], "S39");
    let second = at_second(Claims::new());
    for stranger in [held(2), passkey(1, true)] {
        let refused = second.clone().accept_passkey(stranger, &demands, now);
        assert_eq!(refused, Err(Refused::AnotherAccount));
    }
    let done = second.accept_passkey(held(1), &demands, now).expect("alive");
    assert!(matches!(done, SignIn::Completed(_)), "{done:?}");
}

/// A code went to the address that a provider asserts of somebody without an account: it confirmed them there, and says
/// nobody who they are elsewhere.
#[test]
fn s35_only_a_provider_says_who_somebody_without_an_account_is() {
    let key = LinkKey {
        connection: connection(0, false, LinkPolicy::Prove).id,
        issuer: "https://idp.example.com".into(),
        subject: "one".into(),
    };
    let nobody = Person::PassThrough {
        key,
        sub: "sub".into(),
        claims: Claims::new(),
        mailbox: true,
        holder: None,
    };
    let somebody = Person::Account {
        id: account(1),
        sub: "sub".into(),
        fresh: None,
        mailbox: true,
    };
    let (first, now) = begin();
    let piece = |text: &str| Evidence::of_ours(text.parse().expect("an option"), now);
    let have = [piece("connection:provider-0"), piece("email_otp")];
    for (case, options, alone, with_account) in [
        (
            "the provider and the code",
            &[&["connection:provider-0"][..], &["email_otp"]][..],
            true,
            true,
        ),
        ("the code alone", &[&["email_otp"]], false, true),
        (
            "the code first",
            &[&["email_otp"], &["connection:provider-0"]],
            false,
            true,
        ),
        ("either", &[&["email_otp", "connection:provider-0"]], true, true),
    ] {
        let flow = steps(options);
        assert_eq!(covers_for(&flow, &nobody, &have), alone, "S35: {case}");
        assert_eq!(covers_for(&flow, &somebody, &have), with_account, "S35: {case}");
    }
    let flow = steps(&[&["email_otp"]]);
    let demands = demands_of(&flow);
    let take = |person: &Person| {
        let first = first.clone();
        first.take_over(piece("email_otp"), person.clone(), &Claims::new(), &demands, now)
    };
    assert_eq!(take(&nobody), Err(Refused::NotOffered), "S35: nor for a script");
    assert!(matches!(take(&somebody), Ok(SignIn::Completed(_))));
}
