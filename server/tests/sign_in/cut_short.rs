//! A statement of a first sign-in is cut short, each in its turn (S43): the database closes the connection in its
//! middle, as it does when the server is killed. SQLite lives in the server's process and takes the statement back.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::erased::rows_by_table;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(s43_a_first_sign_in_cut_short_at_any_table_leaves_nothing);

async fn s43_a_first_sign_in_cut_short_at_any_table_leaves_nothing(world: &World) {
    let database = Database::connect(&world.url).await.expect("connects");
    // The second, because some rows are there once for everybody.
    world
        .browser()
        .federated(&Persona::verified("first", "first@example.com"))
        .await;
    let before = rows_by_table(world).await;
    let done = world
        .browser()
        .federated(&Persona::verified("second", "second@example.com"))
        .await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let written = grown(&before, &rows_by_table(world).await);
    assert!(
        written.len() >= 5,
        "an account, its link, a session and more: {written:?}"
    );

    let persona = Persona::verified("third", "third@example.com");
    for table in &written {
        let before = rows_by_table(world).await;
        cut_short(&database, table).await;
        let browser = world.browser();
        let stopped = browser.federated(&persona).await;
        mend(&database, table).await;
        assert!(stopped.location.is_none(), "S43, {table}: {stopped:?}");
        assert!(stopped.status.is_server_error(), "S43, {table}: {stopped:?}");
        assert!(
            !stopped.number().is_empty(),
            "S43, {table}: the page has a number: {stopped:?}"
        );
        assert_eq!(
            rows_by_table(world).await,
            before,
            "S43, {table}: nothing is there by half"
        );
    }
    let done = world.browser().federated(&persona).await;
    assert_eq!(
        world.redeem("portal", &done.code()).await.0,
        200,
        "S43: and then everything"
    );
    assert_eq!(world.accounts().await, 3);
}

/// The tables that have more rows now.
fn grown(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> Vec<String> {
    let more = after.iter().filter(|(table, rows)| before.get(*table) < Some(rows));
    more.map(|(table, _)| table.clone()).collect()
}

/// From now on what writes into the table does not live to see it.
async fn cut_short(database: &DatabaseConnection, table: &str) {
    let sql = if database.get_database_backend() == DbBackend::Sqlite {
        format!("CREATE TRIGGER cut_short BEFORE INSERT ON \"{table}\" BEGIN SELECT RAISE(ROLLBACK, 'cut short'); END")
    } else {
        format!(
            "CREATE FUNCTION cut_short() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$; \
             CREATE TRIGGER cut_short BEFORE INSERT ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION cut_short()"
        )
    };
    database.execute_unprepared(&sql).await.expect("puts the trigger there");
}

async fn mend(database: &DatabaseConnection, table: &str) {
    let sql = if database.get_database_backend() == DbBackend::Sqlite {
        "DROP TRIGGER cut_short".to_owned()
    } else {
        format!("DROP TRIGGER cut_short ON \"{table}\"; DROP FUNCTION cut_short()")
    };
    database.execute_unprepared(&sql).await.expect("takes it away");
}
