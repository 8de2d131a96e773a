//! The product as a process of its own: how it starts, what it takes of the machine.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sea_orm::ConnectionTrait;

pub const API_TOKEN: &str = "a-token-for-measurements-only";
/// Longest wait for a start.
const START: Duration = Duration::from_secs(30);
/// Ticks of the kernel's accounting in a second, as Linux has them on every machine of ours.
const TICKS: f64 = 100.0;

/// Which database is measured.
pub enum Database {
    Sqlite,
    /// Where databases can be made.
    Postgres(String),
}

impl Database {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address of a fresh database for an installation in `folder`.
    async fn make(&self, folder: &Path) -> Result<String> {
        match self {
            Self::Sqlite => Ok(format!("sqlite://{}?mode=rwc", folder.join("doorward.db").display())),
            Self::Postgres(admin) => {
                let name = format!("bench_{}_{}", std::process::id(), free_port()?);
                let connection = sea_orm::Database::connect(admin).await?;
                connection
                    .execute_unprepared(&format!("CREATE DATABASE \"{name}\""))
                    .await?;
                connection.close().await?;
                let mut url = url::Url::parse(admin)?;
                url.set_path(&name);
                Ok(url.into())
            }
        }
    }
}

/// The databases there are to measure.
pub fn databases(postgres: Option<&str>) -> Vec<Database> {
    let postgres = postgres.map(|admin| Database::Postgres(admin.to_owned()));
    [Some(Database::Sqlite), postgres].into_iter().flatten().collect()
}

/// The files and the database of an installation; outlives the process.
pub struct Installation {
    pub folder: tempfile::TempDir,
    pub database_url: String,
    binary: PathBuf,
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    pub start_to_ready: Duration,
}

impl Installation {
    /// An empty installation.
    ///
    /// # Errors
    /// When the folder or the database cannot be made.
    pub async fn new(binary: &Path, database: &Database) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let database_url = database.make(folder.path()).await?;
        Ok(Self {
            folder,
            database_url,
            binary: binary.to_owned(),
        })
    }

    /// Starts the server and waits until it is ready.
    ///
    /// # Errors
    /// When it ends or is not ready in time.
    pub async fn start(&self) -> Result<Server> {
        let port = free_port()?;
        let url = format!("http://localhost:{port}");
        let started = Instant::now();
        let child = Command::new(&self.binary)
            .arg("serve")
            .current_dir(self.folder.path())
            .env("DOORWARD_LISTEN", format!("127.0.0.1:{port}"))
            .env("DOORWARD_PUBLIC_URL", &url)
            .env("DOORWARD_DATA_DIR", self.folder.path())
            .env("DOORWARD_DATABASE_URL", &self.database_url)
            .env("DOORWARD_API_TOKEN", API_TOKEN)
            .env("DOORWARD_ALLOW_PRIVATE_UPSTREAMS", "true")
            // People of the load generator come from addresses of their own.
            .env("DOORWARD_TRUSTED_PROXIES", "1")
            // What is measured is not the quota.
            .env("DOORWARD_ACCOUNTS_PER_HOUR", "10000000")
            .env("RUST_LOG", "error")
            .stdout(Stdio::null())
            .spawn()
            .context("the binary cannot be started")?;
        let mut server = Server {
            child,
            url,
            start_to_ready: Duration::ZERO,
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "asks the server it has started, at a loopback address"
        )]
        let client = reqwest::Client::new();
        while started.elapsed() < START {
            let answer = client.get(format!("{}/health/ready", server.url)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                server.start_to_ready = started.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended with {status}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("the server was not ready in time")
    }
}

impl Server {
    /// Seconds of processor time its process has taken so far.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(self.child.id())
    }

    /// Memory it holds, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        memory(self.child.id(), "VmRSS:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Seconds of processor time of every process of PostgreSQL on this machine.
pub fn postgres_cpu_seconds() -> f64 {
    let is_postgres =
        |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "postgres");
    processes().filter(is_postgres).map(cpu_seconds).sum()
}

/// The most memory a child of this process has held so far, in bytes.
pub fn largest_child() -> u64 {
    let own = f64::from(std::process::id());
    processes()
        .filter(|pid| stat(*pid, 1) == own)
        .map(|pid| memory(pid, "VmHWM:"))
        .max()
        .unwrap_or_default()
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn cpu_seconds(pid: u32) -> f64 {
    (stat(pid, 11) + stat(pid, 12)) / TICKS
}

/// A number of what the kernel tells of a process (proc(5)), counted from its state: its parent is the first, its time in
/// the program the 11th and in the kernel the 12th.
fn stat(pid: u32, index: usize) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before it may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let field = fields.split_whitespace().nth(index);
    field.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// Memory of a process, in bytes, by the name the kernel has for it.
fn memory(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes: u64 = line
        .and_then(|rest| rest.trim().split(' ').next()?.parse().ok())
        .unwrap_or(0);
    kilobytes * 1024
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
