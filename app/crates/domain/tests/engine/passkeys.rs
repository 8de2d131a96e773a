//! Passkeys.

use chrono::Duration;
use doorward_domain::account::AccountStatus;
use doorward_domain::engine::{Denial, PasskeyAccepted, Refused, SignIn, covers};

use crate::world::{begin, demands_of, passkey, steps};

#[test]
fn a_passkey_says_who_somebody_is_and_confirms_nobody_else() {
    let flow = steps(&[&["passkey", "password"], &["passkey", "backup_code"]]);
    let demands = demands_of(&flow);
    let (first, now) = begin();
    assert_eq!(first.check_passkey_offered(&flow, now), Ok(None), "nobody is known");
    let found = first.clone().accept_passkey(passkey(1, false), &demands, now);
    assert_eq!(found, Err(Refused::NotOffered), "anybody may have found it");
    assert!(first.clone().note_passkey(passkey(1, true), &flow, now).is_err());
    let disabled = PasskeyAccepted {
        status: AccountStatus::Disabled,
        ..passkey(1, true)
    };
    let denied = first.clone().accept_passkey(disabled, &demands, now).expect("alive");
    assert!(matches!(denied, SignIn::Denied(denied) if denied.reason == Denial::NotActive(AccountStatus::Disabled)));
    let SignIn::Choosing(second) = first.accept_passkey(passkey(1, true), &demands, now).expect("alive") else {
        panic!("chooses again")
    };
    let other = second.clone().accept_passkey(passkey(2, true), &demands, now);
    assert_eq!(other, Err(Refused::AnotherAccount));
    let late = now + Duration::minutes(15);
    let late = second.clone().accept_passkey(passkey(1, true), &demands, late);
    assert_eq!(late, Err(Refused::Expired));
    let noting = second
        .clone()
        .note_passkey(passkey(1, false), &flow, now)
        .expect("offered");
    for next in [
        second.accept_passkey(passkey(1, false), &demands, now),
        noting.go_on(&demands, now),
    ] {
        let Ok(SignIn::Completed(done)) = next else {
            panic!("done: {next:?}")
        };
        assert!(covers(&flow, &done.evidence));
        assert_eq!(done.evidence[1].key.map(|key| key.verified), Some(false));
    }
}
