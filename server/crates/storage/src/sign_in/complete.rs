//! Writes what a sign-in achieved.

use std::fmt::Write;

use sea_orm::Value;

use super::parts::Part;
use super::writes::Completion;
use crate::db::{Tx, execute, query_one};
use crate::error::{Contested, StorageError};
use crate::store::Store;

/// Commits a completion in one go: on SQLite as one text in the next group commit, on PostgreSQL as one statement.
///
/// # Errors
/// `Conflict`: with `Transaction` the step is a replay (S24); with `Link`, `Sub`, `LoginIdentifier`, `Version`,
/// `AccountNotActive`, `SessionEnded` or `Reference` somebody was first, and the caller looks up again and decides
/// anew. In every case nothing of it is written. Else `Busy`, `Unavailable`, `Database`.
pub async fn complete(store: &Store, completion: Completion) -> Result<(), StorageError> {
    let is_sqlite = store.queue().is_some();
    let parts = completion.parts(is_sqlite)?;
    let written = match store.queue() {
        Some(queue) => {
            let (sql, values) = in_order(parts);
            queue.run_text(sql, values).await
        }
        None if completion.needs_order() => {
            return store.write(move |tx| Box::pin(one_by_one(tx, parts))).await;
        }
        None => store.write_one(move |tx| Box::pin(all_in_one(tx, parts))).await,
    };
    match written {
        // It was taken back. One by one the statements tell which of them found nothing.
        Err(StorageError::Database { .. }) => {
            let parts = completion.parts(is_sqlite)?;
            store.write(move |tx| Box::pin(one_by_one(tx, parts))).await
        }
        written => written,
    }
}

async fn one_by_one(tx: &Tx, parts: Vec<Part>) -> Result<(), StorageError> {
    for part in parts {
        let mut values = Vec::new();
        let missed = part.missed();
        let sql = part.statement(&mut values);
        let changed = execute(tx, &sql, values).await?;
        if let Some(missed) = missed
            && changed == 0
        {
            return Err(StorageError::conflict(missed));
        }
    }
    Ok(())
}

/// The statements of SQLite, whose values are numbered through. Each text costs two hand-overs between threads, however
/// many statements it holds. A guard that found nothing makes the text fail.
fn in_order(parts: Vec<Part>) -> (String, Vec<Value>) {
    // No document, so it cannot be read; it is read only where nothing was changed.
    const HIT: &str = "; SELECT json(substr('1', 1, changes())) WHERE changes() = 0";
    let (mut sql, mut values) = (String::with_capacity(1_500), Vec::with_capacity(64));
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            sql.push_str("; ");
        }
        let is_guard = part.missed().is_some();
        sql.push_str(&part.statement(&mut values));
        if is_guard {
            sql.push_str(HIT);
        }
    }
    (sql, values)
}

impl Part {
    /// What a guard that finds nothing stands for.
    fn missed(&self) -> Option<Contested> {
        match self {
            Self::Guard { missed, .. } => Some(*missed),
            Self::Change { .. } | Self::Insert { .. } => None,
        }
    }

    /// Its text; its values go behind those there are.
    fn statement(self, values: &mut Vec<Value>) -> String {
        match self {
            Self::Guard { sql, values: given, .. } => numbered(&sql, given, values),
            Self::Change { sql, values: given } => numbered(sql, given, values),
            Self::Insert { table, columns, rows } => {
                let rows = numbered_rows(rows, values);
                format!("INSERT INTO {table} ({columns}) VALUES {rows}")
            }
        }
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

fn combined(mut parts: Vec<Part>) -> Option<(String, Vec<Value>, Vec<Contested>)> {
    // What stands before the first guard would be written without it.
    parts.sort_by_key(|part| part.missed().is_none());
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
                let own = numbered(&own, given, &mut values);
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
    sql.push_str(" SELECT TRUE AS done");
    for n in 0..guards.len() {
        write!(sql, ", EXISTS (SELECT 1 FROM guard{n}) AS hit{n}").ok()?;
    }
    for n in 1..guards.len() {
        let before = n - 1;
        // Divides by nothing.
        write!(
            sql,
            ", CASE WHEN EXISTS (SELECT 1 FROM guard{before}) THEN 1 / (SELECT COUNT(*) FROM guard{n}) END AS whole{n}"
        )
        .ok()?;
    }
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
