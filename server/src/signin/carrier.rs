//! Finds a browser's transaction and keeps it for the next hop.

use doorward_domain::Timestamp;
use doorward_domain::id::TransactionId;
use doorward_domain::secret::SecretText;
use doorward_storage::transaction::{self, StoredTransaction};
use http::{HeaderMap, HeaderValue};

use super::cookie::{self, Cookies, TRANSACTION, TRANSACTIONS, VALUE_LIMIT};
use super::fault::SignInFault;
use super::hop::Hop;
use super::transaction::{Carried, Home, LIFE, Transaction};
use crate::state::AppState;

fn short(id: &TransactionId) -> &str {
    id.as_str().strip_prefix(TransactionId::PREFIX).unwrap_or_default()
}

fn cookie_name(id: &TransactionId) -> String {
    format!("{TRANSACTION}{}", short(id))
}

/// What binds this browser to a transaction that is kept in a row, also when the row is gone.
#[must_use]
pub fn binding(hop: &Hop, id: &TransactionId) -> Option<SecretText> {
    match open_cookie(&hop.state, &hop.headers, id)? {
        Carried::Bound { binding } => Some(binding),
        Carried::Whole { .. } => None,
    }
}

/// The transaction of this id, if this browser is the one it is bound to.
///
/// # Errors
/// `NotThisBrowser` without its cookie, `Expired` when its row is gone, those of the database.
pub async fn find(state: &AppState, headers: &HeaderMap, id: &TransactionId) -> Result<Transaction, SignInFault> {
    let now = state.now();
    let transaction = match open_cookie(state, headers, id).ok_or(SignInFault::NotThisBrowser)? {
        Carried::Whole { binding, content } => Transaction::of_cookie(id.clone(), binding, content),
        Carried::Bound { binding } => {
            let row = transaction::find(state.store.read(), id, now)
                .await?
                .ok_or(SignInFault::Expired)?;
            Transaction::of_row(&state.keyring, id.clone(), &binding, &row.sealed_state, row.version)
                .ok_or(SignInFault::NotThisBrowser)?
        }
    };
    let alive = transaction
        .state
        .progress()
        .is_some_and(|progress| progress.check_alive(now).is_ok());
    if alive {
        Ok(transaction)
    } else {
        Err(SignInFault::Expired)
    }
}

/// The row of a transaction whose cookie is older than it: the browser never saw the answer that made the row.
///
/// # Errors
/// `AlreadyUsed` when there is none, so the transaction is over; those of the database.
pub async fn find_row(state: &AppState, stale: &Transaction) -> Result<Transaction, SignInFault> {
    let row = transaction::find(state.store.read(), &stale.id, state.now())
        .await?
        .ok_or(SignInFault::AlreadyUsed)?;
    Transaction::of_row(
        &state.keyring,
        stale.id.clone(),
        &stale.binding,
        &row.sealed_state,
        row.version,
    )
    .ok_or(SignInFault::AlreadyUsed)
}

fn open_cookie(state: &AppState, headers: &HeaderMap, id: &TransactionId) -> Option<Carried> {
    let cookies = Cookies::new(state.config.public_url.is_secure());
    let (_, sealed) = cookies.read(headers, &cookie_name(id))?.split_once('.')?;
    Transaction::open_cookie(&state.keyring, id, &cookie::decode(sealed)?)
}

/// Cookies that keep the transaction in this browser and drop its oldest ones beyond the limit.
///
/// # Errors
/// `TooLarge` when the request does not fit into a cookie.
pub fn keep(state: &AppState, headers: &HeaderMap, transaction: &Transaction) -> Result<Vec<HeaderValue>, SignInFault> {
    let cookies = Cookies::new(state.config.public_url.is_secure());
    let sealed = cookie::encode(&transaction.seal_for_cookie(&state.keyring));
    // The time in front only orders a browser's transactions; nothing is decided by it.
    let value = format!("{}.{sealed}", state.now().timestamp());
    if value.len() > VALUE_LIMIT {
        return Err(SignInFault::TooLarge);
    }
    let own = short(&transaction.id);
    let mut others: Vec<_> = cookies
        .transactions(headers)
        .into_iter()
        .filter(|(name, _)| *name != own)
        .collect();
    others.sort_by_key(|(_, value)| started(value));
    let surplus = (others.len() + 1).saturating_sub(TRANSACTIONS);
    let drop = others[..surplus]
        .iter()
        .filter_map(|(name, _)| cookies.remove(&format!("{TRANSACTION}{name}")));
    let set = cookies.set(&cookie_name(&transaction.id), &value, Some(LIFE.num_seconds()));
    Ok(set.into_iter().chain(drop).collect())
}

fn started(value: &str) -> i64 {
    value
        .split_once('.')
        .and_then(|(seconds, _)| seconds.parse().ok())
        .unwrap_or(0)
}

/// The cookie that forgets a transaction that is over.
#[must_use]
pub fn forget(state: &AppState, transaction: &Transaction) -> Option<HeaderValue> {
    Cookies::new(state.config.public_url.is_secure()).remove(&cookie_name(&transaction.id))
}

/// The transaction as a new row.
#[must_use]
pub fn first_row(state: &AppState, transaction: &Transaction, expires_at: Timestamp) -> StoredTransaction {
    StoredTransaction {
        id: transaction.id.clone(),
        sealed_state: transaction.seal_for_row(&state.keyring),
        version: 1,
        expires_at,
    }
}

/// The version a transaction's row has, if it has one.
#[must_use]
pub fn version(transaction: &Transaction) -> Option<i64> {
    match transaction.home {
        Home::Cookie => None,
        Home::Row { version } => Some(version),
    }
}
