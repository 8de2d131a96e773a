//! Refresh tokens: rotation, grace, reuse, narrower scopes.

use crate::stage::*;

on_both!(
    f22_rotation_grace_and_reuse,
    f22_another_application_gets_nothing_and_ends_nothing,
    a_narrower_scope,
    f22_twenty_at_once,
);

async fn first(stage: &Stage, scope: &'static str) -> Answer {
    let given = Given::by(stage.person().await);
    let code = stage.grant(Given { scope, ..given }).await;
    stage.exchange(&code).await
}

async fn f22_rotation_grace_and_reuse(stage: &Stage) {
    let start = first(stage, "openid email").await;
    let oldest = start.text("refresh_token");
    let (next, cost) = stage.cost(stage.refresh(&oldest)).await;
    assert_eq!((next.status, cost), (200, (1, 1)), "{next:?}");
    let claims = payload(&next.text("id_token"));
    assert!(claims["nonce"].is_null(), "OpenID Connect Core §12.2");
    assert_eq!(claims["sub"], "sub-of-anna");
    assert_ne!(next.text("refresh_token"), oldest);
    stage.advance(9);
    let repeated = stage.refresh(&oldest).await;
    assert_eq!(
        repeated.text("refresh_token"),
        next.text("refresh_token"),
        "a lost answer, given again"
    );
    let newest = stage.refresh(&next.text("refresh_token")).await;
    assert_eq!(newest.status, 200, "the one in force goes on");
    assert_eq!(
        stage.refresh(&oldest).await.error(),
        (400, "invalid_grant".into()),
        "an old one"
    );
    let dead = stage.refresh(&newest.text("refresh_token")).await;
    assert_eq!(
        dead.error(),
        (400, "invalid_grant".into()),
        "and with it the whole family"
    );
    assert_eq!(stage.userinfo(&newest.text("access_token")).await.status, 401);
}

async fn f22_another_application_gets_nothing_and_ends_nothing(stage: &Stage) {
    let oldest = first(stage, "openid email").await.text("refresh_token");
    let next = stage.refresh(&oldest).await.text("refresh_token");
    for token in [&oldest, &next] {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
            ("client_id", "spa"),
        ];
        let other = stage.post("/oauth2/token", &[], &form).await;
        assert_eq!(other.error(), (400, "invalid_grant".into()), "F22: {other:?}");
    }
    let repeated = stage.refresh(&oldest).await;
    assert_eq!(repeated.text("refresh_token"), next, "F22: the grace is the owner's");
    stage.advance(10);
    assert_eq!(
        stage.refresh(&oldest).await.error(),
        (400, "invalid_grant".into()),
        "F22: it is over after 10 seconds"
    );
}

async fn a_narrower_scope(stage: &Stage) {
    let start = first(stage, "openid email").await;
    let token = start.text("refresh_token");
    let ask = |token: String, scope: &'static str| async move {
        stage
            .token(&[
                ("grant_type", "refresh_token"),
                ("refresh_token", &token),
                ("scope", scope),
            ])
            .await
    };
    let (wider, cost) = stage.cost(ask(token.clone(), "openid profile")).await;
    assert_eq!(
        (wider.error(), cost),
        ((400, "invalid_scope".into()), (1, 0)),
        "the token is not spent"
    );
    // RFC 6749 §6: what the grant does not hold is refused, also where nobody knows it.
    let unknown = ask(token.clone(), "openid shoe_size").await;
    assert_eq!(unknown.error(), (400, "invalid_scope".into()), "nor here");
    let (fewer, cost) = stage.cost(ask(token, "openid")).await;
    assert_eq!((fewer.text("scope").as_str(), cost), ("openid", (2, 1)));
    assert!(payload(&fewer.text("id_token"))["email"].is_null());
    let told = stage.userinfo(&fewer.text("access_token")).await.json();
    assert!(told["email"].is_null() && told["sub"] == "sub-of-anna");
    let all = stage.refresh(&fewer.text("refresh_token")).await;
    assert_eq!(
        all.text("scope"),
        "openid email",
        "the grant itself is as wide as before (RFC 6749 §6)"
    );
}

async fn f22_twenty_at_once(stage: &Stage) {
    let token = first(stage, "openid").await.text("refresh_token");
    let answers = futures::future::join_all((0..20).map(|_| until_told(async || stage.refresh(&token).await))).await;
    let given: Vec<String> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| answer.text("refresh_token"))
        .collect();
    assert!(
        (1..=2).contains(&given.len()),
        "once, and once more within the grace: {}",
        given.len()
    );
    assert!(given.iter().all(|token| *token == given[0]), "the same answer");
}
