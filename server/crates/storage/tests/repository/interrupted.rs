//! The process is killed within a change of the schema, in each of them in turn (budgets F31).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use doorward_migrations::Migrator;
use doorward_storage::Store;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::prelude::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};

use crate::schema::{HOLDERS, check_enrolled, enrol};
use crate::stage::{create_database, keyring};

/// Names the database to the process that is going to be killed, and the change within which it is.
const URL: &str = "DOORWARD_TEST_INTERRUPTED_URL";
const CHANGE: &str = "DOORWARD_TEST_INTERRUPTED_CHANGE";
/// What it says when all statements of that change are through, and the commit is not.
const REACHED: &str = "about to commit";

/// The changes of the product, one of which never comes to its end.
struct Endless;

impl MigratorTrait for Endless {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let wanted = std::env::var(CHANGE).unwrap_or_default();
        let all = Migrator::migrations().into_iter();
        all.map(|one| -> Box<dyn MigrationTrait> {
            if one.name() == wanted {
                Box::new(Uncommitted(one))
            } else {
                one
            }
        })
        .collect()
    }
}

struct Uncommitted(Box<dyn MigrationTrait>);

impl MigrationName for Uncommitted {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Uncommitted {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await?;
        println!("{REACHED}");
        std::future::pending().await
    }

    fn use_transaction(&self) -> Option<bool> {
        self.0.use_transaction()
    }
}

/// The process that is killed. Does nothing in an ordinary run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let db = Database::connect(&url).await.expect("connects");
    Endless::up(&db, None).await.expect("never ends");
}

/// Starts this test program again as the worker above, which does what is left up to this change, and kills it there.
fn kill_within(change: &str, url: &str) {
    let mut worker = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "interrupted::worker", "--nocapture"])
        .env(URL, url)
        .env(CHANGE, change)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(worker.stdout.take().expect("its output")).lines();
    let is_reached = lines.any(|line| line.is_ok_and(|text| text.ends_with(REACHED)));
    worker.kill().expect("SIGKILL");
    worker.wait().expect("ends");
    assert!(is_reached, "F31: {change} is begun, after what was left before it");
}

/// Columns, indexes and constraints, and the changes that are recorded as done.
async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let parts = if db.get_database_backend() == DbBackend::Sqlite {
        "SELECT sql AS part FROM sqlite_master WHERE sql IS NOT NULL"
    } else {
        "SELECT concat_ws(' ', table_name, column_name, ordinal_position, data_type, is_nullable, column_default) \
         AS part FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
         UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    };
    let sql = format!("{parts} UNION ALL SELECT version FROM seaql_migrations ORDER BY 1");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let rows = rows.await.expect("answers");
    rows.iter().map(|row| row.try_get("", "part").expect("text")).collect()
}

/// SQLite's own look at its file.
async fn check_file(db: &DatabaseConnection) {
    let ask = |sql: &str| db.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql));
    let found = ask("PRAGMA integrity_check").await.expect("answers");
    let found: String = found[0].try_get("", "integrity_check").expect("text");
    assert_eq!(found, "ok", "F31");
    let orphans = ask("PRAGMA foreign_key_check").await.expect("answers");
    assert_eq!(orphans.len(), 0, "F31: every reference leads somewhere");
}

/// `other` is a database whose changes nobody interrupts.
async fn what_was_begun_is_gone_on_with(url: &str, other: &str) {
    let db = Database::connect(url).await.expect("connects");
    let uninterrupted = Database::connect(other).await.expect("connects");
    let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
    if is_sqlite {
        // As the product has it.
        db.execute_unprepared("PRAGMA journal_mode = WAL").await.expect("set");
    }
    Migrator::up(&uninterrupted, Some(0)).await.expect("the record alone");
    for change in Migrator::migrations() {
        let name = change.name();
        kill_within(name, url);
        let (left, want) = (schema(&db).await, schema(&uninterrupted).await);
        assert_eq!(left, want, "F31: of {name} nothing is there, of those before it all");
        if name == HOLDERS {
            enrol(&db).await;
            kill_within(name, url);
            check_enrolled(&db, "F31: what was copied is where it was").await;
        }
        Migrator::up(&uninterrupted, Some(1)).await.expect("up");
    }
    let store = Store::open(url, keyring()).await.expect("opens");
    store.migrate().await.expect("goes on");
    assert!(store.is_migrated().await.expect("answers"));
    let (left, want) = (schema(&db).await, schema(&uninterrupted).await);
    assert_eq!(left, want, "F31: as if nothing had happened");
    check_enrolled(&db, "F31: at the end").await;
    if is_sqlite {
        check_file(&db).await;
    }
    store.close().await.expect("closes");
    db.close().await.expect("closes");
    uninterrupted.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f31_sqlite_goes_on_after_a_kill_within_each_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("sqlite:{}?mode=rwc", folder.path().join(name).display());
    what_was_begun_is_gone_on_with(&url("killed.db"), &url("other.db")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f31_postgres_goes_on_after_a_kill_within_each_change() {
    let (url, other) = (create_database(None).await, create_database(None).await);
    what_was_begun_is_gone_on_with(&url, &other).await;
}
