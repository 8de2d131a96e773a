//! Guessing passwords and names: every name gets the same answer, for the same work, as often.

use serde_json::json;

use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    s20_attempts_are_limited_for_known_and_unknown_names_alike,
    s20_a_wrong_password_costs_the_same_for_every_name,
    s20_before_a_proof_every_name_gets_the_same_answer,
);

async fn s20_attempts_are_limited_for_known_and_unknown_names_alike(world: &World) {
    world.person("clerk", None, "a good password").await;
    for name in ["clerk", "nobody"] {
        let browser = world.browser();
        let page = browser.authorize("payroll", "").await;
        for _ in 0..10 {
            assert_eq!(browser.password(&page, name, "wrong").await.status, 401, "{name}");
        }
        assert_eq!(
            browser.password(&page, name, "a good password").await.status,
            429,
            "{name}"
        );
    }
    world.clock.advance(15 * 60 + 1);
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    browser.password(&page, "clerk", "a good password").await.code();
}

async fn s20_a_wrong_password_costs_the_same_for_every_name(world: &World) {
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    world.person("retired", None, "a good password").await;
    let disable = json!({"status": "disabled"});
    crate::api::call(world, "PATCH", "/users/retired", disable).await;
    let mut costs = vec![];
    for name in ["clerk", "clerk@example.com", "retired", "nobody", "nobody@example.com"] {
        let browser = world.browser();
        let page = browser.authorize("payroll", "").await;
        let before = world.state.store.counters();
        let seen = browser.password(&page, name, "wrong").await;
        assert_eq!(seen.status, 401, "S20: {name}: {seen:?}");
        let after = world.state.store.counters();
        costs.push((
            after.statements - before.statements,
            after.commits - before.commits,
            seen.body.replace(name, "NAME").len(),
        ));
    }
    assert!(costs.iter().all(|cost| *cost == costs[0]), "S20: {costs:?}");
}

/// What one answer shows, but for what is different at every one and for the name that was typed.
fn shown(seen: &Seen, name: &str) -> String {
    let mut text = format!("{} {:?}\n{}", seen.status, seen.location, seen.body);
    for (header, value) in &seen.headers {
        let value = value.to_str().unwrap_or("?");
        text += &match header.as_str() {
            "x-request-id" => format!("\n{header}"),
            // Its name and its value are drawn by chance; how long they are is the same for all.
            "set-cookie" => format!("\n{header}: {} long", value.len()),
            _ => format!("\n{header}: {value}"),
        };
    }
    let csrf = seen.body.contains("name=\"csrf\"").then(|| seen.field("csrf"));
    let path = seen.address.split('?').next().unwrap_or_default();
    let own = path.rsplit('/').next().unwrap_or_default();
    let text = text
        .replace(csrf.as_deref().unwrap_or("(no form)"), "(csrf)")
        .replace(own, "(own)");
    text.replace(name, "(name)")
}

async fn s20_before_a_proof_every_name_gets_the_same_answer(world: &World) {
    // All as long as each other, so that a cookie that carries one is too.
    let names = [
        "owner@example.com",
        "nobdy@example.com",
        "unver@example.com",
        "blckd@example.com",
        "fedrl@example.com",
    ];
    let right = "a password of the owner";
    world.person("owner", Some((names[0], true)), right).await;
    world.person("unver", Some((names[2], false)), right).await;
    world.person("blckd", Some((names[3], true)), right).await;
    let blocked = crate::api::call(world, "PATCH", "/users/blckd", json!({"status": "disabled"})).await;
    assert_eq!(blocked.status, 200, "{blocked:?}");
    // An account that came from a provider and has no password.
    world
        .browser()
        .federated(&Persona::verified("fed", names[4]))
        .await
        .code();

    let mut first: Option<[String; 3]> = None;
    for name in names {
        let browser = world.browser();
        let hinted = browser.authorize("payroll", &format!("&login_hint={name}")).await;
        let wrong = browser.password(&hinted, name, "a wrong password").await;
        assert_eq!(wrong.status, 401, "S20: {name}: {wrong:?}");
        // Whoever typed a name may still go to the provider, and is sent to the same place whoever it is.
        let form = [("option", "connection:acme"), ("username", name)];
        let away = browser.submit(&hinted, &form).await;
        let place = away
            .location
            .as_deref()
            .and_then(|to| to.split_once('?'))
            .expect("sent away")
            .0
            .to_owned();
        let told = [shown(&hinted, name), shown(&wrong, name), place];
        let first = first.get_or_insert_with(|| told.clone());
        for (one, other) in first.iter().zip(&told) {
            assert_eq!(one, other, "S20: {name}");
        }
    }
}
