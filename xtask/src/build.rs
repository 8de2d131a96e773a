//! `cargo xtask build`: the whole product in one file.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{frontend, workspace};

/// Builds the browser's code, then the server around it, and returns the binary.
///
/// # Errors
/// When either build fails.
pub fn release() -> Result<PathBuf> {
    let _only_one = lock()?;
    frontend::build()?;
    workspace::run(workspace::cargo().args(["build", "--release", "--package", "doorward", "--bin", "doorward"]))?;
    Ok(workspace::server_binary())
}

/// Builds and prints where the binary is and how large it is.
///
/// # Errors
/// When the build fails.
pub fn report() -> Result<()> {
    let binary = release()?;
    let bytes = std::fs::metadata(&binary)
        .with_context(|| format!("no file {}", binary.display()))?
        .len();
    println!(
        "{} ({}.{} MB)",
        binary.display(),
        bytes / 1_000_000,
        bytes / 100_000 % 10
    );
    Ok(())
}

/// Waits until no other build of this clone replaces the browser's files; cargo's own lock does not cover them.
fn lock() -> Result<File> {
    std::fs::create_dir_all(workspace::root().join("target"))?;
    let file = File::create(workspace::root().join("target/site.lock"))?;
    file.lock().context("could not lock target/site.lock")?;
    Ok(file)
}
