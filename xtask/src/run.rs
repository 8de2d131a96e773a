//! `cargo xtask run`: from a clone to a running server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{build, workspace};

/// Builds what changed and becomes `doorward serve`, so that signals reach the server itself.
///
/// # Errors
/// When the build fails or the server cannot be started.
pub fn start(arguments: &[String]) -> Result<()> {
    let binary = build::server(build::Kind::Quick)?;
    let cause = Command::new(&binary)
        .arg("serve")
        .args(arguments)
        .current_dir(workspace::root())
        .exec();
    Err(cause).with_context(|| format!("could not start {}", binary.display()))
}
