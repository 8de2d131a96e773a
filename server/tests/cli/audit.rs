//! `audit verify`, over what people did (S46).

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::browser::between;
use crate::installation::{Installation, until_some};
use crate::operation::{add_shop, signs_in};

crate::on_both!(s46_what_was_tampered_with_is_named);

/// What the command says once the server has sealed everything.
async fn when_sealed(one: &Installation) -> String {
    let sealed = until_some(async || {
        let said = one.run(&["audit", "verify"]).await.fine();
        said.contains("Waiting for a seal: none.").then_some(said)
    });
    sealed.await.expect("sealed in time")
}

async fn run(database: &DatabaseConnection, sql: &str) {
    database.execute_unprepared(sql).await.expect(sql);
}

/// The id of the event that tells of the sign-in, and the number of its seal.
async fn victim(database: &DatabaseConnection) -> (String, i64) {
    let sql = "SELECT id, seal FROM audit_event WHERE action = 'sign_in.succeeded'";
    let asked = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(asked).await.expect("reads").expect("signed in");
    let (id, seal) = (row.try_get("", "id"), row.try_get("", "seal"));
    (id.expect("an id"), seal.expect("a number"))
}

async fn s46_what_was_tampered_with_is_named(one: Installation) {
    add_shop(&one).await;
    let server = one.serve().await;
    server.until_ready().await;
    assert!(signs_in(&server).await);
    let said = when_sealed(&one).await;
    server.stop().await;
    assert!(said.contains("Nothing sealed was changed, removed or added."), "{said}");
    let hash = between(&said, ", hash ", "\n").expect("a hash").to_owned();
    one.run(&["audit", "verify", "--expect", &hash]).await.fine();
    let other = "0".repeat(64);
    let unknown = one
        .run(&["audit", "verify", "--expect", &hash, "--expect", &other])
        .await;
    unknown.refused(&format!("no seal has the hash {other}"));
    let typed = one.run(&["audit", "verify", "--expect", "12"]).await;
    assert_eq!(typed.code, 2, "{typed:?}");

    let database = Database::connect(&one.database_url()).await.expect("connects");
    let tables = ["audit_event", "audit_seal"];
    for table in tables {
        run(
            &database,
            &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"),
        )
        .await;
    }
    let (id, seal) = victim(&database).await;
    for (sql, want) in [
        (
            format!("UPDATE audit_event SET sub = 'somebody' WHERE id = '{id}'"),
            format!("event {id} of seal {seal} has changed"),
        ),
        (
            format!("DELETE FROM audit_event WHERE id = '{id}'"),
            format!("event {id} of seal {seal} is missing"),
        ),
        (
            format!(
                "INSERT INTO audit_event (id, at, action, actor, detail, seal) \
                 SELECT 'evt_other', at, action, actor, detail, seal FROM audit_event WHERE id = '{id}'"
            ),
            format!("event evt_other was added: it names seal {seal}, which does not have it"),
        ),
        (
            format!("UPDATE audit_seal SET previous = 'other' WHERE number = {seal}"),
            format!("seal {seal} has changed"),
        ),
    ] {
        run(&database, &sql).await;
        let found = one.run(&["audit", "verify"]).await;
        found.refused(&want);
        found.refused("the audit log is not as it was sealed");
        for table in tables {
            run(&database, &format!("DELETE FROM {table}")).await;
            run(&database, &format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
    }
    one.run(&["audit", "verify"]).await.fine();
    for table in tables {
        run(&database, &format!("DELETE FROM {table}")).await;
    }
    let emptied = one.run(&["audit", "verify", "--expect", &hash]).await;
    emptied.refused(&format!("no seal has the hash {hash}"));
    database.close().await.expect("closes");
}
