//! Answers that nobody asked for, answers of other tenants, and claims that want more than they may.

use http::StatusCode;
use serde_json::json;

use crate::api::{call, get};
use crate::provider::{ISSUER, Persona};
use crate::world::World;

crate::on_both!(
    s4_another_tenant_is_refused_before_anybody_is_looked_up,
    s19_no_claim_makes_an_administrator,
    s49_a_connection_makes_so_many_accounts_in_an_hour,
    s32_an_answer_nobody_asked_for_is_refused,
);

async fn s4_another_tenant_is_refused_before_anybody_is_looked_up(world: &World) {
    let address = Some(("owner@example.com", true));
    world.person("owner", address, "a password of the owner").await;
    let linking = json!({"jit": {"linking": "verified_email"}});
    assert_eq!(
        call(world, "PATCH", "/connections/acme", linking).await.status,
        StatusCode::OK
    );
    for tenant in [
        format!("{ISSUER}/other-tenant"),
        format!("{ISSUER}/"),
        ISSUER.to_uppercase(),
        "https://idp.example.com.evil.example".to_owned(),
        String::new(),
    ] {
        let mut persona = Persona::verified("one", "owner@example.com");
        persona.issuer.clone_from(&tenant);
        let browser = world.browser();
        let away = browser.authorize("portal", "").await;
        let to = away.sent_to();
        let back = world.provider.sign_in(to, &persona);
        let before = world.state.store.counters();
        let seen = browser.get(&back).await;
        let seen = browser.follow(seen).await;
        assert_eq!(
            (seen.status.as_u16(), seen.number()),
            (502, "1103"),
            "S4: {tenant:?}: {seen:?}"
        );
        let after = world.state.store.counters();
        assert_eq!(
            before.statements, after.statements,
            "S4: {tenant:?}: nobody is looked up"
        );
    }
}

async fn s19_no_claim_makes_an_administrator(world: &World) {
    let rules = json!([
        {"from": "email", "to": "email"}, {"from": "role", "to": "role"}, {"from": "roles", "to": "roles"},
        {"from": "status", "to": "status"}, {"from": "groups", "to": "groups"},
    ]);
    let patch = json!({"attributes": rules, "jit": {"attribute_sync": "override_all"}});
    let saved = call(world, "PATCH", "/connections/acme", patch).await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    let claims = json!({
        "email": "one@example.com", "email_verified": true, "role": "administrator", "roles": ["administrator"],
        "status": "active", "groups": ["administrators"], "is_admin": true,
    });
    for _ in 0..2 {
        world
            .browser()
            .federated(&Persona::new("one", claims.clone()))
            .await
            .code();
        let user = get(world, "/users/one@example.com").await.body;
        assert_eq!(user["role"], "person", "S19: {user}");
        world.clock.advance(60);
    }
    let set = json!({"password": "a password of the person"});
    assert_eq!(
        call(world, "PATCH", "/users/one@example.com", set).await.status,
        StatusCode::OK
    );
    let browser = world.browser();
    let page = browser.get("/console").await;
    let page = browser.follow(page).await;
    let refused = browser
        .password(&page, "one@example.com", "a password of the person")
        .await;
    assert_eq!(refused.number(), "1208", "S19: {refused:?}");
}

async fn s32_an_answer_nobody_asked_for_is_refused(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let theirs = world.browser();
    let away = theirs.authorize("portal", "").await;
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let (_, query) = back.split_once('?').expect("a query");
    let code = query.split('&').find(|part| part.starts_with("code=")).expect("a code");
    let victim = world.browser();
    for (case, address) in [
        ("no state", format!("/federation/acme/callback?{code}")),
        ("a made up state", format!("/federation/acme/callback?{code}&state=x.y")),
        ("the state of another browser", back.clone()),
        (
            "an ID token alone",
            "/federation/acme/callback?id_token=e30.e30.e30".to_owned(),
        ),
    ] {
        let seen = victim.get(&address).await;
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "S32: {case}: {seen:?}");
        assert!(
            victim.cookies.lock().expect("cookies").is_empty(),
            "S32: {case}: nobody is signed in"
        );
    }
    let posted = victim
        .post("/federation/acme/callback", &[("SAMLResponse", "PD94")])
        .await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED, "S32: {posted:?}");
    assert_eq!(world.accounts().await, 0);
    assert!(
        theirs.get(&back).await.parameter("code").is_some(),
        "the code itself was good"
    );
}

async fn s49_a_connection_makes_so_many_accounts_in_an_hour(world: &World) {
    const ACCOUNTS_PER_HOUR: usize = 5;
    let world = &world.with_accounts_per_hour(ACCOUNTS_PER_HOUR).await;
    world.connection("beta", json!({})).await;
    world.application("counter", json!([["connection:beta"]])).await;
    let person =
        |number: usize| Persona::verified(&format!("person-{number}"), &format!("person-{number}@example.com"));
    for number in 0..ACCOUNTS_PER_HOUR {
        let seen = world.browser().federated(&person(number)).await;
        assert!(seen.parameter("code").is_some(), "S49: {number}: {seen:?}");
    }
    for _ in 0..3 {
        let refused = world.browser().federated(&person(ACCOUNTS_PER_HOUR)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.number()),
            (429, "1250"),
            "S49: {refused:?}"
        );
    }
    assert!(
        world.browser().federated(&person(0)).await.parameter("code").is_some(),
        "S49: who has an account comes in"
    );
    let elsewhere = Persona::verified("elsewhere", "elsewhere@example.com");
    let other = world.browser().federated_to("counter", &elsewhere).await;
    assert!(
        other.parameter("code").is_some(),
        "S49: another connection goes on: {other:?}"
    );
    let told = get(world, "/audit-events?action=sign_in.refused&limit=200").await;
    let told = told.body["items"].as_array().expect("events").clone();
    let alerts = told
        .iter()
        .filter(|event| event["detail"]["reason"] == "too_many_accounts");
    assert_eq!(alerts.count(), 1, "S49: one alert: {told:?}");
    world.clock.advance(3_601);
    let later = world.browser().federated(&person(ACCOUNTS_PER_HOUR)).await;
    assert!(later.parameter("code").is_some(), "S49: an hour later: {later:?}");
}
