//! PostgreSQL fails over: the primary is killed and its synchronous standby takes its place (budgets F11). The relay
//! stands for the address that goes with the primary.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DbErr, Statement};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::installation::{Installation, PATIENCE, free_port};
use crate::kills::{Acknowledged, check, first_start, sign_in, sign_in_again_and_again};
use crate::outage::Relay;

/// Other users of the machine can reach the ports for as long as the test runs, and find nothing there.
const PASSWORD: &str = "of-a-database-for-one-test";
/// Whom PostgreSQL runs as where the test is root, which it refuses to be.
const SYSTEM_USER: &str = "postgres";
const BROWSERS: u64 = 4;

/// The first column of the first row of an answer, as text.
async fn ask(url: &str, sql: &str) -> Result<Option<String>, DbErr> {
    let database = Database::connect(url).await?;
    let asked = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(asked).await?;
    database.close().await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}

async fn until(url: &str, sql: &str, want: &str) {
    let mut last = None;
    for _ in 0..PATIENCE {
        last = Some(ask(url, sql).await);
        if matches!(&last, Some(Ok(Some(answer))) if answer == want) {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{sql} is not {want} in time: {last:?}");
}

/// Where the programs are that the server of the other tests was started from.
async fn programs() -> PathBuf {
    let url = crate::postgres::create_database().await;
    let folder = ask(&url, "SELECT setting FROM pg_config WHERE name = 'BINDIR'").await;
    folder.expect("answers").expect("a folder").into()
}

fn url_at(port: u16) -> String {
    format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/postgres")
}

/// A primary, and a standby that has what the primary acknowledges. Both are killed when dropped.
struct Pair {
    programs: PathBuf,
    folder: tempfile::TempDir,
    primary: Option<Child>,
    standby: Option<Child>,
    /// Of the primary and of the standby.
    ports: [u16; 2],
}

impl Pair {
    async fn start() -> Self {
        let mut pair = Self {
            programs: programs().await,
            folder: tempfile::tempdir().expect("a folder"),
            primary: None,
            standby: None,
            ports: [free_port(), free_port()],
        };
        let folder = pair.folder.path().to_owned();
        pair.make(&folder).await;
        let [here, there] = pair.ports;
        pair.primary = Some(pair.serve(&folder.join("primary"), here));
        until(&url_at(here), "SELECT 'ready'", "ready").await;
        let mut copy = pair.program("pg_basebackup");
        copy.args(["-R", "-X", "stream", "-c", "fast", "--no-sync"])
            .args(["-d", &url_at(here), "-D"])
            .arg(folder.join("standby"));
        run(copy).await;
        pair.standby = Some(pair.serve(&folder.join("standby"), there));
        until(&url_at(here), "SELECT state FROM pg_stat_replication", "streaming").await;
        // Only now: without a standby the primary would wait for one.
        let setting = "ALTER SYSTEM SET synchronous_standby_names = '*'";
        ask(&url_at(here), setting).await.expect("set");
        until(&url_at(here), "SELECT pg_reload_conf()::text", "true").await;
        until(&url_at(here), "SELECT sync_state FROM pg_stat_replication", "sync").await;
        pair
    }

    /// The files of the primary.
    async fn make(&self, folder: &Path) {
        let password = folder.join("password");
        std::fs::write(&password, PASSWORD).expect("written");
        if self.is_root() {
            let mut own = Command::new("chown");
            own.args(["-R", SYSTEM_USER]).arg(folder);
            run(own).await;
        }
        let mut make = self.program("initdb");
        make.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pwfile"])
            .arg(password)
            .arg("-D")
            .arg(folder.join("primary"));
        run(make).await;
    }

    fn is_root(&self) -> bool {
        std::fs::metadata("/proc/self").expect("Linux").uid() == 0
    }

    /// A program of PostgreSQL. A server ends with the test, whatever becomes of it.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("setpriv");
        if self.is_root() {
            let (user, group) = (format!("--reuid={SYSTEM_USER}"), format!("--regid={SYSTEM_USER}"));
            command.args([&user, &group, "--init-groups"]);
        }
        command
            .args(["--pdeathsig=INT", "--"])
            .arg(self.programs.join(name))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn serve(&self, data: &Path, port: u16) -> Child {
        let log = std::fs::File::create(data.with_extension("log")).expect("a file");
        let mut postgres = self.program("postgres");
        postgres.arg("-D").arg(data).args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            // Shared memory in files of the folder: a killed server leaves its own behind.
            "dynamic_shared_memory_type=mmap",
            // A process is killed here, not the machine.
            "fsync=off",
        ] {
            postgres.args(["-c", setting]);
        }
        postgres.stdout(log.try_clone().expect("a file")).stderr(log);
        postgres.spawn().expect("starts")
    }

    /// With a signal it cannot answer to, so that it leaves a segment of shared memory to be removed.
    async fn kill_primary(&mut self) {
        let state = self.folder.path().join("primary/postmaster.pid");
        let state = std::fs::read_to_string(state).expect("running");
        let mut primary = self.primary.take().expect("running");
        primary.kill().await.expect("killed");
        // The seventh line has the segment's key and its id.
        let segment = state.lines().nth(6).and_then(|line| line.split_whitespace().last());
        let removed = Command::new("ipcrm")
            .args(["-m", segment.expect("a segment")])
            .status()
            .await;
        // It is a few bytes, and nothing that the test is about.
        removed.ok();
    }

    /// Makes the standby a primary, and waits until it is one.
    async fn promote(&self) {
        let asked = ask(&url_at(self.ports[1]), "SELECT pg_promote(true, 30)::text").await;
        assert_eq!(asked.expect("answers").as_deref(), Some("true"), "promoted");
    }

    async fn stop(mut self) {
        let mut standby = self.standby.take().expect("running");
        let pid = standby.id().expect("running").to_string();
        let mut end = Command::new("kill");
        end.args(["-INT", &pid]);
        run(end).await;
        standby.wait().await.expect("ended");
    }
}

/// Runs a program to its good end.
async fn run(mut command: Command) {
    let done = command.output().await.expect("the program starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{command:?}: {said}");
}

/// A loaded machine may say that it is busy (F12), and whoever is told so signs in again. The Test IdP is part of the
/// server and was away with its database: its circuit may be open for ten seconds more (F1).
async fn until_signed_in(server: &str, name: &str, seen: &mut Acknowledged) {
    for _ in 0..PATIENCE {
        sign_in(server, name, seen).await.expect("answers");
        if seen.people.contains(name) {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("F11: {name} is never signed in: {:?}", seen.refused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f11_a_fail_over_loses_no_acknowledged_sign_in() {
    let mut pair = Pair::start().await;
    let one = Installation::on(url_at(pair.ports[0]));
    let mut relay = Relay::to(&one);
    let one = one.through(relay.port);
    relay.restore().await;
    let mut server = first_start(&one, free_port()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let browsers: Vec<_> = (0..BROWSERS)
        .map(|number| tokio::spawn(sign_in_again_and_again(server.url.clone(), number, Arc::clone(&stop))))
        .collect();
    let mut seen = Acknowledged::default();
    for number in 0..4 {
        until_signed_in(&server.url, &format!("stubborn-before-{number}"), &mut seen).await;
    }

    pair.kill_primary().await;
    relay.cut().await;
    pair.promote().await;
    relay.lead_to(pair.ports[1]);
    relay.restore().await;
    server.until_ready().await;
    assert!(server.is_running(), "F11: without a restart");
    // A connection that was used within the last second is not asked first whether it lives.
    sleep(Duration::from_secs(1)).await;
    until_signed_in(&server.url, "stubborn-after", &mut seen).await;
    stop.store(true, Ordering::Relaxed);
    for browser in browsers {
        seen.append(browser.await.expect("ends"));
    }
    check(&server, &seen).await;
    server.stop().await;
    pair.stop().await;
}
