//! Mail: written into the outbox first, then sent by a task of its own, so that a mail server that is slow or away
//! holds up nobody and loses nothing (F23).
//!
//! Owns letters and how they leave. Must not know what they are for.

pub mod mailbox;
pub mod report;
mod smtp;
pub mod worker;

use doorward_domain::Timestamp;
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::{AccountId, ApplicationId, AuditEventId, MailId};
use doorward_storage::StorageError;
use doorward_storage::outbox::{self, NewMail, Rest};
use doorward_vault::{Keyring, Purpose};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::config::MailSettings;
use crate::state::AppState;
use smtp::Smtp;

/// How long what became of a mail can be looked up.
const KEPT: chrono::Duration = chrono::Duration::days(7);

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Whom the audit log names should it not arrive.
    pub about: About,
}

/// Whom a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    pub account: Option<AccountId>,
    pub application: Option<ApplicationId>,
    pub sub: Option<String>,
}

impl About {
    fn enter(self, event: AuditEvent) -> AuditEvent {
        AuditEvent {
            account: self.account,
            application: self.application,
            sub: self.sub,
            ..event
        }
    }
}

/// A letter with what it is for, which makes it be written once.
#[derive(Debug, Clone)]
pub struct Order {
    pub topic: String,
    /// How often it was asked for before.
    pub number: i64,
    /// A keyed hash of whom it is for.
    pub person_key: String,
    pub letter: Letter,
    /// When nobody needs it any more.
    pub expires_at: Timestamp,
}

/// Why a letter has not left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undelivered {
    /// Another try may help. For the log.
    ForNow(String),
    /// None will. For the log and the audit log.
    ForGood(String),
}

enum Way {
    Closed,
    Mailbox,
    Smtp(Smtp),
}

/// How mail leaves.
pub struct Mail {
    way: Way,
    wake: Notify,
}

impl Mail {
    /// The way the settings name.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open(settings: &MailSettings) -> Result<Self, String> {
        Ok(match settings {
            MailSettings::None => Self::along(Way::Closed),
            MailSettings::Mailbox => Self::along(Way::Mailbox),
            MailSettings::Smtp { url, from } => Self::along(Way::Smtp(Smtp::open(url.expose(), from)?)),
        })
    }

    fn along(way: Way) -> Self {
        Self {
            way,
            wake: Notify::new(),
        }
    }

    /// Whether mail can be sent at all.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.way, Way::Closed)
    }

    /// Whether letters stay here to be looked at, as in a demonstration.
    #[must_use]
    pub fn is_mailbox(&self) -> bool {
        matches!(self.way, Way::Mailbox)
    }

    async fn send(&self, id: &MailId, letter: &Letter) -> Result<(), Undelivered> {
        match &self.way {
            Way::Closed => Err(Undelivered::ForGood("no mail server is configured".to_owned())),
            Way::Mailbox => Ok(()),
            Way::Smtp(smtp) => smtp.send(id, letter).await,
        }
    }
}

/// Writes a letter down to be sent; `false` when the same one is written already.
///
/// # Errors
/// Those of the database.
pub async fn put(state: &AppState, order: Order, at: Timestamp) -> Result<bool, StorageError> {
    let id = MailId::from_random(state.random.id());
    let mail = NewMail {
        sealed_letter: seal(&state.keyring, &id, &order.letter),
        id,
        topic: order.topic,
        number: order.number,
        person_key: order.person_key,
        at,
        expires_at: order.expires_at,
        kept_until: at + KEPT,
    };
    let is_new = outbox::put(&state.store, mail).await?;
    state.mail.wake.notify_one();
    Ok(is_new)
}

fn seal(keyring: &Keyring, id: &MailId, letter: &Letter) -> Vec<u8> {
    let json = serde_json::to_vec(letter).unwrap_or_default();
    keyring.seal(Purpose::Mail, id.as_str().as_bytes(), &json)
}

/// What stays of a letter that a mail server has taken: whom it is about, should it come back.
fn rest(keyring: &Keyring, id: &MailId, letter: Letter) -> Rest {
    let about = Letter {
        about: letter.about,
        ..Letter::default()
    };
    Rest::About(seal(keyring, id, &about))
}

/// The line of the audit log about a mail that was not delivered.
fn not_delivered(state: &AppState, mail: &outbox::Mail, at: Timestamp, detail: serde_json::Value) -> AuditEvent {
    let event = AuditEvent {
        id: AuditEventId::from_random(state.random.id()),
        at,
        action: AuditAction::MailNotDelivered,
        actor: Actor::System,
        account: None,
        application: None,
        connection: None,
        sub: None,
        detail,
    };
    match letter(&state.keyring, mail) {
        Some(letter) => letter.about.enter(event),
        None => event,
    }
}

/// The letter of a mail; `None` when it is gone or was sealed with another key.
#[must_use]
pub fn letter(keyring: &Keyring, mail: &outbox::Mail) -> Option<Letter> {
    let json = keyring
        .open(Purpose::Mail, mail.id.as_str().as_bytes(), &mail.sealed_letter)
        .ok()?;
    serde_json::from_slice(&json).ok()
}
