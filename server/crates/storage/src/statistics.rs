//! Counts for the console, out of the audit log.

use doorward_domain::Timestamp;
use doorward_domain::audit::AuditAction;
use doorward_domain::id::ConnectionId;

use crate::db::{Database, is_sqlite, query_all, time};
use crate::error::StorageError;

/// What sign-ins are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Connection,
    Application,
}

/// People who signed in, of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// Id of the connection or the application.
    pub id: String,
    /// Distinct people.
    pub people: i64,
    pub last_at: Option<Timestamp>,
}

/// Distinct people who signed in since then, by connection or by application; `through` narrows to one connection.
///
/// # Errors
/// Those of the database.
pub async fn people(
    db: &impl Database,
    by: By,
    through: Option<&ConnectionId>,
    since: Timestamp,
) -> Result<Vec<People>, StorageError> {
    let column = match by {
        By::Connection => "connection_id",
        By::Application => "application_id",
    };
    let mut values = vec![time(since), AuditAction::SignedIn.as_str().into()];
    let narrow = through.map_or("", |connection| {
        values.push(connection.as_str().into());
        " AND connection_id = $3"
    });
    let sql = format!(
        "SELECT {column} AS id, COUNT(DISTINCT sub) AS people, MAX(at) AS last_at FROM audit_event \
         WHERE at >= $1 AND action = $2 AND {column} IS NOT NULL{narrow} GROUP BY {column}"
    );
    let rows = query_all(db, &sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(People {
                id: row.get("id")?,
                people: row.get("people")?,
                last_at: row.get("last_at")?,
            })
        })
        .collect()
}

/// People who came to one application through one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    /// Id of the application.
    pub application: String,
    /// Distinct people who signed in.
    pub people: i64,
    /// Those among them whose account is linked to the connection now.
    pub linked: i64,
    /// Distinct people who were refused, once or more.
    pub refused: i64,
}

/// Distinct people who signed in through a connection since then, by application, how many of them are linked, and how
/// many people were refused.
/// Whoever came before they had an account is found by their `sub`, which the account has taken over.
///
/// # Errors
/// Those of the database.
pub async fn through(
    db: &impl Database,
    connection: &ConnectionId,
    since: Timestamp,
) -> Result<Vec<Through>, StorageError> {
    let sql = "SELECT e.application_id AS id, COUNT(DISTINCT CASE WHEN e.action = $3 THEN e.sub END) AS people, \
               COUNT(DISTINCT CASE WHEN e.action = $3 AND l.account_id IS NOT NULL THEN e.sub END) AS linked, \
               COUNT(DISTINCT CASE WHEN e.action = $4 THEN e.sub END) AS refused \
               FROM audit_event e \
               LEFT JOIN account a ON a.sub = e.sub \
               LEFT JOIN link l ON l.account_id = a.id AND l.connection_id = e.connection_id \
               WHERE e.connection_id = $1 AND e.at >= $2 AND e.action IN ($3, $4) AND e.application_id IS NOT NULL \
               GROUP BY e.application_id";
    let values = vec![
        connection.as_str().into(),
        time(since),
        AuditAction::SignedIn.as_str().into(),
        AuditAction::SignInRefused.as_str().into(),
    ];
    let rows = query_all(db, sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Through {
                application: row.get("id")?,
                people: row.get("people")?,
                linked: row.get("linked")?,
                refused: row.get("refused")?,
            })
        })
        .collect()
}

/// Accounts made just in time since then, by connection id.
///
/// # Errors
/// Those of the database.
pub async fn provisioned(db: &impl Database, since: Timestamp) -> Result<Vec<(String, i64)>, StorageError> {
    let sql = "SELECT connection_id AS id, COUNT(*) AS n FROM audit_event \
               WHERE at >= $1 AND action = $2 AND connection_id IS NOT NULL GROUP BY connection_id";
    let rows = query_all(
        db,
        sql,
        vec![time(since), AuditAction::AccountProvisioned.as_str().into()],
    )
    .await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("n")?))).collect()
}

/// One day of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// In UTC, as `2026-01-31`.
    pub day: String,
    /// `None` for events without a connection.
    pub connection: Option<String>,
    pub count: i64,
}

/// Events of one kind since then, by day and connection. Days without one are missing. Whoever showed again who they are
/// was signed in already: that is no sign-in.
///
/// # Errors
/// Those of the database.
pub async fn per_day(db: &impl Database, action: AuditAction, since: Timestamp) -> Result<Vec<Day>, StorageError> {
    let day = if is_sqlite(db) {
        "substr(at, 1, 10)"
    } else {
        "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    };
    let narrow = match (action == AuditAction::SignedIn, is_sqlite(db)) {
        (true, true) => " AND (application_id IS NOT NULL OR COALESCE(detail ->> 'target', '') <> 'proof')",
        (true, false) => {
            " AND (application_id IS NOT NULL OR COALESCE(CAST(detail AS json) ->> 'target', '') <> 'proof')"
        }
        (false, _) => "",
    };
    let sql = format!(
        "SELECT {day} AS day, connection_id AS connection, COUNT(*) AS n FROM audit_event \
         WHERE at >= $1 AND action = $2{narrow} GROUP BY {day}, connection_id"
    );
    let rows = query_all(db, &sql, vec![time(since), action.as_str().into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Day {
                day: row.get("day")?,
                connection: row.get("connection")?,
                count: row.get("n")?,
            })
        })
        .collect()
}
