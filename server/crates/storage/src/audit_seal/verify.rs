//! Whether the audit log is as it was sealed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use doorward_domain::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{COLUMNS, Seal, hash_of};
use crate::db::{Database, query_all, query_one};
use crate::entity::audit_event::{Column, Entity, Model};
use crate::error::StorageError;

/// Seals that are read at once.
const SEALS: u32 = 50;
/// Events that are read at once.
const EVENTS: u64 = 1_000;

/// What is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("event {event} of seal {seal} has changed")]
    EventChanged { event: String, seal: i64 },
    /// It is gone, or says that it belongs to another seal or to none.
    #[error("event {event} of seal {seal} is missing")]
    EventMissing { event: String, seal: i64 },
    #[error("event {event} was added: it names seal {seal}, which does not have it")]
    EventAdded { event: String, seal: i64 },
    /// Its hash is not that of what stands in it.
    #[error("seal {seal} has changed")]
    SealChanged { seal: i64 },
    #[error("seal {seal} does not follow from the one before it: one of them was replaced")]
    SealReplaced { seal: i64 },
    #[error("{}", missing(.first, .last))]
    SealsMissing { first: i64, last: i64 },
    /// No seal has such a number.
    #[error("seal {seal} was added")]
    SealAdded { seal: i64 },
    #[error("no seal has the hash {hash}: what it sealed was removed or replaced")]
    HashMissing { hash: String },
    #[error("the chain does not begin right behind a seal with the hash {hash}")]
    BeginsElsewhere { hash: String },
}

fn missing(first: &i64, last: &i64) -> String {
    if first == last {
        format!("seal {first} is missing")
    } else {
        format!("seals {first} to {last} are missing")
    }
}

/// What somebody has written down of the chain earlier.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Noted {
    /// Hashes of seals that must be there.
    pub hashes: Vec<String>,
    /// The hash of the last seal that whoever keeps the database has deleted, with all before it and their events. The
    /// chain must begin right behind it; without it, at seal 1.
    pub deleted: Option<String>,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Checked {
    pub seals: usize,
    /// Sealed events that are there.
    pub events: usize,
    /// The times of the oldest and the newest of them.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Events that wait for their seal.
    pub waiting: i64,
    /// The time of the oldest of these.
    pub waiting_since: Option<Timestamp>,
    /// Number and hash of the last seal.
    pub newest: Option<(i64, String)>,
    pub faults: usize,
}

/// Follows the chain from its beginning and tells each fault as it is found, in bounded memory.
///
/// Events without a seal are counted only: nothing tells yet what they were.
///
/// # Errors
/// Those of the database.
pub async fn verify(db: &impl Database, noted: &Noted, tell: impl FnMut(Fault)) -> Result<Checked, StorageError> {
    let mut check = Check {
        tell,
        hashes: noted.hashes.iter().map(String::as_str).collect(),
        deleted: noted.deleted.as_deref(),
        checked: Checked::default(),
    };
    check.count_waiting(db).await?;
    let (mut events, mut last) = (SealedEvents::default(), i64::MIN);
    loop {
        let seals = page(db, last).await?;
        let Some(seal) = seals.last() else { break };
        last = seal.number;
        for seal in &seals {
            let present = check.follow(seal);
            check.compare(db, seal, present, &mut events).await?;
        }
    }
    check.rest(db).await?;
    Ok(check.checked)
}

async fn page(db: &impl Database, after: i64) -> Result<Vec<Seal>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM audit_seal WHERE number > $1 ORDER BY number LIMIT {SEALS}");
    let rows = query_all(db, &sql, vec![after.into()]).await?;
    rows.iter().map(Seal::from_row).collect()
}

struct Check<'a, F> {
    tell: F,
    /// Those noted that were not met yet.
    hashes: BTreeSet<&'a str>,
    deleted: Option<&'a str>,
    checked: Checked,
}

impl<F: FnMut(Fault)> Check<'_, F> {
    fn fault(&mut self, fault: Fault) {
        self.checked.faults += 1;
        (self.tell)(fault);
    }

    /// Looks at a seal and its place in the chain. The number up to which no seal is missing before it.
    fn follow(&mut self, seal: &Seal) -> i64 {
        let (number, hash) = self.checked.newest.clone().unwrap_or_default();
        let (next, own) = (number.saturating_add(1), seal.number);
        let mut present = number;
        self.checked.seals += 1;
        if seal.hash != seal.computed() {
            self.fault(Fault::SealChanged { seal: own });
        }
        if own < next {
            self.fault(Fault::SealAdded { seal: own });
            return present;
        }
        if own == next {
            if seal.previous != hash {
                self.fault(Fault::SealReplaced { seal: own });
            }
        } else if number == 0 && self.deleted == Some(seal.previous.as_str()) {
            self.deleted = None;
            present = own - 1;
        } else {
            self.fault(Fault::SealsMissing {
                first: next,
                last: own - 1,
            });
        }
        self.hashes.remove(seal.hash.as_str());
        self.checked.newest = Some((own, seal.hash.clone()));
        present
    }

    /// Compares the events of a seal with what it says of them.
    async fn compare(
        &mut self,
        db: &impl Database,
        seal: &Seal,
        present: i64,
        events: &mut SealedEvents,
    ) -> Result<(), StorageError> {
        let mut listed: BTreeMap<&str, &str> = seal.listed().collect();
        while let Some(event) = events.next(db, seal.number).await? {
            let number = event.seal.unwrap_or_default();
            let is_own = number == seal.number;
            if !is_own && number > present {
                // Its seal is missing, which was told.
                continue;
            }
            let wanted = if is_own { listed.remove(event.id.as_str()) } else { None };
            match wanted {
                Some(wanted) => {
                    self.count(event.at);
                    if wanted != hash_of(&event) {
                        self.fault(Fault::EventChanged {
                            event: event.id,
                            seal: number,
                        });
                    }
                }
                None => self.fault(Fault::EventAdded {
                    event: event.id,
                    seal: number,
                }),
            }
        }
        for id in listed.into_keys() {
            self.fault(Fault::EventMissing {
                event: id.to_owned(),
                seal: seal.number,
            });
        }
        Ok(())
    }

    /// Counts what waits, before the seals are read: what is sealed meanwhile is counted twice rather than not at all.
    async fn count_waiting(&mut self, db: &impl Database) -> Result<(), StorageError> {
        let sql = "SELECT COUNT(*) AS n, MIN(at) AS since FROM audit_event WHERE seal IS NULL";
        if let Some(row) = query_one(db, sql, vec![]).await? {
            self.checked.waiting = row.get("n")?;
            self.checked.waiting_since = row.get("since")?;
        }
        Ok(())
    }

    fn count(&mut self, at: Timestamp) {
        self.checked.events += 1;
        let (from, to) = self.checked.span.unwrap_or((at, at));
        self.checked.span = Some((from.min(at), to.max(at)));
    }

    /// What no seal has.
    async fn rest(&mut self, db: &impl Database) -> Result<(), StorageError> {
        // In one statement, because new seals come meanwhile.
        let sql = "SELECT id, seal FROM audit_event \
                   WHERE seal > (SELECT COALESCE(MAX(number), $1) FROM audit_seal) ORDER BY seal, id LIMIT 100";
        for row in query_all(db, sql, vec![i64::MIN.into()]).await? {
            self.fault(Fault::EventAdded {
                event: row.get("id")?,
                seal: row.get("seal")?,
            });
        }
        if let Some(hash) = self.deleted {
            self.fault(Fault::BeginsElsewhere { hash: hash.to_owned() });
        }
        for hash in std::mem::take(&mut self.hashes) {
            self.fault(Fault::HashMissing { hash: hash.to_owned() });
        }
        Ok(())
    }
}

/// Events that name a seal, in the order of the seals.
#[derive(Default)]
struct SealedEvents {
    read: VecDeque<Model>,
    /// Seal and id of the last one that was read.
    last: Option<(i64, String)>,
}

impl SealedEvents {
    /// The next one that names this seal or one before it.
    async fn next(&mut self, db: &impl Database, up_to: i64) -> Result<Option<Model>, StorageError> {
        if self.read.is_empty() {
            self.read = self.behind().all(&db.executor()).await?.into();
            if let Some(last) = self.read.back() {
                self.last = Some((last.seal.unwrap_or_default(), last.id.clone()));
            }
        }
        let is_next = self.read.front().is_some_and(|event| event.seal <= Some(up_to));
        Ok(if is_next { self.read.pop_front() } else { None })
    }

    fn behind(&self) -> Select<Entity> {
        let mut all = Condition::all().add(Column::Seal.is_not_null());
        if let Some((seal, id)) = &self.last {
            // The plain bound lets the index find the place.
            let behind = Condition::any()
                .add(Column::Seal.gt(*seal))
                .add(Column::Id.gt(id.as_str()));
            all = all.add(Column::Seal.gte(*seal)).add(behind);
        }
        Entity::find()
            .filter(all)
            .order_by_asc(Column::Seal)
            .order_by_asc(Column::Id)
            .limit(EVENTS)
    }
}
