//! Accounts, their keys and their lists.

use doorward_domain::account::Role;
use doorward_domain::canonical::lookup_key;
use doorward_storage::{Contested, StorageError, account, grant, link, session, sign_in};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    round_trips,
    s10_one_name_space,
    s34_disabling_ends_everything,
    deleting_cascades,
    attributes_are_guarded_by_the_version,
    a_new_password_ends_old_sessions,
    links_come_and_go,
    roles_end_sessions,
);

async fn round_trips(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    insert(store, &known).await;
    assert_eq!(
        account::find(store.read(), &known.id).await.expect("reads"),
        Some(known.clone())
    );
    for key in ["ANNA", "Anna@Example.com"] {
        let found = account::find_by_identifier(store.read(), &lookup_key(key))
            .await
            .expect("reads");
        assert_eq!(found.map(|a| a.id), Some(known.id.clone()), "{key}");
    }
    assert_eq!(
        account::find(store.read(), &account("nobody").id).await.expect("reads"),
        None
    );
    assert_eq!(account::count(store.read()).await.expect("counts"), 1);
    for (most, want) in [(0, 0), (1, 1), (1_000, 1)] {
        let counted = account::count_up_to(store.read(), most).await;
        assert_eq!(counted.expect("counts"), want, "{most}");
    }
    assert_eq!(
        account::count_created_since(store.read(), at(1)).await.expect("counts"),
        0
    );
}

async fn s10_one_name_space(stage: &Stage) {
    let store = &stage.store;
    insert(store, &account("anna")).await;
    let mut by_name = account("other");
    by_name.username = "Anna@example.com".into();
    let mut by_address = account("third");
    by_address.attributes = attributes("anna", true);
    by_address.username = "ANNA".into();
    for (case, refused) in [
        ("a username that is an owned address", by_name),
        ("a username", by_address),
    ] {
        let result = store
            .write(move |tx| Box::pin(async move { account::insert(tx, &refused, None).await }))
            .await;
        let error: StorageError = result.expect_err(case);
        assert_eq!(error.contested(), Some(Contested::LoginIdentifier), "{case}");
    }
    let mut unverified = account("fourth");
    unverified.attributes = attributes("anna@example.com", false);
    insert(store, &unverified).await;
    assert_eq!(stage.rows("account").await, 2, "nothing of the refused ones is left");
}

async fn s34_disabling_ends_everything(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    let written = signed_in(store, &known, "s-1").await;
    let id = known.id.clone();
    let done = store
        .write(move |tx| Box::pin(async move { account::disable(tx, &id, at(10)).await }))
        .await;
    assert!(matches!(done, Ok::<_, StorageError>(true)));
    let key = session_of(&written).key;
    assert_eq!(session::find(store.read(), &key, at(11)).await.expect("reads"), None);
    let code = grant_of(&written).code_hash.expect("a code");
    let redeemed = grant::redeem(store, &code, &application(), at(11))
        .await
        .expect("answers");
    assert_eq!(redeemed, grant::RedeemOutcome::Refused(grant::NotHonoured::Revoked));
    let again = sign_in::complete(store, returning(&known))
        .await
        .expect_err("S44: stays off");
    assert_eq!(again.contested(), Some(Contested::AccountNotActive));
    let id = known.id.clone();
    let enabled: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { account::enable(tx, &id, at(12)).await }))
        .await;
    assert!(enabled.expect("enables"));
    assert_eq!(
        session::find(store.read(), &key, at(13)).await.expect("reads"),
        None,
        "what ended stays ended"
    );
    let again = sign_in::Completion {
        proven_at: Some(at(13)),
        ..returning(&known)
    };
    sign_in::complete(store, again).await.expect("may sign in again");
}

async fn deleting_cascades(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    signed_in(store, &known, "s-1").await;
    let id = known.id.clone();
    let gone: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { account::delete(tx, &id).await }))
        .await;
    assert!(gone.expect("deletes"));
    for table in ["account", "login_identifier", "link", "session", "sign_in_grant"] {
        assert_eq!(stage.rows(table).await, 0, "{table}");
    }
    assert_eq!(stage.rows("audit_event").await, 2, "the log outlives the account");
}

async fn attributes_are_guarded_by_the_version(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    insert(store, &known).await;
    insert(store, &account("berta")).await;
    let change = |version: i64, username: &'static str, email: &'static str| {
        let id = known.id.clone();
        store.write(move |tx| {
            Box::pin(async move {
                let attributes = attributes(email, true);
                account::set_attributes(tx, &id, version, username, &attributes, at(9)).await
            })
        })
    };
    let result: Result<(), StorageError> = change(1, "anna2", "new@example.com").await;
    result.expect("changes");
    let late: Result<(), StorageError> = change(1, "anna3", "late@example.com").await;
    assert_eq!(late.expect_err("late").contested(), Some(Contested::Version));
    let taken: Result<(), StorageError> = change(2, "anna2", "berta@example.com").await;
    assert_eq!(taken.expect_err("taken").contested(), Some(Contested::LoginIdentifier));
    let now = account::find(store.read(), &known.id)
        .await
        .expect("reads")
        .expect("there");
    assert_eq!((now.version, now.username.as_str()), (2, "anna2"));
    for (key, want) in [
        ("new@example.com", true),
        ("anna2", true),
        ("anna@example.com", false),
        ("anna", false),
    ] {
        let found = account::find_by_identifier(store.read(), &lookup_key(key))
            .await
            .expect("reads");
        assert_eq!(found.is_some(), want, "{key}");
    }
}

async fn a_new_password_ends_old_sessions(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    let written = signed_in(store, &known, "s-1").await;
    let id = known.id.clone();
    let set: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { account::set_password(tx, &id, Some("$argon2id$…"), at(9)).await }))
        .await;
    set.expect("sets");
    assert_eq!(
        session::find(store.read(), &session_of(&written).key, at(10))
            .await
            .expect("reads"),
        None,
        "S16"
    );
    let found = account::find_for_password(store.read(), &lookup_key("Anna"), "counter", at(0))
        .await
        .expect("reads");
    assert_eq!(found.password_hash.as_deref(), Some("$argon2id$…"));
    let hash = account::find_password_hash(store.read(), &known.id)
        .await
        .expect("reads");
    assert_eq!(hash, found.password_hash);
    let nobody = account::find_for_password(store.read(), &lookup_key("x"), "counter", at(0))
        .await
        .expect("reads");
    assert_eq!((nobody.account, nobody.password_hash, nobody.failures), (None, None, 0));
}

async fn links_come_and_go(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    let written = signed_in(store, &known, "a").await;
    let links = link::list_of_account(store.read(), &known.id).await.expect("lists");
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].last_used_at, Some(doorward_domain::truncate(at(0))));
    assert_eq!(
        link::count_by_connection(store.read()).await.expect("counts"),
        vec![(connection(), 1)]
    );
    let other = link("A", &known.id);
    let inserted: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { link::insert(tx, &other).await }))
        .await;
    inserted.expect("S11: another subject");
    assert_eq!(
        link::count_by_connection(store.read()).await.expect("counts"),
        vec![(connection(), 1)],
        "two subjects of one person"
    );
    let of_one = link::count_of_connection(store.read(), &connection()).await;
    assert_eq!(of_one.expect("counts"), 1, "two subjects of one person");
    let twice = link("A", &known.id);
    let refused: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { link::insert(tx, &twice).await }))
        .await;
    assert_eq!(refused.expect_err("twice").contested(), Some(Contested::Link));
    let id = known.id.clone();
    let gone: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { link::delete(tx, &id, &link_key("a"), at(9)).await }))
        .await;
    assert!(gone.expect("unlinks"));
    assert_eq!(
        session::find(store.read(), &session_of(&written).key, at(10))
            .await
            .expect("reads"),
        None,
        "S34"
    );
    assert_eq!(
        link::count_of_connection(store.read(), &connection())
            .await
            .expect("counts"),
        1
    );
}

async fn roles_end_sessions(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    let written = signed_in(store, &known, "s-1").await;
    assert!(!account::has_administrator(store.read()).await.expect("reads"));
    let id = known.id.clone();
    let set: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { account::set_role(tx, &id, Role::Administrator, at(1)).await }))
        .await;
    assert!(set.expect("sets"));
    assert!(account::has_administrator(store.read()).await.expect("reads"));
    assert_eq!(
        session::find(store.read(), &session_of(&written).key, at(2))
            .await
            .expect("reads"),
        None,
        "S26"
    );
    let id = known.id.clone();
    let off: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { account::disable(tx, &id, at(3)).await }))
        .await;
    assert!(off.expect("disables"));
    assert!(
        !account::has_administrator(store.read()).await.expect("reads"),
        "a disabled one administers nothing"
    );
}
