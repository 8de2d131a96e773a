//! Lists: pages, searches, and what does not fit.

use serde_json::{Value, json};

use super::{call, get};
use crate::world::World;

crate::on_both!(
    pages_hold_everything_once,
    nothing_ends_at_two_hundred,
    searches,
    limits_and_cursors_that_do_not_fit,
    the_audit_log_tells_what_was_done,
    what_is_deleted_keeps_its_name_in_the_audit_log
);

async fn pages_hold_everything_once(world: &World) {
    for number in 0..7 {
        world
            .person(&format!("clerk-{number}"), None, "a password of the clerk")
            .await;
    }
    let mut seen = Vec::new();
    let mut path = "/users?limit=3".to_owned();
    for _ in 0..4 {
        let page = get(world, &path).await.body;
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 3);
        assert_eq!(page["total"], 7, "{page}");
        seen.extend(
            items
                .iter()
                .map(|item| item["username"].as_str().expect("a name").to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/users?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    let want: Vec<String> = (0..7).map(|number| format!("clerk-{number}")).collect();
    assert_eq!(seen, want);
}

/// With those of the world, 201 connections and 201 applications. The last of each, by name, differs: a connection that
/// is switched off and makes no accounts, and an application that offers nothing else.
async fn two_hundred_and_one(world: &World) {
    for number in 0..199 {
        let more = json!({"display_name": format!("Branch {number:03}")});
        world.connection(&format!("branch-{number}"), more).await;
    }
    let last = json!({"display_name": "Zulu", "enabled": false, "jit": {"enabled": false}});
    world.connection("zulu", last).await;
    for number in 0..198 {
        let steps = json!([["password"]]);
        world.application(&format!("branch-{number:03}"), steps).await;
    }
    world.application("zulu", json!([["connection:zulu"]])).await;
}

fn handles(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items");
    items.iter().filter_map(|item| item["handle"].as_str()).collect()
}

async fn nothing_ends_at_two_hundred(world: &World) {
    two_hundred_and_one(world).await;
    pages_go_on(world).await;
    filters_look_at_every_page(world).await;
    names_are_those_of_all(world).await;
}

async fn pages_go_on(world: &World) {
    for list in ["/connections", "/applications"] {
        let first = get(world, &format!("{list}?limit=200")).await.body;
        assert_eq!((handles(&first).len(), &first["total"]), (200, &json!(201)), "{list}");
        let cursor = first["next_cursor"].as_str().expect("one more page");
        let second = get(world, &format!("{list}?limit=200&cursor={cursor}")).await.body;
        assert_eq!(
            (handles(&second), &second["total"]),
            (vec!["zulu"], &json!(201)),
            "{list}"
        );
        assert!(second["next_cursor"].is_null(), "{second}");
    }
}

async fn filters_look_at_every_page(world: &World) {
    for (path, want) in [
        ("/connections?enabled=false", vec!["zulu"]),
        ("/connections?jit=false", vec!["zulu"]),
        ("/connections?q=zul&enabled=false&jit=false", vec!["zulu"]),
        ("/connections?jit=true&enabled=false", vec![]),
        ("/connections?q=acm&enabled=true&jit=true", vec!["acme"]),
        ("/applications?findings=true", vec!["zulu"]),
        ("/applications?findings=true&q=branch", vec![]),
        ("/applications?findings=false&q=pay", vec!["payroll"]),
    ] {
        let found = get(world, path).await.body;
        assert_eq!(
            (handles(&found), &found["total"]),
            (want.clone(), &json!(want.len())),
            "{path}"
        );
    }
    for path in [
        "/connections?enabled=off",
        "/connections?jit=",
        "/applications?findings=1",
        "/users?enabled=true",
    ] {
        assert_eq!(get(world, path).await.problem(), "invalid", "{path}");
    }
}

/// What the flow editor, the palette and a person's page name things by.
async fn names_are_those_of_all(world: &World) {
    let connections = &world.services.connections;
    let all = connections.names(None).await.expect("names");
    let last = all.last().expect("the last");
    assert_eq!((all.len(), last.display_name.as_str()), (201, "Zulu"));
    assert!(!last.enabled && !last.jit);
    let ids: Vec<_> = all.iter().map(|one| one.id.clone()).collect();
    assert_eq!(connections.names(Some(&ids)).await.expect("names"), all);
    assert_eq!(connections.names(Some(&ids[200..])).await.expect("names"), all[200..]);
    assert_eq!(connections.names(Some(&[])).await.expect("names"), []);
    let applications = world.services.applications.names().await.expect("names");
    assert_eq!((applications.len(), applications[200].name.as_str()), (201, "zulu"));
}

async fn searches(world: &World) {
    world
        .person(
            "night.porter",
            Some(("night@example.com", true)),
            "a password of the porter",
        )
        .await;
    world.person("per%cent", None, "a password of somebody").await;
    for (path, want) in [
        ("/users?q=night", 1),
        ("/users?q=NIGHT@EXAMPLE.COM", 1),
        ("/users?q=%25", 1),
        ("/users?q=_", 0),
        ("/users?q=nobody", 0),
        ("/users?q=%27%20OR%201%3D1%20--", 0),
        ("/connections?q=acm", 1),
        ("/connections?q=zzz", 0),
        ("/applications?q=PAY", 1),
    ] {
        let found = get(world, path).await.body;
        assert_eq!(found["items"].as_array().map(Vec::len), Some(want), "{path}: {found}");
    }
}

async fn limits_and_cursors_that_do_not_fit(world: &World) {
    for list in [
        "/connections",
        "/applications",
        "/applications/payroll/flow-versions",
        "/users",
        "/audit-events",
    ] {
        for query in [
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=many",
            "limit=1&limit=2",
            "page=2",
            "cursor=%00",
            "cursor=x",
        ] {
            let answer = get(world, &format!("{list}?{query}")).await;
            assert!(answer.status.is_client_error(), "{list}?{query}: {answer:?}");
            answer.problem();
        }
        let long = format!("{list}?cursor={}", "x".repeat(20_000));
        assert!(get(world, &long).await.status.is_client_error());
    }
}

async fn the_audit_log_tells_what_was_done(world: &World) {
    call(world, "PATCH", "/connections/acme", json!({"jit": {"enabled": false}})).await;
    let events = get(world, "/audit-events?action=connection.changed").await.body;
    let newest = &events["items"][0];
    assert_eq!(newest["detail"]["fields"], json!(["jit"]), "{events}");
    let switched = json!({"jit.enabled": {"before": true, "after": false}});
    assert_eq!(newest["detail"]["changes"], switched, "{events}");
    assert_eq!(newest["actor"]["kind"], "api", "{events}");
    for (q, is_found) in [("acm", true), ("nobody", false)] {
        let path = format!("/audit-events?action=connection.changed&q={q}");
        let found = get(world, &path).await.body;
        let items = found["items"].as_array().expect("items");
        assert_eq!(!items.is_empty(), is_found, "{q}: {found}");
    }
}

async fn what_is_deleted_keeps_its_name_in_the_audit_log(world: &World) {
    let draft = json!({"handle": "shop", "name": "The Shop", "redirect_uris": ["https://shop.example.com/back"]});
    let made = call(world, "POST", "/applications", draft).await;
    let id = made.body["id"].as_str().expect("an id").to_owned();
    let gone = call(world, "DELETE", "/applications/shop", Value::Null).await;
    assert!(gone.status.is_success(), "{gone:?}");
    let events = get(world, &format!("/audit-events?application={id}")).await.body;
    let items = events["items"].as_array().expect("items");
    assert_eq!(items.len(), 2, "{events}");
    for item in items {
        assert_eq!(item["application_name"], Value::Null, "{item}");
        assert_eq!(item["deleted_application_name"], "The Shop", "{item}");
    }
    assert_eq!(
        items[0]["detail"],
        json!({"handle": "shop", "name": "The Shop"}),
        "{events}"
    );
}
