//! The task that sends what is in the outbox.

use std::sync::Arc;
use std::time::Duration;

use doorward_domain::Timestamp;
use doorward_storage::outbox::{self, Mail, MailState, Rest};
use doorward_storage::{StorageError, audit};
use serde_json::json;

use super::{Undelivered, letter, not_delivered, rest};
use crate::log::chain;
use crate::state::{AppState, Shared};

/// How often the outbox is looked at without a call.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The wait after the first try in seconds; it doubles with each.
const FIRST_WAIT: i64 = 5;
const LONGEST_WAIT: i64 = 120;

/// Sends what is due, for ever.
pub async fn run(state: Shared) {
    loop {
        tokio::select! {
            () = state.mail.wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // A key that does not open what is there would give up every letter, before the start ends because of it.
        if !state.is_loaded() {
            continue;
        }
        if let Err(error) = send_due(&state).await {
            tracing::warn!(error = chain(&error), "mail cannot be sent while the database is away");
        }
    }
}

/// Tries everything that is due once, side by side.
///
/// # Errors
/// Those of the database.
pub async fn send_due(state: &Shared) -> Result<(), StorageError> {
    let now = state.now();
    for mail in outbox::take_expired(&state.store, now).await? {
        give_up(state, mail, MailState::Expired, "no mail server took it in time", now).await?;
    }
    let mut running = tokio::task::JoinSet::new();
    for mail in outbox::take_due(&state.store, now).await? {
        running.spawn(try_to_send(Arc::clone(state), mail));
    }
    while let Some(done) = running.join_next().await {
        done.unwrap_or(Ok(()))?;
    }
    Ok(())
}

async fn try_to_send(state: Shared, mail: Mail) -> Result<(), StorageError> {
    let now = state.now();
    let Some(letter) = letter(&state.keyring, &mail) else {
        return give_up(&state, mail, MailState::Refused, "the letter cannot be opened", now).await;
    };
    match state.mail.send(&mail.id, &letter).await {
        Ok(()) => {
            let rest = match state.mail.is_mailbox() {
                true => Rest::All,
                false => rest(&state.keyring, &mail.id, letter),
            };
            state
                .store
                .write(move |tx| Box::pin(async move { outbox::end(tx, &mail.id, MailState::Sent, rest).await }))
                .await
        }
        Err(Undelivered::ForNow(why)) => {
            let wait = wait_after(mail.attempts);
            tracing::warn!(mail = %mail.id, why, seconds = wait.num_seconds(), "a mail is tried again later");
            outbox::put_off(&state.store, &mail.id, now + wait).await
        }
        Err(Undelivered::ForGood(why)) => give_up(&state, mail, MailState::Refused, &why, now).await,
    }
}

fn wait_after(attempts: i64) -> chrono::Duration {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    chrono::Duration::seconds((FIRST_WAIT << doublings).min(LONGEST_WAIT))
}

/// Ends a mail and tells the administrators in the audit log.
async fn give_up(state: &AppState, mail: Mail, end: MailState, why: &str, now: Timestamp) -> Result<(), StorageError> {
    tracing::warn!(mail = %mail.id, why, "a mail was not delivered");
    // A mail server's answer repeats the address it refuses, and the audit log holds nothing of a person.
    let reason = match end {
        MailState::Expired => "expired",
        MailState::Refused | MailState::Sent | MailState::Waiting => "refused",
    };
    let detail = json!({"reason": reason, "attempts": mail.attempts});
    let event = not_delivered(state, &mail, now, detail);
    state
        .store
        .write(move |tx| {
            Box::pin(async move {
                outbox::end(tx, &mail.id, end, Rest::Nothing).await?;
                audit::insert(tx, &event).await
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::wait_after;

    #[test]
    fn f23_waits_grow_and_end() {
        let waits: Vec<i64> = (1..=8).map(|tries| wait_after(tries).num_seconds()).collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 120, 120, 120]);
    }
}
