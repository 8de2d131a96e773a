//! Commands that work on an installation without serving it. What they print is for people; everything that is wrong
//! ends in a sentence and the exit code 1.

/// `println!` of the commands; see [`out`].
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::out::line(format_args!($($text)*)) };
}

pub mod admin;
pub mod audit;
pub mod backup;
pub mod check;
pub mod keys;
pub mod out;
pub mod transfer;

use anyhow::{Context, bail};

use crate::config::Config;
use crate::installation::Presence;
use crate::serve;
use crate::state::Shared;

/// The installation of a command that reads what `serve` has made.
async fn open_existing(config: Config) -> anyhow::Result<Shared> {
    let state = serve::open(config, Presence::MustBeThere).await?;
    state.store.ping().await.context("the database does not answer")?;
    if !state.store.is_migrated().await? {
        bail!("the database is not of this version; run first: doorward migrate");
    }
    state.refresh().await?;
    Ok(state)
}
