//! Testing a connection through the management API: the round trip of whoever opens the link, and its report.

use http::StatusCode;
use serde_json::{Value, json};

use super::{call, get};
use crate::console_functions::administrator;
use crate::provider::{ISSUER, Persona};
use crate::world::World;

crate::on_both!(
    a_test_shows_what_a_sign_in_would_do,
    s26_the_answer_counts_in_the_browser_that_opened_the_link,
    a_link_is_good_until_its_answer_and_for_15_minutes,
    a_test_that_stops_leads_an_administrator_back,
    a_provider_that_fails_is_said,
    s50_a_test_says_that_somebody_is_kept_out,
    discovery_fills_the_endpoints,
);

/// Starts a test: its address below `/api/v1`, and the path of its link.
async fn start(world: &World) -> (String, String) {
    let started = call(world, "POST", "/connections/acme/tests", Value::Null).await;
    assert_eq!(started.status, StatusCode::CREATED, "{started:?}");
    let address = started.headers["location"].to_str().expect("text");
    let address = address.trim_start_matches("/api/v1").to_owned();
    assert_eq!(started.body["outcome"], json!({"kind": "waiting"}));
    let link = started.body["link"].as_str().expect("a link");
    let path = link.strip_prefix("http://localhost:8080").expect("ours").to_owned();
    (address, path)
}

async fn a_test_shows_what_a_sign_in_would_do(world: &World) {
    for (case, jit, decision) in [
        ("on", true, "A new account would be made"),
        ("off", false, "no account would be made"),
    ] {
        world.change("acme", |acme| acme.jit.enabled = jit).await;
        let (address, link) = start(world).await;
        let waiting = get(world, &address).await;
        assert_eq!(waiting.body["outcome"]["kind"], "waiting", "{case}: {waiting:?}");
        assert!(waiting.body["link"].is_null(), "told once: {waiting:?}");

        let browser = world.browser();
        let away = browser.get(&link).await;
        let done = browser.back(&away, &Persona::verified("one", "one@example.com")).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
        assert!(done.body.contains("The test is done"), "{done:?}");
        assert!(!done.body.contains("example.com"), "the report is elsewhere: {done:?}");
        let report = get(world, &address).await.body;
        assert_eq!(report["outcome"]["kind"], "passed", "{case}: {report}");
        assert_eq!(report["outcome"]["claims"]["email"], "one@example.com");
        assert_eq!(report["outcome"]["mapped"]["given_name"], "Anna");
        let said = report["outcome"]["decision"].as_str().expect("a sentence");
        assert!(said.contains(decision), "{case}: {said}");
        assert_eq!(world.accounts().await, 0, "{case}: nobody got an account");
    }
    let elsewhere = get(world, "/connections/acme/tests/txn_00000000000000000000000000").await;
    assert_eq!(elsewhere.problem(), "not-found");
}

async fn s50_a_test_says_that_somebody_is_kept_out(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    world.browser().federated(&persona).await.code();
    let gone = call(world, "DELETE", "/users/one@example.com?keep_out=true", Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    let (address, link) = start(world).await;
    let browser = world.browser();
    let away = browser.get(&link).await;
    browser.back(&away, &persona).await;
    let report = get(world, &address).await.body;
    let said = report["outcome"]["decision"].as_str().expect("a sentence");
    assert!(said.contains("erased and is kept out"), "S50: {said}");
}

async fn s26_the_answer_counts_in_the_browser_that_opened_the_link(world: &World) {
    let (address, link) = start(world).await;
    let (first, second) = (world.browser(), world.browser());
    let persona = Persona::verified("one", "one@example.com");
    let away = first.get(&link).await;
    let at_provider = away.sent_to();
    let stolen = second.get(&world.provider.sign_in(at_provider, &persona)).await;
    assert_eq!(stolen.number(), "1005", "S26: {stolen:?}");
    assert!(world.provider.issued().is_empty(), "no code was redeemed");

    second.get(&link).await;
    let late = first.back(&away, &persona).await;
    assert_eq!(late.number(), "1005", "another browser took over: {late:?}");
    assert_eq!(get(world, &address).await.body["outcome"]["kind"], "waiting");
    let away = second.get(&link).await;
    assert!(second.back(&away, &persona).await.body.contains("The test is done"));
}

async fn a_link_is_good_until_its_answer_and_for_15_minutes(world: &World) {
    let (address, link) = start(world).await;
    let browser = world.browser();
    let away = browser.get(&link).await;
    let persona = Persona::verified("one", "one@example.com");
    browser.back(&away, &persona).await;
    assert_eq!(browser.get(&link).await.number(), "1005", "it has its answer");
    let again = browser.back(&away, &persona).await;
    assert_eq!(again.number(), "1005", "S24: {again:?}");

    let (other, late) = start(world).await;
    for wrong in ["nothing", "txn_1.x", "%00", &late[late.len() - 20..], "tests.callback"] {
        let seen = browser.get(&format!("/connection-tests/{wrong}")).await;
        assert_eq!(seen.number(), "1005", "{wrong}: {seen:?}");
    }
    world.clock.advance(15 * 60);
    assert_eq!(browser.get(&late).await.number(), "1005");
    for gone in [address, other] {
        assert_eq!(get(world, &gone).await.problem(), "not-found");
    }
}

async fn a_test_that_stops_leads_an_administrator_back(world: &World) {
    let back = "href=\"/console/connections/acme/settings\"";
    let answer = "/federation/acme/callback?state=test.nothing&code=some";
    let (chief, stranger) = (world.browser(), world.browser());
    administrator(world, &chief).await;
    let stopped = chief.get(answer).await;
    assert_eq!(stopped.number(), "1005", "{stopped:?}");
    assert!(stopped.body.contains(back), "{stopped:?}");
    let elsewhere = chief.get(&answer.replace("acme", "a%22b")).await;
    assert_eq!(elsewhere.number(), "1005", "{elsewhere:?}");
    assert!(!elsewhere.body.contains("/console/"), "no handle: {elsewhere:?}");
    let other = stranger.get(answer).await;
    assert_eq!(other.number(), "1005", "{other:?}");
    assert!(!other.body.contains("/console/"), "{other:?}");
}

async fn a_provider_that_fails_is_said(world: &World) {
    let (address, link) = start(world).await;
    let browser = world.browser();
    let away = browser.get(&link).await;
    let wrong = Persona {
        nonce: Some("another".to_owned()),
        ..Persona::verified("one", "one@example.com")
    };
    browser.back(&away, &wrong).await;
    let report = get(world, &address).await.body;
    assert_eq!(report["outcome"]["fault"]["code"], "wrong_nonce", "{report}");

    world
        .change("acme", |acme| acme.oidc.issuer = "https://gone.example.com".to_owned())
        .await;
    let refused = call(world, "POST", "/connections/acme/tests", Value::Null).await;
    assert_eq!(
        (refused.status.as_u16(), refused.problem()),
        (422, "provider"),
        "{refused:?}"
    );
    assert_eq!(refused.body["code"], "unreachable", "{refused:?}");
}

async fn discovery_fills_the_endpoints(world: &World) {
    let found = call(world, "POST", "/connections/discovery", json!({"issuer": ISSUER})).await;
    assert_eq!(found.status, StatusCode::OK, "{found:?}");
    assert_eq!(found.body["issuer"], ISSUER);
    assert!(found.body["token_endpoint"].is_string(), "{found:?}");
    for (issuer, code) in [
        ("https://gone.example.com", "unreachable"),
        ("not an address", "issuer"),
        ("", "issuer"),
        (&"x".repeat(3_000), "issuer"),
    ] {
        let refused = call(world, "POST", "/connections/discovery", json!({"issuer": issuer})).await;
        assert_eq!(refused.problem(), "provider", "{issuer}: {refused:?}");
        assert_eq!(refused.body["code"], code, "{issuer}: {refused:?}");
    }
    let misspelt = call(world, "POST", "/connections/discovery", json!({"isuer": ISSUER})).await;
    assert_eq!(misspelt.pointers(), ["/isuer"], "{misspelt:?}");
}
