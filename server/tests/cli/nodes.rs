//! Two first sign-ins of one person at once: on two nodes over PostgreSQL, on the one node of SQLite (budgets F18).

use std::time::Duration;

use crate::browser::{Browser, authorize, code_in, redeem, shop, until_the_callback};
use crate::installation::{Installation, PATIENCE, Served, free_port};

crate::on_both!(f18_two_first_sign_ins_at_once_make_one_account);

/// How many people sign in for the first time, each twice at once; `DOORWARD_RACES` asks for more than CI does.
fn people() -> usize {
    let more = std::env::var("DOORWARD_RACES").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(50)
}

/// An application whose sign-in leads straight to the Test IdP, known to both nodes.
async fn add_application(one: &Installation, nodes: &[&Served]) {
    one.import(&shop("connection:test-idp"), &[]).await.fine();
    for node in nodes {
        for round in 0..=PATIENCE {
            assert!(round < PATIENCE, "the node does not notice the new application");
            if !Browser::new().get(node, &authorize()).await.location.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn f18_two_first_sign_ins_at_once_make_one_account(one: Installation) {
    let (here, there) = (free_port(), free_port());
    let first = one.serve_node(here, here).await;
    first.until_ready().await;
    // SQLite is for one node: there both sign-ins meet in it.
    let other = if one.is_sqlite() {
        None
    } else {
        let other = one.serve_node(there, here).await;
        other.until_ready().await;
        Some(other)
    };
    let second = other.as_ref().unwrap_or(&first);
    add_application(&one, &[&first, second]).await;
    let people = people();
    for number in 0..people {
        race(&first, second, &format!("racer-{number}")).await;
    }
    assert_eq!(count(&first).await, people, "F18: one account of each person");
    if let Some(other) = other {
        other.stop().await;
    }
    first.stop().await;
}

/// Somebody signs in for the first time, through both nodes at once.
async fn race(first: &Served, second: &Served, name: &str) {
    let (mut left, left_back) = until_the_callback(&first.url, name).await.expect("answers");
    let (mut right, right_back) = until_the_callback(&second.url, name).await.expect("answers");
    let codes = tokio::join!(left.get(first, &left_back), right.get(second, &right_back));
    let codes = (code_in(&codes.0.location), code_in(&codes.1.location));
    let (Some(left), Some(right)) = &codes else {
        panic!("F18: {name}: both sign-ins succeed: {codes:?}");
    };
    // A code is good at the node that did not make it.
    assert!(redeem(second, left).await, "F18: {name}");
    assert!(redeem(first, right).await, "F18: {name}");
    let user = second.api(&format!("users/{name}@example.com")).await;
    assert_eq!(user["links"].as_array().map(Vec::len), Some(1), "F18: {name}: {user}");
}

/// How many accounts the races have made.
async fn count(node: &Served) -> usize {
    let mut counted = 0;
    let mut path = "users?limit=200&q=racer".to_owned();
    loop {
        let page = node.api(&path).await;
        counted += page["items"].as_array().map(Vec::len).expect("items");
        let Some(cursor) = page["next_cursor"].as_str() else {
            return counted;
        };
        path = format!("users?limit=200&q=racer&cursor={cursor}");
    }
}
