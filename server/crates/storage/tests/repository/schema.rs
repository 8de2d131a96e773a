//! Migrations.

use doorward_migrations::Migrator;
use doorward_storage::{Store, configuration};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;

use crate::stage::{Stage, create_database, keyring};

async fn goes_up_and_down(store: Store) {
    for _ in 0..2 {
        assert!(!store.is_migrated().await.expect("answers"));
        store.migrate().await.expect("up");
        assert!(store.is_migrated().await.expect("answers"));
        store.migrate().await.expect("up again changes nothing");
        assert_eq!(configuration::version(store.read()).await.expect("a version"), 1);
        store.unmigrate().await.expect("down");
    }
    assert!(configuration::version(store.read()).await.is_err(), "nothing is left");
    store.close().await.expect("closes");
}

#[tokio::test]
async fn sqlite_goes_up_and_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("doorward.db").display());
    goes_up_and_down(Store::open(&url, keyring()).await.expect("opens")).await;
}

#[tokio::test]
async fn postgres_goes_up_and_down() {
    let url = create_database(None).await;
    goes_up_and_down(Store::open(&url, keyring()).await.expect("opens")).await;
}

#[tokio::test]
async fn postgres_nodes_that_start_together_take_turns() {
    let url = create_database(None).await;
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(Store::open(&url, keyring()).await.expect("opens"));
    }
    let all = futures::future::join_all(stores.iter().map(Store::migrate)).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let stage = Stage {
        store: stores.remove(0),
        url,
        folder: None,
    };
    assert_eq!(stage.rows("configuration_version").await, 1);
}

/// A large table takes longer to build anew than a sign-in may wait; whoever changes it must not wait for it for long.
#[tokio::test]
async fn postgres_a_migration_takes_the_time_it_needs() {
    let url = create_database(None).await;
    let db = Database::connect(&url).await.expect("connects");
    for sql in [
        "CREATE TABLE seen (statement TEXT, waits TEXT)",
        "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES \
         (current_setting('statement_timeout'), current_setting('lock_timeout')); END $$",
        "CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION note()",
    ] {
        db.execute_unprepared(sql).await.expect(sql);
    }
    let store = Store::open(&url, keyring()).await.expect("opens");
    store.migrate().await.expect("up");
    let free = count(&db, "seen WHERE statement = '0' AND waits <> '0'").await;
    assert!(free > 20, "{free}");
    assert_eq!(free, count(&db, "seen").await, "every change");
    store.close().await.expect("closes");
    db.close().await.expect("closes");
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {sql}"));
    let row = db.query_one_raw(statement).await.expect("answers").expect("a row");
    row.try_get("", "n").expect("a number")
}

/// The change that builds factors and passkeys anew.
pub const HOLDERS: &str = "m0027_factor_holder";
const NOW: &str = "'2026-01-01 00:00:00+00:00'";

/// Somebody with an app and a passkey, as the tables were before [`HOLDERS`].
pub async fn enrol(db: &DatabaseConnection) {
    for sql in [
        format!(
            "INSERT INTO account (id, sub, username, status, role, attributes, origin, search_key, created_at, \
             updated_at, version) VALUES ('acc_1', 's', 'anna', 'active', 'person', '{{}}', '{{}}', 'anna', {NOW}, {NOW}, 1)"
        ),
        format!("INSERT INTO factor VALUES ('fac_1', 'acc_1', 'totp', 'secret', 7, {NOW}, NULL)"),
        format!(
            "INSERT INTO passkey VALUES ('fac_2', 'acc_1', 'cred', 'Key', 'public', 3, TRUE, 'acc_1', {NOW}, NULL)"
        ),
    ] {
        db.execute_unprepared(&sql).await.expect(&sql);
    }
}

/// Whether both are there, and are theirs.
pub async fn check_enrolled(db: &DatabaseConnection, case: &str) {
    let factor = "factor WHERE id = 'fac_1' AND account_id = 'acc_1' AND kind = 'totp' AND last_counter = 7";
    let passkey = "passkey WHERE id = 'fac_2' AND account_id = 'acc_1' AND counter = 3 AND first_of = 'acc_1'";
    assert_eq!((count(db, factor).await, count(db, passkey).await), (1, 1), "{case}");
}

/// Factors and passkeys are built anew where holders come and go.
async fn what_was_enrolled_stays(url: &str) {
    let db = Database::connect(url).await.expect("connects");
    let all = Migrator::migrations();
    let before = all.iter().position(|one| one.name() == HOLDERS).expect("there");
    let (before, rest) = (
        u32::try_from(before).expect("few"),
        u32::try_from(all.len() - before).expect("few"),
    );
    Migrator::up(&db, Some(before)).await.expect("up");
    enrol(&db).await;
    Migrator::up(&db, None).await.expect("up");
    check_enrolled(&db, "after").await;
    let columns = "id, account_id, holder_id, kind, sealed_secret, last_counter, created_at";
    for (case, owner) in [
        ("a second app", "'acc_1', NULL"),
        ("nobody's", "NULL, NULL"),
        ("an unknown one's", "NULL, 'acc_9'"),
    ] {
        let sql = format!("INSERT INTO factor ({columns}) VALUES ('fac_3', {owner}, 'totp', 'secret', 1, {NOW})");
        assert!(db.execute_unprepared(&sql).await.is_err(), "{case}");
    }
    for sql in [
        format!(
            "INSERT INTO connection (id, handle, display_name, enabled, template, settings, created_at, updated_at, \
             version) VALUES ('con_1', 'acme', 'Acme', TRUE, 'oidc', '{{}}', {NOW}, {NOW}, 1)"
        ),
        format!("INSERT INTO factor_holder VALUES ('acc_2', 'con_1', 't', {NOW}, {NOW})"),
        format!("INSERT INTO factor ({columns}) VALUES ('fac_3', NULL, 'acc_2', 'totp', 'secret', 1, {NOW})"),
    ] {
        db.execute_unprepared(&sql).await.expect(&sql);
    }
    Migrator::down(&db, Some(rest)).await.expect("down");
    check_enrolled(&db, "back").await;
    assert_eq!(count(&db, "factor").await, 1, "what has no account has no place there");
    db.close().await.expect("closes");
}

#[tokio::test]
async fn sqlite_keeps_what_was_enrolled() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("doorward.db").display());
    what_was_enrolled_stays(&url).await;
}

#[tokio::test]
async fn postgres_keeps_what_was_enrolled() {
    what_was_enrolled_stays(&create_database(None).await).await;
}
