//! The objects that a script sees, compiled once in a process: to read their source anew takes longer than a whole run.

use std::sync::OnceLock;

use rquickjs::loader::{Bundle, Loader};
use rquickjs::{Context, Ctx, Function, Module, Result, Runtime, WriteOptions};

const SOURCE: &str = include_str!("prelude.js");
const NAME: &str = "prelude.js";

/// Modules by name, compiled. Engines read their code where it lies, so it stays until the process ends.
type Compiled = &'static [(&'static str, &'static [u8])];

/// The function that makes what a script sees out of our host functions.
pub fn load<'js>(ctx: &Ctx<'js>) -> Result<Function<'js>> {
    // The alias has no constructor of its own.
    let mut bundle = Bundle { 0: compiled()? };
    let (module, _) = bundle.load(ctx, NAME, None)?.eval()?;
    module.get("default")
}

fn compiled() -> Result<Compiled> {
    static COMPILED: OnceLock<Compiled> = OnceLock::new();
    if let Some(compiled) = COMPILED.get() {
        return Ok(compiled);
    }
    let code = compile()?;
    Ok(COMPILED.get_or_init(|| Box::leak(Box::new([(NAME, &*code.leak())]))))
}

fn compile() -> Result<Vec<u8>> {
    let runtime = Runtime::new()?;
    Context::full(&runtime)?.with(|ctx| {
        let module = Module::declare(ctx, NAME, format!("export default {SOURCE}"))?;
        module.write(WriteOptions {
            strip_source: true,
            ..WriteOptions::default()
        })
    })
}
