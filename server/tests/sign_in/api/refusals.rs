//! What every address refuses in the same way.

use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::{Answer, call, get, request, send};
use crate::world::{API_TOKEN, World};

crate::on_both!(
    every_address_wants_a_token,
    every_body_is_read_within_bounds,
    what_does_not_exist_is_not_found,
    what_is_misspelt_is_refused,
    nothing_half_saved,
);

/// What stands in a path beside an item's key.
const PARTS: [(&str, &str); 5] = [
    ("{name}", "API_KEY"),
    ("{kind}", "totp"),
    ("{passkey}", "fac_00000000000000000000000000"),
    ("{holder}", "acc_00000000000000000000000000"),
    ("{test}", "txn_00000000000000000000000000"),
];

/// Every operation of the OpenAPI document, with `{key}` in the place of an item's key.
async fn operations(world: &World) -> Vec<(String, String)> {
    let document = get(world, "/openapi.json").await.body;
    assert!(document["openapi"].as_str().expect("a version").starts_with("3.1"));
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let mut path = path.trim_start_matches("/api/v1").to_owned();
        for (part, value) in PARTS {
            path = path.replace(part, value);
        }
        assert!(!path.replace("{key}", "").contains('{'), "{path}");
        for method in methods
            .as_object()
            .expect("methods")
            .keys()
            .filter(|name| *name != "parameters")
        {
            all.push((method.to_uppercase(), path.clone()));
        }
    }
    assert!(all.len() > 20, "{all:?}");
    all
}

/// The path of something that is there.
fn there(path: &str) -> String {
    let key = match path.split('/').nth(1) {
        Some("applications") => "portal",
        Some("users") => "clerk",
        _ => "acme",
    };
    path.replace("{key}", key)
}

fn takes_a_body((method, path): &(String, String)) -> bool {
    let acts = ["/client-secret", "/sign-out", "/tests"]
        .iter()
        .any(|act| path.ends_with(act));
    ["POST", "PUT", "PATCH"].contains(&method.as_str()) && !acts
}

async fn every_address_wants_a_token(world: &World) {
    for (method, path) in operations(world).await {
        if path == "/openapi.json" {
            continue;
        }
        let path = there(&path);
        for (token, problem) in [
            (None, "unauthenticated"),
            (Some("Bearer"), "unauthenticated"),
            (Some("Bearer wrong"), "unknown-token"),
            (Some("Basic YTpi"), "unauthenticated"),
            (Some(API_TOKEN), "unauthenticated"),
        ] {
            let mut request = Request::builder().method(method.as_str()).uri(format!("/api/v1{path}"));
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, token);
            }
            let answer = send(world, request.body(Body::from("{")).expect("a request")).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path} with {token:?}"
            );
            assert_eq!(answer.problem(), problem, "{method} {path} with {token:?}");
            let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().expect("text");
            let is_unknown = challenge.contains("error=\"invalid_token\"");
            assert_eq!(is_unknown, problem == "unknown-token", "RFC 6750 §3.1: {challenge}");
        }
    }
}

async fn every_body_is_read_within_bounds(world: &World) {
    world.person("clerk", None, "a password of the clerk").await;
    for (method, path) in operations(world).await.iter().filter(|one| takes_a_body(one)) {
        let path = &there(path);
        let deep = "[".repeat(100_000);
        let long = format!("{{\"handle\":\"{}\"}}", "x".repeat(2_000_000));
        for (case, body, status) in [
            ("nothing", "", 400),
            ("no JSON", "{\"handle\":", 400),
            ("10,000 levels (S48)", deep.as_str(), 400),
            ("megabytes (F26)", long.as_str(), 413),
            ("a list", "[]", 422),
            ("a number", "7", 422),
            ("the character NUL", "{\"handle\":\"a\\u0000\"}", 422),
            ("a stranger", "{\"no_such_field\":1}", 422),
            ("half a surrogate", "{\"handle\":\"\\ud800\"}", 400),
        ] {
            let answer = send(
                world,
                request(method, path).body(Body::from(body.to_owned())).expect("fits"),
            )
            .await;
            assert_eq!(answer.status, status, "{case} to {method} {path}: {answer:?}");
            answer.problem();
            let detail = answer.body["detail"].as_str().unwrap_or_default();
            let is_deep = detail.starts_with("The JSON is nested too deeply at line 1");
            assert_eq!(is_deep, case.contains("levels"), "{case}: {detail}");
        }
        let text = Request::builder()
            .method(method.as_str())
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {API_TOKEN}"))
            .header(header::CONTENT_TYPE, "text/plain");
        let answer = send(world, text.body(Body::from("{}")).expect("fits")).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{method} {path}");
    }
}

/// A body that is fine. Those of users and of secrets are read before the item is looked for.
fn change_of(path: &str) -> Value {
    if path.starts_with("/users") {
        json!({"username": "a"})
    } else if path.contains("/secrets/") {
        json!({"value": "the value of a secret"})
    } else {
        json!({"name": "A"})
    }
}

async fn what_does_not_exist_is_not_found(world: &World) {
    let long = "x".repeat(5_000);
    for key in [
        "nobody",
        "con_00000000000000000000000000",
        "%00",
        "%F0%9F%97%9D",
        "..%2Facme",
        long.as_str(),
    ] {
        for (method, path) in operations(world).await {
            if !path.contains("{key}") {
                continue;
            }
            let path = path.replace("{key}", key);
            let path = if path.ends_with("/links") {
                format!("{path}?connection=con_{}&issuer=i&subject=s", "0".repeat(26))
            } else {
                path
            };
            let sent = if method == "GET" || method == "DELETE" {
                Value::Null
            } else {
                change_of(&path)
            };
            let answer = call(world, &method, &path, sent).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}: {answer:?}");
            assert_eq!(answer.problem(), "not-found", "{method} {path}");
        }
    }
    for path in ["/nothing/here", "/"] {
        assert_eq!(get(world, path).await.problem(), "no-such-address", "{path}");
    }
    for (method, path, detail) in [
        ("PUT", "/connections", "Use GET or POST."),
        ("POST", "/connections/acme", "Use GET, PUT, PATCH or DELETE."),
        ("DELETE", "/openapi.json", "Use GET."),
    ] {
        let answer = call(world, method, path, json!({})).await;
        assert_eq!(answer.problem(), "wrong-method", "{method} {path}");
        assert_eq!(answer.body["detail"], detail, "{method} {path}");
    }
}

async fn what_is_misspelt_is_refused(world: &World) {
    let patch = json!({"jit": {"enabled": false}});
    for (path, want) in [
        ("/connections/acme?dryrun=true", "?dryrun"),
        ("/connections/acme?dry_run=yes", "?dry_run"),
        ("/connections/acme?dry_run=true&dry_run=false", "?dry_run"),
    ] {
        let answer = call(world, "PATCH", path, patch.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.pointers()), (422, vec![want]), "{path}");
    }
    assert_eq!(get(world, "/connections/acme").await.body["jit"]["enabled"], true);
    for method in ["PUT", "DELETE"] {
        let path = "/applications/payroll/secrets/api-key";
        let answer = call(world, method, path, json!({"value": "the value of a secret"})).await;
        assert_eq!(answer.problem(), "invalid", "{method}: {answer:?}");
        let detail = answer.body["detail"].as_str().expect("a sentence");
        assert!(detail.contains("letters, digits and underscores"), "{detail}");
    }
    let unquoted = request("PATCH", "/connections/acme").header(header::IF_MATCH, "1");
    let answer = send(world, unquoted.body(Body::from(patch.to_string())).expect("fits")).await;
    assert_eq!(answer.problem(), "malformed", "{answer:?}");
}

/// Sends something wrong and asks for one fault.
async fn refused(world: &World, method: &str, path: &str, body: Value, status: u16, pointer: &str) -> Answer {
    let answer = call(world, method, path, body.clone()).await;
    assert_eq!(answer.status.as_u16(), status, "{method} {path} {body}: {answer:?}");
    assert!(answer.pointers().contains(&pointer), "{pointer} of {answer:?}");
    answer
}

async fn nothing_half_saved(world: &World) {
    let before = (
        get(world, "/connections").await.body,
        get(world, "/applications").await.body,
    );
    let connection = |more: Value| {
        let mut draft = json!({"handle": "other", "display_name": "Other",
            "oidc": {"issuer": "https://idp.example.com", "client_id": "x", "client_secret": "y"}});
        crate::api::refusals::merge(&mut draft, more);
        draft
    };
    for (more, pointer) in [
        (json!({"handle": "Not A Handle"}), "/handle"),
        (json!({"handle": "x".repeat(64)}), "/handle"),
        (json!({"display_name": " "}), "/display_name"),
        (json!({"display_name": "x".repeat(5_000)}), "/display_name"),
        (json!({"display_name": 7}), "/display_name"),
        (json!({"oidc": {"issuer": "javascript:alert(1)"}}), "/oidc/issuer"),
        (json!({"oidc": {"issuer": "http://idp.example.com"}}), "/oidc/issuer"),
        (
            json!({"oidc": {"token_endpoint": "http://idp.example.com/token"}}),
            "/oidc/token_endpoint",
        ),
        (json!({"oidc": {"client_id": ""}}), "/oidc/client_id"),
        (json!({"oidc": {"scopes": ["email"]}}), "/oidc/scopes"),
        (json!({"jit": {"linking": "always"}}), "/jit/linking"),
        (
            json!({"attributes": [{"from": "email", "to": "sub"}]}),
            "/attributes/0/to",
        ),
    ] {
        refused(world, "POST", "/connections", connection(more), 422, pointer).await;
    }
    refused(
        world,
        "POST",
        "/connections",
        connection(json!({"handle": "acme"})),
        409,
        "/handle",
    )
    .await;
    refused(
        world,
        "PATCH",
        "/connections/acme",
        json!({"handle": "renamed"}),
        422,
        "/handle",
    )
    .await;
    for (draft, pointer) in [
        (
            json!({"handle": "a", "name": "A", "redirect_uris": ["https://a.example.com/#x"]}),
            "/redirect_uris/0",
        ),
        (
            json!({"handle": "a", "name": "A", "redirect_uris": ["http://a.example.com/"]}),
            "/redirect_uris/0",
        ),
        (
            json!({"handle": "a", "name": "A", "redirect_uris": [7]}),
            "/redirect_uris",
        ),
        (
            json!({"handle": "a", "name": "A", "flow": {"steps": []}}),
            "/flow/steps",
        ),
        (
            json!({"handle": "a", "name": "A", "flow": {"steps": [{"options": ["connection:gone"]}]}}),
            "/flow/steps/0/options/0",
        ),
        (
            json!({"handle": "a", "name": "A", "client_type": "secret"}),
            "/client_type",
        ),
    ] {
        refused(world, "POST", "/applications", draft, 422, pointer).await;
    }
    let after = (
        get(world, "/connections").await.body,
        get(world, "/applications").await.body,
    );
    assert_eq!(before, after);
}

/// RFC 7396, for drafts.
pub fn merge(target: &mut Value, patch: Value) {
    doorward_server::service::body::merge(target, patch);
}
