//! How many accounts each connection may make in an hour (S49): a provider that vouches for everybody, or somebody who
//! registers there by the thousand, must not fill the database.
//!
//! The count is in the database and holds for all nodes. A node takes it in portions of a hundredth, so that one in a
//! hundred first sign-ins costs a statement more, and counting holds up nobody.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::id::ConnectionId;
use doorward_storage::{StorageError, audit, rate_limit};
use serde_json::json;

use super::attempts::counter;
use super::fault::SignInFault;
use super::hop::{Hop, Terms};
use crate::log::chain;

/// What the quota counts over.
const WINDOW: Duration = Duration::hours(1);
/// How many portions a quota has.
const PORTIONS: u32 = 100;

/// What this node may still give out of the quotas of connections.
#[derive(Debug, Default)]
pub struct Portions(Mutex<HashMap<ConnectionId, Portion>>);

#[derive(Debug, Clone, Copy)]
struct Portion {
    left: u32,
    ends: Timestamp,
}

impl Portions {
    fn take(&self, connection: &ConnectionId, now: Timestamp) -> bool {
        let mut portions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match portions.get_mut(connection) {
            Some(portion) if portion.left > 0 && portion.ends > now => {
                portion.left -= 1;
                true
            }
            Some(_) | None => false,
        }
    }

    fn add(&self, connection: &ConnectionId, many: u32, ends: Timestamp) {
        let mut portions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let portion = portions.entry(connection.clone()).or_insert(Portion { left: 0, ends });
        // What is left of an hour that is over counts no more.
        let left = if portion.ends == ends { portion.left } else { 0 };
        *portion = Portion {
            left: left.saturating_add(many),
            ends,
        };
    }
}

/// Lets a connection make one more account.
///
/// # Errors
/// `TooManyAccounts` beyond the quota, those of the database.
pub async fn admit(hop: &Hop, terms: &Terms, connection: &Connection) -> Result<(), SignInFault> {
    let portions = &hop.state.new_accounts;
    if portions.take(&connection.id, hop.now) {
        return Ok(());
    }
    let quota = hop.state.config.accounts_per_hour;
    let wanted = (quota / PORTIONS).max(1);
    let key = counter(hop, "accounts", connection.id.as_str());
    let counted = rate_limit::add(&hop.state.store, &key, wanted.into(), WINDOW.num_seconds(), hop.now).await?;
    let before = counted.count - i64::from(wanted);
    let granted = (i64::from(quota) - before).clamp(0, wanted.into());
    if granted == 0 {
        alert(hop, terms, connection, counted.window_start).await;
        return Err(SignInFault::TooManyAccounts);
    }
    let granted = u32::try_from(granted).unwrap_or(wanted);
    portions.add(&connection.id, granted - 1, counted.window_start + WINDOW);
    Ok(())
}

/// One event for an administrator in each hour, however many are refused. That it cannot be written must not change the
/// answer.
async fn alert(hop: &Hop, terms: &Terms, connection: &Connection, window_start: Timestamp) {
    tracing::warn!(connection = %connection.id, "a connection has made as many accounts in an hour as it may");
    let fault = SignInFault::TooManyAccounts.word();
    let told = counter(hop, fault, &format!("{} {window_start}", connection.id));
    let event = AuditEvent {
        application: terms.application().map(|application| application.id.clone()),
        connection: Some(connection.id.clone()),
        detail: json!({"reason": fault, "limit": hop.state.config.accounts_per_hour, "request": hop.request_id}),
        ..hop.event(AuditAction::SignInRefused)
    };
    let at = hop.now;
    let written: Result<(), StorageError> = async {
        if rate_limit::hit(&hop.state.store, &told, WINDOW.num_seconds(), at).await? > 1 {
            return Ok(());
        }
        let write = hop
            .state
            .store
            .write(move |tx| Box::pin(async move { audit::insert(tx, &event).await }));
        write.await
    }
    .await;
    if let Err(error) = written {
        tracing::error!(
            error = chain(&error),
            request_id = hop.request_id,
            "an alert is missing in the audit log"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_is_for_one_connection_and_one_hour() {
        let (portions, start) = (Portions::default(), Timestamp::UNIX_EPOCH);
        let (one, other) = (ConnectionId::from_random([1; 16]), ConnectionId::from_random([2; 16]));
        let ends = start + WINDOW;
        portions.add(&one, 2, ends);
        assert!(!portions.take(&other, start), "another connection");
        assert!(portions.take(&one, start) && portions.take(&one, start));
        assert!(!portions.take(&one, start), "used up");
        portions.add(&one, 1, ends);
        portions.add(&one, 1, ends);
        assert!(portions.take(&one, start), "portions of one hour add up");
        assert!(!portions.take(&one, ends), "the hour is over");
        portions.add(&one, 1, ends + WINDOW);
        assert!(
            portions.take(&one, ends) && !portions.take(&one, ends),
            "what was left of it is lost"
        );
    }
}
