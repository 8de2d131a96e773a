//! All cargo tests of the workspace.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::tally::{Count, parse_cargo_line};
use crate::workspace;

/// Runs them with `postgres_url` in `DOORWARD_TEST_POSTGRES_URL`, shows their output and counts.
///
/// The browser's crate is left out: its features belong to another target than the server's.
///
/// # Errors
/// When a crate does not compile, or the runner fails without naming a failed test.
pub fn run(postgres_url: &str) -> Result<Count> {
    let mut cargo = workspace::cargo();
    cargo
        .args([
            "test",
            "--workspace",
            "--exclude",
            "doorward-frontend",
            "--no-fail-fast",
        ])
        .env("DOORWARD_TEST_POSTGRES_URL", postgres_url)
        // A snapshot that is out of date fails; it is never written in passing.
        .env("INSTA_UPDATE", "no")
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().context("could not start cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut sum = Count::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some(count) = parse_cargo_line(&line) {
            sum.passed += count.passed;
            sum.failed += count.failed;
        }
        println!("{line}");
    }
    if !child.wait()?.success() && sum.failed == 0 {
        bail!("cargo test ended with an error");
    }
    Ok(sum)
}
