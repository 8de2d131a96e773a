//! The one-time link that makes the first administrator.

use std::collections::BTreeMap;

use doorward_app::api::user::UserDraft;
use doorward_domain::account::Role;
use doorward_domain::audit::Actor;
use doorward_server::first_administrator::{self, SignInHint};

use crate::world::World;

crate::on_both!(
    the_link_makes_one_administrator_once,
    the_address_of_a_person_is_refused,
    a_link_of_ones_own_making_opens_nothing,
    bad_input_keeps_what_was_typed,
);

const PASSWORD: &str = "a good password";

async fn token(world: &World) -> String {
    match first_administrator::ensure(&world.state).await.expect("answers") {
        SignInHint::Link { token } => token,
        other => panic!("no link: {other:?}"),
    }
}

fn form<'a>(token: &'a str, email: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("csrf", token), ("email", email), ("password", password)]
}

async fn the_link_makes_one_administrator_once(world: &World) {
    let token = token(world).await;
    let browser = world.browser();
    let link = format!("/set-up?token={token}");
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.field("csrf"), token);

    let (one, other) = (
        form(&token, "one@example.com", PASSWORD),
        form(&token, "two@example.com", PASSWORD),
    );
    let both = tokio::join!(browser.post("/set-up", &one), browser.post("/set-up", &other));
    for seen in [both.0, both.1] {
        assert_eq!(seen.location.as_deref(), Some("/console"), "{seen:?}");
    }
    assert_eq!(world.accounts().await, 1, "two people at once make one administrator");
    assert_eq!(browser.get(&link).await.location.as_deref(), Some("/console"), "used");
    let late = browser
        .post("/set-up", &form(&token, "late@example.com", PASSWORD))
        .await;
    assert_eq!(late.location.as_deref(), Some("/console"));
    assert_eq!(world.accounts().await, 1);
    assert!(matches!(
        first_administrator::ensure(&world.state).await.expect("answers"),
        SignInHint::Known
    ));

    let entrance = browser.get("/console/sign-in").await;
    let sign_in = browser.follow(entrance).await;
    let name = world
        .services
        .users
        .list(Default::default())
        .await
        .expect("listed")
        .items[0]
        .username
        .clone();
    let inside = browser.password(&sign_in, &name, PASSWORD).await;
    assert_eq!(inside.status, 200, "{inside:?}");
    assert!(inside.address.starts_with("/console"), "{}", inside.address);
    let policy = inside.headers["content-security-policy"].to_str().expect("text");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'nonce-"),
        "S48: {policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"),
        "S48: {policy}"
    );
}

async fn the_address_of_a_person_is_refused(world: &World) {
    let token = token(world).await;
    let draft = UserDraft {
        username: None,
        email: Some("taken@example.com".to_owned()),
        email_verified: true,
        password: None,
        role: Role::Person,
        attributes: BTreeMap::default(),
    };
    world.services.users.create(&Actor::Api, draft).await.expect("made");
    let form = form(&token, "taken@example.com", PASSWORD);
    let seen = world.browser().post("/set-up", &form).await;
    assert_eq!(seen.status, 422, "{seen:?}");
    assert!(seen.body.contains("doorward admin reset-password"), "{}", seen.body);
    assert_eq!(world.accounts().await, 1);
}

async fn a_link_of_ones_own_making_opens_nothing(world: &World) {
    let browser = world.browser();
    for address in ["/set-up", "/set-up?token=", "/set-up?token=AAAA"] {
        assert_eq!(browser.get(address).await.status, 404, "{address}");
    }
    for token in ["", "AAAA"] {
        let seen = browser.post("/set-up", &form(token, "one@example.com", PASSWORD)).await;
        assert_eq!(seen.status, 404, "{token}");
    }
    assert_eq!(world.accounts().await, 0);
}

async fn bad_input_keeps_what_was_typed(world: &World) {
    let token = token(world).await;
    let browser = world.browser();
    let long = format!("{}@example.com", "a".repeat(400));
    let german = format!("href=\"/set-up?token={token}&amp;ui_locales=de\"");
    let first = browser.get(&format!("/set-up?token={token}")).await;
    assert!(first.body.contains(&german), "{first:?}");
    for (email, password) in [
        ("", PASSWORD),
        ("no address", PASSWORD),
        (long.as_str(), PASSWORD),
        ("one@example.com", ""),
        ("one@example.com", "short"),
        ("one@example.com", "one@example.com"),
        ("one@example.com", "password"),
    ] {
        let seen = browser.post("/set-up", &form(&token, email, password)).await;
        assert_eq!(seen.status, 422, "{email} {password}");
        assert!(seen.body.contains("aria-invalid=\"true\""), "{}", seen.body);
        assert!(seen.body.contains(&german), "as on the first page: {}", seen.body);
        // A longer address than there can be is not shown back in full.
        assert!(email.len() > 300 || seen.body.contains(&format!("value=\"{email}\"")));
        assert!(!seen.body.contains("value=\"short\""), "a password is never shown back");
    }
    let huge = "a".repeat(100_000);
    assert_eq!(
        browser.post("/set-up", &form(&token, &huge, PASSWORD)).await.status,
        413
    );
    assert_eq!(world.accounts().await, 0);
}
