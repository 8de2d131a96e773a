//! Checks a password: the same answer in the same time for an unknown name and a wrong password (S20), and not too
//! often.

use doorward_domain::account::{Account, verified_email};
use doorward_domain::canonical::lookup_key;
use doorward_domain::engine::PasswordAccepted;
use doorward_storage::account;

use super::attempts::{self, WINDOW, counter};
use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use super::unproven;

/// Wrong passwords for one name within the window.
pub const PER_ACCOUNT: i64 = 10;

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
        let claims = self.account.claims();
        PasswordAccepted {
            account: self.account.id.clone(),
            sub: self.account.sub.clone(),
            status: self.account.status,
            mailbox: verified_email(&claims).is_some(),
            claims,
        }
    }
}

/// Checks a name and a password. `None` when they do not fit; the attempt is counted then.
///
/// # Errors
/// `TooManyAttempts`, those of the database and of hashing.
pub async fn check(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    name: &str,
    password: &str,
) -> Result<Option<Checked>, SignInFault> {
    let state = &hop.state;
    let key = lookup_key(name);
    let counter = counter(hop, "password", key.as_str());
    let (_place, running) = state.attempts_running.enter(&counter);
    let since = hop.now - WINDOW;
    let found = account::find_for_password(state.store.read(), &key, &counter, since).await?;
    let admitted = attempts::admit(hop, &counter, found.failures + running, PER_ACCOUNT).await;
    let counters = admitted.inspect_err(|fault| {
        if matches!(fault, SignInFault::TooManyAttempts) {
            let account = found.account.as_ref().map(|account| &account.id);
            unproven::note_limit(hop, terms, transaction, account);
        }
    })?;
    if state.hasher.verify(password, found.password_hash.as_deref()).await? {
        let counter = (found.failures > 0).then(|| counter.clone());
        return Ok(found.account.map(|account| Checked { account, counter }));
    }
    counters.count(hop).await?;
    Ok(None)
}
