//! Nothing that a sign-in asks for reads a whole table: PostgreSQL counts such reads itself, SQLite says of each statement
//! how it would read. What it costs then depends on the depth of an index and not on how many people there are.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use doorward_domain::canonical::lookup_key;
use doorward_storage::sign_in::{self, look_up};
use doorward_storage::{StorageError, Store, account, grant, link, rate_limit, session, transaction, upstream_logout};
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::fixtures::*;
use crate::stage::Stage;

/// The tables that grow with people and their sign-ins.
const TABLES: &str = "'account', 'link', 'login_identifier', 'session', 'sign_in_grant', 'sign_in_transaction', \
    'rate_limit', 'audit_event', 'factor', 'passkey', 'kept_out'";

/// Reads of a whole table so far, by table.
async fn whole_reads(stage: &Stage) -> Vec<(String, i64)> {
    let connection = Database::connect(&stage.url).await.expect("connects");
    let sql = format!(
        "SELECT relname::text AS name, seq_scan FROM pg_stat_user_tables WHERE relname IN ({TABLES}) ORDER BY 1"
    );
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let rows = connection.query_all_raw(statement).await.expect("reads");
    connection.close().await.expect("closes");
    rows.iter()
        .map(|row| {
            let name = row.try_get("", "name").expect("a name");
            (name, row.try_get("", "seq_scan").expect("a number"))
        })
        .collect()
}

async fn a_day(store: &Store) {
    let anna = account("anna");
    signed_in(store, &anna, "s-1").await;
    let (address, username) = (lookup_key("anna@example.com"), lookup_key("anna"));
    look_up(
        store.read(),
        &link_key("s-1"),
        Some(&address),
        Some(&username),
        &["sub-anna".to_owned()],
    )
    .await
    .expect("looks up");
    let written = returning(&anna);
    sign_in::complete(store, written.clone()).await.expect("completes");
    let (given, key) = (grant_of(&written), session_of(&written).key);
    let code = given.code_hash.clone().expect("a code");
    grant::redeem(store, &code, &application(), at(6))
        .await
        .expect("redeems");
    grant::redeem(store, &code, &application(), at(6))
        .await
        .expect("a replay");
    grant::refresh(store, &given.id, 0, &application(), at(7))
        .await
        .expect("refreshes");
    grant::find_live(store.read(), &given.id, at(8)).await.expect("reads");
    grant::find_state(store.read(), &given.id, at(8)).await.expect("reads");
    session::find(store.read(), &key, at(8)).await.expect("reads");
    session::list_of_account(store.read(), &anna.id, at(8))
        .await
        .expect("reads");
    transaction::find(store.read(), &given.transaction, at(8))
        .await
        .expect("reads");
    account::find_for_password(store.read(), &username, "counter", at(0))
        .await
        .expect("reads");
    account::find(store.read(), &anna.id).await.expect("reads");
    link::list_of_account(store.read(), &anna.id).await.expect("reads");
    rate_limit::hit(store, "counter", 60, at(8)).await.expect("counts");
    let person = upstream_logout::Whom::Person {
        key: link_key("s-1"),
        subs: vec!["sub-anna".to_owned()],
        session_mark: None,
    };
    let in_session = upstream_logout::Whom::Session {
        connection: connection(),
        session_mark: "mark".to_owned(),
    };
    for whom in [person, in_session] {
        let ended: Result<_, StorageError> = store
            .write(move |tx| Box::pin(async move { upstream_logout::end(tx, &whom, at(9)).await }))
            .await;
        ended.expect("ends");
    }
    let everybody = account::Filter::default();
    account::list(store.read(), &everybody, None, 50).await.expect("lists");
    let some = account::Filter {
        text: Some("ann".to_owned()),
        ..everybody
    };
    account::list(store.read(), &some, None, 50).await.expect("searches");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_reads_no_table_whole() {
    let stage = Stage::postgres().await;
    let name = stage.url.rsplit('/').next().unwrap_or_default().to_owned();
    // A small table is read whole even where an index would do; so that only what has no index is counted, that is off.
    stage
        .sql(&format!("ALTER DATABASE \"{name}\" SET enable_seqscan = off"))
        .await;
    let before = whole_reads(&stage).await;
    let store = stage.another().await;
    a_day(&store).await;
    // A connection tells its counts when it ends, at the latest.
    store.close().await.expect("closes");
    assert_eq!(whole_reads(&stage).await, before);
    stage.remove().await;
}

/// What SQLite goes through from one end to the other, in these statements, though it is no table: the one row beside
/// which a name is looked up, and the ids of one page.
const NO_TABLES: [&str; 2] = ["o", "hit"];

/// Whether a line of a plan reads all there is. With an index it goes in order, and stops at the limit of a page.
fn reads_all(line: &str) -> bool {
    let Some(what) = line.strip_prefix("SCAN ") else {
        return false;
    };
    let is_made_up =
        ["CONSTANT ROW", "VALUES CLAUSE"].iter().any(|word| what.contains(word)) || NO_TABLES.contains(&what);
    !is_made_up && !what.contains(" USING ")
}

/// The lines of the plan for one statement.
async fn plan(db: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let explain = Statement::from_string(db.get_database_backend(), format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = db.query_all_raw(explain).await.expect(sql);
    rows.iter()
        .map(|row| row.try_get("", "detail").expect("a line"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_reads_no_table_whole() {
    let stage = Stage::sqlite().await;
    let heard = Arc::new(Mutex::new(BTreeSet::<String>::new()));
    let ear = heard.clone();
    stage.store.overhear(move |text| {
        // The writer puts several statements into one text.
        let statements = text.split("; ").map(str::to_owned);
        ear.lock().expect("unharmed").extend(statements);
    });
    a_day(&stage.store).await;
    let heard = heard.lock().expect("unharmed").clone();
    let connection = Database::connect(&stage.url).await.expect("connects");
    let mut planned = 0;
    for sql in &heard {
        let lines = plan(&connection, sql).await;
        assert!(!lines.iter().any(|line| reads_all(line)), "{sql}: {lines:#?}");
        planned += lines.len();
    }
    assert!(planned > 20, "{heard:#?}");
    // A table that has no index to serve says so.
    let lines = plan(&connection, "SELECT id FROM account WHERE password_hash = $1").await;
    assert!(lines.iter().any(|line| reads_all(line)), "{lines:?}");
    connection.close().await.expect("closes");
}
