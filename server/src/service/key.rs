//! Items by id or handle.

use doorward_app::api::error::ConsoleError;
use doorward_domain::account::Account;
use doorward_domain::application::Application;
use doorward_domain::canonical::{IDENTIFIER_LIMIT, lookup_key};
use doorward_domain::connection::Connection;
use doorward_domain::id::{AccountId, ApplicationId, ConnectionId};
use doorward_domain::text::Handle;
use doorward_storage::{Database, account, application, connection};

use super::refusal::{Outcome, Refusal};

/// A connection by id or handle.
pub async fn connection(db: &impl Database, key: &str) -> Outcome<Connection> {
    let found = if let Ok(id) = key.parse::<ConnectionId>() {
        connection::find(db, &id).await?
    } else if let Ok(handle) = key.parse::<Handle>() {
        connection::find_by_handle(db, &handle).await?
    } else {
        None
    };
    found.ok_or(Refusal::Console(ConsoleError::NotFound))
}

/// An application by id or handle.
pub async fn application(db: &impl Database, key: &str) -> Outcome<Application> {
    let found = if let Ok(id) = key.parse::<ApplicationId>() {
        application::find(db, &id).await?
    } else if let Ok(handle) = key.parse::<Handle>() {
        application::find_by_handle(db, &handle).await?
    } else {
        None
    };
    found.ok_or(Refusal::Console(ConsoleError::NotFound))
}

/// An account by id or username. A username that looks like an id is only found by its id.
pub async fn account(db: &impl Database, key: &str) -> Outcome<Account> {
    let usable = (1..=IDENTIFIER_LIMIT).contains(&key.len()) && !key.contains('\0');
    let found = if let Ok(id) = key.parse::<AccountId>() {
        account::find(db, &id).await?
    } else if usable {
        account::find_by_identifier(db, &lookup_key(key)).await?
    } else {
        None
    };
    found.ok_or(Refusal::Console(ConsoleError::NotFound))
}

/// Refuses a change for a version that is not the current one.
pub fn check_version(expected: Option<i64>, current: i64) -> Outcome<()> {
    match expected {
        Some(version) if version != current => Err(ConsoleError::Changed.into()),
        Some(_) | None => Ok(()),
    }
}
