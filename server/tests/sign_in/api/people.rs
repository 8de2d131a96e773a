//! `/users`.

use axum::body::Body;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{call, get, request, send};
use crate::ended;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    an_account_from_birth_to_deletion,
    rfc7396_2_a_patch_merges_what_is_nested,
    s10_s11_names_and_addresses_share_one_space,
    what_an_account_cannot_be,
    a_disabled_account_is_out_at_once,
    a_link_can_be_taken_away,
    s46_unlinking_and_a_change_of_role_have_one_event_each,
);

async fn an_account_from_birth_to_deletion(world: &World) {
    let draft = json!({"username": "clerk", "email": "clerk@example.com", "email_verified": true,
        "password": "a password of the clerk", "attributes": {"locale": "de"}});
    let made = call(world, "POST", "/users", draft).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    assert!(!made.body.to_string().contains("a password"));
    for (etag, want) in [("\"999\"", 412), (made.etag(), 200)] {
        let out = request("POST", "/users/clerk/sign-out").header(header::IF_MATCH, etag);
        let answer = send(world, out.body(Body::empty()).expect("fits")).await;
        assert_eq!(answer.status.as_u16(), want, "{etag}: {answer:?}");
    }
    assert_eq!(made.body["has_password"], true);
    let id = made.body["id"].as_str().expect("an id");
    let patch = json!({"email": null, "attributes": {"locale": null, "nickname": "C"}});
    let patched = call(world, "PATCH", &format!("/users/{id}"), patch).await;
    assert_eq!(patched.status, StatusCode::OK, "{patched:?}");
    assert!(patched.body["email"].is_null());
    let attributes = patched.body["attributes"].to_string();
    assert!(
        attributes.contains("nickname") && !attributes.contains("locale"),
        "{attributes}"
    );
    assert_eq!(
        call(world, "DELETE", "/users/clerk", Value::Null).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(get(world, &format!("/users/{id}")).await.status, StatusCode::NOT_FOUND);
}

async fn rfc7396_2_a_patch_merges_what_is_nested(world: &World) {
    let address = json!({"locality": "Bern", "country": "CH", "lines": ["a", "b"]});
    let draft = json!({"username": "clerk", "attributes": {"address": address}});
    call(world, "POST", "/users", draft).await;
    let change = json!({"locality": null, "region": "BE", "lines": ["c"]});
    let patch = json!({"attributes": {"address": change}});
    let patched = call(world, "PATCH", "/users/clerk", patch).await;
    assert_eq!(patched.status, StatusCode::OK, "{patched:?}");
    let want = json!({"country": "CH", "region": "BE", "lines": ["c"]});
    assert_eq!(patched.body["attributes"]["address"]["value"], want, "{patched:?}");
    let grown = json!({"attributes": {"address": {"more": "x".repeat(16 * 1024 - 20)}}});
    let refused = call(world, "PATCH", "/users/clerk", grown).await;
    assert_eq!(
        refused.pointers(),
        ["/attributes/address"],
        "all of it counts: {refused:?}"
    );
}

async fn s10_s11_names_and_addresses_share_one_space(world: &World) {
    world.person("first@example.com", None, "a password of the first").await;
    world
        .person("second", Some(("second@example.com", true)), "a password of the second")
        .await;
    for draft in [
        json!({"username": "third", "email": "first@example.com", "email_verified": true}),
        json!({"username": "third", "email": "FIRST@example.com"}),
        json!({"username": "SECOND@example.com"}),
        json!({"username": "Second"}),
        json!({"username": "ｓｅｃｏｎｄ"}),
    ] {
        let refused = call(world, "POST", "/users", draft.clone()).await;
        let taken = refused.status == StatusCode::CONFLICT || refused.status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(taken, "S10 {draft}: {refused:?}");
    }
    let mixed = call(world, "POST", "/users", json!({"username": "s\u{0435}cond"})).await;
    assert_eq!(
        mixed.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "S11, a Cyrillic letter: {mixed:?}"
    );
    let moved = call(world, "PATCH", "/users/second", json!({"email": "first@example.com"})).await;
    assert_eq!(
        (moved.status, moved.pointers()),
        (StatusCode::CONFLICT, vec!["/email"]),
        "S10: {moved:?}"
    );
    let renamed = call(
        world,
        "PATCH",
        "/users/second",
        json!({"email": "first@example.com", "email_verified": true}),
    )
    .await;
    assert!(renamed.status.is_client_error(), "S10: by a change too: {renamed:?}");
    let renamed = call(
        world,
        "PATCH",
        "/users/first@example.com",
        json!({"username": "second@example.com"}),
    )
    .await;
    assert!(renamed.status.is_client_error(), "S10: by a change too: {renamed:?}");
    assert_eq!(world.accounts().await, 2);

    // Just in time: the name a provider would have for them is somebody's address, the address somebody's name.
    let named = Persona::new("jit-1", json!({"preferred_username": "second@example.com"}));
    world.browser().federated(&named).await.code();
    let users = get(world, "/users?q=second").await.body;
    let names = users["items"].as_array().expect("items").iter();
    let taken = names.filter(|user| user["username"] == "second@example.com").count();
    assert_eq!(taken, 0, "S10: nobody is called like somebody's address: {users}");
    let addressed = Persona::verified("jit-2", "first@example.com");
    let refused = world.browser().federated(&addressed).await;
    let linked = get(world, "/users/first@example.com").await.body;
    assert_eq!(
        linked["email_verified"], false,
        "S10: the address is a name of another: {refused:?}"
    );
}

async fn what_an_account_cannot_be(world: &World) {
    for (draft, pointer) in [
        (json!({}), "/username"),
        (json!({"username": ""}), "/username"),
        (json!({"username": "x".repeat(1_000)}), "/username"),
        (json!({"username": "a", "email": "not an address"}), "/email"),
        (
            json!({"username": "a", "email": "a@example.com\r\nBcc: b@example.com"}),
            "/email",
        ),
        (json!({"username": "a", "password": "short"}), "/password"),
        (json!({"username": "a", "password": "x".repeat(100_000)}), "/password"),
        (json!({"username": "a", "email_verified": "true"}), "/email_verified"),
        (json!({"username": "a", "role": "root"}), "/role"),
        (json!({"username": "a", "role": null}), "/role"),
        (json!({"username": "a", "attributes": {"sub": "x"}}), "/attributes/sub"),
        (
            json!({"username": "a", "attributes": {"given_name": 5}}),
            "/attributes/given_name",
        ),
        (
            json!({"username": "a", "attributes": {"birthdate": "2999-12-31"}}),
            "/attributes/birthdate",
        ),
    ] {
        let refused = call(world, "POST", "/users", draft.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{draft}: {refused:?}");
        assert!(refused.pointers().contains(&pointer), "{draft}: {refused:?}");
    }
    assert_eq!(world.accounts().await, 0);
}

async fn a_disabled_account_is_out_at_once(world: &World) {
    let person = Persona::verified("one", "one@example.com");
    let code = world.browser().federated(&person).await.code();
    let (_, tokens) = world.redeem("portal", &code).await;
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(world.userinfo(access).await.0, StatusCode::OK);
    let off = call(world, "PATCH", "/users/one@example.com", json!({"status": "disabled"})).await;
    assert_eq!(off.status, StatusCode::OK, "{off:?}");
    assert_eq!(
        world.userinfo(access).await.0,
        StatusCode::UNAUTHORIZED,
        "S34: the token is dead"
    );
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let (status, refused) = world.token("portal", &form).await;
    assert_eq!(
        (status, &refused["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant")),
        "S34: it gives no other"
    );
    let refused = world.browser().federated(&person).await;
    assert!(
        refused.location.is_none() || refused.parameter("code").is_none(),
        "S44: {refused:?}"
    );
}

async fn a_link_can_be_taken_away(world: &World) {
    world
        .browser()
        .federated(&Persona::verified("one", "one@example.com"))
        .await
        .code();
    let user = get(world, "/users/one@example.com").await.body;
    let link = &user["links"][0];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("connection", link["connection"].as_str().expect("an id"))
        .append_pair("issuer", link["issuer"].as_str().expect("an issuer"))
        .append_pair("subject", link["subject"].as_str().expect("a subject"))
        .finish();
    let path = format!("/users/one@example.com/links?{query}");
    let gone = call(world, "DELETE", &path, Value::Null).await;
    assert_eq!(
        (gone.status, &gone.body["links"]),
        (StatusCode::OK, &json!([])),
        "{gone:?}"
    );
    assert_eq!(
        call(world, "DELETE", &path, Value::Null).await.status,
        StatusCode::NOT_FOUND
    );
    let bare = call(world, "DELETE", "/users/one@example.com/links", Value::Null).await;
    assert_eq!(bare.pointers(), ["?connection"]);
}

async fn s46_unlinking_and_a_change_of_role_have_one_event_each(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    world.browser().federated(&persona).await.code();
    let id = get(world, "/users/one@example.com").await.body["id"].clone();
    let id = id.as_str().expect("an id");
    let events = async || {
        let path = format!("/audit-events?account={id}&limit=200");
        let page = get(world, &path).await.body;
        page["items"].as_array().expect("items").clone()
    };
    let path = ended::unlink(world, id).await;
    let own = format!("/users/{id}");
    for (method, path, body, action, detail) in [
        ("DELETE", &path, Value::Null, "link.removed", Value::Null),
        (
            "PATCH",
            &own,
            json!({"role": "administrator"}),
            "account.changed",
            json!({"fields": ["role"]}),
        ),
    ] {
        world.clock.advance(1);
        let (before, commits) = (events().await, world.state.store.counters().commits);
        let done = call(world, method, path, body).await;
        assert_eq!(done.status, StatusCode::OK, "{action}: {done:?}");
        let commits = world.state.store.counters().commits - commits;
        assert_eq!(commits, 1, "S46: {action}: the fact and its event in one commit");
        let after = events().await;
        assert_eq!(after.len(), before.len() + 1, "S46: {action}: {after:?}");
        let event = &after[0];
        assert_eq!(event["action"], action, "S46: {event}");
        assert_eq!(event["actor"], json!({"kind": "api"}), "S46: {event}");
        assert_eq!(event["detail"], detail, "S46: {event}");
    }
}
