//! The first administrator, and what the start says when there cannot be one.

use sea_orm::{ConnectionTrait, Database};

use crate::installation::Installation;
use crate::operation::add_shop;
use crate::suspended::{EMAIL, PASSWORD};

crate::on_both!(
    the_address_of_a_person_makes_no_administrator,
    a_demonstration_tells_what_is_there,
);

/// Takes the right to administer from everybody.
async fn demote_everybody(one: &Installation) {
    let database = Database::connect(&one.database_url()).await.expect("connects");
    let sql = "UPDATE account SET role = 'person'";
    database.execute_unprepared(sql).await.expect("demoted");
    database.close().await.expect("closes");
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
