//! Writes what a sign-in achieved.

use std::fmt::Write;

use sea_orm::Value;

use super::parts::Part;
use super::writes::Completion;
use crate::db::{Tx, execute, is_sqlite, query_one};
use crate::error::{Contested, StorageError};
use crate::store::Store;

/// Commits a completion: on SQLite as one or two statements in the next group commit, on PostgreSQL as one statement.
///
/// # Errors
/// `Conflict`: with `Transaction` the step is a replay (S24); with `Link`, `Sub`, `LoginIdentifier`, `Version`,
/// `AccountNotActive`, `SessionEnded` or `Reference` somebody was first, and the caller looks up again and decides
/// anew. In every case nothing of it is written. Else `Busy`, `Unavailable`, `Database`.
pub async fn complete(store: &Store, completion: Completion) -> Result<(), StorageError> {
    let parts = completion.parts()?;
    if !store.is_sqlite() && !completion.needs_order() {
        match store.write_one(move |tx| Box::pin(all_in_one(tx, parts))).await {
            // It was taken back. One by one the statements tell which of them found nothing.
            Err(StorageError::Database { .. }) => {}
            written => return written,
        }
    }
    let parts = completion.parts()?;
    store.write(move |tx| Box::pin(one_by_one(tx, parts))).await
}

async fn one_by_one(tx: &Tx, parts: Vec<Part>) -> Result<(), StorageError> {
    let mut pending = Pending::default();
    for part in parts {
        match part {
            Part::Guard {
                sql,
                values: given,
                missed,
            } => {
                pending.run(tx).await?;
                let mut values = Vec::new();
                let sql = numbered(sql, given, &mut values);
                if execute(tx, &sql, values).await? == 0 {
                    return Err(StorageError::conflict(missed));
                }
            }
            Part::Change { sql, values: given } => pending.add(|values| numbered(sql, given, values)),
            Part::Insert { table, columns, rows } => pending.add(|values| {
                let rows = numbered_rows(rows, values);
                format!("INSERT INTO {table} ({columns}) VALUES {rows}")
            }),
        }
        // Each statement costs SQLite two hand-overs between threads; several in one text cost as many as one.
        // PostgreSQL takes no values with more than one.
        if !is_sqlite(tx) {
            pending.run(tx).await?;
        }
    }
    pending.run(tx).await
}

/// Statements whose outcome nobody waits for, in one text; their values are numbered through.
#[derive(Default)]
struct Pending {
    sql: String,
    values: Vec<Value>,
}

impl Pending {
    fn add(&mut self, statement: impl FnOnce(&mut Vec<Value>) -> String) {
        if !self.sql.is_empty() {
            self.sql.push_str("; ");
        }
        let statement = statement(&mut self.values);
        self.sql.push_str(&statement);
    }

    async fn run(&mut self, tx: &Tx) -> Result<(), StorageError> {
        if self.sql.is_empty() {
            return Ok(());
        }
        let Self { sql, values } = std::mem::take(self);
        execute(tx, &sql, values).await.map(|_| ())
    }
}

/// One statement of PostgreSQL: each part is a common table expression, and all parts behind a guard write nothing
/// unless every guard before them has hit its row. A guard that finds nothing behind one that has changed something makes
/// the statement fail, so that nothing stays of it (S43).
async fn all_in_one(tx: &Tx, parts: Vec<Part>) -> Result<(), StorageError> {
    let Some((sql, values, guards)) = combined(parts) else {
        return Ok(());
    };
    let Some(row) = query_one(tx, &sql, values).await? else {
        return Ok(());
    };
    for (index, missed) in guards.into_iter().enumerate() {
        if !row.get::<bool>(&format!("hit{index}"))? {
            return Err(StorageError::conflict(missed));
        }
    }
    Ok(())
}

fn combined(parts: Vec<Part>) -> Option<(String, Vec<Value>, Vec<Contested>)> {
    // As long as a sign-in with a second factor needs.
    let (mut sql, mut values) = (String::with_capacity(3_000), Vec::with_capacity(64));
    let (mut guards, mut held) = (Vec::new(), String::new());
    sql.push_str("WITH ");
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            sql.push_str(", ");
        }
        match part {
            Part::Guard {
                sql: own,
                values: given,
                missed,
            } => {
                let own = numbered(own, given, &mut values);
                let number = guards.len();
                write!(sql, "guard{number} AS ({own}{held} RETURNING 1)").ok()?;
                write!(held, " AND EXISTS (SELECT 1 FROM guard{number})").ok()?;
                guards.push(missed);
            }
            Part::Change {
                sql: own,
                values: given,
            } => {
                let own = numbered(own, given, &mut values);
                write!(sql, "part{index} AS ({own}{held})").ok()?;
            }
            Part::Insert { table, columns, rows } => {
                let rows = numbered_rows(rows, &mut values);
                write!(
                    sql,
                    "part{index} AS (INSERT INTO {table} ({columns}) SELECT * FROM (VALUES {rows}) AS new \
                     WHERE TRUE{held})"
                )
                .ok()?;
            }
        }
    }
    let hit = |n: usize| format!("EXISTS (SELECT 1 FROM guard{n}) AS hit{n}");
    // Divides by nothing.
    let whole = |n: usize| {
        let before = n - 1;
        format!(
            "CASE WHEN EXISTS (SELECT 1 FROM guard{before}) THEN 1 / (SELECT COUNT(*) FROM guard{n}) END AS whole{n}"
        )
    };
    let many = guards.len();
    let hits: Vec<String> = (0..many).map(hit).chain((1..many).map(whole)).collect();
    write!(
        sql,
        " SELECT {}",
        if hits.is_empty() {
            "TRUE AS done".to_owned()
        } else {
            hits.join(", ")
        }
    )
    .ok()?;
    (!values.is_empty()).then_some((sql, values, guards))
}

/// Numbers the `?` of a statement, going on after the values there are.
fn numbered(sql: &str, given: Vec<Value>, values: &mut Vec<Value>) -> String {
    let mut next = values.len();
    values.extend(given);
    let mut text = String::with_capacity(sql.len() + 32);
    for (index, piece) in sql.split('?').enumerate() {
        if index > 0 {
            next += 1;
            // Writing to a text cannot fail.
            write!(text, "${next}").ok();
        }
        text.push_str(piece);
    }
    text
}

fn numbered_rows(rows: Vec<Vec<Value>>, values: &mut Vec<Value>) -> String {
    let cells: usize = rows.iter().map(Vec::len).sum();
    let mut text = String::with_capacity(cells * "$00, ".len() + rows.len() * "(), ".len());
    for (index, row) in rows.into_iter().enumerate() {
        text.push_str(if index > 0 { ", (" } else { "(" });
        for (column, value) in row.into_iter().enumerate() {
            values.push(value);
            let comma = if column > 0 { ", " } else { "" };
            write!(text, "{comma}${}", values.len()).ok();
        }
        text.push(')');
    }
    text
}
