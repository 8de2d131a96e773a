//! What a provider's logout leaves, and the sign-ins under way that find it.

use doorward_domain::Timestamp;
use doorward_storage::sign_in::{self, Completion};
use doorward_storage::upstream_logout::{self, Vouched, Whom, is_logged_out};
use doorward_storage::{Contested, StorageError, Store};

use crate::fixtures::*;
use crate::stage::{Stage, keyring, on_both};

on_both!(
    s34_s43_what_was_vouched_for_before_begins_nothing,
    s34_the_later_logout_counts,
);

async fn log_out(store: &Store, subject: &str, moment: Timestamp) {
    let whom = Whom::Person {
        key: link_key(subject),
        subs: vec![format!("sub-{subject}")],
        session_mark: None,
    };
    let ended: Result<_, StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                upstream_logout::wait_for_steps(tx).await?;
                upstream_logout::end(tx, &whom, moment).await
            })
        })
        .await;
    ended.expect("ends");
}

fn vouched(person: &str, moment: Timestamp) -> Vec<Vouched> {
    vec![Vouched::new(&keyring(), &connection(), person, None, moment)]
}

async fn s34_s43_what_was_vouched_for_before_begins_nothing(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    log_out(store, "s-1", at(10)).await;
    // Nobody is linked yet: the logout has known the subject alone.
    let step = |moment| Completion {
        vouched: vouched("sub-s-1", moment),
        ..first(anna.clone(), "s-1")
    };
    let refused = sign_in::complete(store, step(at(9))).await.expect_err("before");
    assert_eq!(refused.contested(), Some(Contested::SessionEnded), "S34");
    for table in ["account", "link", "session", "sign_in_grant", "audit_event"] {
        assert_eq!(stage.rows(table).await, 0, "S43: {table}");
    }
    sign_in::complete(store, step(at(10))).await.expect("at that moment");
    log_out(store, "s-1", at(20)).await;
    let again = |moment| Completion {
        vouched: vouched(anna.id.as_str(), moment),
        ..returning(&anna)
    };
    let refused = sign_in::complete(store, again(at(19))).await.expect_err("before");
    assert_eq!(refused.contested(), Some(Contested::SessionEnded), "S34");
    assert_eq!(stage.rows("session").await, 1, "S43");
    sign_in::complete(store, again(at(21))).await.expect("afterwards");
}

async fn s34_the_later_logout_counts(stage: &Stage) {
    let store = &stage.store;
    for moment in [20, 10] {
        log_out(store, "s-1", at(moment)).await;
    }
    assert_eq!(stage.rows("used_token").await, 1);
    for (person, moment, want) in [("sub-s-1", 15, true), ("sub-s-1", 20, false), ("sub-s-2", 15, false)] {
        let found = is_logged_out(store.read(), &vouched(person, at(moment))).await;
        assert_eq!(found.expect("reads"), want, "S34: {person} {moment}");
    }
}
