//! What the database holds of a person: nothing that names them, once they are gone or where no profile is kept.

use http::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::factors;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    s50_after_an_erasure_no_table_names_the_person,
    s47_without_a_profile_no_table_names_the_person,
);

const SUBJECT: &str = "subject-of-zebulonia";
const EMAIL: &str = "zebulonia@example.com";
/// What tells who somebody is.
const VALUES: [&str; 4] = [SUBJECT, EMAIL, "Zebulonia", "Quackenbush"];

fn persona() -> Persona {
    let claims = json!({
        "email": EMAIL, "email_verified": true, "given_name": "Zebulonia", "family_name": "Quackenbush",
    });
    Persona::new(SUBJECT, claims)
}

async fn rows(database: &DatabaseConnection, sql: String) -> Vec<QueryResult> {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    database.query_all_raw(statement).await.expect("reads")
}

async fn texts(database: &DatabaseConnection, sql: String) -> Vec<String> {
    let text = |row: &QueryResult| row.try_get_by_index::<Option<String>>(0).expect("text");
    rows(database, sql).await.iter().filter_map(text).collect()
}

/// The columns that hold one of the values, as text or in bytes.
async fn columns_that_name(world: &World) -> Vec<String> {
    let database = Database::connect(&world.url).await.expect("connects");
    let is_sqlite = database.get_database_backend() == DbBackend::Sqlite;
    let tables = if is_sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
    };
    let mut found = vec![];
    for table in texts(&database, tables.to_owned()).await {
        let columns = if is_sqlite {
            format!("SELECT name FROM pragma_table_info('{table}')")
        } else {
            format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
        };
        for column in texts(&database, columns).await {
            // Bytes print as their hexadecimal digits on both.
            let sql = if is_sqlite {
                format!("SELECT lower(hex(\"{column}\")) FROM \"{table}\"")
            } else {
                format!("SELECT encode(convert_to(\"{column}\"::text, 'UTF8'), 'hex') FROM \"{table}\"")
            };
            let held = texts(&database, sql).await;
            let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
            let names = |held: &String| {
                VALUES.iter().any(|value| {
                    // PostgreSQL prints bytes as text first.
                    let lower = value.to_lowercase();
                    [*value, lower.as_str()]
                        .iter()
                        .any(|value| held.contains(&hex(value)) || held.contains(&hex(&hex(value))))
                })
            };
            if held.iter().any(names) {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    database.close().await.expect("closes");
    found
}

async fn s50_after_an_erasure_no_table_names_the_person(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["totp", "email_otp"]]))
        .await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona()).await;
    browser
        .submit(&page, &[("option", "email_otp"), ("decision", "send")])
        .await;
    let code = factors::code(world, &factors::key(&page));
    let done = factors::enter(&browser, &page, &code).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let sub = factors::claims_of(&tokens)["sub"].clone();
    let found = columns_that_name(world).await;
    assert!(
        found.contains(&"link.subject".to_owned()),
        "the search finds them while they are there: {found:?}"
    );
    let gone = call(world, "DELETE", &format!("/users/{EMAIL}"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    assert_eq!(columns_that_name(world).await, Vec::<String>::new(), "S50");

    world.clock.advance(60);
    let page = world.browser().federated_to("bank", &persona()).await;
    assert!(
        !factors::key(&page).is_empty(),
        "S50: a new account, with no factor of the old one"
    );
    let user = get(world, &format!("/users/{EMAIL}")).await.body;
    assert_eq!(user["sub"], sub, "S50: applications know them by the same sub");
}

async fn s47_without_a_profile_no_table_names_the_person(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let code = world.browser().federated(&persona()).await.code();
    let (_, tokens) = world.redeem("portal", &code).await;
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(
        world.userinfo(access).await.1["email"],
        EMAIL,
        "the application learns it"
    );
    assert_eq!(columns_that_name(world).await, Vec::<String>::new(), "S47");
}
