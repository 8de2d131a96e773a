//! Programs the tests need beside Rust: found, else installed, else named.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace;

const NODE_MAJOR: u32 = 20;

/// The folder with PostgreSQL's `initdb` and `postgres`.
///
/// # Errors
/// When there is none and it cannot be installed.
pub fn postgres() -> Result<PathBuf> {
    if let Some(folder) = find_postgres() {
        return Ok(folder);
    }
    install(&["postgresql"], "PostgreSQL's server programs (initdb, postgres)")?;
    match find_postgres() {
        Some(folder) => Ok(folder),
        None => bail!("PostgreSQL is installed, but `initdb` is neither on PATH nor below /usr/lib/postgresql"),
    }
}

/// Makes sure `node` and `npm` are there, new enough.
///
/// # Errors
/// When they are not and cannot be installed.
pub fn node() -> Result<()> {
    if node_major().is_none() || workspace::find_program("npm").is_none() {
        install(&["nodejs", "npm"], "Node.js 20 or newer with npm")?;
    }
    match node_major() {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        Some(major) => bail!("Node.js {major} is too old: install {NODE_MAJOR} or newer"),
        None => bail!("`node --version` does not answer: install Node.js {NODE_MAJOR} or newer"),
    }
}

/// Makes sure `oathtool`, which makes the codes of authenticator apps, is there.
///
/// # Errors
/// When it is not and cannot be installed.
pub fn oathtool() -> Result<()> {
    if workspace::find_program("oathtool").is_some() {
        return Ok(());
    }
    install(&["oathtool"], "oathtool")
}

/// A Chromium of this machine, installed if need be; none when only Playwright's own browser is left to try.
pub fn chromium() -> Option<PathBuf> {
    find_chromium().or_else(|| {
        install(&["chromium"], "Chromium").ok()?;
        find_chromium()
    })
}

fn find_chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(workspace::find_program)
}

fn find_postgres() -> Option<PathBuf> {
    let is_complete = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let on_path = workspace::find_program("initdb").and_then(|file| file.parent().map(Path::to_path_buf));
    if let Some(folder) = on_path.filter(|folder| is_complete(folder)) {
        return Some(folder);
    }
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    let folders = versions
        .flatten()
        .map(|version| version.path().join("bin"))
        .filter(|folder| is_complete(folder));
    folders.max_by_key(|folder| {
        let version = folder
            .parent()
            .and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned());
        version.and_then(|text| text.parse::<u32>().ok())
    })
}

fn node_major() -> Option<u32> {
    workspace::find_program("node")?;
    let version = workspace::capture(Command::new("node").arg("--version")).ok()?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Installs Debian packages where this process may, else says what is missing.
fn install(packages: &[&str], what: &str) -> Result<()> {
    let names = packages.join(" ");
    if !workspace::is_root() || workspace::find_program("apt-get").is_none() {
        bail!("{what} is missing: install it (Debian: `apt-get install {names}`) and run this command again");
    }
    println!("installing {names}");
    let apt = |arguments: &[&str]| {
        workspace::run(
            Command::new("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .arg("-qq")
                .args(arguments),
        )
    };
    apt(&["update"])?;
    let arguments = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    apt(&arguments)
}
