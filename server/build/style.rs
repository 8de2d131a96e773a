//! Bundles `style/console.css` and `style/hosted.css`: their `@import`s are put in place, what they refer to is
//! embedded under an address with a hash, and what only people read is left out.

use std::collections::BTreeSet;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::Digest as _;

use crate::minify::minify;
use crate::table::Table;

/// The two style sheets as they ship.
pub struct Sheets {
    /// Where the console's is served.
    pub console_address: String,
    /// The hosted pages' own, put into each page: one request less.
    pub hosted: String,
    /// Its digest as a source in `style-src`: `sha256-…`.
    pub hosted_hash: String,
}

pub fn bundle(folder: &Path, table: &mut Table) -> Result<Sheets> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut used = BTreeSet::new();
    let console = sheet(folder, "console.css", &mut used, table)?;
    let hosted = sheet(folder, "hosted.css", &mut used, table)?;
    warn_of_unused(folder, &used)?;
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&hosted));
    Ok(Sheets {
        console_address: table.add_content("console.css", console.as_bytes())?,
        hosted,
        hosted_hash: format!("sha256-{digest}"),
    })
}

fn sheet(folder: &Path, name: &str, used: &mut BTreeSet<PathBuf>, table: &mut Table) -> Result<String> {
    let mut seen = BTreeSet::new();
    let mut text = String::new();
    inline(&folder.join(name), &mut seen, &mut text)?;
    used.append(&mut seen);
    embed_references(folder, &minify(&text), table)
}

/// A sheet nobody imports is a line somebody forgot.
fn warn_of_unused(folder: &Path, used: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in folder.read_dir()? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "css") && !used.contains(&file) {
            println!(
                "cargo::warning={} is imported by neither console.css nor hosted.css",
                file.display()
            );
        }
    }
    Ok(())
}

/// Appends a sheet with its imports in place; a sheet imported twice counts once.
fn inline(file: &Path, seen: &mut BTreeSet<PathBuf>, text: &mut String) -> Result<()> {
    let content =
        std::fs::read_to_string(file).map_err(|cause| Error::other(format!("{}: {cause}", file.display())))?;
    if !seen.insert(file.to_path_buf()) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    for line in content.lines() {
        match imported(line) {
            Some(name) => inline(&folder.join(name), seen, text)?,
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    Ok(())
}

/// The file of a line like `@import "field.css";`.
fn imported(line: &str) -> Option<&str> {
    let rest = line
        .trim()
        .strip_prefix("@import")?
        .trim_start()
        .trim_start_matches("url(");
    rest.trim_start_matches(['"', '\'']).split(['"', '\'', ')']).next()
}

/// Replaces each `url("…")` that names a file of the folder by the address it is embedded at.
fn embed_references(folder: &Path, css: &str, table: &mut Table) -> Result<String> {
    let mut parts = css.split("url(");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (reference, rest) = part
            .split_once(')')
            .ok_or_else(|| Error::other("a url( in a style sheet has no end"))?;
        let name = reference.trim_matches(['"', '\'', ' ']);
        if name.starts_with("data:") || name.starts_with('#') || name.starts_with('/') {
            text.push_str(&format!("url({reference}){rest}"));
            continue;
        }
        let content = std::fs::read(folder.join(name)).map_err(|cause| Error::other(format!("{name}: {cause}")))?;
        let address = table.add_content(name.trim_start_matches("./"), &content)?;
        text.push_str(&format!("url({address}){rest}"));
    }
    Ok(text)
}
