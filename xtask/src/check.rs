//! `cargo xtask check`: what a change must pass before it is worth testing.

use anyhow::Result;

use crate::workspace;

/// Formatting and lints of everything.
///
/// # Errors
/// When one of them complains.
pub fn everything() -> Result<()> {
    format()?;
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
/// # Errors
/// When there is a warning.
pub fn lints() -> Result<()> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--exclude",
        "doorward-frontend",
        "--",
        "-D",
        "warnings",
    ];
    workspace::run(workspace::cargo().args(arguments))
}
