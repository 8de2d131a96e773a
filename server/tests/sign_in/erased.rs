//! What the database holds of a person: nothing that names them, once they are gone or where no profile is kept.

use std::collections::BTreeMap;

use http::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::factors;
use crate::provider::{Persona, UPSTREAM_TOKEN};
use crate::world::World;

crate::on_both!(
    s50_after_an_erasure_no_table_names_the_person,
    s47_without_a_profile_no_table_names_the_person,
    s47_no_table_holds_what_was_handed_over,
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

async fn found(database: &DatabaseConnection, sql: String) -> Vec<QueryResult> {
    let statement = Statement::from_string(database.get_database_backend(), sql);
    database.query_all_raw(statement).await.expect("reads")
}

async fn texts(database: &DatabaseConnection, sql: String) -> Vec<String> {
    let text = |row: &QueryResult| row.try_get_by_index::<Option<String>>(0).expect("text");
    found(database, sql).await.iter().filter_map(text).collect()
}

/// The columns that tell who the person is.
async fn columns_that_name(world: &World) -> Vec<String> {
    columns_that_hold(world, &VALUES).await
}

/// Every table there is.
async fn tables(database: &DatabaseConnection) -> Vec<String> {
    let sql = if database.get_database_backend() == DbBackend::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    } else {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
    };
    texts(database, sql.to_owned()).await
}

/// Rows of all tables.
pub async fn rows(world: &World) -> u64 {
    rows_by_table(world).await.values().sum()
}

pub async fn rows_by_table(world: &World) -> BTreeMap<String, u64> {
    let database = Database::connect(&world.url).await.expect("connects");
    let mut rows = BTreeMap::new();
    for table in tables(&database).await {
        let counted = texts(&database, format!("SELECT CAST(COUNT(*) AS TEXT) FROM \"{table}\"")).await;
        rows.insert(table, counted[0].parse().expect("a number"));
    }
    database.close().await.expect("closes");
    rows
}

/// The columns that hold one of the values, as text or in bytes.
pub async fn columns_that_hold(world: &World, values: &[&str]) -> Vec<String> {
    let database = Database::connect(&world.url).await.expect("connects");
    let is_sqlite = database.get_database_backend() == DbBackend::Sqlite;
    let mut found = vec![];
    for table in tables(&database).await {
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
                values.iter().any(|value| {
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

/// The two parts of an address's `code` and `state`.
fn handed_over(address: &str) -> [String; 2] {
    let url = url::Url::parse("http://localhost").and_then(|base| base.join(address));
    let pairs: Vec<(String, String)> = url.expect("an address").query_pairs().into_owned().collect();
    ["code", "state"].map(|name| pairs.iter().find(|(key, _)| key == name).expect("there").1.clone())
}

/// With a profile too: codes, tokens and assertions of the provider, and our own, are nowhere as they travelled. That
/// holds while a sign-in is under way, after it, and after a refresh.
async fn s47_no_table_holds_what_was_handed_over(world: &World) {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    let browser = world.browser();
    let away = browser.authorize("bank", "").await;
    let back = world.provider.sign_in(away.sent_to(), &persona());
    let [provider_code, state] = handed_over(&back);
    let mut secrets = vec![provider_code, state, UPSTREAM_TOKEN.to_owned()];
    let seen = browser.get(&back).await;
    let page = browser.follow(seen).await;
    let assertion = world.provider.issued().pop().expect("an ID token");
    // Whole, and its claims and its signature by themselves.
    secrets.extend(assertion.split('.').skip(1).map(str::to_owned));
    secrets.push(assertion);
    let cookies = browser.cookies_now();
    secrets.extend(cookies.into_values());
    let key = factors::key(&page);
    secrets.push(key.replace(' ', ""));
    assert!(!is_held(world, &secrets).await, "S47: between the steps");

    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    let code = done.code();
    secrets.push(code.clone());
    let cookies = browser.cookies_now();
    secrets.extend(cookies.into_values());
    assert!(!is_held(world, &secrets).await, "S47: before the code is redeemed");
    let (status, tokens) = world.redeem("bank", &code).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let issued = |tokens: &Value| {
        let names = ["access_token", "refresh_token", "id_token"];
        names.map(|name| tokens[name].as_str().expect("a token").to_owned())
    };
    secrets.extend(issued(&tokens));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", secrets[secrets.len() - 2].as_str()),
    ];
    let (status, again) = world.token("bank", &form).await;
    assert_eq!(status, StatusCode::OK, "{again}");
    secrets.extend(issued(&again));
    assert!(!is_held(world, &secrets).await, "S47: after a refresh");
    let found = columns_that_name(world).await;
    assert!(
        found.contains(&"link.subject".to_owned()),
        "the search finds what is there: {found:?}"
    );
}

/// Whether a column holds one of them; a very short one would be found by chance.
async fn is_held(world: &World, secrets: &[String]) -> bool {
    let secrets: Vec<&str> = secrets
        .iter()
        .map(String::as_str)
        .filter(|secret| secret.len() >= 12)
        .collect();
    let found = columns_that_hold(world, &secrets).await;
    if !found.is_empty() {
        eprintln!("in clear: {found:?}");
    }
    !found.is_empty()
}
