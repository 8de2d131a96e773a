//! The main job by the management API alone: connect a provider, decide what JIT does, see what became of people.

use http::StatusCode;
use serde_json::{Value, json};

use super::{call, get};
use crate::factors::claims_of;
use crate::provider::{ISSUER, Persona};
use crate::world::{CALLBACK, World};

crate::on_both!(a_provider_is_connected_and_jit_is_turned_off_and_on);

/// Signs somebody in to `shop` and answers the claims that it got.
async fn claims(world: &World, persona: &Persona) -> Value {
    let done = world.browser().federated_to("shop", persona).await;
    let (status, tokens) = world.redeem("shop", &done.code()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    claims_of(&tokens)
}

async fn users(world: &World) -> Vec<Value> {
    let page = get(world, "/users").await.body;
    page["items"].as_array().expect("items").clone()
}

/// A connection that is tested before it is enabled, and an application that offers it.
async fn set_up(world: &World) {
    let found = call(world, "POST", "/connections/discovery", json!({"issuer": ISSUER})).await;
    assert_eq!(found.status, StatusCode::OK, "{found:?}");
    let draft = json!({
        "handle": "own", "display_name": "Own", "enabled": false,
        "oidc": {"issuer": ISSUER, "client_id": "doorward", "client_secret": "hush"},
    });
    let made = call(world, "POST", "/connections", draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    assert_eq!(
        made.body["redirect_uri"],
        "http://localhost:8080/federation/own/callback"
    );
    assert_eq!(
        made.body["backchannel_logout_uri"],
        "http://localhost:8080/federation/own/backchannel-logout"
    );
    assert_eq!(made.body["jit"]["enabled"], true, "the default");

    let started = call(world, "POST", "/connections/own/tests", Value::Null).await;
    let link = started.body["link"].as_str().expect("a link");
    let browser = world.browser();
    let away = browser.get(link.trim_start_matches("http://localhost:8080")).await;
    browser
        .back(&away, &Persona::verified("tester", "tester@example.com"))
        .await;
    let address = started.headers["location"].to_str().expect("text");
    let report = get(world, address.trim_start_matches("/api/v1")).await.body;
    assert_eq!(report["outcome"]["kind"], "passed", "{report}");
    assert!(users(world).await.is_empty(), "a test writes nobody");

    let enabled = call(world, "PATCH", "/connections/own", json!({"enabled": true})).await;
    assert_eq!(enabled.status, StatusCode::OK, "{enabled:?}");
    let draft = json!({
        "handle": "shop", "name": "Shop", "client_id": "shop", "client_secret": "secret-of-the-application",
        "redirect_uris": [CALLBACK], "flow": {"steps": [{"options": ["connection:own"]}]},
    });
    let made = call(world, "POST", "/applications", draft).await;
    assert_eq!(
        (made.status, &made.body["findings"]),
        (StatusCode::CREATED, &json!([])),
        "{made:?}"
    );
}

async fn a_provider_is_connected_and_jit_is_turned_off_and_on(world: &World) {
    set_up(world).await;
    let first = claims(world, &Persona::verified("one", "one@example.com")).await;
    let all = users(world).await;
    assert_eq!((all.len(), &all[0]["sub"]), (1, &first["sub"]), "{all:?}");
    let by_sub = get(world, &format!("/users?q={}", first["sub"].as_str().expect("a sub")))
        .await
        .body;
    assert_eq!(
        by_sub["items"][0]["id"], all[0]["id"],
        "found by what applications know: {by_sub}"
    );
    let user = get(world, &format!("/users/{}", all[0]["id"].as_str().expect("an id")))
        .await
        .body;
    let connection = get(world, "/connections/own").await.body;
    let email = &user["attributes"]["email"];
    assert_eq!(
        (&email["value"], &email["source"]["connection"]),
        (&json!("one@example.com"), &connection["id"]),
        "{user}"
    );
    assert_eq!(
        (&user["links"][0]["subject"], &user["links"][0]["issuer"]),
        (&json!("one"), &json!(ISSUER)),
        "{user}"
    );
    assert_eq!(
        user["origin"]["connection"], connection["id"],
        "how it came to be: {user}"
    );

    let off = call(world, "PATCH", "/connections/own", json!({"jit": {"enabled": false}})).await;
    assert_eq!(off.status, StatusCode::OK, "{off:?}");
    let two = Persona::verified("two", "two@example.com");
    let passing = claims(world, &two).await;
    assert_eq!(
        (&passing["email"], users(world).await.len()),
        (&json!("two@example.com"), 1)
    );

    let on = call(world, "PATCH", "/connections/own", json!({"jit": {"enabled": true}})).await;
    assert_eq!(on.status, StatusCode::OK, "{on:?}");
    let kept = claims(world, &two).await;
    assert_eq!(
        (&kept["sub"], users(world).await.len()),
        (&passing["sub"], 2),
        "`sub` is what it was"
    );
}
