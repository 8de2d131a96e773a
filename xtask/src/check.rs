//! `cargo xtask check`: what a change must pass before it is worth testing.

use anyhow::Result;

use crate::{guarantees, wasm_target, workspace};

/// Formatting and lints of everything, and whether the tests that the guarantees name are there.
///
/// # Errors
/// When one of them complains.
pub fn everything() -> Result<()> {
    format()?;
    guarantees::check()?;
    lints()
}

/// Checks the formatting.
///
/// # Errors
/// When a file is not formatted.
pub fn format() -> Result<()> {
    workspace::run(workspace::cargo().args(["fmt", "--all", "--check"]))
}

/// Runs clippy, which is a type check too, on every target of every crate.
///
/// The browser's crate is looked at alone and for its own target: its features belong to no server.
///
/// # Errors
/// When there is a warning.
pub fn lints() -> Result<()> {
    clippy(&["--workspace", "--all-targets", "--exclude", "doorward-frontend"])?;
    wasm_target::ensure()?;
    clippy(&["--package", "doorward-frontend", "--target", wasm_target::TARGET])
}

fn clippy(selection: &[&str]) -> Result<()> {
    workspace::run(
        workspace::cargo()
            .arg("clippy")
            .args(selection)
            .args(["--", "-D", "warnings"]),
    )
}
