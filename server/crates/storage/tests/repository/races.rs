//! Many at once.

use std::collections::BTreeSet;

use doorward_domain::id::TransactionId;
use doorward_storage::grant::{self, RedeemOutcome, RefreshOutcome};
use doorward_storage::sign_in::{self, look_up};
use doorward_storage::{Contested, StorageError, Store, rate_limit, transaction, used_token};
use futures::future::join_all;

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    s42_a_hundred_first_sign_ins_make_one_account,
    f20_fifty_redemptions,
    f22_fifty_refreshes,
    f21_fifty_callbacks,
    s24_a_token_is_used_once,
    one_answer_advances_a_transaction,
    failures_are_counted,
);

/// Looks up, decides, writes; when somebody was first, looks again. As the engine does it.
async fn sign_in_once(store: Store, number: usize) -> String {
    for _ in 0..10 {
        let found = until_answered(|| async { look_up(store.read(), &link_key("same"), None, None, &[]).await })
            .await
            .expect("looks up");
        let completion = match &found.linked {
            Some(known) => returning(known),
            None => {
                let mut new = account("anna");
                // Some races end at the link, some at the sub, some at the username.
                new.username = if number.is_multiple_of(2) {
                    "anna".into()
                } else {
                    format!("anna{number}")
                };
                first(new, "same")
            }
        };
        let id = completion
            .grant
            .as_ref()
            .and_then(|g| g.account.clone())
            .expect("an account");
        match until_answered(|| sign_in::complete(&store, completion.clone())).await {
            Ok(()) => return id.to_string(),
            Err(StorageError::Conflict {
                what: Contested::Link | Contested::Sub | Contested::LoginIdentifier,
            }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("nobody needs ten attempts")
}

async fn s42_a_hundred_first_sign_ins_make_one_account(stage: &Stage) {
    let (one, two) = (stage.store.clone(), stage.another().await);
    let all = (0..100).map(|n| tokio::spawn(sign_in_once(if n < 50 { one.clone() } else { two.clone() }, n)));
    let accounts: BTreeSet<String> = join_all(all)
        .await
        .into_iter()
        .map(|done| done.expect("no panic"))
        .collect();
    assert_eq!(accounts.len(), 1, "F18: everybody is signed in to the same account");
    for (table, rows) in [("account", 1), ("link", 1), ("session", 100), ("sign_in_grant", 100)] {
        assert_eq!(stage.rows(table).await, rows, "{table}");
    }
    assert_eq!(
        stage.rows("audit_event WHERE action = 'account.provisioned'").await,
        1,
        "S46"
    );
    two.close().await.expect("closes");
}

async fn f20_fifty_redemptions(stage: &Stage) {
    let given = grant_of(&signed_in(&stage.store, &account("anna"), "s-1").await);
    let code = given.code_hash.clone().expect("a code");
    let (application, when) = (application(), at(1));
    let redeem = || grant::redeem(&stage.store, &code, &application, when);
    let all = join_all((0..50).map(|_| until_answered(redeem))).await;
    let outcomes: Vec<_> = all.into_iter().map(|outcome| outcome.expect("answers")).collect();
    let redeemed = outcomes
        .iter()
        .filter(|o| matches!(o, RedeemOutcome::Redeemed(_)))
        .count();
    let replays = outcomes
        .iter()
        .filter(|o| matches!(o, RedeemOutcome::AlreadyUsed { .. }))
        .count();
    assert_eq!((redeemed, replays), (1, 49));
    assert_eq!(
        grant::find_live(stage.store.read(), &given.id, at(2))
            .await
            .expect("reads"),
        None
    );
}

async fn f22_fifty_refreshes(stage: &Stage) {
    let store = &stage.store;
    let given = grant_of(&signed_in(store, &account("anna"), "s-1").await);
    grant::redeem(store, &given.code_hash.clone().expect("a code"), &application(), at(1))
        .await
        .expect("redeems");
    let (application, when) = (application(), at(2));
    let refresh = || grant::refresh(store, &given.id, 0, &application, when);
    let all = join_all((0..50).map(|_| until_answered(refresh))).await;
    let outcomes: Vec<_> = all.into_iter().map(|outcome| outcome.expect("answers")).collect();
    let count = |want: fn(&RefreshOutcome) -> bool| outcomes.iter().filter(|outcome| want(outcome)).count();
    assert_eq!(count(|o| matches!(o, RefreshOutcome::Rotated(_))), 1);
    assert_eq!(
        count(|o| matches!(o, RefreshOutcome::Repeated(_))),
        1,
        "the grace is for one"
    );
    assert_eq!(
        count(|o| matches!(o, RefreshOutcome::Reused)),
        1,
        "the third betrays a theft"
    );
    assert_eq!(count(|o| matches!(o, RefreshOutcome::Refused(_))), 47);
}

async fn f21_fifty_callbacks(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let transaction = TransactionId::from_random([5; 16]);
    let answer = || {
        let mut one = returning(&anna);
        if let Some(grant) = &mut one.grant {
            grant.transaction = transaction.clone();
        }
        sign_in::complete(store, one)
    };
    let all = join_all((0..50).map(|_| until_answered(answer))).await;
    assert_eq!(all.iter().filter(|done| done.is_ok()).count(), 1);
    let replay = |done: &&Result<(), StorageError>| {
        matches!(
            done,
            Err(StorageError::Conflict {
                what: Contested::Transaction
            })
        )
    };
    assert_eq!(all.iter().filter(replay).count(), 49);
    assert_eq!(stage.rows("session").await, 2, "replays leave no session");
}

async fn s24_a_token_is_used_once(stage: &Stage) {
    let store = &stage.store;
    let redeem = || store.write(|tx| Box::pin(async move { used_token::redeem(tx, "client jti", at(60)).await }));
    let all = join_all((0..50).map(|_| until_answered(redeem))).await;
    let first: Vec<bool> = all
        .into_iter()
        .map(|done: Result<bool, StorageError>| done.expect("answers"))
        .collect();
    assert_eq!(first.iter().filter(|first| **first).count(), 1);
}

async fn one_answer_advances_a_transaction(stage: &Stage) {
    let store = &stage.store;
    let id = TransactionId::from_random([9; 16]);
    let row = transaction::StoredTransaction {
        id: id.clone(),
        sealed_state: b"first".to_vec(),
        version: 1,
        expires_at: at(900),
    };
    let inserted: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { transaction::insert(tx, &row).await }))
        .await;
    inserted.expect("inserts");
    let advance = |n: u8| {
        let id = id.clone();
        store.write(move |tx| Box::pin(async move { transaction::advance(tx, &id, 1, vec![n], at(1)).await }))
    };
    let all = join_all((0..20).map(|n| until_answered(move || advance(n)))).await;
    let won = all
        .into_iter()
        .filter(|done: &Result<bool, StorageError>| matches!(done, Ok(true)))
        .count();
    assert_eq!(won, 1);
    assert_eq!(
        transaction::find(store.read(), &id, at(2))
            .await
            .expect("reads")
            .map(|t| t.version),
        Some(2)
    );
}

async fn failures_are_counted(stage: &Stage) {
    let store = &stage.store;
    let fail = || rate_limit::hit(store, "anna", 60, at(0));
    let mut counts: Vec<i64> = join_all((0..20).map(|_| until_answered(fail)))
        .await
        .into_iter()
        .map(|count| count.expect("counts"))
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<_>>());
    assert_eq!(rate_limit::find(store.read(), "anna", at(-1)).await.expect("reads"), 20);
    assert_eq!(
        rate_limit::hit(store, "anna", 60, at(60)).await.expect("counts"),
        1,
        "a new window"
    );
    assert_eq!(
        rate_limit::find(store.read(), "anna", at(60)).await.expect("reads"),
        0,
        "the window is over"
    );
}
