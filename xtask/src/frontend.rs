//! Builds the console's browser code, and packs it again only when the compiler made something new.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::build::Kind;
use crate::compress::Effort;
use crate::wasm_target::{self, TARGET};
use crate::{package, workspace};

/// Builds `frontend` and leaves its package in the site folder of this kind of build.
///
/// # Errors
/// When the target is missing and cannot be had, or the build or the packing fails.
pub fn build(kind: Kind) -> Result<()> {
    wasm_target::ensure()?;
    let profile = match kind {
        Kind::Quick => "quick",
        Kind::Release => "wasm-release",
    };
    let mut cargo = workspace::cargo();
    cargo.args([
        "build",
        "--package",
        "doorward-frontend",
        "--profile",
        profile,
        "--target",
        TARGET,
    ]);
    if kind == Kind::Quick {
        // Without any optimisation the browser takes seconds to read it. A profile of its own would compile all macros
        // once more.
        cargo.env("CARGO_PROFILE_QUICK_OPT_LEVEL", "1");
    }
    workspace::run(&mut cargo)?;
    let compiled = workspace::target()
        .join(TARGET)
        .join(profile)
        .join("doorward_frontend.wasm");
    let wasm = fs::read(compiled).context("the build left no wasm file")?;
    pack_if_new(&wasm, &kind.site(), effort(kind))
}

fn effort(kind: Kind) -> Effort {
    match kind {
        Kind::Quick => Effort::Little,
        Kind::Release => Effort::All,
    }
}

fn pack_if_new(wasm: &[u8], site: &Path, effort: Effort) -> Result<()> {
    let stamp = stamp(wasm);
    let stamp_file = site.join("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        return Ok(());
    }
    package::write(wasm, site, effort)?;
    fs::write(stamp_file, stamp)?;
    Ok(())
}

/// Changes with the compiled code and with the program that packs it.
fn stamp(wasm: &[u8]) -> String {
    let packer = std::env::current_exe().and_then(fs::read).unwrap_or_default();
    let digest = Sha256::new().chain_update(wasm).chain_update(packer).finalize();
    format!("{digest:x}")
}
