//! Runs of scripts in worker processes of the real program, and when they are ended from outside.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use doorward_domain::script::{Limit, RunEnd};
use doorward_sandbox::Pool;
use doorward_server::state::SANDBOX_WORKER;
use tokio::sync::Mutex;
use tokio::time::sleep;

const SHORT: &str = "function onLoginRequest() {}";

/// One of these tests at a time: each looks for the worker that it has started.
static ALONE: Mutex<()> = Mutex::const_new(());

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
    let _alone = ALONE.lock().await;
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

#[tokio::test]
async fn f29_a_worker_can_take_so_much_and_no_more() {
    let _alone = ALONE.lock().await;
    let pool = pool();
    assert_eq!(end(&pool, SHORT).await, RunEnd::Done, "the worker is there");
    let limits = fs::read_to_string(format!("/proc/{}/limits", worker())).expect("proc(5)");
    for (name, most) in [
        // 512 MiB.
        ("Max address space", "536870912"),
        ("Max core file size", "0"),
        ("Max open files", "3"),
    ] {
        let of_it = limits.lines().find_map(|line| line.strip_prefix(name));
        let rest = of_it.unwrap_or_else(|| panic!("F29: no {name}: {limits}"));
        // The one in force, and how far the process could raise it.
        let values: Vec<&str> = rest.split_whitespace().take(2).collect();
        assert_eq!(values, [most, most], "F29: {name}");
    }
}

#[tokio::test]
async fn scripts_that_use_up_a_limit_leave_the_machine_to_others() {
    let _alone = ALONE.lock().await;
    let pool = pool();
    let endless = "function onLoginRequest() { for (;;); }";
    let hit = RunEnd::Limit { limit: Limit::Time };
    let of_hostile = async || pool.run_for("hostile", endless, &[]).await.expect("it is run").end;
    assert_eq!(of_hostile().await, hit, "among the others");
    assert_eq!(of_hostile().await, hit, "apart");
    let begun = Instant::now();
    assert_eq!(of_hostile().await, hit, "apart, after a rest");
    assert!(begun.elapsed() >= Duration::from_millis(400), "{:?}", begun.elapsed());
    let good = pool.run_for("good", SHORT, &[]).await.expect("it is run").end;
    assert_eq!(good, RunEnd::Done, "nobody else rests");
}
