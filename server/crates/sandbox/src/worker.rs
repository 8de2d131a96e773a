//! A worker process: reads runs from its input, writes how they ended to its output, and can do nothing else.

use std::io::{self, BufReader, stdin, stdout};

use doorward_domain::script::ScriptEngine;
use rustix::process::{Resource, Rlimit, nice, setrlimit};

use crate::Engine;
use crate::wire::{self, Job};

/// Address space of a worker, in bytes: what the binary itself maps, and room for one script many times over.
const ADDRESS_SPACE: u64 = 512 * 1024 * 1024;

/// Second argument of a worker for scripts that run apart.
pub(crate) const APART: &str = "apart";
/// What everything else is worth beside such a worker: it computes when nobody else has something to do.
const YIELDING: i32 = 19;

/// Serves runs until the input ends. Call it before anything else of the process begins.
///
/// # Errors
/// When input or output break, or the limits cannot be set: then no script runs.
pub fn work() -> io::Result<()> {
    let limit = |most| Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    if std::env::args_os().nth(2).is_some_and(|second| second == APART) {
        nice(YIELDING)?;
    }
    setrlimit(Resource::As, limit(ADDRESS_SPACE))?;
    setrlimit(Resource::Core, limit(0))?;
    // It has what it needs open already.
    setrlimit(Resource::Nofile, limit(3))?;
    let mut engine = Engine::default();
    let (mut input, mut output) = (BufReader::new(stdin().lock()), stdout().lock());
    engine.prepare();
    while let Some(Job { source, events }) = wire::read(&mut input)? {
        wire::write(&mut output, &engine.run(&source, &events))?;
        engine.prepare();
    }
    Ok(())
}
