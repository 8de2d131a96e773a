//! The process is killed in the middle of its work (S43, F16).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use doorward_storage::{Store, sign_in};
use futures::future::join_all;

use crate::fixtures::*;
use crate::stage::{Stage, keyring, on_both};

on_both!(s43_everything_or_nothing);

/// Names the database to the process that is going to be killed.
const URL: &str = "DOORWARD_TEST_KILLED_URL";
const ROUND: &str = "DOORWARD_TEST_KILLED_ROUND";
const ROUNDS: usize = 8;
const SIGN_INS_AT_ONCE: usize = 16;

/// Kills a process that signs people in, then looks at what it left behind.
async fn s43_everything_or_nothing(stage: &Stage) {
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        acknowledged += kill_after(&stage.url, round, 1 + round * 7);
        // At one moment: PostgreSQL may still finish a statement whose client is gone.
        let rows = stage
            .rows_of(&[
                "account",
                "link",
                "session",
                "sign_in_grant",
                "login_identifier",
                "audit_event",
            ])
            .await;
        let accounts = rows[0];
        assert!(
            accounts >= acknowledged,
            "what was acknowledged is there: {accounts} of {acknowledged}"
        );
        let whole = [1, 1, 1, 1, 2, 2].map(|times| accounts * times);
        assert_eq!(rows, whole, "round {round}: nothing is there by half");
    }
    assert!(acknowledged > 0);
    stage.store.ping().await.expect("goes on");
    signed_in(&stage.store, &account("after"), "after").await;
}

/// Starts this test program again as the worker below and kills it as soon as it has acknowledged that many sign-ins.
/// How many it acknowledged.
fn kill_after(url: &str, round: usize, enough: usize) -> i64 {
    let mut worker = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "killed::worker", "--nocapture"])
        .env(URL, url)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(worker.stdout.take().expect("its output")).lines();
    let is_done = |line: &std::io::Result<String>| line.as_ref().is_ok_and(|text| text.ends_with("signed in"));
    let mut seen = lines.by_ref().filter(is_done).take(enough).count();
    worker.kill().expect("SIGKILL");
    worker.wait().expect("ends");
    seen += lines.filter(is_done).count();
    i64::try_from(seen).expect("a small number")
}

/// The process that is killed. Does nothing in an ordinary run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker() {
    let (Ok(url), Ok(round)) = (std::env::var(URL), std::env::var(ROUND)) else {
        return;
    };
    let store = Store::open(&url, keyring()).await.expect("opens");
    for turn in 0..1000 {
        join_all((0..SIGN_INS_AT_ONCE).map(|n| {
            let (store, name) = (store.clone(), format!("p{round}-{turn}-{n}"));
            async move {
                sign_in::complete(&store, first(account(&name), &name))
                    .await
                    .expect("signs in");
                println!("{name} signed in");
            }
        }))
        .await;
    }
}
