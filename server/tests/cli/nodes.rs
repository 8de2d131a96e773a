//! What two nodes over PostgreSQL, or the one node of SQLite, make of one person at once (budgets F18), of what was
//! used at the other node (F20, F21) and of what was switched off there (F35).

use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::{
    Browser, answer, at_the_provider, authorize, code_in, is_valid, redeem, shop, try_redeem, until_the_callback,
};
use crate::installation::{Installation, Served, free_port, until_some};

crate::on_both!(
    f18_two_first_sign_ins_at_once_make_one_account,
    f20_f21_what_was_used_at_one_node_is_refused_at_the_other,
    s34_what_ends_at_one_node_has_ended_at_the_other_within_a_second,
);

/// How many people sign in for the first time, each twice at once; `DOORWARD_RACES` asks for more than CI does.
fn people() -> usize {
    let more = std::env::var("DOORWARD_RACES").ok();
    more.and_then(|number| number.parse().ok()).unwrap_or(50)
}

/// An application whose sign-in leads straight to the Test IdP, known to both nodes.
async fn add_application(one: &Installation, nodes: &[&Served]) {
    one.import(&shop("connection:test-idp"), &[]).await.fine();
    for node in nodes {
        let noticed = until_some(async || {
            let to = Browser::new().get(node, &authorize()).await.location;
            (!to.is_empty()).then_some(())
        });
        assert!(noticed.await.is_some(), "the node does not notice the new application");
    }
}

/// Two nodes that know the application. SQLite is for one node: there the second is missing.
pub async fn nodes(one: &Installation) -> (Served, Option<Served>) {
    let (here, there) = (free_port(), free_port());
    let first = one.serve_node(here, here).await;
    first.until_ready().await;
    let other = if one.is_sqlite() {
        None
    } else {
        let other = one.serve_node(there, here).await;
        other.until_ready().await;
        Some(other)
    };
    add_application(one, &[&first, other.as_ref().unwrap_or(&first)]).await;
    (first, other)
}

pub async fn stop((first, other): (Served, Option<Served>)) {
    if let Some(other) = other {
        other.stop().await;
    }
    first.stop().await;
}

async fn f18_two_first_sign_ins_at_once_make_one_account(one: Installation) {
    let nodes = nodes(&one).await;
    let (first, second) = (&nodes.0, nodes.1.as_ref().unwrap_or(&nodes.0));
    let people = people();
    for number in 0..people {
        race(first, second, &format!("racer-{number}")).await;
    }
    assert_eq!(count(first).await, people, "F18: one account of each person");
    stop(nodes).await;
}

async fn f20_f21_what_was_used_at_one_node_is_refused_at_the_other(one: Installation) {
    let nodes = nodes(&one).await;
    let (first, second) = (&nodes.0, nodes.1.as_ref().unwrap_or(&nodes.0));
    let (mut browser, request) = at_the_provider(&first.url).await.expect("answers");
    // Two answers to one question: the provider's codes are both fresh, the `state` is one.
    let mut answers = vec![];
    for _ in 0..2 {
        let back = answer(&mut browser, &first.url, &request, "replayed").await;
        answers.push(back.expect("answers"));
    }
    assert_ne!(answers[0], answers[1], "two codes of the provider");
    let kept = browser.clone();
    let home = browser.get(first, &answers[0]).await.location;
    let code = code_in(&home).unwrap_or_else(|| panic!("the first answer signs in: {home}"));

    // Neither counts: the provider refuses its code, and the state was used.
    for replay in &answers {
        let mut browser = kept.clone();
        let mut seen = browser.get(second, replay).await;
        if seen.location.contains("/stopped?") {
            seen = browser.get(second, &seen.location).await;
        }
        // 502 where the provider is the one to refuse; a fault of ours is no refusal.
        let is_refused = matches!(seen.status, 400..=499 | 502) && seen.location.is_empty();
        assert!(is_refused, "F21: and we say so: {seen:?}");
    }

    let token = try_redeem(&first.url, &code)
        .await
        .expect("answers")
        .expect("good once");
    assert!(is_valid(second, &token).await, "F20: a token is good at every node");
    assert!(!redeem(second, &code).await, "F20: the code, at the other node");
    assert!(
        !is_valid(first, &token).await,
        "F20: what the code gave is taken back at the first"
    );
    assert!(!is_valid(second, &token).await, "F20: and at the other node");
    stop(nodes).await;
}

async fn s34_what_ends_at_one_node_has_ended_at_the_other_within_a_second(one: Installation) {
    let nodes = nodes(&one).await;
    let (first, second) = (&nodes.0, nodes.1.as_ref().unwrap_or(&nodes.0));
    for (name, path, patch) in [
        ("leaver", "users/leaver@example.com", json!({"status": "disabled"})),
        ("stranded", "connections/test-idp", json!({"enabled": false})),
    ] {
        let (mut browser, back) = until_the_callback(&first.url, name).await.expect("answers");
        let home = browser.get(first, &back).await.location;
        let code = code_in(&home).unwrap_or_else(|| panic!("{name} is signed in: {home}"));
        let token = try_redeem(&first.url, &code).await.expect("answers").expect("a token");
        assert!(is_valid(second, &token).await, "S34: {name}: good at every node");
        let silent = format!("{}&prompt=none", authorize());
        let known = browser.clone().get(second, &silent).await.location;
        assert!(
            code_in(&known).is_some(),
            "S34: {name}: signed in at every node: {known}"
        );

        first.patch(path, &patch).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        for node in [first, second] {
            assert!(!is_valid(node, &token).await, "S34: {name}: the token");
            let known = browser.clone().get(node, &silent).await.location;
            assert!(code_in(&known).is_none(), "S34: {name}: the session: {known}");
        }
    }
    stop(nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f35_what_is_switched_off_at_one_node_is_refused_at_the_other() {
    let one = Installation::postgres().await;
    let nodes = nodes(&one).await;
    let (first, other) = (&nodes.0, nodes.1.as_ref().expect("two nodes"));
    let (mut browser, back) = until_the_callback(&other.url, "late").await.expect("answers");
    first.patch("connections/test-idp", &json!({"enabled": false})).await;
    let switched = Instant::now();
    while !at_the_provider(&other.url).await.expect("answers").1.is_empty() {
        assert!(
            switched.elapsed() < Duration::from_secs(20),
            "F35: nobody is sent there"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let home = browser.get(other, &back).await.location;
    assert_eq!(code_in(&home), None, "F35: nor does anybody come in from there");
    stop(nodes).await;
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
