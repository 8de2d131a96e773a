//! What a sign-in looks up and writes.

use doorward_domain::canonical::lookup_key;
use doorward_domain::id::TransactionId;
use doorward_storage::sign_in::{self, AccountWrite, Completion, SessionWrite, TransactionAdvance};
use doorward_storage::transaction::StoredTransaction;
use doorward_storage::{Contested, StorageError, account, session, transaction};
use doorward_vault::random;

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    first_and_returning,
    s24_a_step_works_once,
    s43_all_or_nothing,
    s16_s43_an_ended_account_takes_back_the_step,
    synchronises_under_the_version,
    sessions_go_on_or_are_replaced,
    steps_in_between,
    without_an_account,
);

async fn first_and_returning(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    sign_in::complete(store, returning(&anna)).await.expect("signs in");
    let found = sign_in::look_up(store.read(), &link_key("s-1"), None, None, &[])
        .await
        .expect("looks up");
    let linked = found.linked.expect("linked");
    assert_eq!(linked.last_sign_in_at, Some(doorward_domain::truncate(at(5))));
    assert_eq!(
        (linked.version, linked.attributes),
        (1, anna.attributes),
        "nothing else changed"
    );
    for (table, rows) in [
        ("account", 1),
        ("link", 1),
        ("session", 2),
        ("sign_in_grant", 2),
        ("audit_event", 3),
    ] {
        assert_eq!(stage.rows(table).await, rows, "{table}");
    }
}

async fn s24_a_step_works_once(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let one = returning(&anna);
    sign_in::complete(store, one.clone()).await.expect("once");
    let mut replay = returning(&anna);
    if let (Some(new), Some(old)) = (&mut replay.grant, &one.grant) {
        new.transaction = old.transaction.clone();
    }
    let error = sign_in::complete(store, replay).await.expect_err("twice");
    assert_eq!(error.contested(), Some(Contested::Transaction));
    assert_eq!(stage.rows("session").await, 2, "nothing of the replay is written");
    assert_eq!(stage.rows("audit_event").await, 3);
}

async fn s43_all_or_nothing(stage: &Stage) {
    let store = &stage.store;
    signed_in(store, &account("anna"), "s-1").await;
    let tables = [
        "account",
        "login_identifier",
        "link",
        "session",
        "sign_in_grant",
        "audit_event",
    ];
    let mut before = Vec::new();
    for table in tables {
        before.push(stage.rows(table).await);
    }
    let mut same_sub = account("berta");
    same_sub.sub = "sub-anna".into();
    let mut same_name = account("carla");
    same_name.username = "anna".into();
    for (case, refused, subject, want) in [
        ("the link", account("dora"), "s-1", Contested::Link),
        ("the sub", same_sub, "s-2", Contested::Sub),
        ("the username", same_name, "s-3", Contested::LoginIdentifier),
    ] {
        let error = sign_in::complete(store, first(refused, subject)).await.expect_err(case);
        assert_eq!(error.contested(), Some(want), "{case}");
        for (table, rows) in tables.iter().zip(&before) {
            assert_eq!(stage.rows(table).await, *rows, "{case}: {table}");
        }
    }
}

async fn s16_s43_an_ended_account_takes_back_the_step(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let id = TransactionId::from_random(random());
    let row = StoredTransaction {
        id: id.clone(),
        sealed_state: b"one".to_vec(),
        version: 1,
        expires_at: at(900),
    };
    let begun = Completion {
        transaction: Some(row),
        ..Completion::default()
    };
    sign_in::complete(store, begun).await.expect("stored");
    let account_id = anna.id.clone();
    let ended: Result<u64, StorageError> = store
        .write(move |tx| Box::pin(async move { session::revoke_of_account(tx, &account_id, at(20)).await }))
        .await;
    ended.expect("ends");
    let step = |proven: i64| Completion {
        account: AccountWrite::Use {
            account: anna.id.clone(),
            at: at(30),
        },
        proven_at: Some(at(proven)),
        advance: Some(TransactionAdvance {
            id: id.clone(),
            version: 1,
            sealed_state: b"two".to_vec(),
            at: at(30),
        }),
        ..Completion::default()
    };
    let refused = sign_in::complete(store, step(10)).await.expect_err("proven before");
    assert_eq!(refused.contested(), Some(Contested::AccountNotActive), "S16");
    let kept = transaction::find(store.read(), &id, at(31))
        .await
        .expect("reads")
        .expect("there");
    assert_eq!(
        (kept.version, kept.sealed_state),
        (1, b"one".to_vec()),
        "S43: the step is taken back"
    );
    assert!(
        account::is_signed_out_since(store.read(), &anna.id, at(10))
            .await
            .expect("reads")
    );
    assert!(
        !account::is_signed_out_since(store.read(), &anna.id, at(20))
            .await
            .expect("reads")
    );
    sign_in::complete(store, step(25)).await.expect("proven afterwards");
}

async fn synchronises_under_the_version(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let update = |version, email: &str, keys_changed| Completion {
        account: AccountWrite::Update {
            account: anna.id.clone(),
            version,
            username: anna.username.clone(),
            attributes: attributes(email, true),
            keys_changed,
            at: at(7),
        },
        ..returning(&anna)
    };
    sign_in::complete(store, update(1, "anna@example.com", false))
        .await
        .expect("same address");
    sign_in::complete(store, update(2, "anna@example.org", true))
        .await
        .expect("another address");
    let late = sign_in::complete(store, update(2, "late@example.org", true))
        .await
        .expect_err("late");
    assert_eq!(late.contested(), Some(Contested::Version));
    let now = account::find_by_identifier(store.read(), &lookup_key("anna@example.org"))
        .await
        .expect("reads");
    assert_eq!(now.map(|a| (a.id, a.version)), Some((anna.id.clone(), 3)));
    assert_eq!(
        account::find_by_identifier(store.read(), &lookup_key("anna@example.com"))
            .await
            .expect("reads"),
        None
    );
    assert_eq!(stage.rows("session").await, 3, "the late one wrote nothing");
}

async fn sessions_go_on_or_are_replaced(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    let begun = signed_in(store, &anna, "s-1").await;
    let old = session_of(&begun).key;
    let mut single = returning(&anna);
    single.session = SessionWrite::Continue {
        key: old.clone(),
        at: at(5),
    };
    sign_in::complete(store, single.clone()).await.expect("single sign-on");
    assert_eq!(stage.rows("session").await, 1);
    let new = session(Some(&anna.id), &anna.sub);
    let mut fresh = returning(&anna);
    fresh.session = SessionWrite::Replace {
        new: Box::new(new.clone()),
        old: old.clone(),
        rests_on_old: true,
    };
    sign_in::complete(store, fresh).await.expect("S26: a new id");
    let mut late = returning(&anna);
    late.session = SessionWrite::Replace {
        new: Box::new(session(Some(&anna.id), &anna.sub)),
        old: old.clone(),
        rests_on_old: true,
    };
    let error = sign_in::complete(store, late)
        .await
        .expect_err("what it rests on has ended");
    assert_eq!(error.contested(), Some(Contested::SessionEnded));
    assert_eq!(session::find(store.read(), &old, at(6)).await.expect("reads"), None);
    assert!(
        session::find(store.read(), &new.key, at(6))
            .await
            .expect("reads")
            .is_some()
    );
    single.grant = returning(&anna).grant;
    let error = sign_in::complete(store, single).await.expect_err("ended");
    assert_eq!(error.contested(), Some(Contested::SessionEnded));
    let ended: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { session::revoke(tx, &new.key, at(8)).await }))
        .await;
    assert!(ended.expect("ends"));
    let code = grant_of(&begun).code_hash.expect("a code");
    let outcome = doorward_storage::grant::redeem(store, &code, &application(), at(9))
        .await
        .expect("answers");
    assert_eq!(
        outcome,
        doorward_storage::grant::RedeemOutcome::Refused(doorward_storage::grant::NotHonoured::Revoked),
        "the earlier grant moved over and ended too"
    );
}

async fn steps_in_between(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    let id = doorward_domain::id::TransactionId::from_random([9; 16]);
    let row = transaction::StoredTransaction {
        id: id.clone(),
        sealed_state: b"sealed".to_vec(),
        version: 1,
        expires_at: at(900),
    };
    let mut step = first(anna.clone(), "s-1");
    (step.grant, step.session, step.transaction) = (None, SessionWrite::None, Some(row.clone()));
    sign_in::complete(store, step.clone())
        .await
        .expect("provisions and goes on");
    assert_eq!(
        transaction::find(store.read(), &id, at(1)).await.expect("reads"),
        Some(row)
    );
    let mut replay = Completion {
        transaction: step.transaction.clone(),
        ..Completion::default()
    };
    replay.account = AccountWrite::Use {
        account: anna.id.clone(),
        at: at(2),
    };
    let error = sign_in::complete(store, replay).await.expect_err("twice");
    assert_eq!(error.contested(), Some(Contested::Transaction));
    assert_eq!(
        transaction::find(store.read(), &id, at(901)).await.expect("reads"),
        None,
        "expired"
    );
}

async fn without_an_account(stage: &Stage) {
    let store = &stage.store;
    let mut passing = session(None, "sub-passing");
    passing.sealed_person = Some(vec![1, 2, 3]);
    let grant = doorward_storage::grant::NewGrant {
        sealed_claims: Some(vec![4, 5]),
        ..grant(&passing)
    };
    let completion = Completion {
        session: SessionWrite::Insert(Box::new(passing.clone())),
        grant: Some(grant.clone()),
        ..Completion::default()
    };
    sign_in::complete(store, completion).await.expect("signs in");
    for table in ["account", "link", "login_identifier"] {
        assert_eq!(stage.rows(table).await, 0, "{table}");
    }
    let found = session::find(store.read(), &passing.key, at(1))
        .await
        .expect("reads")
        .expect("alive");
    assert_eq!((found.account, found.sealed_person), (None, Some(vec![1, 2, 3])));
    let code = grant.code_hash.expect("a code");
    let outcome = doorward_storage::grant::redeem(store, &code, &application(), at(2))
        .await
        .expect("redeems");
    let doorward_storage::grant::RedeemOutcome::Redeemed(redeemed) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (redeemed.account.clone(), redeemed.sealed_claims.clone()),
        (None, Some(vec![4, 5]))
    );
}
