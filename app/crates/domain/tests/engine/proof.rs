//! Somebody proves that an account is theirs before an identity is linked to it.

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::engine::{AwaitingProof, Refused};

use crate::world::{account, assertion, back_from, begin, outbound, steps};

/// An account is asked to prove that an identity of the second provider is its own.
fn awaiting_proof() -> (AwaitingProof, Timestamp) {
    let (choosing, now) = begin();
    let federated = back_from(1, 0, choosing, &steps(&[&["connection:provider-1"]]), now);
    (federated.await_proof(account(1), now).expect("asked"), now)
}

#[test]
fn s5_s25_only_an_identity_of_the_very_account_proves_it() {
    let (asked, now) = awaiting_proof();
    let (ours, other) = (account(1), account(2));
    for (case, left, answered, linked, late, want) in [
        ("its own identity", Some(2), 2, Some(&ours), false, Ok(())),
        (
            "of another account",
            Some(2),
            2,
            Some(&other),
            false,
            Err(Refused::AnotherAccount),
        ),
        ("of nobody", Some(2), 2, None, false, Err(Refused::AnotherAccount)),
        (
            "of another connection",
            Some(2),
            0,
            Some(&ours),
            false,
            Err(Refused::AnotherConnection),
        ),
        (
            "of the one to be linked",
            Some(2),
            1,
            Some(&ours),
            false,
            Err(Refused::AnotherConnection),
        ),
        (
            "nobody was asked",
            None,
            2,
            Some(&ours),
            false,
            Err(Refused::NotOffered),
        ),
        ("too late", Some(2), 2, Some(&ours), true, Err(Refused::Expired)),
    ] {
        let mut awaiting = asked.clone();
        if let Some(left) = left {
            awaiting = awaiting.leave(outbound(left), now).expect("left");
        }
        let at = now + Duration::minutes(if late { 15 } else { 1 });
        let received = awaiting.receive(&assertion(answered, 5), linked, at);
        assert_eq!(received.map(|_| ()), want, "{case}");
    }
    let again = asked.leave(outbound(1), now).map(|_| ());
    assert_eq!(again, Err(Refused::NotOffered), "the one to be linked proves nothing");
}
