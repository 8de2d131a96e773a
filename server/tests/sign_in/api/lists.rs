//! Lists: pages, searches, and what does not fit.

use serde_json::json;

use super::{call, get};
use crate::world::World;

crate::on_both!(
    pages_hold_everything_once,
    searches,
    limits_and_cursors_that_do_not_fit,
    the_audit_log_tells_what_was_done
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
    assert_eq!(newest["actor"]["kind"], "api", "{events}");
}
