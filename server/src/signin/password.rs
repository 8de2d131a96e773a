//! Checks a password: the same answer in the same time for an unknown name and a wrong password (S20), and not too
//! often.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use doorward_domain::account::Account;
use doorward_domain::canonical::lookup_key;
use doorward_domain::engine::PasswordAccepted;
use doorward_storage::{account, rate_limit};
use doorward_vault::Purpose;

use super::fault::SignInFault;
use super::hop::Hop;

/// Wrong passwords for one name within the window.
pub const PER_ACCOUNT: i64 = 10;
/// Wrong passwords from one address within the window.
pub const PER_ADDRESS: i64 = 100;
/// The window. It ends by itself: nobody can lock somebody else out for good.
pub const WINDOW: Duration = Duration::minutes(15);

/// A password that was right.
#[derive(Debug)]
pub struct Checked {
    pub account: Account,
    /// The counter to forget when the step is committed.
    pub counter: Option<String>,
}

impl Checked {
    /// What the engine takes.
    #[must_use]
    pub fn accepted(&self) -> PasswordAccepted {
        PasswordAccepted {
            account: self.account.id.clone(),
            sub: self.account.sub.clone(),
            status: self.account.status,
            claims: self.account.claims(),
        }
    }
}

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

/// Checks a name and a password. `None` when they do not fit; the attempt is counted then.
///
/// # Errors
/// `TooManyAttempts`, those of the database and of hashing.
pub async fn check(hop: &Hop, name: &str, password: &str) -> Result<Option<Checked>, SignInFault> {
    let state = &hop.state;
    let key = lookup_key(name);
    let counter = counter(hop, "password", key.as_str());
    let from = address_counter(hop);
    let (_place, running) = state.passwords_running.enter(&counter);
    let since = hop.now - WINDOW;
    let found = account::find_for_password(state.store.read(), &key, &counter, since).await?;
    let from_there = failures_from(hop, from.as_deref()).await?;
    if found.failures + running >= PER_ACCOUNT || from_there >= PER_ADDRESS {
        return Err(SignInFault::TooManyAttempts);
    }
    if state.hasher.verify(password, found.password_hash.as_deref()).await? {
        let counter = (found.failures > 0).then_some(counter.clone());
        return Ok(found.account.map(|account| Checked { account, counter }));
    }
    rate_limit::hit(&state.store, &counter, WINDOW.num_seconds(), hop.now).await?;
    if let Some(from) = from {
        rate_limit::hit(&state.store, &from, WINDOW.num_seconds(), hop.now).await?;
    }
    Ok(None)
}

/// The counter of everything that was wrong and came from this address, whoever it was for.
#[must_use]
pub fn address_counter(hop: &Hop) -> Option<String> {
    hop.address.map(|address| counter(hop, "address", &address.to_string()))
}

/// How much was wrong under [`address_counter`] in the window.
///
/// # Errors
/// Those of the database.
pub async fn failures_from(hop: &Hop, counter: Option<&str>) -> Result<i64, SignInFault> {
    match counter {
        Some(counter) => Ok(rate_limit::find(hop.state.store.read(), counter, hop.now - WINDOW).await?),
        None => Ok(0),
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
