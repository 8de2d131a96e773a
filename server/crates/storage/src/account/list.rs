//! Lists and counts of accounts.

use doorward_domain::Timestamp;
use doorward_domain::account::{Account, AccountStatus, Role};
use doorward_domain::id::ConnectionId;
use sea_orm::Value;

use super::{COLUMNS, from_row};
use crate::db::{Database, query_all, query_one, time, word};
use crate::error::StorageError;
use crate::page::{Cursor, Page, bounded, contains};

/// Which accounts to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Found anywhere in username, name or address, whatever the case.
    pub text: Option<String>,
    pub status: Option<AccountStatus>,
    /// Only accounts linked to this connection.
    pub connection: Option<ConnectionId>,
}

/// A page of accounts, newest first.
///
/// # Errors
/// `Corrupt`, or those of the database.
pub async fn list(
    db: &impl Database,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Account>, StorageError> {
    let limit = bounded(limit);
    let (condition, mut values) = condition(filter, after);
    values.push((i64::from(limit) + 1).into());
    // The inner part reads the index of the search alone; whole rows are read for one page only.
    let sql = format!(
        "SELECT {COLUMNS} FROM account a JOIN (SELECT s.id FROM account s WHERE {condition} \
         ORDER BY s.created_at DESC, s.id DESC LIMIT ${}) hit ON hit.id = a.id ORDER BY a.created_at DESC, a.id DESC",
        values.len()
    );
    let rows = query_all(db, &sql, values).await?;
    let accounts: Vec<Account> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    Ok(Page::cut(accounts, limit, |account| {
        (account.created_at, account.id.to_string())
    }))
}

fn condition(filter: &Filter, after: Option<&Cursor>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut all = vec!["1 = 1".to_owned()];
    let mut add = |sql: &str, value: Value| {
        values.push(value);
        all.push(sql.replace('?', &format!("${}", values.len())));
    };
    if let Some(text) = filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        add("s.search_key LIKE ? ESCAPE '\\'", contains(text).into());
    }
    if let Some(status) = &filter.status {
        add("s.status = ?", word(status).into());
    }
    if let Some(connection) = &filter.connection {
        let linked = "EXISTS (SELECT 1 FROM link l WHERE l.account_id = s.id AND l.connection_id = ?)";
        add(linked, connection.as_str().into());
    }
    if let Some(Cursor { at, id }) = after {
        add("s.created_at <= ?", time(*at));
        let same = values.len();
        values.push(id.as_str().into());
        all.push(format!("(s.created_at < ${same} OR s.id < ${})", values.len()));
    }
    (all.join(" AND "), values)
}

/// How many accounts there are.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &impl Database) -> Result<i64, StorageError> {
    let row = query_one(db, "SELECT COUNT(*) AS n FROM account", vec![]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// How many accounts there are, counted no further than `most`.
///
/// # Errors
/// Those of the database.
pub async fn count_up_to(db: &impl Database, most: i64) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM account LIMIT $1) counted";
    let row = query_one(db, sql, vec![most.into()]).await?;
    row.map_or(Ok(0), |row| row.get("n"))
}

/// How many accounts were made since then.
///
/// # Errors
/// Those of the database.
pub async fn count_created_since(db: &impl Database, since: Timestamp) -> Result<i64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM account WHERE created_at >= $1";
    query_one(db, sql, vec![time(since)])
        .await?
        .map_or(Ok(0), |row| row.get("n"))
}

/// Whether anybody can administer this installation: there is an active administrator.
///
/// # Errors
/// Those of the database.
pub async fn has_administrator(db: &impl Database) -> Result<bool, StorageError> {
    let sql = "SELECT 1 AS one FROM account WHERE role = $1 AND status = $2 LIMIT 1";
    let values = vec![word(&Role::Administrator).into(), word(&AccountStatus::Active).into()];
    Ok(query_one(db, sql, values).await?.is_some())
}
