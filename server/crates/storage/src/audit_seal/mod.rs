//! Seals of the audit log: a chain of hashes over its events, by which one that was changed, removed or added is found
//! (S46).
//!
//! A sign-in pays nothing for it: [`seal`] comes some seconds later and writes one row for all events that have no seal
//! yet. Which ones these are stands in a column, and no mark moves on over them, because PostgreSQL may commit an older
//! event after a younger one was sealed.
//!
//! Each hash is the SHA-256, in lower-case hexadecimal digits, of some fields one behind the other. A missing field is a
//! byte 0. Any other is a byte 1, the length of its text in bytes (as eight bytes, the most significant first), and the
//! text in UTF-8. Numbers are decimal, times are microseconds since 1970. The fields are
//!
//! - of an event: `doorward audit event 1`, and then what is stored: id, at, action, actor, account, application,
//!   connection, sub, detail, request, reason;
//! - of a seal: `doorward audit seal 1`, its number, the hash of the seal before it (an empty text before the first),
//!   when it was made, and its events: for each a line of the event's id, a space, and the event's hash.
//!
//! So the chain of seals holds by itself, and the events of each are compared with its lines.

mod verify;

use doorward_domain::{Timestamp, truncate};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::db::{Database, Row, Sealed, Tx, execute, query_one, time};
use crate::entity::audit_event::{ActiveModel, Column, Entity, Model};
use crate::error::{Contested, StorageError};
use crate::store::Store;
pub use verify::{Checked, Fault, Noted, verify};

/// Most events of one seal: as many as are written while nobody notices.
const BATCH: usize = 500;
const COLUMNS: &str = "number, previous, sealed_at, events, hash";

/// One link of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Seal {
    /// From 1 on, without gaps.
    pub number: i64,
    /// The hash of the seal before; empty for the first.
    previous: String,
    pub sealed_at: Timestamp,
    /// A line for each event: its id, a space, its hash.
    events: String,
    pub hash: String,
}

impl Seal {
    fn over(events: &[Model], before: Option<Self>, at: Timestamp) -> Self {
        let (number, previous) = before.map_or((0, String::new()), |before| (before.number, before.hash));
        let line = |event: &Model| format!("{} {}\n", event.id, hash_of(event));
        let mut seal = Self {
            number: number + 1,
            previous,
            sealed_at: truncate(at),
            events: events.iter().map(line).collect(),
            hash: String::new(),
        };
        seal.hash = seal.computed();
        seal
    }

    fn from_row(row: &Row) -> Result<Self, StorageError> {
        Ok(Self {
            number: row.get("number")?,
            previous: row.get("previous")?,
            sealed_at: row.get("sealed_at")?,
            events: row.get("events")?,
            hash: row.get("hash")?,
        })
    }

    /// How many events it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.events.lines().count()
    }

    /// Whether more events may be waiting than it could take.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.count() >= BATCH
    }

    /// The id and the hash of each of its events.
    fn listed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.events
            .lines()
            .map(|line| line.split_once(' ').unwrap_or((line, "")))
    }

    /// What its hash must be.
    fn computed(&self) -> String {
        hash(&[
            Some("doorward audit seal 1"),
            Some(&self.number.to_string()),
            Some(&self.previous),
            Some(&micros(self.sealed_at)),
            Some(&self.events),
        ])
    }
}

/// What a seal keeps of an event.
fn hash_of(event: &Model) -> String {
    // Named one by one: a new column must be decided upon.
    let Model {
        id,
        at,
        action,
        actor,
        account_id,
        application_id,
        connection_id,
        sub,
        detail,
        request_id,
        reason,
        seal: _,
    } = event;
    hash(&[
        Some("doorward audit event 1"),
        Some(id),
        Some(&micros(*at)),
        Some(action),
        Some(actor),
        account_id.as_deref(),
        application_id.as_deref(),
        connection_id.as_deref(),
        sub.as_deref(),
        Some(detail),
        request_id.as_deref(),
        reason.as_deref(),
    ])
}

fn micros(at: Timestamp) -> String {
    at.timestamp_micros().to_string()
}

fn hash(fields: &[Option<&str>]) -> String {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.push(u8::from(field.is_some()));
        if let Some(text) = field {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    let hash = doorward_vault::sha256(&bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seals up to 500 events that have no seal yet, and answers the new seal; `None` where there is nothing to seal, or
/// where somebody else was first and the rest is for the next time.
///
/// # Errors
/// Those of the database.
pub async fn seal(store: &Store, at: Timestamp) -> Result<Option<Seal>, StorageError> {
    let waiting = waiting(store.read()).await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    let before = newest(store.read()).await?;
    if before.as_ref().is_some_and(|before| before.number == i64::MAX) {
        // Nobody seals so often: somebody else has written this one.
        return Err(StorageError::corrupt("audit_seal", i64::MAX.to_string()));
    }
    let seal = Seal::over(&waiting, before, at);
    let written = {
        let seal = seal.clone();
        store.write(move |tx| Box::pin(async move { insert(tx, &seal).await }))
    };
    match written.await {
        Ok(()) => Ok(Some(seal)),
        Err(StorageError::Conflict { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

/// Events without a seal, oldest first.
async fn waiting(db: &impl Database) -> Result<Vec<Model>, StorageError> {
    let events = Entity::find()
        .filter(Column::Seal.is_null())
        // It is the same in all of them, and so the order is that of the index.
        .order_by_asc(Column::Seal)
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id)
        .limit(BATCH as u64);
    Ok(events.all(&db.executor()).await?)
}

async fn newest(db: &impl Database) -> Result<Option<Seal>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM audit_seal ORDER BY number DESC LIMIT 1");
    let row = query_one(db, &sql, vec![]).await?;
    row.as_ref().map(Seal::from_row).transpose()
}

/// The number is a unique key and each event gets one seal only, so of two who seal at once one fails: the chain never
/// forks.
async fn insert(tx: &Tx, seal: &Seal) -> Result<(), StorageError> {
    let sql = format!("INSERT INTO audit_seal ({COLUMNS}) VALUES ($1, $2, $3, $4, $5)");
    let values = vec![
        seal.number.into(),
        seal.previous.as_str().into(),
        time(seal.sealed_at),
        seal.events.as_str().into(),
        seal.hash.as_str().into(),
    ];
    execute(tx, &sql, values).await?;
    let sealed = Entity::update_many()
        .set(ActiveModel {
            seal: ActiveValue::Set(Some(seal.number)),
            ..Default::default()
        })
        .filter(Column::Id.is_in(seal.listed().map(|(id, _)| id)))
        .filter(Column::Seal.is_null())
        .exec(&tx.executor())
        .await?;
    if sealed.rows_affected == seal.count() as u64 {
        Ok(())
    } else {
        Err(StorageError::conflict(Contested::Version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Model {
        Model {
            id: "evt_1".into(),
            at: Timestamp::UNIX_EPOCH,
            action: "link.created".into(),
            actor: "{\"kind\":\"person\"}".into(),
            account_id: Some("acc_1".into()),
            application_id: None,
            connection_id: Some("con_1".into()),
            sub: Some("anna".into()),
            detail: "null".into(),
            request_id: None,
            reason: None,
            seal: None,
        }
    }

    #[test]
    fn s46_hashes_are_those_that_are_described() {
        let event = event();
        assert_eq!(
            hash_of(&event),
            "d3b3fc043172d37cb4eb28e939974c6609db7a58e1e2ccd26c2ab5d757b6ed00"
        );
        let seal = Seal::over(&[event], None, Timestamp::UNIX_EPOCH);
        assert_eq!(
            seal.hash,
            "351fb3844959c78724c9fcc8aec412584c53f471509346e522424a779a9ecd06"
        );
        let next = Seal::over(&[], Some(seal.clone()), Timestamp::UNIX_EPOCH);
        assert_eq!((next.number, &next.previous), (2, &seal.hash));
    }

    #[test]
    fn s46_each_column_of_an_event_counts() {
        type Change = (&'static str, fn(&mut Model));
        let changes: [Change; 12] = [
            ("id", |event| event.id = "evt_2".into()),
            ("at", |event| event.at += chrono::TimeDelta::microseconds(1)),
            ("action", |event| event.action = "link.removed".into()),
            ("actor", |event| event.actor = "{\"kind\":\"api\"}".into()),
            ("account", |event| event.account_id = None),
            ("application", |event| event.application_id = Some("app_1".into())),
            ("empty", |event| event.application_id = Some(String::new())),
            ("moved", |event| {
                event.application_id = event.connection_id.take();
            }),
            ("sub", |event| event.sub = Some("annaa".into())),
            ("detail", |event| event.detail = "{}".into()),
            ("request", |event| event.request_id = Some("r".into())),
            ("reason", |event| event.reason = Some("r".into())),
        ];
        let mut seen = std::collections::BTreeSet::from([hash_of(&event())]);
        for (case, change) in changes {
            let mut changed = event();
            change(&mut changed);
            assert!(seen.insert(hash_of(&changed)), "{case}");
        }
        let sealed = Model {
            seal: Some(1),
            ..event()
        };
        assert_eq!(hash_of(&sealed), hash_of(&event()), "its seal comes later");
    }
}
