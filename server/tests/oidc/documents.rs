//! Discovery, keys, cross-origin reads and health.

use axum::body::Body;
use http::Request;
use serde_json::json;

use crate::stage::*;

on_both!(
    discovery_and_keys,
    only_origins_of_public_applications_read_answers,
    health
);

async fn discovery_and_keys(stage: &Stage) {
    let answer = stage.get("/.well-known/openid-configuration", &[]).await;
    let found = answer.json();
    assert_eq!(
        (found["issuer"].as_str(), answer.status),
        (Some("http://localhost:8080"), 200)
    );
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    assert_eq!(
        found["acr_values_supported"],
        json!(["urn:doorward:acr:1", "urn:doorward:acr:2"]),
        "every level that a sign-in can reach"
    );
    assert_eq!(
        stage.get("/.well-known/oauth-authorization-server", &[]).await.json(),
        found,
        "RFC 8414"
    );
    let (keys, cost) = stage.cost(stage.get("/oauth2/jwks", &[])).await;
    assert_eq!(cost, (0, 0));
    let all = keys.json();
    let algs: Vec<_> = all["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .map(|key| key["alg"].as_str())
        .collect();
    assert!(
        [Some("ES256"), Some("EdDSA"), Some("RS256")]
            .iter()
            .all(|alg| algs.contains(alg))
    );
    assert!(
        all["keys"]
            .as_array()
            .expect("keys")
            .iter()
            .all(|key| key["d"].is_null()),
        "public halves only"
    );
    for known in [
        keys.header("etag").to_owned(),
        format!("\"x\", W/{}", keys.header("etag")),
        "*".into(),
    ] {
        let again = stage.get("/oauth2/jwks", &[("if-none-match", &known)]).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
    }
    assert_eq!(
        stage.get("/oauth2/jwks", &[("if-none-match", "\"x\"")]).await.status,
        200
    );
}

async fn only_origins_of_public_applications_read_answers(stage: &Stage) {
    for path in ["/.well-known/openid-configuration", "/oauth2/jwks", "/oauth2/userinfo"] {
        for (origin, allowed) in [
            ("https://spa.example.com", "https://spa.example.com"),
            ("https://app.example.com", ""),
            ("https://evil.example.com", ""),
            ("null", ""),
        ] {
            let answer = stage.get(path, &[("origin", origin)]).await;
            assert_eq!(
                answer.header("access-control-allow-origin"),
                allowed,
                "{path} from {origin}"
            );
            assert!(
                answer.headers.get_all("vary").iter().any(|value| value == "origin"),
                "{path}"
            );
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
    let ask = |origin: &str| {
        let request = Request::options("/oauth2/token").header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        stage.send(request.body(Body::empty()).expect("a request"))
    };
    let allowed = ask("https://spa.example.com").await;
    assert_eq!(
        (allowed.status, allowed.header("access-control-allow-headers")),
        (204, "authorization, content-type")
    );
    assert_eq!(
        ask("https://evil.example.com")
            .await
            .header("access-control-allow-headers"),
        ""
    );
    let origin = [("origin", "https://spa.example.com")];
    let refused = stage.post("/oauth2/token", &origin, &[("client_id", "spa")]).await;
    assert_eq!(
        refused.header("access-control-allow-origin"),
        "https://spa.example.com",
        "errors can be read too"
    );
}

async fn health(stage: &Stage) {
    assert_eq!(stage.get("/health/live", &[]).await.status, 200);
    assert_eq!(stage.get("/health/ready", &[]).await.status, 200);
    let metrics = stage.get("/metrics", &[]).await;
    assert!(
        metrics
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    assert!(metrics.text.contains("doorward_ready 1") && metrics.text.ends_with("# EOF\n"));
}
