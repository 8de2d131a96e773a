//! Codes: what backup codes stand in for, and that they are noted before anybody goes on.

use chrono::Duration;
use doorward_domain::Claims;
use doorward_domain::engine::{FactorAccepted, SignIn, covers};
use doorward_domain::flow::AuthOption;

use crate::world::{begin, demands_of, mailbox, password, steps};

#[test]
fn backup_codes_are_usable_only_beside_what_they_stand_in_for() {
    for (case, options, claims, want) in [
        (
            "an app",
            vec!["totp", "backup_code"],
            Claims::new(),
            vec!["totp", "backup_code"],
        ),
        ("alone", vec!["backup_code"], Claims::new(), vec![]),
        (
            "a first factor",
            vec!["password", "backup_code"],
            Claims::new(),
            vec!["password"],
        ),
        (
            "a mail",
            vec!["email_otp", "backup_code"],
            mailbox(),
            vec!["email_otp", "backup_code"],
        ),
        (
            "a mail that goes nowhere",
            vec!["email_otp", "backup_code"],
            Claims::new(),
            vec![],
        ),
    ] {
        let flow = steps(&[&["password"], &options]);
        let demands = demands_of(&flow);
        let (state, now) = begin();
        let usable: Vec<String> = match state.accept(password(1, claims), &demands, now).expect("alive") {
            SignIn::Choosing(second) => second.options(&flow).iter().map(ToString::to_string).collect(),
            SignIn::Denied(_) => vec![],
            other => panic!("{case}: {other:?}"),
        };
        assert_eq!(usable, want, "{case}");
    }
}

#[test]
fn s35_a_step_is_not_passed_while_codes_are_noted() {
    let flow = steps(&[&["password"], &["totp", "backup_code"]]);
    let demands = demands_of(&flow);
    let (state, now) = begin();
    let SignIn::Choosing(second) = state.accept(password(1, Claims::new()), &demands, now).expect("alive") else {
        panic!("chooses again")
    };
    let person = second.progress().person().expect("known").clone();
    let accepted = FactorAccepted {
        option: AuthOption::Totp,
        person,
        claims: Claims::new(),
    };
    let noting = second.note(accepted, &flow, now).expect("offered");
    assert_eq!(noting.progress().passed().len(), 1);
    let stored = serde_json::to_vec(&SignIn::Noting(noting)).expect("prints");
    let SignIn::Noting(noting) = serde_json::from_slice(&stored).expect("reads") else {
        panic!("still noting")
    };
    let late = now + Duration::minutes(15);
    assert!(noting.clone().go_on(&demands, late).is_err(), "the end of time");
    let changed = steps(&[&["password"], &["email_otp"]]);
    let changed = demands_of(&changed);
    assert!(
        noting.clone().go_on(&changed, now).is_err(),
        "the flow takes no app any more"
    );
    let SignIn::Completed(done) = noting.go_on(&demands, now).expect("alive") else {
        panic!("done")
    };
    assert!(covers(&flow, &done.evidence));
}
