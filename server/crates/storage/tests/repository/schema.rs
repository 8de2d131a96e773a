//! Migrations.

use doorward_storage::{Store, configuration};

use crate::stage::{Stage, create_database, keyring};

async fn goes_up_and_down(store: Store) {
    for _ in 0..2 {
        assert!(!store.is_migrated().await.expect("answers"));
        store.migrate().await.expect("up");
        assert!(store.is_migrated().await.expect("answers"));
        store.migrate().await.expect("up again changes nothing");
        assert_eq!(configuration::version(store.read()).await.expect("a version"), 1);
        store.unmigrate().await.expect("down");
    }
    assert!(configuration::version(store.read()).await.is_err(), "nothing is left");
    store.close().await.expect("closes");
}

#[tokio::test]
async fn sqlite_goes_up_and_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
    goes_up_and_down(Store::open(&url, keyring()).await.expect("opens")).await;
}

#[tokio::test]
async fn postgres_goes_up_and_down() {
    let url = create_database(None).await;
    goes_up_and_down(Store::open(&url, keyring()).await.expect("opens")).await;
}

#[tokio::test]
async fn postgres_nodes_that_start_together_take_turns() {
    let url = create_database(None).await;
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(Store::open(&url, keyring()).await.expect("opens"));
    }
    let all = futures::future::join_all(stores.iter().map(Store::migrate)).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let stage = Stage {
        store: stores.remove(0),
        url,
        folder: None,
    };
    assert_eq!(stage.rows("configuration_version").await, 1);
}
