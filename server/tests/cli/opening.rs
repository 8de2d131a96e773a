//! Databases that a program with its key cannot or must not open.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};
use tokio::time::sleep;

use crate::installation::{Installation, PATIENCE, free_port};
use crate::operation::add_shop;
use crate::outage::Relay;
use crate::suspended::{EMAIL, PASSWORD};

#[tokio::test]
async fn a_command_says_why_the_database_does_not_answer() {
    let one = Installation::sqlite();
    one.run(&["migrate"]).await.fine();
    for rest in ["doorward.db-wal", "doorward.db-shm"] {
        std::fs::remove_file(one.data().join(rest)).ok();
    }
    std::fs::write(one.data().join("doorward.db"), "no database ".repeat(1000)).expect("spoilt");
    for arguments in COMMANDS {
        one.run(arguments).await.refused("file is not a database");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_cannot_read_what_is_kept() {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    let one = Installation::sqlite();
    let mode = |name: &str| {
        let found = std::fs::metadata(one.data().join(name)).expect(name);
        found.permissions().mode() & 0o777
    };
    let server = one.serve().await;
    server.until_ready().await;
    assert_eq!(mode("."), 0o700);
    let files = ["doorward.db", "doorward.db-wal", "doorward.db-shm", "secret.key"];
    for name in files {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    server.stop().await;
    let database = one.data().join("doorward.db");
    std::fs::set_permissions(&database, Permissions::from_mode(0o644)).expect("opened up");
    let server = one.serve().await;
    server.until_ready().await;
    assert_eq!(mode("doorward.db"), 0o600, "one of an earlier version");
    server.stop().await;
}

#[tokio::test]
async fn a_mistyped_folder_stays_empty() {
    let one = Installation::sqlite();
    let copy = one.folder.path().join("copy");
    let more: [&[&str]; 4] = [
        &["backup", copy.to_str().expect("text")],
        &["admin", "reset-password", EMAIL],
        &["rotate-keys"],
        &["revoke-key", "one"],
    ];
    for arguments in COMMANDS.into_iter().chain(more) {
        let answer = one.run_with(arguments, PASSWORD).await;
        answer.refused("there is no installation in");
        assert!(!one.data().exists() && !copy.exists(), "{arguments:?}");
    }
}

crate::on_both!(
    a_missing_key_is_not_made_anew,
    another_key_opens_nothing,
    a_newer_version_s_database_is_left_alone
);

/// Commands that work on what is there.
const COMMANDS: [&[&str]; 4] = [&["list-keys"], &["export"], &["check"], &["audit", "verify"]];

async fn run_in(one: &Installation, sql: &str) {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    database.execute_unprepared(sql).await.expect(sql);
    database.close().await.expect("closes");
}

async fn a_missing_key_is_not_made_anew(one: Installation) {
    add_shop(&one).await;
    let saved = one.exported().await;
    let (key, aside) = (one.data().join("secret.key"), one.folder.path().join("aside"));
    std::fs::rename(&key, &aside).expect("moved away");
    one.fail_to_serve().await.refused("secret.key is missing");
    for arguments in COMMANDS {
        one.run(arguments).await.refused("secret.key is missing");
    }
    assert!(!key.exists());
    std::fs::rename(&aside, &key).expect("put back");
    assert_eq!(one.exported().await, saved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f9_no_key_is_made_while_the_database_is_away() {
    let one = Installation::postgres().await;
    add_shop(&one).await;
    let saved = one.exported().await;
    let mut relay = Relay::to(&one);
    let one = one.through(relay.port);
    let (key, aside) = (one.data().join("secret.key"), one.folder.path().join("aside"));
    std::fs::rename(&key, &aside).expect("moved away");
    let answer = one.run(&["migrate"]).await;
    assert!(answer.code == 1 && !key.exists(), "{answer:?}");
    let mut server = one.serve_waiting(free_port());
    server.until("/health/live", 200).await;
    assert!(!key.exists(), "nobody knows yet whose key is in the database");

    relay.restore().await;
    for _ in 0..PATIENCE {
        if !server.is_running() {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert!(!server.is_running(), "there is nothing to wait for");
    one.fail_to_serve().await.refused("secret.key is missing");
    assert!(!key.exists(), "no other key is in its place");
    std::fs::rename(&aside, &key).expect("put back");
    assert_eq!(one.exported().await, saved);
}

async fn another_key_opens_nothing(one: Installation) {
    add_shop(&one).await;
    one.run(&["list-keys"]).await.fine();
    std::fs::write(one.data().join("secret.key"), "7e".repeat(32)).expect("another key");
    one.fail_to_serve().await.refused("the key does not open this database");
    for arguments in COMMANDS {
        let answer = one.run(arguments).await;
        answer.refused("the key does not open this database");
    }
}

async fn a_newer_version_s_database_is_left_alone(one: Installation) {
    one.run(&["migrate"]).await.fine();
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    run_in(&one, sql).await;
    one.fail_to_serve().await.refused("made by a newer version");
    one.run(&["migrate"]).await.refused("made by a newer version");
    for arguments in COMMANDS {
        one.run(arguments).await.refused("made by a newer version");
    }
}
