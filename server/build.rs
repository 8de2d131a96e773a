//! Embeds what the browser loads: the style sheets in every build, the console's code where `cargo xtask build` has
//! left it.
//!
//! The style sheets are bundled here and not by xtask, so that a plain `cargo test` sees the pages as they ship. The
//! browser's code is embedded into release builds only: it takes a minute to build, and a debug server renders every
//! page without it.

#[path = "build/minify.rs"]
mod minify;
#[path = "build/site.rs"]
mod site;
#[path = "build/style.rs"]
mod style;
#[path = "build/table.rs"]
mod table;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let workspace = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("..");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let is_release = std::env::var("PROFILE")? == "release";
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");

    let mut table = table::Table::new(out.join("style"), is_release);
    let sheets = style::bundle(&workspace.join("style"), &mut table)?;
    let package = if is_release {
        site::read(&workspace.join("target/site"), &mut table)?
    } else {
        None
    };
    std::fs::write(out.join("assets_table.rs"), table.source(&sheets, package.as_ref()))?;
    Ok(())
}
