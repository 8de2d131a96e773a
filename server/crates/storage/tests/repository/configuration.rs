//! Connections, applications and keys.

use doorward_domain::application::{Application, ApplicationDraft, SigningAlg};
use doorward_domain::audit::Actor;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_storage::signing_key::{self, StoredKey};
use doorward_storage::{Contested, StorageError, Store, application, configuration, connection};
use doorward_vault::{Keyring, random};
use serde_json::json;

use crate::fixtures::at;
use crate::stage::{Stage, on_both};

on_both!(
    connections_are_guarded,
    connections_are_listed_by_id,
    applications_are_guarded,
    keys_are_sealed,
    s47_no_secret_in_clear,
    corrupt_rows
);

const SECRET: &str = "upstream-client-secret-value";

fn sample_connection(handle: &str) -> Connection {
    let draft: ConnectionDraft = serde_json::from_value(json!({
        "handle": handle, "display_name": "Acme",
        "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": SECRET}
    }))
    .expect("a draft");
    draft
        .create(ConnectionId::from_random(random()), doorward_domain::truncate(at(0)))
        .expect("valid")
}

pub fn sample_application(handle: &str) -> Application {
    let draft: ApplicationDraft = serde_json::from_value(json!({
        "handle": handle, "name": "Payroll", "redirect_uris": ["https://app.example.com/cb"]
    }))
    .expect("a draft");
    Application {
        id: ApplicationId::from_random(random()),
        handle: draft.handle.clone(),
        name: draft.name.clone(),
        client_id: format!("client-{handle}"),
        client_secret_hash: Some(vec![1; 32]),
        enabled: true,
        protocol: draft.protocol.clone(),
        flow: draft.flow,
        expectations: serde_json::from_value(json!([{"who": "LOCAL", "what": "can_sign_in"}])).expect("expectations"),
        created_at: doorward_domain::truncate(at(0)),
        updated_at: doorward_domain::truncate(at(0)),
        version: 1,
    }
}

async fn save_connection(store: &Store, one: &Connection, is_new: bool) -> Result<(), StorageError> {
    let one = one.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                if is_new {
                    connection::insert(tx, &one).await
                } else {
                    connection::update(tx, &one).await
                }
            })
        })
        .await
}

pub async fn save_application(store: &Store, one: &Application, is_new: bool) -> Result<(), StorageError> {
    let one = one.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                if is_new {
                    application::insert(tx, &one, &Actor::System).await
                } else {
                    application::update(tx, &one, &Actor::System).await
                }
            })
        })
        .await
}

async fn connections_are_guarded(stage: &Stage) {
    let store = &stage.store;
    let before = configuration::version(store.read()).await.expect("a version");
    let acme = sample_connection("acme");
    save_connection(store, &acme, true).await.expect("inserts");
    assert_eq!(
        connection::find(store.read(), &acme.id).await.expect("reads"),
        Some(acme.clone())
    );
    assert_eq!(
        connection::find_by_handle(store.read(), &acme.handle)
            .await
            .expect("reads"),
        Some(acme.clone())
    );
    let twice = save_connection(store, &sample_connection("acme"), true)
        .await
        .expect_err("twice");
    assert_eq!(twice.contested(), Some(Contested::ConnectionHandle));
    let mut changed = acme.clone();
    (changed.display_name, changed.version) = ("Acme 2".into(), 2);
    save_connection(store, &changed, false).await.expect("saves");
    let late = save_connection(store, &changed, false).await.expect_err("late");
    assert_eq!(late.contested(), Some(Contested::Version));
    let loaded = configuration::find(store.read()).await.expect("loads");
    assert_eq!(
        (loaded.version, loaded.connections),
        (before + 2, vec![changed.clone()]),
        "refused saves do not count"
    );
    for (version, want) in [(1, false), (2, true)] {
        let id = acme.id.clone();
        let gone: Result<(), StorageError> = store
            .write(move |tx| Box::pin(async move { connection::delete(tx, &id, version).await }))
            .await;
        assert_eq!(gone.is_ok(), want, "version {version}");
    }
    assert_eq!(connection::list(store.read()).await.expect("lists"), vec![]);
}

async fn connections_are_listed_by_id(stage: &Stage) {
    let store = &stage.store;
    let (acme, other) = (sample_connection("acme"), sample_connection("other"));
    for one in [&acme, &other] {
        save_connection(store, one, true).await.expect("inserts");
    }
    let gone = ConnectionId::from_random(random());
    for (case, ids, want) in [
        ("none", vec![], vec![]),
        (
            "one, twice, and one that is gone",
            vec![acme.id.clone(), gone, acme.id.clone()],
            vec![acme],
        ),
        ("another", vec![other.id.clone()], vec![other]),
    ] {
        let found = connection::list_by_id(store.read(), &ids).await.expect("lists");
        assert_eq!(found, want, "{case}");
    }
}

async fn applications_are_guarded(stage: &Stage) {
    let store = &stage.store;
    let payroll = sample_application("payroll");
    save_application(store, &payroll, true).await.expect("inserts");
    assert_eq!(
        application::find(store.read(), &payroll.id).await.expect("reads"),
        Some(payroll.clone())
    );
    let mut same_client = sample_application("other");
    same_client.client_id = payroll.client_id.clone();
    let refused = save_application(store, &same_client, true).await.expect_err("twice");
    assert_eq!(refused.contested(), Some(Contested::ClientId));
    let refused = save_application(store, &sample_application("payroll"), true)
        .await
        .expect_err("twice");
    assert!(matches!(
        refused.contested(),
        Some(Contested::ApplicationHandle | Contested::ClientId)
    ));
    let mut changed = payroll.clone();
    (changed.name, changed.version) = ("Wages".into(), 2);
    save_application(store, &changed, false).await.expect("saves");
    assert_eq!(
        save_application(store, &changed, false)
            .await
            .expect_err("late")
            .contested(),
        Some(Contested::Version)
    );
    assert_eq!(
        application::find_by_handle(store.read(), &payroll.handle)
            .await
            .expect("reads"),
        Some(changed)
    );
    let id = payroll.id.clone();
    let gone: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::delete(tx, &id, 2).await }))
        .await;
    gone.expect("deletes");
    assert_eq!(application::list(store.read()).await.expect("lists"), vec![]);
}

fn key(kid: &str) -> StoredKey {
    StoredKey {
        kid: kid.into(),
        alg: SigningAlg::ES256,
        record: b"private-signing-key-value".to_vec(),
        signs_from: doorward_domain::truncate(at(0)),
        published_until: None,
        created_at: doorward_domain::truncate(at(0)),
    }
}

async fn keys_are_sealed(stage: &Stage) {
    let store = &stage.store;
    let saved: Result<(), StorageError> = store
        .write(|tx| {
            Box::pin(async move {
                signing_key::insert(tx, &key("one")).await?;
                signing_key::insert(tx, &key("two")).await?;
                let retired = StoredKey {
                    published_until: Some(doorward_domain::truncate(at(9))),
                    ..key("one")
                };
                signing_key::update(tx, &retired).await
            })
        })
        .await;
    saved.expect("saves");
    let keys = signing_key::list(store.read()).await.expect("lists");
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0].record, b"private-signing-key-value");
    assert!(keys[0].published_until.is_some() && keys[1].published_until.is_none());
    let stranger = std::sync::Arc::new(Keyring::from_master([1; 32]));
    let other = Store::open(&stage.url, stranger).await.expect("opens");
    let refused = signing_key::list(other.read())
        .await
        .expect_err("another master secret");
    assert!(matches!(refused, StorageError::WrongKey), "{refused:?}");
    assert!(refused.is_final() && !refused.is_retryable());
    other.close().await.expect("closes");
    let gone: Result<bool, StorageError> = store
        .write(|tx| Box::pin(async move { signing_key::delete(tx, "two").await }))
        .await;
    assert!(gone.expect("deletes"));
}

async fn s47_no_secret_in_clear(stage: &Stage) {
    let store = &stage.store;
    save_connection(store, &sample_connection("acme"), true)
        .await
        .expect("inserts");
    let saved: Result<(), StorageError> = store
        .write(|tx| Box::pin(async move { signing_key::insert(tx, &key("one")).await }))
        .await;
    saved.expect("saves");
    if let Some(folder) = &stage.folder {
        for file in std::fs::read_dir(folder.path()).expect("lists") {
            let bytes = std::fs::read(file.expect("a file").path()).expect("reads");
            for secret in [SECRET.as_bytes(), b"private-signing-key-value"] {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret));
            }
        }
    }
    let condition = format!("connection WHERE settings LIKE '%{SECRET}%'");
    assert_eq!(stage.rows(&condition).await, 0);
}

async fn corrupt_rows(stage: &Stage) {
    let store = &stage.store;
    let acme = sample_connection("acme");
    save_connection(store, &acme, true).await.expect("inserts");
    stage.sql("UPDATE connection SET settings = 'nonsense'").await;
    let refused = connection::find(store.read(), &acme.id).await.expect_err("unreadable");
    assert!(matches!(refused, StorageError::Corrupt { table: "connection", id } if id == acme.id.as_str()));
}
