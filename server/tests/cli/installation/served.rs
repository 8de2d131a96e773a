//! A server that runs, and what can be done to it.

use std::time::Duration;

use tokio::io::{BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use super::{API_TOKEN, PATIENCE};

/// A running server; killed when dropped.
pub struct Served {
    pub(super) child: Child,
    /// Held: a closed pipe would end the server's lines.
    pub(super) lines: Lines<BufReader<ChildStdout>>,
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
        self.until("/health/ready", 200).await;
    }

    /// Waits until the server answers so at this path.
    pub async fn until(&self, path: &str, status: u16) {
        let mut last = None;
        for _ in 0..PATIENCE {
            last = self.try_get(path).await.ok().map(|answer| answer.status().as_u16());
            if last == Some(status) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} does not answer {status} in time: {last:?}");
    }

    /// The next of its lines that has this text.
    pub async fn said(&mut self, text: &str) -> String {
        let reading = async {
            loop {
                let line = self.lines.next_line().await.expect("readable");
                let line = line.unwrap_or_else(|| panic!("it never says {text:?}"));
                if line.contains(text) {
                    return line;
                }
            }
        };
        let said = tokio::time::timeout(Duration::from_secs(60), reading).await;
        said.unwrap_or_else(|_| panic!("it does not say {text:?} in time"))
    }

    /// Whether the process is still the one that was started.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("asked").is_none()
    }

    /// What the management API answers.
    pub async fn api(&self, path: &str) -> serde_json::Value {
        self.ask_api(reqwest::Method::GET, path, None).await
    }

    /// Changes something through the management API.
    pub async fn patch(&self, path: &str, patch: &serde_json::Value) -> serde_json::Value {
        self.ask_api(reqwest::Method::PATCH, path, Some(patch)).await
    }

    async fn ask_api(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> serde_json::Value {
        let http = reqwest::Client::builder().build().expect("a client");
        let request = http
            .request(method, format!("{}/api/v1/{path}", self.url))
            .bearer_auth(API_TOKEN);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.expect("answers");
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
    }

    /// The number of its process.
    pub fn pid(&self) -> String {
        self.child.id().expect("running").to_string()
    }

    /// Ends the server at once, with a signal it cannot answer to.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Sends the signal an operator's tools send, and waits for the end.
    pub async fn stop(self) {
        self.terminate();
        self.ended().await;
    }

    /// Sends the signal an operator's tools send.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Sends the signal of a terminal that goes away.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill").args([name, &self.pid()]).status();
        assert!(sent.expect("kill is there").success());
    }

    /// Waits for the end, which is a good one.
    pub async fn ended(mut self) {
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        assert!(ended.expect("in time").expect("waited").success());
    }
}
