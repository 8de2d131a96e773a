//! Runs conditional-authentication scripts under limits of time, memory, stack and calls.
//!
//! Owns the JavaScript engine, the objects a script sees, and the processes it runs in. Must not know sign-ins,
//! accounts or HTTP: a run is a function of a source and the events so far ([`doorward_domain::script`]). An engine's
//! own interrupt misses loops inside its native code, so scripts run in worker processes of the same binary, with a
//! limit of address space, and are killed from outside ([`Pool`]).

mod engine;
mod lanes;
mod pool;
mod prelude;
mod wire;
mod worker;

pub use engine::Engine;
pub use pool::{Blocking, Pool, PoolError};
pub use worker::work;
