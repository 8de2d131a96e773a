//! An installation in a folder of its own, driven by the program alone.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Longest wait for something the program does, in steps of 50 ms.
pub const PATIENCE: u32 = 200;
/// What the management API of a node takes.
pub const API_TOKEN: &str = "a-management-token-for-tests";
const PROGRAM: &str = env!("CARGO_BIN_EXE_doorward");

pub struct Installation {
    pub folder: tempfile::TempDir,
    database: Option<String>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// What was printed, by a command that went well.
    #[track_caller]
    pub fn fine(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    #[track_caller]
    pub fn refused(&self, sentence: &str) {
        assert_eq!(self.code, 1, "{self:?}");
        let said = self.err.contains(sentence) || self.out.contains(sentence);
        assert!(said, "{sentence:?} is not in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}

impl Installation {
    pub fn sqlite() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            database: None,
        }
    }

    pub async fn postgres() -> Self {
        Self {
            database: Some(crate::postgres::create_database().await),
            ..Self::sqlite()
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// The folder with the key and, with SQLite, the database.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .kill_on_drop(true);
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("DOORWARD_DATA_DIR", self.data());
        if let Some(url) = &self.database {
            command.env("DOORWARD_DATABASE_URL", url);
        }
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Answer {
        self.run_with(arguments, "").await
    }

    /// Runs a command that reads `input`.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Answer {
        let mut typed = tempfile::tempfile().expect("a file");
        typed.write_all(input.as_bytes()).expect("written");
        std::io::Seek::rewind(&mut typed).expect("rewound");
        let mut command = self.command(arguments);
        let output = command.stdin(typed).output().await.expect("the program starts");
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command with a document in a file.
    pub async fn import(&self, document: &serde_json::Value, flags: &[&str]) -> Answer {
        let arguments: Vec<&str> = ["import", "-"].iter().chain(flags).copied().collect();
        self.run_with(&arguments, &document.to_string()).await
    }

    pub async fn exported(&self) -> serde_json::Value {
        let text = self.run(&["export"]).await.fine();
        serde_json::from_str(&text).expect("JSON")
    }

    /// Starts `doorward serve --demo` on a free port.
    pub async fn serve(&self) -> Served {
        let mut command = self.command(&["serve", "--demo"]);
        command.env("DOORWARD_LISTEN", "127.0.0.1:0");
        Self::start(command).await
    }

    /// Starts one of several nodes that serve the same address to the outside.
    pub async fn serve_node(&self, port: u16, public_port: u16) -> Served {
        let mut command = self.command(&["serve", "--demo"]);
        command.env("DOORWARD_LISTEN", format!("127.0.0.1:{port}"));
        command.env("DOORWARD_PUBLIC_URL", format!("http://localhost:{public_port}"));
        command.env("DOORWARD_API_TOKEN", API_TOKEN);
        let mut served = Self::start(command).await;
        // It prints the address of all nodes; this one is at its own.
        served.url = format!("http://127.0.0.1:{port}");
        served
    }

    async fn start(mut command: Command) -> Served {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let first = tokio::time::timeout(Duration::from_secs(20), lines.next_line());
        let first = first.await.expect("in time").expect("readable").expect("a line");
        let url = first.rsplit(' ').next().expect("an address").to_owned();
        Served { child, lines, url }
    }

    /// The same program over the files of a backup.
    pub fn restored(&self, backup: &Path) -> Self {
        let restored = Self {
            folder: tempfile::tempdir().expect("a folder"),
            database: self.database.clone(),
        };
        std::fs::create_dir(restored.data()).expect("made");
        for file in std::fs::read_dir(backup).expect("readable") {
            let file = file.expect("readable");
            std::fs::copy(file.path(), restored.data().join(file.file_name())).expect("copied");
        }
        restored
    }
}

/// A port that nothing listens at.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A running server; killed when dropped.
pub struct Served {
    child: Child,
    #[expect(dead_code, reason = "held: a closed pipe would end the server's lines")]
    lines: Lines<BufReader<ChildStdout>>,
    pub url: String,
}

impl Served {
    pub async fn get(&self, path: &str) -> serde_json::Value {
        let answer = self.try_get(path).await.expect("answers");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "asks the server under test, at a loopback address"
    )]
    pub async fn try_get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        reqwest::get(format!("{}{path}", self.url)).await
    }

    /// Waits until the server has its database ready.
    pub async fn until_ready(&self) {
        for _ in 0..PATIENCE {
            let ready = self.try_get("/health/ready").await;
            if ready.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not ready in time");
    }

    /// What the management API answers.
    pub async fn api(&self, path: &str) -> serde_json::Value {
        let http = reqwest::Client::builder().build().expect("a client");
        let request = http.get(format!("{}/api/v1/{path}", self.url)).bearer_auth(API_TOKEN);
        let answer = request.send().await.expect("answers");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }

    /// Ends the server at once, with a signal it cannot answer to.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Sends the signal an operator's tools send, and waits for the end.
    pub async fn stop(mut self) {
        let pid = self.child.id().expect("running").to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.expect("kill is there").success());
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        assert!(ended.expect("in time").expect("waited").success());
    }
}
