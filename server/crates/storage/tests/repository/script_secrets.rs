//! Secrets of scripts.

use doorward_domain::application::Application;
use doorward_domain::script_secret::SecretName;
use doorward_domain::secret::SecretText;
use doorward_storage::script_secret::{self, ScriptSecret};
use doorward_storage::{StorageError, Store, application, configuration};

use crate::configuration::{sample_application, save_application};
use crate::fixtures::at;
use crate::stage::{Stage, on_both};

on_both!(s47_they_are_sealed_in_their_place, they_go_with_their_application);

const VALUE: &str = "value-of-a-secret-of-a-script";

fn name(text: &str) -> SecretName {
    text.parse().expect("a name")
}

async fn save(store: &Store, application: &Application, text: &str, value: &str, seconds: i64) {
    let secret = ScriptSecret {
        application: application.id.clone(),
        name: name(text),
        value: SecretText::new(value),
        created_at: doorward_domain::truncate(at(seconds)),
        updated_at: doorward_domain::truncate(at(seconds)),
    };
    let saved: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { script_secret::insert(tx, &secret).await }))
        .await;
    saved.expect("saved");
}

async fn s47_they_are_sealed_in_their_place(stage: &Stage) {
    let store = &stage.store;
    let bank = sample_application("bank");
    save_application(store, &bank, true).await.expect("inserts");
    let before = configuration::version(store.read()).await.expect("a version");
    save(store, &bank, "KEY", "the first value", 0).await;
    save(store, &bank, "KEY", VALUE, 60).await;
    save(store, &bank, "OTHER", "another value", 60).await;
    let all = script_secret::list_of_application(store.read(), &bank.id)
        .await
        .expect("listed");
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].name.as_str(), all[0].value.expose()), ("KEY", VALUE));
    assert!(all[0].created_at < all[0].updated_at, "replaced");
    let loaded = configuration::find(store.read()).await.expect("loads");
    assert_eq!(loaded.script_secrets, all);
    assert!(loaded.version > before, "other nodes notice");
    if let Some(folder) = &stage.folder {
        for file in std::fs::read_dir(folder.path()).expect("lists") {
            let bytes = std::fs::read(file.expect("a file").path()).expect("reads");
            assert!(!bytes.windows(VALUE.len()).any(|window| window == VALUE.as_bytes()));
        }
    }
    stage
        .sql("UPDATE script_secret SET sealed_value = (SELECT sealed_value FROM script_secret WHERE name = 'OTHER')")
        .await;
    let copied = script_secret::list(store.read()).await.expect_err("KEY does not open");
    assert!(
        matches!(
            copied,
            StorageError::Corrupt {
                table: "script_secret",
                ..
            }
        ),
        "{copied:?}"
    );
}

async fn they_go_with_their_application(stage: &Stage) {
    let store = &stage.store;
    let bank = sample_application("bank");
    save_application(store, &bank, true).await.expect("inserts");
    save(store, &bank, "KEY", VALUE, 0).await;
    save(store, &bank, "OTHER", VALUE, 0).await;
    let id = bank.id.clone();
    let gone: Result<(bool, bool), StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                let first = script_secret::delete(tx, &id, &name("KEY")).await?;
                Ok((first, script_secret::delete(tx, &id, &name("KEY")).await?))
            })
        })
        .await;
    assert_eq!(gone.expect("deleted"), (true, false));
    assert_eq!(stage.rows("script_secret").await, 1);
    let deleted: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::delete(tx, &bank.id, bank.version).await }))
        .await;
    deleted.expect("deleted");
    assert_eq!(stage.rows("script_secret").await, 0);
}
