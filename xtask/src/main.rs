//! The project's commands: `cargo xtask build | run | check | test | bench`.
//!
//! Owns how the product is put together and checked; knows nothing of what it does. Each command is one module, and
//! each works from a fresh clone: what is missing is fetched or named.

mod bench;
mod build;
mod check;
mod compress;
mod frontend;
mod guarantees;
mod package;
mod packs;
mod run;
mod rust_src;
mod slim;
mod test;
mod wasm_sections;
mod wasm_target;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run and test the project.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make one self-contained release binary, with the console's browser code inside.
    Build,
    /// Build what changed, then start `doorward serve` with the arguments after `--`.
    Run {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Format check, clippy and type check: the quick look before a commit.
    Check,
    /// Measure the release binary: sign-ins per second per core, memory, start. Arguments go after `--`.
    Bench {
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Everything a change must pass: formatting, lints, tests on both databases, browser stories, dependency audit.
    Test {
        /// Run one part only.
        #[arg(long, value_enum)]
        only: Option<test::Part>,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Build => build::report(),
        Command::Run { arguments } => run::start(&arguments),
        Command::Check => check::everything(),
        Command::Bench { arguments } => bench::run(&arguments),
        // Its last line is the count, so nothing is added to it.
        Command::Test { only } => {
            return if test::run(only) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            };
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
