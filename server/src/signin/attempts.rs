//! How often somebody may be wrong: for one name or account, and from one address. The counters are in the database, so
//! they hold for all nodes and over a restart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use doorward_storage::rate_limit;
use doorward_vault::Purpose;

use super::fault::SignInFault;
use super::hop::Hop;

/// Wrong tries from one address within the window.
pub const PER_ADDRESS: i64 = 100;
/// The window. It ends by itself: nobody can lock somebody else out for good.
pub const WINDOW: Duration = Duration::minutes(15);

/// Checks under way in this process. Without it a burst of guesses would all be checked before the first is counted.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashMap<String, i64>>);

/// A check under way; over when dropped.
pub struct Place<'a> {
    running: &'a Running,
    key: &'a str,
}

impl Running {
    /// Takes a place, and tells how many were there before.
    pub fn enter<'a>(&'a self, key: &'a str) -> (Place<'a>, i64) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(key.to_owned()).or_default();
        let before = *count;
        *count += 1;
        (Place { running: self, key }, before)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(self.key) {
            *count -= 1;
            if *count <= 0 {
                running.remove(self.key);
            }
        }
    }
}

/// What a wrong try counts under.
pub struct Counters<'a> {
    own: &'a str,
    address: Option<String>,
}

/// Lets a check begin unless too much was wrong in the window: `failures` under `own`, of which `limit` are allowed, or
/// whatever came from the same address.
///
/// # Errors
/// `TooManyAttempts`, those of the database.
pub async fn admit<'a>(hop: &Hop, own: &'a str, failures: i64, limit: i64) -> Result<Counters<'a>, SignInFault> {
    let address = hop.address.map(|address| counter(hop, "address", &address.to_string()));
    let from_there = match &address {
        Some(address) => rate_limit::find(hop.state.store.read(), address, hop.now - WINDOW).await?,
        None => 0,
    };
    if failures >= limit || from_there >= PER_ADDRESS {
        return Err(SignInFault::TooManyAttempts);
    }
    Ok(Counters { own, address })
}

impl Counters<'_> {
    /// Counts a wrong try.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn count(&self, hop: &Hop) -> Result<(), SignInFault> {
        for counter in std::iter::once(self.own).chain(self.address.as_deref()) {
            rate_limit::hit(&hop.state.store, counter, WINDOW.num_seconds(), hop.now).await?;
        }
        Ok(())
    }
}

/// Counters are keyed hashes: a copy of the database tells neither names nor addresses.
#[must_use]
pub fn counter(hop: &Hop, kind: &str, what: &str) -> String {
    hex::encode(
        hop.state
            .keyring
            .mac(Purpose::RateLimit, &[kind.as_bytes(), what.as_bytes()]),
    )
}

#[cfg(test)]
mod tests {
    use doorward_app::hosted::text::Place;
    use doorward_app::hosted::{Language, UserMessage};

    use super::*;

    #[test]
    fn the_pages_say_how_long_the_window_is() {
        assert_eq!(WINDOW, Duration::minutes(15));
        for (language, words) in [
            (Language::English, "fifteen minutes"),
            (Language::German, "fünfzehn Minuten"),
            (Language::French, "quinze minutes"),
        ] {
            for message in [UserMessage::TooManyAttempts, UserMessage::TooManyMails] {
                let said = message.advice(language, &Place::default()).next;
                assert!(said.contains(words), "{said}");
            }
        }
    }
}
