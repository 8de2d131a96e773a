//! Databases that a program with its key cannot or must not open.

use sea_orm::{ConnectionTrait, Database};

use crate::installation::Installation;
use crate::operation::add_shop;

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

crate::on_both!(another_key_opens_nothing, a_newer_version_s_database_is_left_alone);

/// Commands that work on what is there.
const COMMANDS: [&[&str]; 4] = [&["list-keys"], &["export"], &["check"], &["audit", "verify"]];

async fn run_in(one: &Installation, sql: &str) {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    database.execute_unprepared(sql).await.expect(sql);
    database.close().await.expect("closes");
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
