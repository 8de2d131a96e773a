//! Licences, sources and known faults of the dependencies (`deny.toml`).

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::workspace;

/// Runs `cargo deny` where it is installed, and its advisories where their database can be fetched.
///
/// # Errors
/// When a dependency breaks a rule. What cannot be checked here is named, not failed: it depends on the machine.
pub fn run() -> Result<()> {
    if !is_quietly_successful(workspace::cargo().args(["deny", "--version"])) {
        println!("dependency audit skipped: cargo-deny is not installed (`cargo install cargo-deny`)");
        return Ok(());
    }
    workspace::run(workspace::cargo().args(["deny", "--workspace", "check", "bans", "licenses", "sources"]))?;
    if !is_quietly_successful(workspace::cargo().args(["deny", "fetch", "db"])) {
        println!("advisories skipped: their database cannot be fetched from here");
        return Ok(());
    }
    workspace::run(workspace::cargo().args(["deny", "--workspace", "check", "--disable-fetch", "advisories"]))
}

fn is_quietly_successful(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
