//! `cargo xtask build`: the whole product in one file.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{frontend, workspace};

/// How much time a build may take for the speed and the size of what it makes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Soon there: what `cargo xtask run` starts.
    Quick,
    /// Fast and small: what is installed, measured, and tested in a browser.
    Release,
}

impl Kind {
    /// The cargo profile of the server, and the name of its folder.
    pub fn profile(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Release => "release",
        }
    }

    /// Where the browser's files lie, ready to be embedded.
    pub fn site(self) -> PathBuf {
        workspace::root().join("target/site").join(self.profile())
    }
}

/// Builds the browser's code, then the server around it, and returns the binary.
///
/// # Errors
/// When either build fails.
pub fn server(kind: Kind) -> Result<PathBuf> {
    let _only_one = lock()?;
    frontend::build(kind)?;
    let mut cargo = workspace::cargo();
    cargo.args([
        "build",
        "--profile",
        kind.profile(),
        "--package",
        "doorward",
        "--bin",
        "doorward",
    ]);
    workspace::run(cargo.env("DOORWARD_SITE", kind.site()))?;
    Ok(workspace::target().join(kind.profile()).join("doorward"))
}

/// Builds and prints where the binary is and how large it is.
///
/// # Errors
/// When the build fails.
pub fn report() -> Result<()> {
    let binary = server(Kind::Release)?;
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
