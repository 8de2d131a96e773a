//! The objects that a script sees, compiled once in a process: to read their source anew takes longer than a whole run.

use std::sync::OnceLock;

use rquickjs::loader::{Bundle, Loader};
use rquickjs::{Context, Ctx, Function, Module, Result, Runtime, WriteOptions};

/// In front of every script.
pub const FLOW: &str = "prelude.js";
/// In front of those that name something of it.
pub const MORE: &str = "prelude_more.js";
const SOURCES: [(&str, &str); 2] = [
    (FLOW, include_str!("prelude.js")),
    (MORE, include_str!("prelude_more.js")),
];

/// Modules by name, compiled. Engines read their code where it lies, so it stays until the process ends.
type Compiled = &'static [(&'static str, &'static [u8])];

/// The function that a part of the prelude is.
pub fn load<'js>(ctx: &Ctx<'js>, part: &str) -> Result<Function<'js>> {
    // The alias has no constructor of its own.
    let mut bundle = Bundle { 0: compiled()? };
    let (module, _) = bundle.load(ctx, part, None)?.eval()?;
    module.get("default")
}

/// Whether a script names something of [`MORE`]. One that puts such a name together while it runs finds nothing there.
pub fn needs_more(source: &str) -> bool {
    static NAMES: OnceLock<Vec<&str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| names(SOURCES[1].1));
    names.iter().any(|name| source.contains(name))
}

/// What a part of the prelude defines: the names in `define("…")` and `missing("…")`.
fn names(source: &str) -> Vec<&str> {
    let defines = ["define(\"", "missing(\""];
    let starts = defines
        .iter()
        .flat_map(|define| source.match_indices(define).map(|(at, found)| at + found.len()));
    starts.filter_map(|at| source[at..].split('"').next()).collect()
}

fn compiled() -> Result<Compiled> {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    if let Some(compiled) = COMPILED.get() {
        return Ok(compiled);
    }
    let mut parts = Vec::new();
    for (name, source) in SOURCES {
        parts.push((name, &*compile(name, source)?.leak()));
    }
    Ok(COMPILED.get_or_init(|| parts.leak()))
}

fn compile(name: &str, source: &str) -> Result<Vec<u8>> {
    let runtime = Runtime::new()?;
    Context::full(&runtime)?.with(|ctx| {
        let module = Module::declare(ctx, name, format!("export default {source}"))?;
        module.write(WriteOptions {
            strip_source: true,
            ..WriteOptions::default()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_gets_more_when_it_names_something_of_it() {
        for (source, want) in [
            ("executeStep(1); Log.info(context.steps[1].idp);", false),
            ("httpGet('https://api.example.com/')", true),
            ("var key = secrets.KEY;", true),
            ("globalThis['prompt']('genericForm')", true),
            ("require('lodash')", true),
            ("", false),
        ] {
            assert_eq!(needs_more(source), want, "{source}");
        }
        assert!(names(SOURCES[1].1).len() > 20);
    }
}
