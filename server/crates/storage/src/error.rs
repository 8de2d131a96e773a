//! What can go wrong with the database, in words a caller can act upon.

use std::sync::Arc;

use sea_orm::sqlx::Error as SqlxError;
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// Why a storage operation did not happen. Nothing of it was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageError {
    /// Too much to do, or somebody holds a lock for too long. Trying again in a moment may help.
    #[error("the database is busy")]
    Busy,
    /// The database is not there, or not usable.
    #[error("the database is not available")]
    Unavailable {
        #[source]
        source: Cause,
    },
    /// Somebody else was first.
    #[error("somebody else was first: {what:?}")]
    Conflict { what: Contested },
    /// A row that fits no state of the domain. It is left as it is.
    #[error("row {id} of {table} is not readable")]
    Corrupt { table: &'static str, id: String },
    /// Nothing that is sealed in it opens.
    #[error(
        "the key does not open this database: DOORWARD_SECRET_KEY or the key file is another one than it was made with"
    )]
    WrongKey,
    /// Its schema has changes that this version does not know.
    #[error("the database was made by a newer version; run that version, or restore a backup of before")]
    Newer,
    #[error("the database refused a statement")]
    Database {
        #[source]
        source: Cause,
    },
}

/// What the database driver said. For logs only.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

/// What somebody else was first with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contested {
    /// The row has changed since it was read, or is gone: the caller's version is not the current one.
    Version,
    /// The account is disabled, locked or gone.
    AccountNotActive,
    /// The session has ended, or what it was to begin with has.
    SessionEnded,
    /// A username or an owned address (one name space, S10).
    LoginIdentifier,
    /// A `sub`.
    Sub,
    /// A provider's subject is linked already.
    Link,
    /// The code of a factor was used before, or the factor is gone (S45).
    FactorUsed,
    /// Somebody has this passkey already.
    PasskeyTaken,
    /// The person has enrolled such a factor meanwhile, or has got an account.
    FactorExists,
    /// This run of a sign-in flow has gone on already (S24).
    Transaction,
    ConnectionHandle,
    ApplicationHandle,
    ClientId,
    /// What the row refers to is gone.
    Reference,
    /// Another unique key, such as an identifier that was made twice.
    Other,
}

impl StorageError {
    /// Whether the same request may succeed a moment later without anybody changing anything.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable { .. } => true,
            Self::Conflict { .. } | Self::Corrupt { .. } | Self::WrongKey | Self::Newer | Self::Database { .. } => {
                false
            }
        }
    }

    /// Whether this program with this key can do nothing with the database, however long it waits.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::WrongKey | Self::Newer)
    }

    /// What somebody else was first with, if that is what happened.
    #[must_use]
    pub fn contested(&self) -> Option<Contested> {
        match self {
            Self::Conflict { what } => Some(*what),
            Self::Busy
            | Self::Unavailable { .. }
            | Self::Corrupt { .. }
            | Self::WrongKey
            | Self::Newer
            | Self::Database { .. } => None,
        }
    }

    pub(crate) fn corrupt(table: &'static str, id: impl Into<String>) -> Self {
        Self::Corrupt { table, id: id.into() }
    }

    pub(crate) fn conflict(what: Contested) -> Self {
        Self::Conflict { what }
    }

    pub(crate) fn unavailable(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Unavailable {
            source: Cause(Arc::new(source)),
        }
    }
}

impl From<DbErr> for StorageError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Busy,
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => Self::unavailable(error),
            DbErr::Conn(RuntimeErr::SqlxError(source))
            | DbErr::Exec(RuntimeErr::SqlxError(source))
            | DbErr::Query(RuntimeErr::SqlxError(source)) => match source.as_ref() {
                SqlxError::Database(told) => refused(told.as_ref(), &error),
                SqlxError::PoolTimedOut => Self::Busy,
                SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::PoolClosed | SqlxError::WorkerCrashed => {
                    Self::unavailable(error)
                }
                _ => Self::Database {
                    source: Cause(Arc::new(error)),
                },
            },
            _ => Self::Database {
                source: Cause(Arc::new(error)),
            },
        }
    }
}

fn refused(told: &dyn DatabaseError, error: &DbErr) -> StorageError {
    match told.kind() {
        ErrorKind::UniqueViolation => {
            return StorageError::conflict(contested(told.constraint().unwrap_or_else(|| told.message())));
        }
        ErrorKind::ForeignKeyViolation => return StorageError::conflict(Contested::Reference),
        _ => {}
    }
    let code = told.code().unwrap_or_default();
    if is_busy(&code) {
        StorageError::Busy
    } else if is_unavailable(&code) {
        StorageError::unavailable(error.clone())
    } else {
        StorageError::Database {
            source: Cause(Arc::new(error.clone())),
        }
    }
}

/// SQLite's extended codes are numbers whose low byte is the code (sqlite.org/rescode.html); PostgreSQL's are five
/// characters, two of them the class (its manual, appendix A).
fn sqlite_code(code: &str) -> Option<u32> {
    (code.len() < 5)
        .then(|| code.parse::<u32>().ok().map(|number| number & 0xff))
        .flatten()
}

fn is_busy(code: &str) -> bool {
    const SQLITE: [u32; 2] = [5, 6];
    const POSTGRES: [&str; 4] = ["40001", "40P01", "55P03", "57014"];
    sqlite_code(code).is_some_and(|number| SQLITE.contains(&number)) || POSTGRES.contains(&code)
}

fn is_unavailable(code: &str) -> bool {
    /// Read-only, input or output failed, full, cannot open.
    const SQLITE: [u32; 4] = [8, 10, 13, 14];
    /// Connection lost, resources exhausted, shutting down, system error, read-only after a fail-over.
    const POSTGRES: [&str; 5] = ["08", "53", "57", "58", "25"];
    match sqlite_code(code) {
        Some(number) => SQLITE.contains(&number),
        None => POSTGRES.iter().any(|class| code.starts_with(class)),
    }
}

/// From the name of a constraint (PostgreSQL) or from `UNIQUE constraint failed: table.column, …` (SQLite).
fn contested(named: &str) -> Contested {
    const KNOWN: [(&str, &str, Contested); 16] = [
        ("account_unique_sub", "account.sub", Contested::Sub),
        (
            "login_identifier_pkey",
            "login_identifier.key",
            Contested::LoginIdentifier,
        ),
        ("link_pkey", "link.connection_id", Contested::Link),
        (
            "factor_unique_account_id_kind",
            "factor.account_id",
            Contested::FactorExists,
        ),
        (
            "factor_unique_holder_id_kind",
            "factor.holder_id",
            Contested::FactorExists,
        ),
        ("factor_holder_unique_sub", "factor_holder.sub", Contested::FactorExists),
        ("factor_holder_pkey", "factor_holder.id", Contested::FactorExists),
        (
            "passkey_unique_credential_id",
            "passkey.credential_id",
            Contested::PasskeyTaken,
        ),
        ("passkey_unique_first_of", "passkey.first_of", Contested::FactorExists),
        (
            "sign_in_grant_unique_transaction_id",
            "sign_in_grant.transaction_id",
            Contested::Transaction,
        ),
        (
            "sign_in_transaction_pkey",
            "sign_in_transaction.id",
            Contested::Transaction,
        ),
        // The key of a sign-in's session is computed from its transaction.
        ("session_pkey", "session.key", Contested::Transaction),
        (
            "connection_unique_handle",
            "connection.handle",
            Contested::ConnectionHandle,
        ),
        (
            "application_unique_handle",
            "application.handle",
            Contested::ApplicationHandle,
        ),
        (
            "application_unique_client_id",
            "application.client_id",
            Contested::ClientId,
        ),
        ("connection_pkey", "connection.id", Contested::Other),
    ];
    let columns = named.rsplit(": ").next().unwrap_or(named);
    let hit = |(constraint, column, _): &&(&str, &str, Contested)| {
        named == *constraint || columns.split(", ").any(|failed| failed == *column)
    };
    KNOWN.iter().find(hit).map_or(Contested::Other, |(_, _, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_name_the_same_conflict() {
        for (postgres, sqlite, want) in [
            (
                "account_unique_sub",
                "UNIQUE constraint failed: account.sub",
                Contested::Sub,
            ),
            (
                "link_pkey",
                "UNIQUE constraint failed: link.connection_id, link.issuer, link.subject",
                Contested::Link,
            ),
            (
                "session_pkey",
                "UNIQUE constraint failed: session.key",
                Contested::Transaction,
            ),
            (
                "audit_event_pkey",
                "UNIQUE constraint failed: audit_event.id",
                Contested::Other,
            ),
        ] {
            assert_eq!(contested(postgres), want, "{postgres}");
            assert_eq!(contested(sqlite), want, "{sqlite}");
        }
    }

    #[test]
    fn codes() {
        for (code, busy, unavailable) in [
            ("5", true, false),
            ("517", true, false),
            ("6", true, false),
            ("13", false, true),
            ("1", false, false),
            ("40P01", true, false),
            ("57P01", false, true),
            ("42601", false, false),
        ] {
            assert_eq!((is_busy(code), is_unavailable(code)), (busy, unavailable), "{code}");
        }
    }
}
