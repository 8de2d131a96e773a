//! A PostgreSQL cluster for one test run.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The user `postgres` runs as when this process is root, which it refuses to be.
const SYSTEM_USER: &str = "postgres";
const START_SECONDS: u64 = 30;
/// Below the ports the system hands out to outgoing connections, or the two would collide.
const PORTS: std::ops::Range<u16> = 21_000..32_000;

/// A running cluster. Dropping it stops the server and removes its files.
pub struct Cluster {
    /// Where its administrator connects: `postgres://postgres:…@127.0.0.1:<port>/postgres`.
    pub url: String,
    folder: PathBuf,
    server: Child,
}

impl Cluster {
    /// Makes and starts a cluster with the programs in `binaries`, on a free port of the loopback address.
    ///
    /// # Errors
    /// When it cannot be made, or is not ready in time.
    pub fn start(binaries: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("doorward-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let password = random_hex()?;
        let prepared = prepare(binaries, &folder, &password);
        let started = prepared.and_then(|()| launch(binaries, &folder));
        let server = match started {
            Ok(server) => server,
            Err(error) => {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                // Best effort: the reason why nothing started matters more.
                fs::remove_dir_all(&folder).ok();
                return Err(error.context(log));
            }
        };
        let mut cluster = Self {
            url: String::new(),
            folder,
            server,
        };
        let port = cluster.wait_until_ready()?;
        cluster.url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        Ok(cluster)
    }

    /// The port, read back from the file the server writes: its eighth line says `ready` when it is.
    fn wait_until_ready(&mut self) -> Result<u16> {
        let deadline = Instant::now() + Duration::from_secs(START_SECONDS);
        while Instant::now() < deadline {
            let state = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            let lines: Vec<&str> = state.lines().map(str::trim).collect();
            if lines.get(7) == Some(&"ready") {
                return lines
                    .get(3)
                    .and_then(|port| port.parse().ok())
                    .context("PostgreSQL names no port");
            }
            if let Some(status) = self.server.try_wait()? {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL ended with {status}: {log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("PostgreSQL was not ready after {START_SECONDS} seconds")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: clients are disconnected, files are closed properly.
        let stopped = Command::new("kill")
            .args(["-INT", &self.server.id().to_string()])
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            self.server.kill().ok();
        }
        self.server.wait().ok();
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            eprintln!("could not remove {}: {error}", self.folder.display());
        }
    }
}

fn prepare(binaries: &Path, folder: &Path, password: &str) -> Result<()> {
    fs::write(folder.join("password"), password)?;
    if workspace::is_root() {
        workspace::run(Command::new("chown").args(["-R", SYSTEM_USER]).arg(folder))?;
    }
    let mut initdb = as_system_user(&binaries.join("initdb"));
    initdb
        .args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ])
        .arg(format!("--pwfile={}", folder.join("password").display()))
        .arg("-D")
        .arg(folder.join("data"))
        .current_dir(folder)
        .stdout(Stdio::null());
    workspace::run(&mut initdb)?;
    fs::remove_file(folder.join("password"))?;
    Ok(())
}

fn launch(binaries: &Path, folder: &Path) -> Result<Child> {
    let log = fs::File::create(folder.join("log"))?;
    let port = free_port()?;
    let mut postgres = as_system_user(&binaries.join("postgres"));
    postgres
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        // Sockets would need a folder both users may use, and nobody connects to them.
        "unix_socket_directories=",
        "max_connections=400",
        // The tests kill our server, not this one: nothing here has to survive a power cut.
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
    ] {
        postgres.args(["-c", setting]);
    }
    postgres
        .current_dir(folder)
        .stdout(log.try_clone()?)
        .stderr(log)
        .stdin(Stdio::null());
    postgres.spawn().context("could not start postgres")
}

/// The program, without root's rights, and told to stop should this process die first.
fn as_system_user(program: &Path) -> Command {
    if workspace::find_program("setpriv").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if workspace::is_root() {
        command.args([
            &format!("--reuid={SYSTEM_USER}"),
            &format!("--regid={SYSTEM_USER}"),
            "--init-groups",
        ]);
    }
    command.arg("--pdeathsig=INT").arg("--").arg(program);
    command
}

fn free_port() -> Result<u16> {
    let start = u16::try_from(std::process::id() % 10_000).unwrap_or_default();
    let mut candidates = (PORTS.start + start..PORTS.end).chain(PORTS);
    candidates
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .context("no free port")
}

/// Other users of the machine can reach the port, so the administrator gets a password nobody knows.
fn random_hex() -> Result<String> {
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
