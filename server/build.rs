//! Embeds what the browser loads: the style sheets in every build, the console's code where the variable
//! `DOORWARD_SITE` names the folder of its package.
//!
//! The style sheets are bundled here and not by xtask, so that a plain `cargo test` sees the pages as they ship. The
//! browser's code is embedded where xtask asks for it: it takes minutes to build, and a server without it renders every
//! page all the same.

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
    let site = std::env::var_os("DOORWARD_SITE").map(PathBuf::from);
    println!("cargo::rerun-if-env-changed=DOORWARD_SITE");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");

    let mut table = table::Table::new(out.join("style"), site.is_some());
    let sheets = style::bundle(&workspace.join("style"), &mut table)?;
    let package = site.map(|site| site::read(&site, &mut table)).transpose()?;
    std::fs::write(out.join("assets_table.rs"), table.source(&sheets, package.as_ref()))?;
    Ok(())
}
