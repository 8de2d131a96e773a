//! `admin`, `rotate-keys`, `backup`.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::browser::{Browser, authorize, between, code_in, redeem, shop};
use crate::installation::{Installation, Served, until_some};
use crate::suspended::{EMAIL, PASSWORD};

crate::on_both!(
    an_administrator_is_made_and_gets_a_new_password,
    new_keys_are_published_while_the_old_ones_stay,
    a_backup_is_taken_while_the_server_goes_on,
    f16_what_was_begun_goes_on_after_the_process_was_killed,
    s45_wrong_passwords_count_over_a_restart,
    a_request_under_way_ends_before_the_server_does,
);

async fn an_administrator_is_made_and_gets_a_new_password(one: Installation) {
    let short = one.run_with(&["admin", "create", EMAIL], "short\n").await;
    short.refused("the password will not do");
    let odd = one.run_with(&["admin", "create", "not an address"], PASSWORD).await;
    assert_eq!(odd.code, 1, "{odd:?}");
    let made = one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    assert!(made.contains("is an administrator now"), "{made}");
    let twice = one.run_with(&["admin", "create", "ADMIN@example.com"], PASSWORD).await;
    twice.refused("there is an account with this address already");
    let stranger = one
        .run_with(&["admin", "reset-password", "nobody@example.com"], PASSWORD)
        .await;
    stranger.refused("there is no account with the name nobody@example.com");
    let again = one
        .run_with(&["admin", "reset-password", EMAIL], "other-words-that-are-long")
        .await;
    let said = again.fine();
    assert!(said.contains("has the new password"), "{said}");
}

/// The keys that a server publishes.
pub async fn kids(server: &Served) -> Vec<String> {
    let keys = server.get("/oauth2/jwks").await;
    let keys = keys["keys"].as_array().expect("keys").iter();
    keys.map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

async fn new_keys_are_published_while_the_old_ones_stay(one: Installation) {
    let server = one.serve().await;
    server.until_ready().await;
    let before = kids(&server).await;
    assert_eq!(before.len(), 3, "one for each algorithm");
    let said = one.run(&["rotate-keys"]).await.fine();
    assert_eq!(said.lines().count(), 3, "{said}");
    let noticed = until_some(async || Some(kids(&server).await).filter(|kids| kids.len() == 6));
    let after = noticed.await.expect("a serving node notices by itself");
    assert!(before.iter().all(|kid| after.contains(kid)));
    server.stop().await;
}

async fn a_backup_is_taken_while_the_server_goes_on(one: Installation) {
    let server = one.serve().await;
    server.until_ready().await;
    let made = until_some(async || {
        let exported = one.exported().await;
        let applications = exported["applications"].as_array();
        applications.is_some_and(|all| !all.is_empty()).then_some(exported)
    });
    let exported = made.await.expect("the demonstration's data");
    let folder = one.folder.path().join("copy");
    let name = folder.to_str().expect("text");
    one.run(&["backup", name]).await.fine();
    one.run(&["backup", name]).await.refused("cannot be made");
    assert!(folder.join("secret.key").exists());
    #[cfg(unix)]
    for file in std::fs::read_dir(&folder).expect("readable") {
        use std::os::unix::fs::PermissionsExt as _;
        let file = file.expect("readable");
        let mode = file.metadata().expect("readable").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file:?} is its owner's alone");
    }
    if one.is_sqlite() {
        let restored = one.restored(&folder);
        assert_eq!(restored.exported().await, exported, "secrets open with the copied key");
    } else {
        let dump = std::fs::read(folder.join("doorward.dump")).expect("a dump");
        assert!(dump.starts_with(b"PGDMP"), "a dump that pg_restore reads");
    }
    server.stop().await;
}

/// An account, and an application that asks for its password.
pub async fn add_shop(one: &Installation) {
    one.run_with(&["admin", "create", EMAIL], PASSWORD).await.fine();
    one.import(&shop("password"), &[]).await.fine();
}

/// Whether the person of [`add_shop`] comes to the application, and it gets its tokens.
pub async fn signs_in(server: &Served) -> bool {
    let home = Browser::new().password(server, EMAIL, PASSWORD).await.location;
    match code_in(&home) {
        Some(code) => redeem(server, &code).await,
        None => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_backup_that_is_taken_during_sign_ins_can_be_served() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let server = serve_until_ready(&one).await;
    let folder = one.folder.path().join("copy");
    let arguments = ["backup", folder.to_str().expect("text")];
    let sign_ins = async {
        for number in 0..10 {
            assert!(signs_in(&server).await, "F33: {number}, while the backup is taken");
        }
    };
    let (backup, ()) = tokio::join!(one.run(&arguments), sign_ins);
    backup.fine();
    server.stop().await;
    let restored = one.restored(&folder);
    let server = serve_until_ready(&restored).await;
    assert!(signs_in(&server).await, "F33: from the copy");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_put_back_after_a_crash() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let saved = one.exported().await;
    let folder = one.folder.path().join("copy");
    one.run(&["backup", folder.to_str().expect("text")]).await.fine();
    let server = serve_until_ready(&one).await;
    let mut later = shop("password");
    later["applications"][0]["name"] = "Another name".into();
    one.import(&later, &[]).await.fine();
    server.kill().await;
    let log = one.data().join("doorward.db-wal");
    assert!(
        log.metadata().is_ok_and(|log| log.len() > 0),
        "the crash leaves changes"
    );
    for old in ["doorward.db", "doorward.db-wal", "doorward.db-shm"] {
        std::fs::remove_file(one.data().join(old)).expect("removed, as the documentation says");
    }
    for file in std::fs::read_dir(&folder).expect("readable") {
        let file = file.expect("readable");
        std::fs::copy(file.path(), one.data().join(file.file_name())).expect("copied");
    }
    assert_eq!(one.exported().await, saved);
    let server = serve_until_ready(&one).await;
    assert!(signs_in(&server).await, "from the copy");
    server.stop().await;
}

/// The server on the same data, ready to answer.
async fn serve_until_ready(one: &Installation) -> Served {
    let server = one.serve().await;
    server.until_ready().await;
    server
}

async fn f16_what_was_begun_goes_on_after_the_process_was_killed(one: Installation) {
    add_shop(&one).await;
    let server = serve_until_ready(&one).await;
    let mut browser = Browser::new();
    let page = browser.get(&server, &authorize()).await.location;
    let shown = browser.get(&server, &page).await.body;
    let csrf = between(&shown, "name=\"csrf\" value=\"", "\"").expect("a form");

    // Dropped is killed: no signal it could answer to.
    drop(server);
    let server = serve_until_ready(&one).await;
    let form = [
        ("csrf", csrf),
        ("option", "password"),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];
    let home = browser.post(&server, &page, &form).await.location;
    let code = code_in(&home).expect("a code");

    drop(server);
    let server = serve_until_ready(&one).await;
    assert!(redeem(&server, &code).await, "what was acknowledged is there");
    drop(server);
    let server = serve_until_ready(&one).await;
    assert!(!redeem(&server, &code).await, "and works once, over every restart");
}

async fn s45_wrong_passwords_count_over_a_restart(one: Installation) {
    add_shop(&one).await;
    let server = serve_until_ready(&one).await;
    for number in 0..10 {
        let seen = Browser::new().refused(&server, EMAIL, "other-words-than-these").await;
        assert_eq!(seen.status, 401, "{number}: {seen:?}");
    }
    server.kill().await;
    let server = serve_until_ready(&one).await;
    let seen = Browser::new().refused(&server, EMAIL, PASSWORD).await;
    assert_eq!(seen.status, 429, "S45: not even the right one: {seen:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_backup_that_failed_leaves_no_folder() {
    let one = Installation::on(crate::postgres::create_database().await);
    one.run(&["migrate"]).await.fine();
    let folder = one.folder.path().join("copy");
    let arguments = ["backup", folder.to_str().expect("text")];
    let failed = one.run_as(&arguments, &[("PATH", "")]).await;
    failed.refused("pg_dump cannot be started");
    assert!(!folder.exists());
    one.run(&arguments).await.fine();
}

#[tokio::test]
async fn a_command_ends_quietly_when_nobody_reads() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    for command in ["export", "list-keys", "check", "audit verify"] {
        let answer = one.run_in_shell(&format!("\"$0\" {command} | true")).await;
        assert!(!answer.err.contains("panicked"), "{command}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_goes_away_ends_the_server_well() {
    let one = Installation::sqlite();
    let server = serve_until_ready(&one).await;
    server.hang_up();
    server.ended().await;
}

async fn a_request_under_way_ends_before_the_server_does(one: Installation) {
    let server = one.serve().await;
    server.until_ready().await;
    let address = server.url.strip_prefix("http://").expect("an address").to_owned();
    let mut asking = TcpStream::connect(&address).await.expect("connects");
    let body = "grant_type=authorization_code&code=nothing";
    let (begun, rest) = body.split_at(10);
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    asking.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 1024];
    let many = asking.read(&mut answer).await.expect("an answer");
    assert!(answer[..many].starts_with(b"HTTP/1.1 100"), "the body is waited for");
    asking.write_all(begun.as_bytes()).await.expect("sent");

    server.terminate();
    let closed = until_some(async || TcpStream::connect(&address).await.err());
    assert!(closed.await.is_some(), "nothing new is taken");
    asking.write_all(rest.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    asking.read_to_string(&mut answer).await.expect("an answer to its end");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("invalid_client"), "{answer}");
    server.ended().await;
}
