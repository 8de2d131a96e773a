//! Erased identities that are kept out.

use doorward_domain::account::{Account, Link};
use doorward_domain::id::ConnectionId;
use doorward_domain::subject::LinkKey;
use doorward_storage::{Contested, StorageError, Store, account, administration, connection, kept_out, link, sign_in};

use crate::fixtures::{account as new_account, at, connection as acme, link as new_link, link_key, signed_in};
use crate::holders::connected;
use crate::stage::{Stage, on_both};

on_both!(
    s50_identities_are_kept_out_with_the_deletion,
    s50_a_deletion_that_fails_keeps_nobody_out,
    s50_they_are_let_in_again,
    s50_they_go_with_their_connection,
);

/// Deletes an account and keeps its identities out.
async fn erase(store: &Store, erased: &Account) -> u64 {
    let id = erased.id.clone();
    let kept: Result<u64, StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                let kept = kept_out::keep(tx, &id, at(9)).await?;
                account::delete(tx, &id).await?;
                Ok(kept)
            })
        })
        .await;
    kept.expect("deletes")
}

async fn add(store: &Store, link: Link) {
    let added: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { link::insert(tx, &link).await }))
        .await;
    added.expect("links");
}

/// Whether an identity is kept out, which one statement tells.
async fn is_kept_out(store: &Store, key: &LinkKey) -> bool {
    let before = store.counters();
    let found = sign_in::look_up(store.read(), key, None, None, &["sub-anna".to_owned()]).await;
    let after = store.counters();
    let cost = (after.statements - before.statements, after.commits - before.commits);
    assert_eq!(cost, (1, 0), "{key:?}");
    found.expect("looks up").is_kept_out
}

async fn s50_identities_are_kept_out_with_the_deletion(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let anna = new_account("anna");
    signed_in(store, &anna, "s-1").await;
    add(store, new_link("s-2", &anna.id)).await;
    assert!(
        !is_kept_out(store, &link_key("s-1")).await,
        "as long as the account is there"
    );
    assert_eq!(erase(store, &anna).await, 2);
    assert_eq!(stage.rows_of(&["account", "link", "kept_out"]).await, [0, 0, 2]);
    let elsewhere = LinkKey {
        issuer: "https://other.example.com".into(),
        ..link_key("s-1")
    };
    let of_another = LinkKey {
        connection: ConnectionId::from_random([7; 16]),
        ..link_key("s-1")
    };
    for (case, key, want) in [
        ("the first", link_key("s-1"), true),
        ("the second", link_key("s-2"), true),
        ("nobody's", link_key("s-3"), false),
        ("S11: another subject", link_key("S-1"), false),
        ("another issuer", elsewhere, false),
        ("another connection", of_another.clone(), false),
    ] {
        assert_eq!(is_kept_out(store, &key).await, want, "{case}");
    }

    // An identity that was linked all the same, and is erased once more.
    let berta = new_account("berta");
    signed_in(store, &berta, "s-1").await;
    let found = sign_in::look_up(store.read(), &link_key("s-1"), None, None, &[]).await;
    let found = found.expect("looks up");
    assert_eq!(found.linked.map(|linked| linked.id), Some(berta.id.clone()));
    assert!(found.is_kept_out);
    assert_eq!(erase(store, &berta).await, 1, "kept out already");
    assert_eq!(stage.rows("kept_out").await, 2);

    // A link that leads nowhere any more.
    let carla = new_account("carla");
    signed_in(store, &carla, "s-4").await;
    add(
        store,
        Link {
            key: of_another,
            ..new_link("s-1", &carla.id)
        },
    )
    .await;
    assert_eq!(erase(store, &carla).await, 1, "its connection is gone");
    let dora = new_account("dora");
    crate::fixtures::insert(store, &dora).await;
    assert_eq!(erase(store, &dora).await, 0, "without an identity");
}

async fn s50_a_deletion_that_fails_keeps_nobody_out(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let anna = new_account("anna");
    signed_in(store, &anna, "s-1").await;
    let id = anna.id.clone();
    let failed: Result<u64, StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                let kept = kept_out::keep(tx, &id, at(9)).await?;
                administration::hold(tx, &id, 4711).await?;
                Ok(kept)
            })
        })
        .await;
    let failed = failed.expect_err("another version");
    assert_eq!(failed.contested(), Some(Contested::Version));
    assert_eq!(stage.rows_of(&["account", "link", "kept_out"]).await, [1, 1, 0]);
}

async fn s50_they_are_let_in_again(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let anna = new_account("anna");
    signed_in(store, &anna, "s-1").await;
    for subject in ["s-2", "s-3"] {
        add(store, new_link(subject, &anna.id)).await;
    }
    erase(store, &anna).await;
    let count = async || kept_out::count(store.read(), &acme()).await.expect("counts");
    assert_eq!(count().await, 3);
    for (case, subject, want) in [("one", "s-2", true), ("again", "s-2", false), ("nobody", "s-9", false)] {
        let key = link_key(subject);
        let let_in: Result<bool, StorageError> = store
            .write(move |tx| Box::pin(async move { kept_out::let_in(tx, &key).await }))
            .await;
        assert_eq!(let_in.expect("answers"), want, "{case}");
    }
    assert!(!is_kept_out(store, &link_key("s-2")).await && is_kept_out(store, &link_key("s-1")).await);
    for (case, of, want) in [
        ("of another connection", ConnectionId::from_random([7; 16]), 0),
        ("all", acme(), 2),
        ("again", acme(), 0),
    ] {
        let let_in: Result<u64, StorageError> = store
            .write(move |tx| Box::pin(async move { kept_out::let_all_in(tx, &of).await }))
            .await;
        assert_eq!(let_in.expect("answers"), want, "{case}");
    }
    assert_eq!(count().await, 0);
}

async fn s50_they_go_with_their_connection(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let anna = new_account("anna");
    signed_in(store, &anna, "s-1").await;
    erase(store, &anna).await;
    let deleted: Result<(), StorageError> = store
        .write(|tx| Box::pin(async move { connection::delete(tx, &acme(), 1).await }))
        .await;
    deleted.expect("deletes");
    assert_eq!(stage.rows("kept_out").await, 0);
}
