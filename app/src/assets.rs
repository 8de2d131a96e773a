//! Where the browser finds the console's style and code: addresses the server knows, put into the head of each page.

use std::collections::HashMap;
use std::sync::Arc;

#[cfg(feature = "ssr")]
use leptos::prelude::*;

/// Addresses of what a console page loads. The server provides one as context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsoleAssets {
    /// Address of the style sheet.
    pub stylesheet: String,
    /// The browser's code; none in a server that was built without it, whose pages work all the same.
    pub package: Option<Arc<BrowserPackage>>,
}

/// The console's code in the browser, all below one address that changes with its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrowserPackage {
    /// Address of the folder, without a slash at the end.
    pub root: String,
    /// Name of the script that starts everything.
    pub script: String,
    /// Name of the main wasm module.
    pub wasm: String,
    /// Name of the script that loads the parts split off by route.
    pub split_script: String,
    /// For each lazily loaded function the wasm files it needs, without their ending.
    pub prefetch: HashMap<String, Vec<String>>,
}

/// The part of a console page's `<head>` that loads style and code. Rendered on the server only.
#[cfg(feature = "ssr")]
#[component]
pub fn ConsoleHead() -> impl IntoView {
    let assets = use_context::<ConsoleAssets>().unwrap_or_default();
    if let Some(package) = &assets.package {
        announce_split_modules(package);
    }
    view! {
        <link rel="stylesheet" href=assets.stylesheet />
        {assets.package.map(|package| start_hydration(&package))}
    }
}

/// Lets the renderer preload the parts of exactly the routes a page shows.
#[cfg(feature = "ssr")]
fn announce_split_modules(package: &BrowserPackage) {
    provide_context(leptos::WasmSplitManifest(ArcStoredValue::new((
        package.root.clone(),
        package.prefetch.clone(),
        package.split_script.clone(),
    ))));
}

#[cfg(feature = "ssr")]
fn start_hydration(package: &BrowserPackage) -> impl IntoView + use<> {
    let script = format!("{}/{}", package.root, package.script);
    let wasm = format!("{}/{}", package.root, package.wasm);
    // Both addresses are made at build time from letters, digits, dots, slashes and underscores: nothing to escape.
    let start =
        format!("import start,{{hydrate}} from\"{script}\";await start({{module_or_path:\"{wasm}\"}});hydrate()");
    view! {
        <link rel="modulepreload" href=script crossorigin="" />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script type="module" nonce=leptos::nonce::use_nonce()>{start}</script>
    }
}
