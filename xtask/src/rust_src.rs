//! Builds the standard library for the browser from Debian's `rust-src`, where Rust's own server is out of reach.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::wasm_target::TARGET;
use crate::workspace;

const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Suites that have carried a compiler newer than the last stable release, oldest first.
const SUITES: &[&str] = &[
    "bookworm-backports",
    "trixie",
    "trixie-backports",
    "forky",
    "forky-backports",
    "testing",
    "unstable",
];

/// Downloads the library's source in exactly the compiler's version, builds it, and installs it into the sysroot.
///
/// # Errors
/// When this is no Debian, no suite carries the version, or the build fails.
pub fn build_standard_library(sysroot: &Path) -> Result<()> {
    let version = compiler_version()?;
    let work = workspace::target().join("rust-src");
    let sources = work.join("unpacked");
    if !sources.join(format!("usr/src/rustc-{version}/library")).is_dir() {
        let package = download(&version, &work)?;
        workspace::run(Command::new("dpkg-deb").arg("-x").arg(package).arg(&sources))?;
    }
    link_sources(sysroot, &sources.join(format!("usr/src/rustc-{version}/library")))?;
    let built = compile(&work)?;
    install(&built, sysroot)
}

fn compiler_version() -> Result<String> {
    let text = workspace::capture(Command::new("rustc").arg("--version").current_dir(workspace::root()))?;
    text.split_whitespace()
        .nth(1)
        .map(str::to_owned)
        .context("`rustc --version` printed no version")
}

/// Looks in an apt of our own: the machine's package sources stay as they are, and signatures are checked all the same.
fn download(version: &str, work: &Path) -> Result<PathBuf> {
    if workspace::find_program("apt-get").is_none() || !Path::new(KEYRING).is_file() {
        bail!("this is not a Debian machine");
    }
    let apt = Apt::prepare(work)?;
    for suite in SUITES {
        if let Some(package) = apt.version_in(suite, version)? {
            return apt.download(&package);
        }
    }
    bail!("no Debian suite carries rust-src {version}")
}

struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn prepare(work: &Path) -> Result<Self> {
        let folder = work.join("apt");
        for part in ["lists/partial", "cache/archives/partial", "download"] {
            fs::create_dir_all(folder.join(part))?;
        }
        fs::write(folder.join("status"), "")?;
        Ok(Self { folder })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let folder = self.folder.display();
        for option in [
            format!("Dir::Etc::sourcelist={folder}/sources.list"),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            "Dir::Etc::preferencesparts=/dev/null".to_owned(),
            format!("Dir::State::lists={folder}/lists"),
            format!("Dir::State::status={folder}/status"),
            format!("Dir::Cache={folder}/cache"),
            // Only this user can write here; apt's own sandbox user cannot.
            "APT::Sandbox::User=root".to_owned(),
            "Acquire::Languages=none".to_owned(),
        ] {
            command.arg("-o").arg(option);
        }
        command
    }

    /// The full version of the package in a suite that matches the compiler's, such as `1.95.0+dfsg1-1~bpo13+1`.
    fn version_in(&self, suite: &str, version: &str) -> Result<Option<String>> {
        let source = format!("deb [signed-by={KEYRING}] {} {suite} main\n", mirror());
        fs::write(self.folder.join("sources.list"), source)?;
        if workspace::run(self.command("apt-get").args(["-qq", "update"])).is_err() {
            return Ok(None);
        }
        let rows = workspace::capture(self.command("apt-cache").args(["madison", "rust-src"]))?;
        let versions = rows.lines().filter_map(|row| row.split('|').nth(1)).map(str::trim);
        let wanted = format!("{version}+");
        Ok(versions
            .into_iter()
            .find(|found| found.starts_with(&wanted))
            .map(str::to_owned))
    }

    fn download(&self, version: &str) -> Result<PathBuf> {
        let folder = self.folder.join("download");
        let mut command = self.command("apt-get");
        workspace::run(
            command
                .args(["-qq", "download", &format!("rust-src={version}")])
                .current_dir(&folder),
        )?;
        let mut files = folder.read_dir()?.flatten().map(|file| file.path());
        files
            .find(|file| file.extension().is_some_and(|end| end == "deb"))
            .context("apt downloaded nothing")
    }
}

/// The mirror this machine already uses.
fn mirror() -> String {
    let files = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"];
    let text: String = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    let mut words = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace);
    let found = words.find(|word| word.starts_with("http") && word.trim_end_matches('/').ends_with("/debian"));
    found.unwrap_or("http://deb.debian.org/debian").to_owned()
}

fn link_sources(sysroot: &Path, library: &Path) -> Result<()> {
    let place = sysroot.join("lib/rustlib/src/rust");
    if place.join("library").exists() {
        return Ok(());
    }
    fs::create_dir_all(&place).with_context(|| format!("cannot write to {}", place.display()))?;
    symlink(library, place.join("library")).with_context(|| format!("cannot link {}", place.display()))
}

/// Builds an empty crate with its own standard library and returns the folder of the compiled libraries.
fn compile(work: &Path) -> Result<PathBuf> {
    let crate_folder = work.join("empty");
    fs::create_dir_all(crate_folder.join("src"))?;
    fs::write(
        crate_folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    fs::write(crate_folder.join("src/lib.rs"), "")?;
    let mut cargo = workspace::cargo();
    cargo
        .current_dir(&crate_folder)
        // The only way to build the standard library with a stable compiler.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", crate_folder.join("target"))
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "-Zbuild-std=std,panic_abort,proc_macro",
        ]);
    workspace::run(&mut cargo)?;
    Ok(crate_folder.join("target").join(TARGET).join("release/deps"))
}

fn install(built: &Path, sysroot: &Path) -> Result<()> {
    let place = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    // Whatever is there was not usable, and rustc refuses two candidates of one library.
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    for file in built.read_dir()?.flatten() {
        let name = file.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libempty-") {
            fs::copy(file.path(), place.join(&name))?;
        }
    }
    Ok(())
}
