//! Who comes again after their link was taken away: somebody else, whose `sub` is nobody's.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::ended;
use crate::factors::claims_of;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    whoever_was_unlinked_comes_back_as_somebody_else,
    whoever_was_unlinked_passes_through_as_somebody_else,
);

fn somebody() -> Persona {
    Persona::unverified("one", "one@example.com")
}

async fn sub(world: &World) -> String {
    let code = world.browser().federated(&somebody()).await.code();
    let (status, tokens) = world.redeem("portal", &code).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    claims_of(&tokens)["sub"].as_str().expect("a sub").to_owned()
}

/// Takes the link of the account with this sub away.
async fn unlink(world: &World, sub: &str) {
    let users = get(world, "/users").await.body;
    let of_sub = |user: &&Value| user["sub"] == sub;
    let user = users["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(of_sub)
        .expect("an account");
    let id = user["id"].as_str().expect("an id");
    let path = ended::unlink(world, id).await;
    assert!(call(world, "DELETE", &path, Value::Null).await.status.is_success());
    world.clock.advance(60);
}

async fn whoever_was_unlinked_comes_back_as_somebody_else(world: &World) {
    let mut subs = BTreeSet::new();
    // More often than there are subs to be known by.
    for round in 1..=6 {
        let own = sub(world).await;
        assert_eq!(sub(world).await, own, "{round}: from then on it is they");
        assert!(subs.insert(own.clone()), "{round}: nobody's: {own} {subs:?}");
        assert_eq!(world.accounts().await, round, "each link made an account");
        unlink(world, &own).await;
    }
}

async fn whoever_was_unlinked_passes_through_as_somebody_else(world: &World) {
    let first = sub(world).await;
    unlink(world, &first).await;
    world.change("acme", |acme| acme.jit.enabled = false).await;
    let passing = sub(world).await;
    assert_ne!(passing, first, "the account is not theirs any more");
    assert_eq!(sub(world).await, passing, "and they are the same each time");
    assert_eq!(world.accounts().await, 1);
    world.change("acme", |acme| acme.jit.enabled = true).await;
    assert_eq!(sub(world).await, passing, "`sub` is what it was");
    assert_eq!(world.accounts().await, 2);
    let patch = json!({"jit": {"enabled": false}});
    assert_eq!(
        call(world, "PATCH", "/connections/acme", patch).await.status,
        StatusCode::OK
    );
    assert_eq!(
        sub(world).await,
        passing,
        "nor does it change when it is switched again"
    );
}
