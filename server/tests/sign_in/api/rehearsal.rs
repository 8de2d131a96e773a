//! Going through a flow as one person: what is shown is what happens, and nothing is written.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, call};
use crate::world::World;

crate::on_both!(
    somebody_made_up_goes_through_a_script,
    somebody_real_is_taken_as_they_are,
    bad_requests_are_refused,
);

const SCRIPT: &str = "function onLoginRequest(context) {
    executeStep(1, {onSuccess: function (context) {
        Log.info('came from ' + context.request.ip);
        if (!isMemberOfAnyOfGroups(context.currentKnownSubject, ['staff'])) { executeStep(2); }
    }});
}";

fn flow() -> Value {
    json!({"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}], "script": SCRIPT})
}

async fn rehearse(world: &World, more: Value) -> Answer {
    let mut body = json!({"flow": flow()});
    let fields = body.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    call(world, "POST", "/analyses/rehearsal", body).await
}

async fn somebody_made_up_goes_through_a_script(world: &World) {
    let staff = json!({"claims": {"groups": ["staff"]}, "browser": {"ip": "192.0.2.7"}});
    let seen = rehearse(
        world,
        json!({"persona": "local", "person": staff, "choices": ["password"]}),
    )
    .await;
    assert_eq!(seen.status, StatusCode::OK, "{seen:?}");
    assert_eq!(seen.body["ending"]["end"], "signed_in", "{seen:?}");
    assert_eq!(seen.body["script"]["log"][0]["text"], "came from 192.0.2.7");
    let read = &seen.body["script"]["read"];
    let groups = read
        .as_array()
        .expect("a list")
        .iter()
        .find(|read| read["call"] == "groups.any");
    assert_eq!(groups.expect("asked")["answer"], true);

    let other = rehearse(world, json!({"persona": "local", "choices": ["password"]})).await;
    assert_eq!(
        (&other.body["ending"], &other.body["stops"][1]["step"]),
        (&Value::Null, &json!(2))
    );

    let off = json!({"connections": {"acme": {"jit": {"enabled": false}}}, "choices": ["connection:acme"]});
    let stopped = rehearse(world, off).await;
    assert_eq!(stopped.body["ending"]["reason"], "needs_account", "{stopped:?}");
    assert_eq!(world.accounts().await, 0);
}

async fn somebody_real_is_taken_as_they_are(world: &World) {
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let seen = rehearse(world, json!({"user": "clerk", "choices": ["password", "totp"]})).await;
    assert_eq!(seen.body["ending"]["acr"], "urn:doorward:acr:2", "{seen:?}");
    let user = world.services.users.find("clerk").await.expect("found");
    assert!(user.factors.is_empty(), "nothing was set up");
    assert_eq!(user.summary.last_sign_in_at, None);
    let disabled = call(world, "PATCH", "/users/clerk", json!({"status": "disabled"})).await;
    assert_eq!(disabled.status, StatusCode::OK);
    let seen = rehearse(world, json!({"user": "clerk", "choices": ["password"]})).await;
    assert_eq!(seen.body["ending"]["reason"], "account_not_active", "{seen:?}");
}

async fn bad_requests_are_refused(world: &World) {
    for (body, pointer) in [
        (json!({"persona": "nobody"}), "/persona"),
        (json!({"user": "nobody"}), "/user"),
        (json!({"user": "a", "persona": "new"}), "/user"),
        (json!({"person": {"age": 7}}), "/person/age"),
        (json!({"choices": ["fly"]}), "/choices/0"),
        (json!({"choices": vec!["fail"; 51]}), "/choices"),
        (json!({"connections": {"gone": {}}}), "/connections/gone"),
        (json!({"flow": {"steps": []}}), "/flow/steps"),
    ] {
        let refused = rehearse(world, body.clone()).await;
        assert_eq!(refused.problem(), "invalid", "{body}");
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
}
