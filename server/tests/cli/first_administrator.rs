//! The first administrator, and what the start says when there cannot be one.

use sea_orm::{ConnectionTrait, Database, Statement};

use crate::installation::Installation;
use crate::operation::add_shop;
use crate::suspended::{EMAIL, PASSWORD};

crate::on_both!(
    the_address_of_a_person_makes_no_administrator,
    a_demonstration_tells_what_is_there,
    what_the_command_changes_is_in_the_audit_log,
);

async fn run_in(one: &Installation, sql: &str) {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    database.execute_unprepared(sql).await.expect(sql);
    database.close().await.expect("closes");
}

/// Takes the right to administer from everybody.
async fn demote_everybody(one: &Installation) {
    run_in(one, "UPDATE account SET role = 'person'").await;
}

/// How many events of a kind there are.
async fn events(one: &Installation, action: &str) -> i64 {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    let sql = format!("SELECT COUNT(*) AS n FROM audit_event WHERE action = '{action}'");
    let asked = Statement::from_string(database.get_database_backend(), sql);
    let row = database.query_one_raw(asked).await.expect("reads").expect("a row");
    database.close().await.expect("closes");
    row.try_get("", "n").expect("a number")
}

async fn what_the_command_changes_is_in_the_audit_log(one: Installation) {
    add_shop(&one).await;
    let reset = ["admin", "reset-password", EMAIL];
    one.run_with(&reset, PASSWORD).await.fine();
    assert_eq!(events(&one, "account.password_changed").await, 1);
    assert_eq!(events(&one, "account.changed").await, 0, "an administrator stays one");
    demote_everybody(&one).await;
    run_in(&one, "UPDATE account SET status = 'disabled'").await;
    let said = one.run_with(&reset, PASSWORD).await.fine();
    assert!(said.contains("the account is disabled"), "{said}");
    assert_eq!(events(&one, "account.password_changed").await, 2);
    assert_eq!(events(&one, "account.changed").await, 1);
}

async fn the_address_of_a_person_makes_no_administrator(one: Installation) {
    add_shop(&one).await;
    demote_everybody(&one).await;
    let variables = [("DOORWARD_ADMIN_EMAIL", EMAIL), ("DOORWARD_ADMIN_PASSWORD", PASSWORD)];
    let mut server = one.serve_with(&[], &variables).await;
    server.said(&format!("doorward admin reset-password {EMAIL}")).await;
    server.stop().await;
    // The demonstration's administrator has this address as well.
    let mut server = one.serve_with(&["--demo"], &[]).await;
    server.said(&format!("doorward admin reset-password {EMAIL}")).await;
    server.stop().await;
    one.run_with(&["admin", "reset-password", EMAIL], PASSWORD).await.fine();
    let mut server = one.serve_with(&[], &variables).await;
    server.said("Sign in as an administrator.").await;
    server.stop().await;
}

async fn a_demonstration_tells_what_is_there(one: Installation) {
    let mut server = one.serve_with(&["--demo"], &[]).await;
    server.said(&format!("Sign in: {EMAIL}  ")).await;
    server.said("Demo application: ").await;
    server.stop().await;
    one.run_with(&["admin", "reset-password", EMAIL], PASSWORD).await.fine();
    let mut server = one.serve_with(&["--demo"], &[]).await;
    server.said("Sign in as an administrator.").await;
    server.said("Demo application: ").await;
    server.stop().await;

    let used = Installation::sqlite();
    add_shop(&used).await;
    let mut server = used.serve_with(&["--demo"], &[]).await;
    server.said("Sign in as an administrator.").await;
    server.said("The example was not added").await;
    server.stop().await;
}
