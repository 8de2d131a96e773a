//! What is expected of an application's flow: kept with it, and held against every change.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, call, get};
use crate::world::World;

crate::on_both!(
    what_is_expected_is_kept_and_checked,
    a_change_of_a_connection_is_held_against_it,
    what_is_not_saved_is_checked_too,
    the_people_of_try_it_are_named_too,
    what_does_not_fit_is_refused,
);

const PAYROLL: &str = "/applications/payroll";

fn expected() -> Value {
    json!([
        {"who": "connection:acme", "what": {"never_asked_for": {"option": "totp"}}},
        {"who": "LOCAL", "what": "can_sign_in"},
    ])
}

fn codes(findings: &Value) -> Vec<&str> {
    let all = findings.as_array().expect("findings").iter();
    all.filter_map(|finding| finding["code"].as_str()).collect()
}

async fn expect(world: &World) -> Answer {
    let saved = call(world, "PATCH", PAYROLL, json!({"expectations": expected()})).await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    saved
}

async fn what_is_expected_is_kept_and_checked(world: &World) {
    assert_eq!(get(world, PAYROLL).await.body["expectations"], json!([]));
    let saved = expect(world).await;
    assert_eq!(saved.body["expectations"], expected());
    assert!(
        !codes(&saved.body["findings"]).contains(&"expectation-broken"),
        "{saved:?}"
    );
    assert_eq!(get(world, PAYROLL).await.body["expectations"], expected());

    let two = json!({"flow": {"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}]}});
    let saved = call(world, "PATCH", PAYROLL, two).await;
    assert_eq!(
        saved.body["expectations"],
        expected(),
        "a change of the flow leaves them"
    );
    let findings = saved.body["findings"].as_array().expect("findings");
    let broken: Vec<&Value> = findings.iter().filter(|f| f["code"] == "expectation-broken").collect();
    assert_eq!(broken.len(), 1, "{saved:?}");
    assert_eq!(
        (&broken[0]["severity"], &broken[0]["connection"]),
        (&json!("error"), &json!("acme"))
    );
    assert!(
        broken[0]["story"].as_array().expect("a story").len() >= 3,
        "what was expected, and how it comes: {broken:?}"
    );
    let listed = get(world, "/applications?q=payroll").await;
    assert_ne!(listed.body["items"][0]["findings"], json!(0), "{listed:?}");

    // Somebody else saved meanwhile.
    let stale = super::request("PATCH", PAYROLL)
        .header("if-match", "\"1\"")
        .body(axum::body::Body::from(json!({"expectations": []}).to_string()))
        .expect("a request");
    assert_eq!(super::send(world, stale).await.status, StatusCode::PRECONDITION_FAILED);
}

async fn a_change_of_a_connection_is_held_against_it(world: &World) {
    let expected = json!({
        "flow": {"steps": [{"options": ["password", "connection:acme"]}, {"options": ["password"]}]},
        "expectations": [{"who": "connection:acme", "what": "can_sign_in"}, {"who": "linked:acme", "what": "can_sign_in"}],
    });
    let saved = call(world, "PATCH", PAYROLL, expected).await;
    assert_eq!(codes(&saved.body["findings"]), Vec::<&str>::new(), "{saved:?}");
    let off = json!({"jit": {"enabled": false}});
    let tried = call(world, "PATCH", "/connections/acme?dry_run=true", off).await;
    assert_eq!(tried.status, StatusCode::OK, "{tried:?}");
    let of_payroll = &tried.body["findings"][0];
    assert_eq!(of_payroll["application"], "payroll");
    let broken = codes(&of_payroll["findings"])
        .iter()
        .filter(|code| **code == "expectation-broken")
        .count();
    assert_eq!(broken, 1, "whoever is linked goes on: {tried:?}");
    let gone = call(world, "DELETE", "/connections/acme", Value::Null).await;
    assert_eq!(gone.problem(), "in-use");
}

async fn what_is_not_saved_is_checked_too(world: &World) {
    expect(world).await;
    let flow = json!({"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}]});
    let analysis = call(
        world,
        "POST",
        "/analyses",
        json!({"flow": flow, "application": "payroll"}),
    )
    .await;
    let outcomes: Vec<&Value> = analysis.body["expectations"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(outcomes.len(), 2, "those of the application: {analysis:?}");
    assert_eq!(
        (&outcomes[0]["outcome"], &outcomes[1]["outcome"]),
        (&json!("broken"), &json!("kept"))
    );
    let own = json!({"flow": flow, "application": "payroll",
        "expectations": [{"who": "LOCAL", "what": {"asked_for": {"step": 2, "option": "totp"}}}]});
    let analysis = call(world, "POST", "/analyses", own).await;
    assert_eq!(analysis.body["expectations"][0]["outcome"], "kept", "{analysis:?}");
    let script = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        if (context.steps[1].idp === 'LOCAL') { executeStep(2); } }}); }";
    let with_script = json!({"flow": {"steps": flow["steps"], "script": script}, "application": "payroll"});
    let analysis = call(world, "POST", "/analyses", with_script).await;
    assert_eq!(analysis.body["expectations"][0]["outcome"], "kept", "{analysis:?}");
}

async fn the_people_of_try_it_are_named_too(world: &World) {
    let steps = json!([{"options": ["password", "connection:acme"]}, {"options": ["totp"]}]);
    let script = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {
        if (isMemberOfAnyOfGroups(context.steps[1].subject, ['admin', 'owners'])) { executeStep(2); } }}); }";
    let asked = json!({"asked_for": {"step": 2, "option": "totp"}});
    let expected = json!([
        {"who": "administrator", "what": asked},
        {"who": "group:owners", "what": asked},
        {"who": "returning", "what": asked},
        {"who": "lost-phone:acme", "what": "can_sign_in"},
    ]);
    let draft = json!({"flow": {"steps": steps, "script": script}, "expectations": expected});
    let saved = call(world, "PATCH", PAYROLL, draft.clone()).await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    assert_eq!(saved.body["expectations"], expected);
    let told: Vec<&Value> = saved.body["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["code"] == "expectation-broken")
        .map(|finding| &finding["story"][0])
        .collect();
    // The script may ask whoever returns and is in none of these groups for nothing, and an owner without a phone.
    assert_eq!(
        told,
        [
            "expected: somebody who returns is asked for an authenticator app in step 2",
            "expected: somebody whose phone is lost who comes from Acme can sign in",
        ],
        "{saved:?}"
    );
    let analysis = call(world, "POST", "/analyses", draft).await;
    let outcomes: Vec<&Value> = analysis.body["expectations"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(outcomes[0]["outcome"], "kept", "{analysis:?}");
    assert_eq!(outcomes[1]["outcome"], "kept", "{analysis:?}");
}

async fn what_does_not_fit_is_refused(world: &World) {
    let twice = json!({"who": "LOCAL", "what": "can_sign_in"});
    for (expectations, pointer) in [
        (
            json!([{"who": "connection:nobody", "what": "can_sign_in"}]),
            "/expectations/0",
        ),
        (json!([twice, twice]), "/expectations/1"),
        (
            json!([{"who": "administrator:nobody", "what": "can_sign_in"}]),
            "/expectations/0",
        ),
        (json!([{"who": "group:", "what": "can_sign_in"}]), "/expectations/0/who"),
        (
            json!([{"who": "somebody", "what": "can_sign_in"}]),
            "/expectations/0/who",
        ),
        (
            json!([{"who": "LOCAL", "what": {"asked_for": {"step": 99, "option": "totp"}}}]),
            "/expectations/0",
        ),
    ] {
        let answer = call(world, "PATCH", PAYROLL, json!({"expectations": expectations})).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{answer:?}");
        assert_eq!(answer.pointers(), [pointer], "{answer:?}");
    }
}
