//! Licences, sources and known faults of the dependencies (`deny.toml`).

use std::process::{Command, Stdio};

use anyhow::Result;

use crate::workspace;

/// Runs `cargo deny` where it is installed, and its advisories where their database can be fetched. `None` where it is
/// not: that depends on the machine, so it is named, and counts neither as passed nor as failed.
///
/// # Errors
/// When a dependency breaks a rule.
pub fn run() -> Option<Result<()>> {
    if !is_quietly_successful(workspace::cargo().args(["deny", "--version"])) {
        println!("dependency audit skipped: cargo-deny is not installed (`cargo install cargo-deny`)");
        return None;
    }
    Some(check())
}

fn check() -> Result<()> {
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
