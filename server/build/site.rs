//! Reads the package of browser code that `cargo xtask build` leaves in `target/site`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::table::Table;

/// What `manifest.json` says about the package.
#[derive(serde::Deserialize)]
pub struct Package {
    root: String,
    script: String,
    wasm: String,
    split_script: String,
    prefetch: BTreeMap<String, Vec<String>>,
    files: Vec<String>,
}

/// Adds the package's files to the table; none when the package has not been built.
pub fn read(site: &Path, table: &mut Table) -> Result<Option<Package>, Box<dyn std::error::Error>> {
    let manifest = site.join("manifest.json");
    // Also while it is missing: then cargo looks again in every build, and the package is found once it is there.
    println!("cargo::rerun-if-changed={}", manifest.display());
    if !manifest.is_file() {
        println!("cargo::warning=the console's browser code is not built; `cargo xtask build` embeds it");
        return Ok(None);
    }
    let package: Package = serde_json::from_slice(&std::fs::read(&manifest)?)?;
    let root = site.canonicalize()?.join(&package.root);
    for file in &package.files {
        table.add_precompressed(format!("{}/{file}", package.root), root.join(file));
    }
    Ok(Some(package))
}

impl Package {
    /// A Rust expression of this value.
    pub fn source(&self) -> String {
        let prefetch: Vec<(&String, &Vec<String>)> = self.prefetch.iter().collect();
        let prefetch = prefetch
            .iter()
            .map(|(name, parts)| format!("({name:?}, &{parts:?})"))
            .collect::<Vec<_>>();
        format!(
            "Package {{ root: {:?}, script: {:?}, wasm: {:?}, split_script: {:?}, prefetch: &[{}] }}",
            format!("/assets/{}", self.root),
            self.script,
            self.wasm,
            self.split_script,
            prefetch.join(", ")
        )
    }
}
