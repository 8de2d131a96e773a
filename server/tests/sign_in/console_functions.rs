//! What the console's server functions do with what they cannot read, may not do, or find gone: each of them, also those
//! that are still to be written.

use doorward_domain::audit::Actor;
use http::StatusCode;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::json;

use crate::world::{Browser, World};

crate::on_both!(
    every_function_survives_any_body,
    nobody_but_an_administrator_calls_a_function,
    what_is_gone_or_changed_meanwhile_is_said,
);

const FORM: &str = "application/x-www-form-urlencoded";

pub fn functions() -> Vec<String> {
    let all = server_fn_paths().map(|(path, _)| path.to_owned());
    let ours: Vec<String> = all.filter(|path| path.starts_with("/console/fn/")).collect();
    assert!(ours.len() > 40, "{ours:?}");
    ours
}

pub async fn administrator<'w>(world: &'w World, browser: &Browser<'w>) {
    world.person("chief", None, "a good password").await;
    let role = serde_json::from_value(json!({"role": "administrator"})).expect("a patch");
    let made = world.services.users.patch(&Actor::Api, "chief", None, role).await;
    made.expect("an administrator");
    let entrance = browser.get("/console/sign-in").await;
    let page = browser.follow(entrance).await;
    let inside = browser.password(&page, "chief", "a good password").await;
    assert!(inside.address.starts_with("/console"), "{inside:?}");
}

async fn every_function_survives_any_body(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    let deep = "[".repeat(20_000);
    let long = format!("id={}", "x".repeat(500_000));
    for path in functions() {
        for (kind, body) in [
            (FORM, ""),
            (FORM, "id=%00%ff&version=not-a-number&confirmed=perhaps"),
            (FORM, "a[b]=1&a[c]=2&a=3&steps[9999999][options][0]=x"),
            (FORM, long.as_str()),
            ("application/json", ""),
            ("application/json", "{"),
            ("application/json", "[1, null, \"\u{0}\"]"),
            ("application/json", "{\"key\": {\"$gt\": 0}, \"query\": 7}"),
            ("application/json", deep.as_str()),
            ("text/plain", "hello"),
            ("multipart/form-data; boundary=x", "--x--"),
        ] {
            let seen = browser.post_raw(&path, kind, body.to_owned()).await;
            let shown: String = body.chars().take(60).collect();
            assert!(!seen.status.is_server_error(), "{path}: {kind}: {shown}: {seen:?}");
        }
        let huge = vec![b'x'; 2 * 1024 * 1024];
        let seen = browser.post_raw(&path, FORM, huge).await;
        assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    assert_eq!(browser.get("/console").await.status, 200, "and goes on");
}

/// Every field of the console's forms, with a value that can be read.
pub const FIELDS: [(&str, &str); 33] = [
    ("id", "acme"),
    ("version", "1"),
    ("handle", "other"),
    ("name", "OTHER"),
    ("display_name", "Other"),
    ("template", "oidc"),
    ("issuer", "https://idp.example.com"),
    ("client_id", "other"),
    ("client_type", "confidential"),
    ("scopes", "openid"),
    ("token_endpoint_auth_method", "client_secret_basic"),
    ("clock_skew_seconds", "60"),
    ("attribute_sync", "none"),
    ("linking", "verified_email"),
    ("mend", "a repair"),
    ("redirect_uris", "https://other.example.com/cb"),
    ("id_token_signed_response_alg", "ES256"),
    ("subject_type", "public"),
    ("edit", "add 0 password"),
    ("secret_value", "the-value-of-the-secret"),
    ("who", "LOCAL"),
    ("what", "can_sign_in"),
    ("username", "other"),
    ("email", "other@example.com"),
    ("password", "a password of another"),
    ("role", "administrator"),
    ("connection", "con_00000000000000000000000000"),
    ("subject", "one"),
    ("kind", "totp"),
    ("passkey", "fac_00000000000000000000000000"),
    ("holder", "acc_00000000000000000000000000"),
    ("theme", "dark"),
    ("enabled", "false"),
];

/// The same for the functions that take JSON.
pub fn arguments() -> String {
    let request = json!({"flow": {"steps": [{"options": ["password"]}]}});
    json!({"key": "acme", "id": "acme", "version": "1", "query": {}, "patch": {}, "request": request}).to_string()
}

/// A function reads its arguments before it asks who calls, so each gets some that it can read: a form or JSON. Of the
/// other it says that it cannot read it.
async fn nobody_but_an_administrator_calls_a_function(world: &World) {
    world.person("clerk", None, "a password of the clerk").await;
    let (stranger, clerk) = (world.browser(), world.browser());
    let page = clerk.authorize("payroll", "").await;
    let inside = clerk.password(&page, "clerk", "a password of the clerk").await;
    assert!(inside.parameter("code").is_some(), "{inside:?}");
    let commits = || world.state.store.counters().commits;
    let before = commits();
    for (who, browser) in [("a stranger", &stranger), ("a person", &clerk)] {
        for path in functions() {
            let answers = [
                browser.post(&path, &FIELDS).await,
                browser.post_raw(&path, "application/json", arguments()).await,
            ];
            for seen in &answers {
                let is_refused = seen.status == StatusCode::UNAUTHORIZED || seen.status == StatusCode::BAD_REQUEST;
                assert!(is_refused, "{who}: {path}: {seen:?}");
            }
            let is_read = answers.iter().any(|seen| seen.status == StatusCode::UNAUTHORIZED);
            assert!(is_read, "{path} has a field that this test does not send: {answers:?}");
            assert_eq!(commits(), before, "{who}: {path}: nothing is written");
        }
    }
}

async fn what_is_gone_or_changed_meanwhile_is_said(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    let find = |key: &str| json!({ "key": key }).to_string();
    for (path, key, status, word) in [
        (
            "/console/fn/connections/find",
            "acme",
            StatusCode::OK,
            "\"handle\":\"acme\"",
        ),
        (
            "/console/fn/connections/find",
            "gone",
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        (
            "/console/fn/applications/find",
            "gone",
            StatusCode::NOT_FOUND,
            "not_found",
        ),
        ("/console/fn/users/find", "gone", StatusCode::NOT_FOUND, "not_found"),
    ] {
        let seen = browser.post_raw(path, "application/json", find(key)).await;
        assert_eq!(seen.status, status, "{path}: {seen:?}");
        assert!(seen.body.contains(word), "{path}: {seen:?}");
    }
    world.application("desk", json!([["password"]])).await;
    let desk = world.services.applications.find("desk").await.expect("found");
    let connection = world.services.connections.find("acme").await.expect("found");
    let chief = world.services.users.find("chief").await.expect("found");
    for (path, id, rest, word) in [
        (
            "/console/fn/applications/flow",
            desk.id.to_string(),
            "&steps[0][options][0]=password&script=",
            "overtaken",
        ),
        (
            "/console/fn/connections/jit",
            connection.id.to_string(),
            "&enabled=true&attribute_sync=preserve_local&linking=prove",
            "overtaken",
        ),
        (
            "/console/fn/users/profile",
            chief.summary.id.to_string(),
            "&username=other",
            "changed",
        ),
    ] {
        let form = format!("id={id}&version=4711{rest}");
        let seen = browser.post_raw(path, FORM, form).await;
        assert_eq!(seen.status, StatusCode::CONFLICT, "{path}: {seen:?}");
        assert!(seen.body.contains(word), "{path}: {seen:?}");
    }
}
