//! `cargo xtask bench`: starts the release binary, signs people in through a provider of its own, and prints figures.
//!
//! The cost is what the server's process takes of a core, read from the kernel, so that the load generator beside it
//! does not falsify it. Nothing is asserted: a figure is for people to read, beside the ceilings of the machine.
#![expect(clippy::print_stdout, reason = "the report")]

mod beside;
mod blind;
mod client;
mod limits;
mod load;
mod population;
mod provider;
mod report;
mod scripts;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

#[derive(Parser)]
#[command(about = "Measure sign-ins per second per core, what limits them, and what scripts cost.")]
struct Arguments {
    /// The release binary of the product.
    #[arg(long)]
    binary: PathBuf,
    /// Where databases of PostgreSQL can be made; without it only SQLite is measured.
    #[arg(long, env = "DOORWARD_TEST_POSTGRES_URL", hide_env_values = true)]
    postgres: Option<String>,
    /// How long each figure is measured, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How many accounts the large population has.
    #[arg(long, default_value_t = 1_000_000)]
    accounts: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds);
    limits::print(time.min(Duration::from_secs(2)))?;
    scripts::print(&arguments.binary, time).await?;
    scripts::print_hostile(&arguments.binary).await?;
    for database in server::databases(arguments.postgres.as_deref()) {
        report::costs(&arguments.binary, &database, time).await?;
        beside::print(&arguments.binary, &database, time).await?;
        blind::print(&arguments.binary, &database).await?;
        report::flatness(&arguments.binary, &database, time, arguments.accounts).await?;
    }
    Ok(())
}
