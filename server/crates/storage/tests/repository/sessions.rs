//! Sessions, and deleting what has ended.

use doorward_storage::housekeeping::delete_ended;
use doorward_storage::{StorageError, session};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(live_and_die, housekeeping);

async fn live_and_die(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    let key = session_of(&signed_in(store, &anna, "s-1").await).key;
    let found = session::find(store.read(), &key, at(1))
        .await
        .expect("reads")
        .expect("alive");
    assert_eq!(found.account.map(|a| a.id), Some(anna.id.clone()));
    assert_eq!(
        session::find(store.read(), &key, at(36_000)).await.expect("reads"),
        None,
        "expired"
    );
    assert_eq!(
        session::find(store.read(), b"unknown", at(1)).await.expect("reads"),
        None
    );
    assert_eq!(
        session::list_of_account(store.read(), &anna.id, at(1))
            .await
            .expect("lists")
            .len(),
        1
    );
    for (case, want) in [("ends", true), ("ended before", false)] {
        let key = key.clone();
        let ended: Result<bool, StorageError> = store
            .write(move |tx| Box::pin(async move { session::revoke(tx, &key, at(2)).await }))
            .await;
        assert_eq!(ended.expect(case), want, "{case}");
    }
    assert_eq!(
        session::find(store.read(), &key, at(3)).await.expect("reads"),
        None,
        "revoked"
    );
}

async fn housekeeping(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    doorward_storage::rate_limit::hit(store, "k", 60, at(0))
        .await
        .expect("counts");
    assert_eq!(
        delete_ended(store, at(10), at(0)).await.expect("deletes"),
        0,
        "nothing has ended"
    );
    assert_eq!(
        delete_ended(store, at(30_000), at(0)).await.expect("deletes"),
        1,
        "the grant"
    );
    assert_eq!(
        delete_ended(store, at(200_000), at(0)).await.expect("deletes"),
        2,
        "session and counter"
    );
    assert_eq!(delete_ended(store, at(200_000), at(0)).await.expect("deletes"), 0);
    assert_eq!(stage.rows("account").await, 1);
}
