//! `admin`, `rotate-keys`, `backup`.

use std::time::Duration;

use crate::installation::{Installation, PATIENCE, Served};

crate::on_both!(
    an_administrator_is_made_and_gets_a_new_password,
    new_keys_are_published_while_the_old_ones_stay,
    a_backup_is_taken_while_the_server_goes_on,
);

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "plenty-of-words-in-here";

async fn an_administrator_is_made_and_gets_a_new_password(one: Installation) {
    let short = one.run_with(&["admin", "create", EMAIL], "short\n").await;
    short.refused("the password will not do");
    let odd = one.run_with(&["admin", "create", "not an address"], PASSWORD).await;
    assert_eq!(odd.code, 1, "{odd:?}");
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    let twice = one.run_with(&["admin", "create", "ADMIN@example.com"], PASSWORD).await;
    twice.refused("there is an account with this address already");
    let stranger = one
        .run_with(&["admin", "reset-password", "nobody@example.com"], PASSWORD)
        .await;
    stranger.refused("there is no account with the name nobody@example.com");
    let again = one
        .run_with(&["admin", "reset-password", EMAIL], "other-words-that-are-long")
        .await;
    assert!(again.fine().is_empty());
}

async fn kids(server: &Served) -> Vec<String> {
    let keys = server.get("/oauth2/jwks").await;
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

async fn new_keys_are_published_while_the_old_ones_stay(one: Installation) {
    let server = one.serve().await;
    let mut before = Vec::new();
    for _ in 0..PATIENCE {
        before = kids_if_ready(&server).await;
        if !before.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(before.len(), 3, "one for each algorithm");
    let said = one.run(&["rotate-keys"]).await.fine();
    assert_eq!(said.lines().count(), 3, "{said}");
    let mut after = before.clone();
    for _ in 0..PATIENCE {
        after = kids(&server).await;
        if after.len() == 6 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(after.len(), 6, "a serving node notices by itself");
    assert!(before.iter().all(|kid| after.contains(kid)));
    server.stop().await;
}

/// Empty while the server is still getting its database ready.
async fn kids_if_ready(server: &Served) -> Vec<String> {
    let ready = server.try_get("/health/ready").await;
    if ready.is_ok_and(|answer| answer.status().is_success()) {
        kids(server).await
    } else {
        Vec::new()
    }
}

async fn a_backup_is_taken_while_the_server_goes_on(one: Installation) {
    let server = one.serve().await;
    let mut exported = serde_json::Value::Null;
    for _ in 0..PATIENCE {
        if !kids_if_ready(&server).await.is_empty() {
            exported = one.exported().await;
            if exported["applications"].as_array().is_some_and(|all| !all.is_empty()) {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let folder = one.folder.path().join("copy");
    let name = folder.to_str().expect("text");
    one.run(&["backup", name]).await.fine();
    one.run(&["backup", name]).await.refused("cannot be made");
    assert!(folder.join("secret.key").exists());
    if one.is_sqlite() {
        let restored = one.restored(&folder);
        assert_eq!(restored.exported().await, exported, "secrets open with the copied key");
    } else {
        let dump = std::fs::read(folder.join("doorward.dump")).expect("a dump");
        assert!(dump.starts_with(b"PGDMP"), "a dump that pg_restore reads");
    }
    server.stop().await;
}
