//! An installation in a folder of its own, driven by the program alone.

mod served;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

pub use served::Served;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// Longest wait for something the program does, in steps of 50 ms.
pub const PATIENCE: u32 = 200;
/// What the management API of a node takes.
pub const API_TOKEN: &str = "a-management-token-for-tests";
const PROGRAM: &str = env!("CARGO_BIN_EXE_doorward");

/// Looks again and again until there is something, for as long as anybody would wait.
pub async fn until_some<T>(look: impl AsyncFn() -> Option<T>) -> Option<T> {
    for _ in 0..PATIENCE {
        let found = look().await;
        if found.is_some() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

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
        Self::on(crate::postgres::create_database().await)
    }

    /// On a PostgreSQL that is there already.
    pub fn on(database: String) -> Self {
        Self {
            database: Some(database),
            ..Self::sqlite()
        }
    }

    /// Reaches the same database at another port, such as a relay's.
    pub fn through(mut self, port: u16) -> Self {
        let mut url = url::Url::parse(self.database.as_deref().expect("PostgreSQL")).expect("an address");
        url.set_port(Some(port)).expect("has a port");
        self.database = Some(url.into());
        self
    }

    /// The port of its PostgreSQL.
    pub fn database_port(&self) -> u16 {
        let url = url::Url::parse(self.database.as_deref().expect("PostgreSQL")).expect("an address");
        url.port().unwrap_or(5432)
    }

    /// For whoever looks at the database, or into it, behind the program's back.
    pub fn database_url(&self) -> String {
        let file = || format!("sqlite:{}", self.data().join("doorward.db").display());
        self.database.clone().unwrap_or_else(file)
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// The folder with the key and, with SQLite, the database.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(PROGRAM, arguments)
    }

    fn command_of(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
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
        Self::answer(self.command(arguments), input).await
    }

    /// Runs a command with more variables than the installation's.
    pub async fn run_as(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Answer {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Self::answer(command, "").await
    }

    /// Runs a line of a shell, in which `"$0"` is the program.
    pub async fn run_in_shell(&self, line: &str) -> Answer {
        Self::answer(self.command_of("sh", &["-c", line, PROGRAM]), "").await
    }

    /// What `doorward serve` says when it does not serve.
    pub async fn fail_to_serve(&self) -> Answer {
        self.run_as(&["serve"], &[("DOORWARD_LISTEN", "127.0.0.1:0")]).await
    }

    async fn answer(mut command: Command, input: &str) -> Answer {
        let mut typed = tempfile::tempfile().expect("a file");
        typed.write_all(input.as_bytes()).expect("written");
        std::io::Seek::rewind(&mut typed).expect("rewound");
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
        let mut command = self.server();
        command.env("DOORWARD_LISTEN", "127.0.0.1:0");
        Self::start(command).await
    }

    /// Starts the server with these arguments and variables.
    pub async fn serve_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Served {
        let mut command = self.command(&[&["serve"][..], arguments].concat());
        command.stderr(Stdio::null());
        command.env("DOORWARD_LISTEN", "127.0.0.1:0");
        command.envs(variables.iter().copied());
        Self::start(command).await
    }

    /// The same, with its log in a new file: all that we say, and what others say to find faults.
    pub async fn serve_logging(&self, log: &Path) -> Served {
        let mut command = self.server();
        command.env("DOORWARD_LISTEN", "127.0.0.1:0");
        command.env("RUST_LOG", "debug,doorward=trace");
        command.stderr(std::fs::File::create(log).expect("a file"));
        Self::start(command).await
    }

    /// The same in the place of a shell that has run `first`, such as `ulimit`, and with the log of operation in a new
    /// file.
    pub async fn serve_after(&self, first: &str, log: &Path) -> Served {
        let script = format!("{first} && exec \"$0\" \"$@\"");
        let mut command = self.command_of("sh", &["-c", &script, PROGRAM, "serve", "--demo"]);
        command.env("DOORWARD_LISTEN", "127.0.0.1:0");
        command.stderr(std::fs::File::create(log).expect("a file"));
        Self::start(command).await
    }

    /// Starts one of several nodes that serve the same address to the outside.
    pub async fn serve_node(&self, port: u16, public_port: u16) -> Served {
        let mut served = Self::start(self.node(port, public_port)).await;
        // It prints the address of all nodes; this one is at its own.
        served.url = format!("http://127.0.0.1:{port}");
        served
    }

    /// Starts a node that may have to wait for its database, and so prints nothing yet.
    pub fn serve_waiting(&self, port: u16) -> Served {
        Self::spawn(self.node(port, port), format!("http://127.0.0.1:{port}"))
    }

    fn server(&self) -> Command {
        let mut command = self.command(&["serve", "--demo"]);
        command.stderr(Stdio::null());
        command
    }

    fn node(&self, port: u16, public_port: u16) -> Command {
        let mut command = self.server();
        command.env("DOORWARD_LISTEN", format!("127.0.0.1:{port}"));
        command.env("DOORWARD_PUBLIC_URL", format!("http://localhost:{public_port}"));
        command.env("DOORWARD_API_TOKEN", API_TOKEN);
        command
    }

    fn spawn(mut command: Command, url: String) -> Served {
        command.stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Served { child, lines, url }
    }

    async fn start(command: Command) -> Served {
        let mut served = Self::spawn(command, String::new());
        let first = tokio::time::timeout(Duration::from_secs(20), served.lines.next_line());
        let first = first.await.expect("in time").expect("readable").expect("a line");
        first
            .rsplit(' ')
            .next()
            .expect("an address")
            .clone_into(&mut served.url);
        served
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
