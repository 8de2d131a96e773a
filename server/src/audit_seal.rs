//! Seals the audit log while the server runs, some seconds after the events were written (S46). Every node does it; where
//! two do at once, one of them finds that the other was first.

use std::time::Duration;

use doorward_storage::audit_seal::{self, Seal};

use crate::log::chain;
use crate::state::Shared;

/// How long events wait for their seal.
const EVERY: Duration = Duration::from_secs(5);
/// The pause after a seal that is full: others write meanwhile.
const BETWEEN: Duration = Duration::from_millis(100);

/// Seals what is there from time to time, until it is stopped. Once a day the log says how far it has come, so that the
/// hash is also where the database is not.
pub async fn run(state: Shared) {
    let (mut told, mut pause) = (None, EVERY);
    loop {
        tokio::time::sleep(pause).await;
        pause = EVERY;
        if !state.is_ready() {
            continue;
        }
        let sealed = audit_seal::seal(&state.store, state.now()).await;
        if let Err(error) = &sealed {
            tracing::warn!(error = chain(error), "the audit log is sealed later");
        }
        let Ok(Some(seal)) = sealed else { continue };
        if seal.is_full() {
            pause = BETWEEN;
        }
        let day = Some(seal.sealed_at.date_naive());
        if told != day {
            told = day;
            tell(&seal);
        }
    }
}

fn tell(seal: &Seal) {
    tracing::info!(seal = seal.number, hash = %seal.hash, "the audit log is sealed");
}
