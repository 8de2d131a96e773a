//! What an account has to sign in with, as it is now.

use doorward_domain::account::Account;
use doorward_domain::factor::{Factor, FactorKind};
use doorward_domain::flow::AuthOption;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::self_service::Holdings;
use doorward_storage::{Database, StorageError, account, factor, link, passkey};

use crate::signin::hop::Hop;

/// An enabled connection, with the option it is.
pub type Way = (ConnectionId, AuthOption);

/// The enabled connections.
#[must_use]
pub fn ways(hop: &Hop) -> Vec<Way> {
    let enabled = hop.snapshot.connections().filter(|connection| connection.enabled);
    enabled
        .map(|connection| (connection.id.clone(), AuthOption::Connection(connection.handle.clone())))
        .collect()
}

/// The option that a connection is, if it is enabled.
#[must_use]
pub fn way<'a>(ways: &'a [Way], connection: &ConnectionId) -> Option<&'a AuthOption> {
    ways.iter().find(|(id, _)| id == connection).map(|(_, option)| option)
}

/// What somebody's account has, with the mailbox that a code can be sent to.
///
/// # Errors
/// Those of the database.
pub async fn of(hop: &Hop, account: &Account) -> Result<Holdings, StorageError> {
    let held = load(hop.state.store.read(), &account.id, &ways(hop)).await?;
    Ok(Holdings {
        has_mailbox: hop.state.mail.is_open() && account.owned_address().is_some(),
        ..held
    })
}

/// What an account keeps here.
///
/// # Errors
/// Those of the database.
pub async fn load(db: &impl Database, account: &AccountId, ways: &[Way]) -> Result<Holdings, StorageError> {
    let links = link::list_of_account(db, account).await?;
    let factors = factor::list_of_account(db, account).await?;
    let of_kind = |kind| factors.iter().find(|factor| factor.kind == kind);
    Ok(Holdings {
        has_password: account::find_password_hash(db, account).await?.is_some(),
        links: links
            .iter()
            .filter_map(|link| way(ways, &link.key.connection).cloned())
            .collect(),
        has_app: of_kind(FactorKind::Totp).is_some(),
        passkeys: passkey::list_of_account(db, account).await?.len(),
        codes_left: of_kind(FactorKind::BackupCode).and_then(Factor::codes_left),
        has_mailbox: false,
    })
}
