//! Runs of scripts in worker processes of the real program, and when they are ended from outside.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use doorward_domain::script::{Limit, RunEnd};
use doorward_sandbox::Pool;
use doorward_server::state::SANDBOX_WORKER;
use tokio::time::sleep;

const SHORT: &str = "function onLoginRequest() {}";

fn pool() -> Pool {
    Pool::new(PathBuf::from(env!("CARGO_BIN_EXE_doorward")), SANDBOX_WORKER, 1)
}

async fn end(pool: &Pool, source: &str) -> RunEnd {
    pool.run(source, &[]).await.expect("a worker runs it").end
}

/// The one process that the pool of this test has started.
fn worker() -> u32 {
    let of_this = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
        let told = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        parent == Some(&std::process::id().to_string()) && told.contains(SANDBOX_WORKER)
    };
    let all = fs::read_dir("/proc").expect("proc(5)").flatten();
    let mut pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.find(of_this).expect("a worker runs")
}

fn signal(pid: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([name, &pid.to_string()])
        .status();
    assert!(sent.expect("kill is there").success());
}

#[tokio::test]
async fn only_what_a_script_computes_itself_counts() {
    let pool = pool();
    assert_eq!(end(&pool, SHORT).await, RunEnd::Done, "the worker is there");
    let worker = worker();
    signal(worker, "-STOP");
    let goes_on = async {
        // Three times what a script may compute.
        sleep(Duration::from_millis(300)).await;
        signal(worker, "-CONT");
    };
    let (ended, ()) = tokio::join!(end(&pool, SHORT), goes_on);
    assert_eq!(ended, RunEnd::Done);

    // A loop of the engine's own, which it does not interrupt.
    let native = "function onLoginRequest() { [].indexOf.call({ length: 2 ** 53 - 1 }, 1); }";
    assert_eq!(end(&pool, native).await, RunEnd::Limit { limit: Limit::Time });
    assert_eq!(end(&pool, SHORT).await, RunEnd::Done, "in a new worker");
}
