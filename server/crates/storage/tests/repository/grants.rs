//! Codes and refresh tokens.

use doorward_domain::id::ApplicationId;
use doorward_storage::grant::{self, Grant, NotHonoured, RedeemOutcome, RefreshOutcome};
use doorward_storage::{StorageError, Store};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    f20_a_code_works_once,
    a_code_is_found_until_it_is_redeemed,
    codes_expire_and_belong_to_one_application,
    f22_refresh_tokens_rotate_with_a_grace,
    revoking,
);

async fn redeemed(store: &Store, code: &[u8]) -> Box<Grant> {
    match grant::redeem(store, code, &application(), at(1))
        .await
        .expect("answers")
    {
        RedeemOutcome::Redeemed(grant) => grant,
        other => panic!("{other:?}"),
    }
}

async fn f20_a_code_works_once(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    let given = grant_of(&signed_in(store, &anna, "s-1").await);
    let code = given.code_hash.clone().expect("a code");
    assert_eq!(
        grant::find_live(store.read(), &given.id, at(1)).await.expect("reads"),
        None,
        "not yet"
    );
    let first = redeemed(store, &code).await;
    assert_eq!(
        (&first.id, &first.request, first.refresh_generation),
        (&given.id, &given.request, 0)
    );
    let holder = first.account.clone().expect("an account");
    assert_eq!((holder.id.clone(), holder.claims()), (anna.id.clone(), anna.claims()));
    assert!(
        grant::find_live(store.read(), &given.id, at(2))
            .await
            .expect("reads")
            .is_some()
    );
    let again = grant::redeem(store, &code, &application(), at(2))
        .await
        .expect("answers");
    assert_eq!(
        again,
        RedeemOutcome::AlreadyUsed {
            grant: given.id.clone(),
            application: application()
        }
    );
    assert_eq!(
        grant::find_live(store.read(), &given.id, at(3)).await.expect("reads"),
        None,
        "revoked"
    );
    let refreshed = grant::refresh(store, &given.id, 0, &application(), at(3))
        .await
        .expect("answers");
    assert_eq!(
        refreshed,
        RefreshOutcome::Refused(NotHonoured::Revoked),
        "so are its refresh tokens"
    );
}

async fn a_code_is_found_until_it_is_redeemed(stage: &Stage) {
    let store = &stage.store;
    let given = grant_of(&signed_in(store, &account("anna"), "s-1").await);
    let code = given.code_hash.clone().expect("a code");
    let find = async |code: &[u8], since| {
        let found = grant::find_unredeemed(store.read(), code, at(since)).await;
        found.expect("reads").map(|grant| grant.id)
    };
    assert_eq!(find(code.as_slice(), 0).await, Some(given.id));
    assert_eq!(find(code.as_slice(), 1).await, None, "made before");
    assert_eq!(find(b"another".as_slice(), 0).await, None);
    redeemed(store, &code).await;
    assert_eq!(find(code.as_slice(), 0).await, None, "redeemed");
}

async fn codes_expire_and_belong_to_one_application(stage: &Stage) {
    let store = &stage.store;
    let code = grant_of(&signed_in(store, &account("anna"), "s-1").await)
        .code_hash
        .expect("a code");
    let other = ApplicationId::from_random([7; 16]);
    for (case, hash, application, seconds, why) in [
        ("another application", code.clone(), other, 1, NotHonoured::OfAnother),
        ("expired", code.clone(), application(), 60, NotHonoured::Expired),
        ("unknown", vec![0; 32], application(), 1, NotHonoured::Unknown),
    ] {
        let outcome = grant::redeem(store, &hash, &application, at(seconds))
            .await
            .expect("answers");
        assert_eq!(outcome, RedeemOutcome::Refused(why), "{case}");
    }
    redeemed(store, &code).await;
}

async fn f22_refresh_tokens_rotate_with_a_grace(stage: &Stage) {
    let store = &stage.store;
    let given = grant_of(&signed_in(store, &account("anna"), "s-1").await);
    let refresh = |generation, seconds| {
        let id = given.id.clone();
        async move {
            grant::refresh(store, &id, generation, &application(), at(seconds))
                .await
                .expect("answers")
        }
    };
    assert_eq!(
        refresh(0, 1).await,
        RefreshOutcome::Refused(NotHonoured::Unknown),
        "not before the code"
    );
    redeemed(store, &given.code_hash.clone().expect("a code")).await;
    let generation = |outcome: &RefreshOutcome| match outcome {
        RefreshOutcome::Rotated(grant) => ("rotated", grant.refresh_generation),
        RefreshOutcome::Repeated(grant) => ("repeated", grant.refresh_generation),
        RefreshOutcome::Reused => ("reused", -1),
        RefreshOutcome::Refused(NotHonoured::Revoked) => ("revoked", -1),
        RefreshOutcome::Refused(_) => ("unknown", -1),
    };
    for (case, presented, seconds, want) in [
        ("a future generation", 1, 10, ("unknown", -1)),
        ("first", 0, 10, ("rotated", 1)),
        ("a lost answer", 0, 19, ("repeated", 1)),
        ("the next", 1, 30, ("rotated", 2)),
        ("and one more", 2, 40, ("rotated", 3)),
        ("a lost answer again", 2, 41, ("repeated", 3)),
        ("the same once more", 2, 42, ("reused", -1)),
        ("after that nothing works", 3, 43, ("revoked", -1)),
    ] {
        assert_eq!(generation(&refresh(presented, seconds).await), want, "{case}");
    }
}

async fn revoking(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    let first = grant_of(&signed_in(store, &anna, "s-1").await);
    redeemed(store, &first.code_hash.clone().expect("a code")).await;
    let id = first.id.clone();
    let done: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { grant::revoke(tx, &id, at(2)).await }))
        .await;
    assert!(done.expect("revokes"));
    assert_eq!(
        grant::find_live(store.read(), &first.id, at(3)).await.expect("reads"),
        None
    );
    let ended: Result<u64, StorageError> = store
        .write(|tx| Box::pin(async move { grant::revoke_of_application(tx, &application(), at(3)).await }))
        .await;
    assert_eq!(ended.expect("revokes"), 0, "revoked before");
}
