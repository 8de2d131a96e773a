//! Turns the compiled console into the files a browser loads: split by route, bound to JavaScript, named by content.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::{self, Effort};
use crate::{packs, slim, wasm_sections};

const NAME: &str = "doorward";
/// The placeholder name the split macros link against; the bound script imports the file under exactly this name.
const SPLIT_SCRIPT: &str = "__wasm_split.______________________.js";

/// Replaces the content of `site` by the package of this wasm file and a `manifest.json` that describes it.
///
/// The files import one another in a circle, so no file can carry a hash of its own: they share a folder named by the
/// hash of them all, and the folder never changes once it is published.
///
/// # Errors
/// When the wasm cannot be split or bound, or a file cannot be written.
pub fn write(wasm: &[u8], site: &Path, effort: Effort) -> Result<()> {
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    let draft = site.join("pkg/draft");
    fs::create_dir_all(&draft)?;
    let prefetch = split(wasm, &draft)?;
    let files = files_below(&draft)?;
    let hash = hash_of(&draft, &files)?;
    let folder = site.join("pkg").join(&hash);
    fs::rename(&draft, &folder)?;
    for file in &files {
        compress::beside(&folder.join(file), effort)?;
    }
    let manifest = json!({
        "root": format!("pkg/{hash}"),
        "script": format!("{NAME}.js"),
        "wasm": format!("{NAME}_bg.wasm"),
        "split_script": SPLIT_SCRIPT,
        "prefetch": prefetch,
        "files": files,
    });
    fs::write(site.join("manifest.json"), serde_json::to_vec_pretty(&manifest)?)?;
    Ok(())
}

/// Writes the main module, its script and the packs of chunks; returns which packs each lazy function needs.
fn split(wasm: &[u8], folder: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let main = folder.with_file_name(format!("{NAME}.wasm"));
    let main_module = format!("./{NAME}.js");
    let link_name = format!("./{SPLIT_SCRIPT}");
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|cause| anyhow!("could not split the wasm by route: {cause:#}"))?;
    for chunk in &parts.split_modules {
        fs::write(chunk, wasm_sections::strip_custom(&fs::read(chunk)?)?)?;
    }
    bind(&main, folder)?;
    fs::remove_file(&main)?;
    let needs = parts.prefetch_map.into_iter().collect();
    packs::write(folder, &folder.join(SPLIT_SCRIPT), &needs)
}

fn bind(main: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(main).out_name(NAME).typescript(false);
    bindgen.web(true).map_err(|cause| anyhow!("{cause:#}"))?;
    // The chunks link against exports of the main module that nothing else uses.
    bindgen
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .generate(folder)
        .map_err(|cause| anyhow!("could not bind the wasm to JavaScript: {cause:#}"))?;
    let script = folder.join(format!("{NAME}.js"));
    slim::imports(&script, &folder.join(format!("{NAME}_bg.wasm")))?;
    slim::script(&script)?;
    slim::script(&folder.join(SPLIT_SCRIPT))
}

/// Every file of the package, relative to it, in a fixed order.
fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(part) = open.pop() {
        for entry in folder.join(&part).read_dir()? {
            let entry = entry?;
            let relative = part.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(relative);
            } else {
                found.push(relative.to_str().context("a file name is not UTF-8")?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn hash_of(folder: &Path, files: &[String]) -> Result<String> {
    let mut digest = Sha256::new();
    for file in files {
        let content = fs::read(folder.join(file))?;
        digest.update(file.as_bytes());
        digest.update(content.len().to_le_bytes());
        digest.update(&content);
    }
    Ok(digest
        .finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
