//! Builds the console's browser code, and packs it again only when the compiler made something new.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::wasm_target::{self, TARGET};
use crate::{package, workspace};

/// Builds `frontend` and leaves its package in `target/site`.
///
/// # Errors
/// When the target is missing and cannot be had, or the build or the packing fails.
pub fn build() -> Result<()> {
    wasm_target::ensure()?;
    let mut cargo = workspace::cargo();
    // They would replace the flags of .cargo/config.toml, without which the wasm cannot be split.
    cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.args([
        "build",
        "--package",
        "doorward-frontend",
        "--profile",
        "wasm-release",
        "--target",
        TARGET,
    ]);
    workspace::run(&mut cargo)?;
    let wasm = fs::read(compiled()).context("the build left no wasm file")?;
    let stamp = stamp(&wasm);
    if fs::read_to_string(stamp_file()).is_ok_and(|last| last == stamp) {
        return Ok(());
    }
    package::write(&wasm, &workspace::site())?;
    fs::write(stamp_file(), stamp)?;
    Ok(())
}

fn compiled() -> PathBuf {
    workspace::target()
        .join(TARGET)
        .join("wasm-release/doorward_frontend.wasm")
}

fn stamp_file() -> PathBuf {
    workspace::site().join("stamp")
}

/// Changes with the compiled code and with the program that packs it.
fn stamp(wasm: &[u8]) -> String {
    let packer = std::env::current_exe().and_then(fs::read).unwrap_or_default();
    let digest = Sha256::new().chain_update(wasm).chain_update(packer).finalize();
    format!("{digest:x}")
}
