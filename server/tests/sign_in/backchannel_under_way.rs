//! Whoever is logged out at their provider does not finish a sign-in that it has vouched for (S34).

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::get;
use crate::backchannel_logout::log_out;
use crate::factors;
use crate::proof::{self, OWNER, PASSWORD};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s34_the_second_step_is_not_taken,
    s34_a_step_in_between_is_not_taken,
    s34_a_code_that_was_given_is_not_redeemed,
    s34_a_proof_under_way_ends_with_the_logout,
    s34_others_under_way_go_on,
    s34_what_is_begun_after_the_logout_goes_on,
    a_later_step_costs_no_statement_for_it,
);

const STEPS: [&str; 2] = ["connection:acme", "totp"];

async fn bank(world: &World) {
    world.application("bank", json!([[STEPS[0]], [STEPS[1]]])).await;
}

fn persona(subject: &str) -> Persona {
    Persona::verified(subject, &format!("{subject}@example.com"))
}

/// A sign-in that a provider has vouched for, a minute ago.
async fn under_way<'w>(world: &'w World, application: &str, persona: &Persona) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.federated_to(application, persona).await;
    world.clock.advance(60);
    (browser, page)
}

/// Whoever enrols an app sees its key.
async fn enter_new(world: &World, (browser, page): &(Browser<'_>, Seen)) -> Seen {
    let code = factors::code(world, &factors::key(page));
    factors::enter(browser, page, &code).await
}

#[track_caller]
fn check_ended(seen: &Seen, case: &str) {
    assert_eq!(
        (seen.number(), seen.location.as_ref()),
        ("1004", None),
        "{case}: {seen:?}"
    );
}

async fn s34_the_second_step_is_not_taken(world: &World) {
    bank(world).await;
    for jit in [true, false] {
        let keep = |acme: &mut doorward_domain::connection::Connection| {
            acme.jit.enabled = jit;
            acme.factors_without_account = true;
        };
        world.change("acme", keep).await;
        for (case, has_session) in [("sub", true), ("sid", true), ("both", true), ("both", false)] {
            let name = format!("{case}-{jit}-{has_session}");
            let session = format!("of-{name}");
            let about = match case {
                "sub" => json!({"sub": name}),
                "sid" => json!({"sid": session}),
                _ => json!({"sub": name, "sid": session}),
            };
            let mut who = persona(&name);
            if has_session {
                who = who.in_session(&session);
            }
            let sign_in = under_way(world, "bank", &who).await;
            log_out(world, &name, &about).await;
            check_ended(&enter_new(world, &sign_in).await, &name);
            let silent = sign_in.0.authorize("bank", "&prompt=none").await;
            assert!(silent.parameter("code").is_none(), "S34: {name}: {silent:?}");
            if jit {
                let user = get(world, &format!("/users/{name}@example.com")).await.body;
                assert_eq!(user["factors"], json!([]), "S34: {name} enrols nothing");
            }
        }
    }
}

async fn s34_a_step_in_between_is_not_taken(world: &World) {
    let steps = json!([["connection:acme"], ["totp"], ["passkey"]]);
    world.application("vault", steps).await;
    let sign_in = under_way(world, "vault", &persona("one")).await;
    log_out(world, "1", &json!({"sub": "one"})).await;
    check_ended(&enter_new(world, &sign_in).await, "S34");
    let user = get(world, "/users/one@example.com").await.body;
    assert_eq!(user["factors"], json!([]), "S34: it enrols nothing");
}

/// The code belongs to the session that the sign-in has begun, and ends with it.
async fn s34_a_code_that_was_given_is_not_redeemed(world: &World) {
    bank(world).await;
    for (number, about) in [json!({"sub": "one"}), json!({"sid": "s-1"})].into_iter().enumerate() {
        let who = persona("one").in_session("s-1");
        let code = world.browser().federated(&who).await.code();
        log_out(world, &format!("one-step-{number}"), &about).await;
        let (status, told) = world.redeem("portal", &code).await;
        check_refused(&told, status);
    }
    let sign_in = under_way(world, "bank", &persona("two")).await;
    let code = enter_new(world, &sign_in).await.code();
    log_out(world, "two-steps", &json!({"sub": "two"})).await;
    let (status, told) = world.redeem("bank", &code).await;
    check_refused(&told, status);
}

#[track_caller]
fn check_refused(told: &Value, status: StatusCode) {
    assert_eq!(
        (status.as_u16(), told["error"].as_str()),
        (400, Some("invalid_grant")),
        "S34: {told}"
    );
}

async fn s34_a_proof_under_way_ends_with_the_logout(world: &World) {
    world.person("owner", Some((OWNER, true)), PASSWORD).await;
    let (browser, asked) = proof::asked(world).await;
    world.clock.advance(60);
    log_out(world, "1", &json!({"sub": "owner-at-acme"})).await;
    let csrf = asked.field("csrf");
    let form = [("csrf", csrf.as_str()), ("option", "password"), ("password", PASSWORD)];
    let seen = browser.post(&format!("{}/proof", asked.address), &form).await;
    check_ended(&seen, "S34");
    let user = get(world, "/users/owner").await.body;
    assert_eq!(user["links"], json!([]), "S34: nothing is linked");
}

async fn s34_others_under_way_go_on(world: &World) {
    bank(world).await;
    // The same provider once more: its sessions are another connection's business.
    world.connection("beta", json!({})).await;
    world
        .application("beta-bank", json!([["connection:beta"], ["totp"]]))
        .await;
    let one = || persona("one");
    let first = under_way(world, "bank", &one().in_session("s-1")).await;
    let key = factors::key(&first.1);
    assert!(enter_new(world, &first).await.parameter("code").is_some());
    let ended = under_way(world, "bank", &one().in_session("s-1")).await;
    let also_ended = under_way(world, "bank", &one().in_session("s-2")).await;
    let another_session = under_way(world, "bank", &one().in_session("s-3")).await;
    let another_person = under_way(world, "bank", &persona("two").in_session("s-4")).await;
    let another_connection = under_way(world, "beta-bank", &persona("three").in_session("s-1")).await;
    log_out(world, "1", &json!({"sid": "s-1"})).await;
    log_out(world, "2", &json!({"sub": "one", "sid": "s-2"})).await;
    log_out(world, "3", &json!({"sub": "one", "sid": "s-4"})).await;
    log_out(world, "4", &json!({"sub": "nobody", "sid": "s-3"})).await;
    log_out(world, "5", &json!({"sub": "three"})).await;
    for (case, (browser, page)) in [("sid", &ended), ("sub and sid", &also_ended)] {
        let seen = factors::enter(browser, page, &factors::code(world, &key)).await;
        check_ended(&seen, case);
    }
    let (browser, page) = &another_session;
    let seen = factors::enter(browser, page, &factors::code(world, &key)).await;
    assert!(seen.parameter("code").is_some(), "S34: another session: {seen:?}");
    for (case, sign_in) in [("person", &another_person), ("connection", &another_connection)] {
        let seen = enter_new(world, sign_in).await;
        assert!(seen.parameter("code").is_some(), "S34: another {case}: {seen:?}");
    }
}

async fn s34_what_is_begun_after_the_logout_goes_on(world: &World) {
    bank(world).await;
    let who = || persona("one").in_session("s-1");
    let ended = under_way(world, "bank", &who()).await;
    for (number, about) in [
        json!({"sub": "one"}),
        json!({"sub": "one", "sid": "s-1"}),
        json!({"sid": "s-1"}),
    ]
    .iter()
    .enumerate()
    {
        log_out(world, &number.to_string(), about).await;
    }
    check_ended(&enter_new(world, &ended).await, "S34");
    // At the moment of the logout, and while it is remembered.
    let begun = under_way(world, "bank", &who()).await;
    let (_, tokens) = world.redeem("bank", &enter_new(world, &begun).await.code()).await;
    assert!(tokens["access_token"].is_string(), "{tokens}");
    let later = world.browser().federated(&who()).await;
    assert!(later.parameter("code").is_some(), "{later:?}");
}

async fn a_later_step_costs_no_statement_for_it(world: &World) {
    bank(world).await;
    let who = persona("one").in_session("s-1");
    let first = under_way(world, "bank", &who).await;
    let key = factors::key(&first.1);
    enter_new(world, &first).await.code();
    let cost = async |is_signed_in: bool, seconds: i64| {
        world.clock.advance(60);
        let browser = world.browser();
        if is_signed_in {
            browser.federated(&who).await.code();
        }
        let page = browser.federated_to("bank", &who).await;
        world.clock.advance(seconds);
        let before = world.state.store.counters();
        let code = factors::code(world, &key);
        factors::enter(&browser, &page, &code).await.code();
        let after = world.state.store.counters();
        (after.statements - before.statements, after.commits - before.commits)
    };
    for is_signed_in in [false, true] {
        // Where no time has passed nothing is asked.
        let without = cost(is_signed_in, 0).await;
        assert_eq!(cost(is_signed_in, 60).await, without, "signed in: {is_signed_in}");
    }
}
