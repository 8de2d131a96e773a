//! Mail that is to be sent. It is written before anybody tries to send it, so a mail server that is away delays it and
//! loses nothing (F23).

use chrono::TimeDelta;
use doorward_domain::Timestamp;
use doorward_domain::account::Account;
use doorward_domain::id::{AccountId, MailId};
use serde::{Deserialize, Serialize};

use crate::account;
use crate::db::{Database, Row, Tx, execute, from_word, id, query_all, query_one, time, word};
use crate::error::StorageError;
use crate::store::Store;

const TABLE: &str = "outbox";
/// Most mails taken at once.
const BATCH: u32 = 20;
/// How long whoever took a mail may try before somebody else takes it.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    Waiting,
    /// A mail server has taken it.
    Sent,
    /// The mail server refuses it for good.
    Refused,
    /// Nobody took it in time.
    Expired,
}

/// A mail to be written down.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMail {
    pub id: MailId,
    /// What it is for.
    pub topic: String,
    /// How often that was asked for before.
    pub number: i64,
    /// A keyed hash of whom it is for.
    pub person_key: String,
    /// Sealed by the caller.
    pub sealed_letter: Vec<u8>,
    pub at: Timestamp,
    /// After this nobody needs it any more.
    pub expires_at: Timestamp,
    /// When the row goes.
    pub kept_until: Timestamp,
}

/// A mail as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    pub id: MailId,
    pub sealed_letter: Vec<u8>,
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    pub created_at: Timestamp,
}

/// The last mail of a topic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastMail {
    pub number: i64,
    pub state: MailState,
    pub attempts: i64,
    pub expires_at: Timestamp,
}

/// What is known before a code is sent or checked.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeLookUp {
    /// As it is now; `None` without one or when it is gone.
    pub account: Option<Account>,
    /// Failed attempts in the current window, see [`crate::rate_limit`].
    pub failures: i64,
    /// Mails to this person since the window's start.
    pub mails: i64,
    pub last: Option<LastMail>,
}

/// Writes a mail down; `false` when somebody else has written the same one.
///
/// # Errors
/// Those of the database.
pub async fn put(store: &Store, mail: NewMail) -> Result<bool, StorageError> {
    store
        .write_one(move |tx| Box::pin(async move { insert(tx, &mail).await }))
        .await
}

async fn insert(tx: &Tx, mail: &NewMail) -> Result<bool, StorageError> {
    let sql = "INSERT INTO outbox (id, topic, number, person_key, sealed_letter, state, attempts, created_at, \
               next_attempt_at, expires_at, kept_until) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, $8, $9) \
               ON CONFLICT (topic, number) DO NOTHING";
    let values = vec![
        mail.id.as_str().into(),
        mail.topic.as_str().into(),
        mail.number.into(),
        mail.person_key.as_str().into(),
        mail.sealed_letter.clone().into(),
        word(&MailState::Waiting).into(),
        time(mail.at),
        time(mail.expires_at),
        time(mail.kept_until),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// The account, the failures and mails under `person_key` since `window_start`, and the topic's last mail, in one
/// statement.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn look_up(
    db: &impl Database,
    account: Option<&AccountId>,
    topic: &str,
    person_key: &str,
    window_start: Timestamp,
) -> Result<CodeLookUp, StorageError> {
    let sql = format!(
        "SELECT {}, r.count AS failures, l.id AS mail_id, l.number AS mail_number, l.state AS mail_state, \
         l.attempts AS mail_attempts, l.expires_at AS mail_expires_at, \
         (SELECT COUNT(*) FROM outbox WHERE person_key = $2 AND created_at > $4) AS mails \
         FROM (SELECT 1 AS one) o LEFT JOIN account a ON a.id = $1 \
         LEFT JOIN rate_limit r ON r.key = $2 AND r.window_start > $4 \
         LEFT JOIN outbox l ON l.topic = $3 AND l.number = (SELECT MAX(number) FROM outbox WHERE topic = $3)",
        account::COLUMNS
    );
    let values = vec![
        account.map(AccountId::as_str).into(),
        person_key.into(),
        topic.into(),
        time(window_start),
    ];
    let Some(row) = query_one(db, &sql, values).await? else {
        return Ok(CodeLookUp {
            account: None,
            failures: 0,
            mails: 0,
            last: None,
        });
    };
    let last = row.get::<Option<String>>("mail_id")?.map(|id| last_of(&row, &id));
    Ok(CodeLookUp {
        account: account::from_optional_row(&row)?,
        failures: row.get::<Option<i64>>("failures")?.unwrap_or_default(),
        mails: row.get("mails")?,
        last: last.transpose()?,
    })
}

fn last_of(row: &Row, id: &str) -> Result<LastMail, StorageError> {
    Ok(LastMail {
        number: row.get("mail_number")?,
        state: from_word(row.get("mail_state")?, TABLE, id)?,
        attempts: row.get("mail_attempts")?,
        expires_at: row.get("mail_expires_at")?,
    })
}

/// Takes mails that are due, for a minute: no other process tries them meanwhile. Each counts as one more attempt.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn take_due(store: &Store, at: Timestamp) -> Result<Vec<Mail>, StorageError> {
    let waiting = word(&MailState::Waiting);
    store
        .write_one(move |tx| {
            Box::pin(async move {
                // Said twice: of two processes that chose the same mail the later one finds it taken.
                let due = "state = $1 AND next_attempt_at <= $2 AND expires_at > $2";
                let sql = format!(
                    "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = $3 WHERE {due} AND id IN \
                     (SELECT id FROM outbox WHERE {due} ORDER BY next_attempt_at LIMIT {BATCH}) \
                     RETURNING id, sealed_letter, state, attempts, created_at"
                );
                let values = vec![waiting.into(), time(at), time(at + LEASE)];
                query_all(tx, &sql, values).await?.iter().map(from_row).collect()
            })
        })
        .await
}

/// Ends mails that nobody took in time, and answers them.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn take_expired(store: &Store, at: Timestamp) -> Result<Vec<Mail>, StorageError> {
    let (waiting, expired) = (word(&MailState::Waiting), word(&MailState::Expired));
    store
        .write_one(move |tx| {
            Box::pin(async move {
                let sql = format!(
                    "UPDATE outbox SET state = $1 WHERE state = $2 AND id IN \
                     (SELECT id FROM outbox WHERE state = $2 AND expires_at <= $3 LIMIT {BATCH}) \
                     RETURNING id, sealed_letter, state, attempts, created_at"
                );
                let values = vec![expired.into(), waiting.into(), time(at)];
                query_all(tx, &sql, values).await?.iter().map(from_row).collect()
            })
        })
        .await
}

/// What stays of a letter that is not to be sent any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// All of it, where people look at it.
    All,
    /// Whom it is about, sealed by the caller.
    About(Vec<u8>),
    Nothing,
}

/// Enters what became of a mail.
///
/// # Errors
/// Those of the database.
pub async fn end(tx: &Tx, id: &MailId, state: MailState, rest: Rest) -> Result<(), StorageError> {
    let mut sql = "UPDATE outbox SET state = $1, sealed_letter = $3 WHERE id = $2";
    let mut values = vec![word(&state).into(), id.as_str().into()];
    match rest {
        Rest::All => sql = "UPDATE outbox SET state = $1 WHERE id = $2",
        Rest::About(sealed) => values.push(sealed.into()),
        Rest::Nothing => values.push(Vec::<u8>::new().into()),
    }
    execute(tx, sql, values).await.map(|_| ())
}

/// Enters that a mail came back which a mail server had taken; `false` where its end was known already.
///
/// # Errors
/// Those of the database.
pub async fn came_back(tx: &Tx, id: &MailId) -> Result<bool, StorageError> {
    let sql = "UPDATE outbox SET state = $1 WHERE id = $2 AND state = $3";
    let values = vec![
        word(&MailState::Refused).into(),
        id.as_str().into(),
        word(&MailState::Sent).into(),
    ];
    Ok(execute(tx, sql, values).await? == 1)
}

/// A mail by its id.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn find(db: &impl Database, id: &MailId) -> Result<Option<Mail>, StorageError> {
    let sql = "SELECT id, sealed_letter, state, attempts, created_at FROM outbox WHERE id = $1";
    let row = query_one(db, sql, vec![id.as_str().into()]).await?;
    row.as_ref().map(from_row).transpose()
}

/// Puts a mail off.
///
/// # Errors
/// Those of the database.
pub async fn put_off(store: &Store, id: &MailId, until: Timestamp) -> Result<(), StorageError> {
    let id = id.clone();
    store
        .write_one(move |tx| {
            Box::pin(async move {
                let sql = "UPDATE outbox SET next_attempt_at = $1 WHERE id = $2";
                execute(tx, sql, vec![time(until), id.as_str().into()])
                    .await
                    .map(|_| ())
            })
        })
        .await
}

/// The newest mails.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn newest(db: &impl Database, limit: u32) -> Result<Vec<Mail>, StorageError> {
    let sql = format!(
        "SELECT id, sealed_letter, state, attempts, created_at FROM outbox ORDER BY created_at DESC, id LIMIT {limit}"
    );
    query_all(db, &sql, vec![]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Mail, StorageError> {
    let own: String = row.get("id")?;
    Ok(Mail {
        state: from_word(row.get("state")?, TABLE, &own)?,
        id: id(own, TABLE)?,
        sealed_letter: row.get("sealed_letter")?,
        attempts: row.get("attempts")?,
        created_at: row.get("created_at")?,
    })
}
