//! Reads the package of browser code that xtask has built.

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

/// Adds the package's files to the table.
pub fn read(site: &Path, table: &mut Table) -> Result<Package, Box<dyn std::error::Error>> {
    let manifest = site.join("manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let content = std::fs::read(&manifest).map_err(|cause| format!("{}: {cause}", manifest.display()))?;
    let package: Package = serde_json::from_slice(&content)?;
    let root = site.canonicalize()?.join(&package.root);
    for file in &package.files {
        table.add_precompressed(format!("{}/{file}", package.root), root.join(file));
    }
    Ok(package)
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
