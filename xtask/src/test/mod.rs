//! `cargo xtask test`: everything a change must pass, on a machine with little prepared.
//!
//! Every part runs even when an earlier one failed, so that one run tells all; the last line counts.

mod audit;
pub mod end2end;
pub mod postgres;
mod rust;
mod tally;
pub mod tools;

use clap::ValueEnum;
use tally::Tally;

use crate::{check, guarantees};

/// A part that can be run alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Formatting, clippy and the dependency audit.
    Lint,
    /// All cargo tests, with PostgreSQL beside SQLite.
    Rust,
    /// The release build and the stories in a browser.
    E2e,
}

/// Runs one part or all, prints `N passed, N failed` alone on the last line, and says whether everything passed.
pub fn run(only: Option<Part>) -> bool {
    let wanted = |part| only.is_none_or(|one| one == part);
    let mut tally = Tally::default();
    if wanted(Part::Lint) {
        tally.step("formatting", check::format());
        tally.step("tests of the guarantees", guarantees::check());
        tally.step("clippy", check::lints());
        if let Some(audited) = audit::run() {
            tally.step("dependency audit", audited);
        }
    }
    if wanted(Part::Rust) || wanted(Part::E2e) {
        with_database(&mut tally, &wanted);
    }
    tally.print();
    !tally.has_failures()
}

/// One cluster serves the whole run; it is stopped and removed when this returns, whatever happened.
fn with_database(tally: &mut Tally, wanted: &dyn Fn(Part) -> bool) {
    let cluster = match tools::postgres().and_then(|binaries| postgres::Cluster::start(&binaries)) {
        Ok(cluster) => cluster,
        Err(error) => return tally.step("PostgreSQL", Err(error)),
    };
    if wanted(Part::Rust) {
        let outcome = rust::run(&cluster.url);
        tally.add("cargo tests", outcome);
    }
    if wanted(Part::E2e) {
        let outcome = end2end::run(&cluster.url);
        tally.add("browser stories", outcome);
    }
}
