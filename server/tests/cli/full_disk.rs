//! A disk that takes no more, below SQLite (budgets F14). A limit on the size of files stands for it: what can be read
//! can still be read, and no file grows.

use std::process::Command;

use sea_orm::{ConnectionTrait, Database, Statement};

use crate::browser::{Browser, ask_for_tokens, authorize, code_in, is_valid, redeem, try_redeem};
use crate::installation::{Installation, Served};
use crate::operation::add_shop;
use crate::outage::check_retry_page;
use crate::suspended::{EMAIL, PASSWORD};

/// From now on no file of the server grows beyond this, in bytes. The hard limit stays, so that the soft one can be
/// lifted again.
fn limit_files(server: &Served, most: &str) {
    let soft = format!("--fsize={most}:");
    let set = Command::new("prlimit").args(["--pid", &server.pid(), &soft]).status();
    assert!(set.expect("prlimit is there").success());
}

/// The size of what SQLite writes to, and a part of a page: the next write breaks off in its middle.
fn full(one: &Installation) -> u64 {
    let log = one.data().join("doorward.db-wal");
    std::fs::metadata(log).expect("written to").len() + 2_000
}

/// The code of a sign-in, not redeemed yet.
async fn code(server: &Served) -> String {
    let home = Browser::new().password(server, EMAIL, PASSWORD).await.location;
    code_in(&home).unwrap_or_else(|| panic!("no code: {home}"))
}

/// What SQLite says of the file as a whole.
pub async fn integrity(one: &Installation) -> Vec<String> {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    let asked = Statement::from_string(database.get_database_backend(), "PRAGMA integrity_check");
    let rows = database.query_all_raw(asked).await.expect("reads");
    rows.iter()
        .map(|row| row.try_get("", "integrity_check").expect("text"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f14_a_full_disk_refuses_writes_and_nothing_else() {
    let one = Installation::sqlite();
    add_shop(&one).await;
    let log = one.folder.path().join("log");
    // The limit comes with a signal that ends the process. A full disk has none.
    let mut server = one.serve_after("trap '' XFSZ", &log).await;
    server.until_ready().await;
    let redeemed = code(&server).await;
    let token = try_redeem(&server.url, &redeemed).await.expect("answers");
    let token = token.expect("a token");
    let kept = code(&server).await;
    let mut browser = Browser::new();
    let address = browser.get(&server, &authorize()).await.location;
    let page = browser.get(&server, &address).await;
    let form = [
        ("csrf", page.field("csrf")),
        ("option", "password"),
        ("username", EMAIL),
        ("password", PASSWORD),
    ];

    limit_files(&server, &full(&one).to_string());
    // The second finds what the first has left behind.
    for _ in 0..3 {
        check_retry_page(&browser.post(&server, &address, &form).await);
        let (refused, body) = ask_for_tokens(&server.url, &kept).await.expect("answers");
        let told = (refused.status, refused.retry_after.as_deref());
        assert_eq!(told, (503, Some("1")), "F14: {refused:?}");
        assert_eq!(body["error"], "temporarily_unavailable", "F14");
        assert!(is_valid(&server, &token).await, "F14: tokens are verified");
        for path in [&address, "/oauth2/jwks", "/health/live"] {
            let seen = browser.get(&server, path).await;
            assert_eq!(seen.status, 200, "F14: {path} is only read: {seen:?}");
        }
    }
    let told = std::fs::read_to_string(&log).expect("a log");
    assert!(
        told.contains("see whether the disk is full"),
        "F14: a line for the operator: {told}"
    );
    assert!(!told.contains("panicked"), "{told}");

    limit_files(&server, "unlimited");
    let done = browser.post(&server, &address, &form).await;
    let code = code_in(&done.location).unwrap_or_else(|| panic!("F14: the same form goes on: {done:?}"));
    let late = try_redeem(&server.url, &code).await.expect("answers");
    let late = late.expect("F14: a token");
    assert!(redeem(&server, &kept).await, "F14: nothing was used up");
    assert!(server.is_running(), "F14: without a restart");
    server.stop().await;
    assert_eq!(integrity(&one).await, ["ok"], "F14");
    one.run(&["audit", "verify"]).await.fine();

    let server = one.serve().await;
    server.until_ready().await;
    for token in [&token, &late] {
        assert!(
            is_valid(&server, token).await,
            "F14: what was acknowledged is on the disk"
        );
    }
    assert!(!redeem(&server, &kept).await, "F14, F20: once");
    server.stop().await;
}
