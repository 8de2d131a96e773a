//! Makes sure the compiler can build for the browser: `wasm32-unknown-unknown`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{rust_src, workspace};

/// The target the console's browser code is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Uses the installed standard library for the target, else adds it with rustup, else builds it from source.
///
/// # Errors
/// When all three ways fail; the message says what to install.
pub fn ensure() -> Result<()> {
    let sysroot = sysroot()?;
    if is_installed(&sysroot) {
        return Ok(());
    }
    if add_with_rustup() && is_installed(&sysroot) {
        return Ok(());
    }
    println!("rustup could not add {TARGET}; building its standard library from Debian's rust-src package");
    rust_src::build_standard_library(&sysroot).map_err(|cause| {
        anyhow!(
            "the compiler has no standard library for {TARGET} and none could be built ({cause:#}). \
             Install it with `rustup target add {TARGET}`, or on Debian with the package `libstd-rust-dev-wasm32`, \
             then run this command again."
        )
    })
}

fn sysroot() -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    workspace::capture(
        Command::new(rustc)
            .args(["--print", "sysroot"])
            .current_dir(workspace::root()),
    )
    .map(PathBuf::from)
}

/// An empty or half-filled folder does not count: only the compiled `core` proves that the target can be used.
fn is_installed(sysroot: &std::path::Path) -> bool {
    let Ok(files) = sysroot.join("lib/rustlib").join(TARGET).join("lib").read_dir() else {
        return false;
    };
    files.flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

fn add_with_rustup() -> bool {
    if workspace::find_program("rustup").is_none() {
        return false;
    }
    println!("adding {TARGET} with rustup");
    workspace::run(
        Command::new("rustup")
            .args(["target", "add", TARGET])
            .current_dir(workspace::root()),
    )
    .is_ok()
}
