//! The writer: many changes in one commit, each of them alone when it fails.

use doorward_storage::{StorageError, account, rate_limit, sign_in, used_token};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    a_failing_change_is_taken_back_alone,
    a_panic_hurts_nobody_else,
    errors_of_the_caller
);

#[derive(Debug)]
enum Own {
    Mine,
    Storage,
}

impl From<StorageError> for Own {
    fn from(_: StorageError) -> Self {
        Self::Storage
    }
}

async fn a_failing_change_is_taken_back_alone(stage: &Stage) {
    let store = &stage.store;
    let all = join_all((0..60).map(|n| async move {
        match n % 3 {
            // Half a change, then an error.
            0 => store
                .write(move |tx| {
                    Box::pin(async move {
                        used_token::redeem(tx, &format!("token {n}"), at(60)).await?;
                        Err::<(), _>(Own::Mine)
                    })
                })
                .await
                .is_ok(),
            1 => sign_in::complete(store, first(account(&format!("p{n}")), &format!("s{n}")))
                .await
                .is_ok(),
            _ => rate_limit::hit(store, &format!("k{n}"), 60, at(0)).await.is_ok(),
        }
    }))
    .await;
    for (n, done) in all.into_iter().enumerate() {
        assert_eq!(done, n % 3 != 0, "change {n}");
    }
    assert_eq!(stage.rows("used_token").await, 0);
    assert_eq!(stage.rows("account").await, 20);
    assert_eq!(stage.rows("rate_limit").await, 20);
    if store.is_sqlite() {
        let counters = store.counters();
        assert!(
            counters.batches < counters.commits,
            "some shared a commit: {counters:?}"
        );
    }
}

async fn a_panic_hurts_nobody_else(stage: &Stage) {
    let store = stage.store.clone();
    let panicking = tokio::spawn(async move {
        store
            .write(|tx| {
                Box::pin(async move {
                    used_token::redeem(tx, "token", at(60)).await?;
                    assert!(tx.is_nothing_like_this(), "on purpose");
                    Ok::<(), StorageError>(())
                })
            })
            .await
            .is_err()
    })
    .await;
    assert!(panicking.unwrap_or(true));
    insert(&stage.store, &account("anna")).await;
    assert_eq!(stage.rows("used_token").await, 0);
    assert_eq!(account::count(stage.store.read()).await.expect("counts"), 1);
}

trait Never {
    fn is_nothing_like_this(&self) -> bool {
        false
    }
}
impl Never for doorward_storage::Tx {}

async fn errors_of_the_caller(stage: &Stage) {
    let refused = stage
        .store
        .write(|_| Box::pin(async move { Err::<(), _>(Own::Mine) }))
        .await;
    assert!(matches!(refused, Err(Own::Mine)));
    insert(&stage.store, &account("anna")).await;
    let again = stage
        .store
        .write(|tx| Box::pin(async move { Ok::<_, Own>(account::insert(tx, &account("anna"), None).await?) }))
        .await;
    assert!(matches!(again, Err(Own::Storage)));
}

/// How safe a commit is belongs to the connection that writes, which nobody else can ask: a trigger asks it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_answers_when_it_is_on_the_disk() {
    let stage = Stage::sqlite().await;
    stage
        .sql("CREATE TABLE asked (journal_mode TEXT, synchronous INTEGER)")
        .await;
    stage
        .sql(
            "CREATE TRIGGER asking AFTER INSERT ON used_token BEGIN INSERT INTO asked \
             SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous; END",
        )
        .await;
    let redeemed: Result<bool, StorageError> = stage
        .store
        .write(|tx| Box::pin(async move { used_token::redeem(tx, "token", at(60)).await }))
        .await;
    assert!(redeemed.expect("writes"));
    let database = Database::connect(&stage.url).await.expect("connects");
    let asking = Statement::from_string(database.get_database_backend(), "SELECT * FROM asked");
    let asked = database.query_one_raw(asking).await.expect("reads").expect("a row");
    database.close().await.expect("closes");
    let mode: String = asked.try_get("", "journal_mode").expect("a text");
    let synchronous: i32 = asked.try_get("", "synchronous").expect("a number");
    // 2 is FULL.
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}
