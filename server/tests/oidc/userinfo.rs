//! Userinfo and its refusals (RFC 6750 §3).

use serde_json::json;

use crate::stage::*;

on_both!(one_read, refusals);

async fn one_read(stage: &Stage) {
    let token = stage.tokens().await.text("access_token");
    let (answer, cost) = stage.cost(stage.userinfo(&token)).await;
    let want = json!({"sub": "sub-of-anna", "email": "anna@example.com", "email_verified": true});
    assert_eq!((answer.status, answer.json(), cost), (200, want.clone(), (1, 0)));
    assert_eq!(answer.header("cache-control"), "no-store");
    let posted = stage.post("/oauth2/userinfo", &[], &[("access_token", &token)]).await;
    assert_eq!(posted.json(), want, "in the body of a form");
    let bearer = format!("Bearer {token}");
    assert_eq!(
        stage
            .post("/oauth2/userinfo", &[("authorization", &bearer)], &[])
            .await
            .json(),
        want
    );
}

async fn refusals(stage: &Stage) {
    let answer = stage.tokens().await;
    let (token, id_token) = (answer.text("access_token"), answer.text("id_token"));
    let missing = stage.get("/oauth2/userinfo", &[]).await;
    assert_eq!(
        (missing.status, missing.header("www-authenticate")),
        (401, "Bearer realm=\"userinfo\"")
    );
    let in_query = stage.get(&format!("/oauth2/userinfo?access_token={token}"), &[]).await;
    assert_eq!(in_query.status, 401, "addresses end up in logs");
    for (case, bearer) in [
        ("nonsense", "x"),
        ("s28 an ID token", id_token.as_str()),
        ("tampered with", &format!("{token}AA")),
    ] {
        let refused = stage.userinfo(bearer).await;
        assert_eq!(refused.status, 401, "{case}");
        assert!(
            refused.header("www-authenticate").contains("error=\"invalid_token\""),
            "{case}"
        );
    }
    let bearer = format!("Bearer {token}");
    let twice = stage
        .post(
            "/oauth2/userinfo",
            &[("authorization", &bearer)],
            &[("access_token", &token)],
        )
        .await;
    assert_eq!(twice.status, 400);
    assert!(twice.header("www-authenticate").contains("error=\"invalid_request\""));
    stage.advance(600);
    assert_eq!(stage.userinfo(&token).await.status, 401, "expired");
}
