//! What each operation costs: the contract of budgets.md §3.3. None may rise.

use doorward_domain::canonical::lookup_key;
use doorward_storage::sign_in::{self, look_up};
use doorward_storage::{Counters, Store, account, configuration, grant, session};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(returning_federated, first_federated, password, refreshing, single_reads);

async fn cost<F: Future>(store: &Store, work: F) -> (u64, u64) {
    let before = store.counters();
    work.await;
    let Counters {
        statements, commits, ..
    } = store.counters();
    (statements - before.statements, commits - before.commits)
}

async fn returning_federated(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let looking = cost(store, async {
        let address = lookup_key("anna@example.com");
        look_up(
            store.read(),
            &link_key("s-1"),
            Some(&address),
            None,
            &["sub-anna".to_owned()],
        )
        .await
        .expect("looks up")
    });
    assert_eq!(looking.await, (1, 0), "nothing is written while looking up");
    let completion = returning(&anna);
    let code = grant_of(&completion).code_hash.expect("a code");
    let completing = cost(store, async {
        sign_in::complete(store, completion).await.expect("completes")
    })
    .await;
    assert_eq!(completing, (1, 1));
    let redeeming = cost(store, async {
        grant::redeem(store, &code, &application(), at(6))
            .await
            .expect("redeems")
    });
    assert_eq!(redeeming.await, (1, 1));
}

async fn first_federated(stage: &Stage) {
    let store = &stage.store;
    let completion = first(account("anna"), "s-1");
    let completing = cost(store, async {
        sign_in::complete(store, completion).await.expect("completes")
    })
    .await;
    // With the look-up and the code: 3 of at most 8 statements, 2 commits.
    assert_eq!(completing, (1, 1));
}

async fn password(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    insert(store, &anna).await;
    let finding = cost(store, async {
        account::find_for_password(store.read(), &lookup_key("anna"), "counter", at(0))
            .await
            .expect("reads")
    });
    assert_eq!(finding.await, (1, 0));
    let mut completion = returning(&anna);
    completion.forgive = Some("counter".into());
    let completing = cost(store, async {
        sign_in::complete(store, completion).await.expect("completes")
    })
    .await;
    // With the look-up and the code: 3 of at most 7 statements, 2 commits.
    assert_eq!(completing, (1, 1));
}

async fn refreshing(stage: &Stage) {
    let store = &stage.store;
    let given = grant_of(&signed_in(store, &account("anna"), "s-1").await);
    grant::redeem(store, &given.code_hash.clone().expect("a code"), &application(), at(1))
        .await
        .expect("redeems");
    let refreshing = async {
        grant::refresh(store, &given.id, 0, &application(), at(2))
            .await
            .expect("refreshes")
    };
    assert_eq!(cost(store, refreshing).await, (1, 1));
    assert_eq!(stage.rows("sign_in_grant").await, 1, "no row is added");
}

async fn single_reads(stage: &Stage) {
    let store = &stage.store;
    let written = signed_in(store, &account("anna"), "s-1").await;
    let key = session_of(&written).key;
    let found = cost(store, async {
        session::find(store.read(), &key, at(1)).await.expect("reads")
    });
    assert_eq!(found.await, (1, 0));
    let id = grant_of(&written).id;
    let userinfo = cost(store, async {
        grant::find_live(store.read(), &id, at(1)).await.expect("reads")
    });
    assert_eq!(userinfo.await, (1, 0));
    let loading = cost(store, async { configuration::find(store.read()).await.expect("loads") });
    // At the start and after a change of settings: connections, applications, keys, script secrets, the version.
    assert_eq!(loading.await, (5, 0));
}
