//! Databases that are away or locked.

use std::time::{Duration, Instant};

use doorward_storage::{StorageError, Store, rate_limit};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, Database, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::fixtures::at;
use crate::stage::{Stage, keyring};

/// Somebody else, such as a backup, holds SQLite's lock.
async fn hold_lock(stage: &Stage) -> sea_orm::DatabaseTransaction {
    let other = Database::connect(&stage.url).await.expect("connects");
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let lock = other.begin_with_options(options).await.expect("locks");
    lock.execute_unprepared("INSERT INTO used_token (key, expires_at) VALUES ('held', '2030-01-01')")
        .await
        .expect("writes");
    lock
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f13_a_second_writer_holds_the_lock() {
    let stage = Stage::sqlite().await;
    let lock = hold_lock(&stage).await;
    let begun = Instant::now();
    let all = join_all((0..20).map(|n| {
        let store = stage.store.clone();
        async move { rate_limit::hit(&store, &format!("k{n}"), 60, at(0)).await }
    }))
    .await;
    let waited = begun.elapsed();
    assert!(
        all.iter().all(|done| matches!(done, Err(StorageError::Busy))),
        "{all:?}"
    );
    assert!(
        waited >= Duration::from_secs(4) && waited < Duration::from_secs(12),
        "{waited:?}"
    );
    assert!(
        rate_limit::find(stage.store.read(), "k1", at(-1)).await.is_ok(),
        "reading goes on"
    );
    lock.rollback().await.expect("unlocks");
    assert_eq!(
        rate_limit::hit(&stage.store, "k1", 60, at(0)).await.expect("recovers"),
        1,
        "nothing half written"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f13_a_short_lock_is_waited_for() {
    let stage = Stage::sqlite().await;
    let lock = hold_lock(&stage).await;
    let store = stage.store.clone();
    let waiting = tokio::spawn(async move { rate_limit::hit(&store, "k", 60, at(0)).await });
    // A read proves that time has passed without anybody sleeping.
    assert_eq!(
        rate_limit::find(stage.store.read(), "k", at(-1)).await.expect("reads"),
        0
    );
    lock.rollback().await.expect("unlocks");
    assert_eq!(waiting.await.expect("no panic").expect("written"), 1);
}

#[tokio::test]
async fn f9_postgres_is_away_at_the_start() {
    // Nobody listens on port 9 of the loopback address.
    let store = Store::open("postgres://nobody@127.0.0.1:9/nothing", keyring())
        .await
        .expect("opens all the same");
    let begun = Instant::now();
    let error = store.ping().await.expect_err("away");
    assert!(error.is_retryable(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(5), "bounded");
}

#[tokio::test]
async fn f9_sqlite_appears_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("later/doorward.db");
    let store = Store::open(&format!("sqlite:{}", path.display()), keyring())
        .await
        .expect("opens all the same");
    let error = store.ping().await.expect_err("away");
    assert!(error.is_retryable(), "{error:?}");
    let write = rate_limit::hit(&store, "k", 60, at(0)).await.expect_err("away");
    assert!(write.is_retryable(), "{write:?}");
    std::fs::create_dir(folder.path().join("later")).expect("appears");
    store.migrate().await.expect("migrates");
    store.ping().await.expect("answers");
    assert_eq!(rate_limit::hit(&store, "k", 60, at(0)).await.expect("writes"), 1);
}

#[tokio::test]
async fn an_address_of_nothing_we_know() {
    assert!(Store::open("mysql://localhost/x", keyring()).await.is_err());
}
