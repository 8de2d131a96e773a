//! The file of a SQLite database.

use std::path::PathBuf;

use sea_orm::sqlx::sqlite::SqliteConnectOptions;

/// The file that an address names; `None` for PostgreSQL, and for a database in memory.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if !url.starts_with("sqlite:") || in_memory {
        return None;
    }
    let options: SqliteConnectOptions = url.parse().ok()?;
    Some(options.get_filename().to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_names_a_file() {
        for (url, want) in [
            ("sqlite://./data/doorward.db?mode=rwc", Some("./data/doorward.db")),
            ("sqlite:/data/doorward.db", Some("/data/doorward.db")),
            ("sqlite::memory:", None),
            ("postgres://localhost/sqlite", None),
        ] {
            assert_eq!(sqlite_file(url).as_deref(), want.map(Path::new), "{url}");
        }
    }
}
