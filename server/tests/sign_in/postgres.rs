//! One PostgreSQL database per test.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database};

/// Creates a database and answers its URL.
pub async fn create_database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let admin = std::env::var("DOORWARD_TEST_POSTGRES_URL").expect(
        "DOORWARD_TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL server",
    );
    let name = format!(
        "doorward_server_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    let connection = Database::connect(&admin).await.expect("PostgreSQL answers");
    connection
        .execute_unprepared(&format!("CREATE DATABASE \"{name}\""))
        .await
        .expect("created");
    connection.close().await.expect("closes");
    let mut url = url::Url::parse(&admin).expect("an address");
    url.set_path(&name);
    url.into()
}
