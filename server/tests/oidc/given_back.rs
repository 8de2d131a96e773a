//! Introspection (RFC 7662) and revocation (RFC 7009).

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_storage::audit;
use serde_json::{Value, json};

use crate::stage::*;

on_both!(
    an_access_token_is_told_in_one_read,
    only_the_refresh_token_in_force_is_active,
    tokens_of_client_credentials,
    s28_what_is_no_token_of_ours_is_inactive,
    s34_what_ended_is_inactive_at_once,
    who_may_ask_and_give_back,
    given_back,
    s24_another_application_ends_nothing,
    a_public_application_gives_back,
    refusals,
);

const OTHER_SECRET: &str = "secret-of-the-api";

/// A second confidential application, which is called with tokens of the first.
async fn api(stage: &Stage) {
    stage
        .application(json!({"client_id": "api", "client_secret": OTHER_SECRET}))
        .await;
}

async fn ask_as(stage: &Stage, client_id: &str, secret: &str, token: &str) -> Answer {
    let form = [("token", token)];
    stage.post_as(client_id, secret, "/oauth2/introspect", &form).await
}

async fn ask(stage: &Stage, token: &str) -> Value {
    let answer = ask_as(stage, "payroll", SECRET, token).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    answer.json()
}

async fn give_back_as(stage: &Stage, client_id: &str, secret: &str, token: &str) -> Answer {
    let form = [("token", token)];
    stage.post_as(client_id, secret, "/oauth2/revoke", &form).await
}

fn inactive() -> Value {
    json!({"active": false})
}

async fn an_access_token_is_told_in_one_read(stage: &Stage) {
    api(stage).await;
    let access = stage.tokens().await.text("access_token");
    let (answer, cost) = stage.cost(ask_as(stage, "api", OTHER_SECRET, &access)).await;
    assert_eq!(
        (answer.status, cost),
        (200, (1, 0)),
        "one read, by the application that is called"
    );
    let told = answer.json();
    let issued = stage.now().timestamp();
    for (name, want) in [
        ("active", json!(true)),
        ("token_type", json!("Bearer")),
        ("scope", json!("openid email")),
        ("client_id", json!("payroll")),
        ("sub", json!("sub-of-anna")),
        ("iss", json!(stage.state.issuer())),
        ("aud", json!(stage.state.issuer())),
        ("iat", json!(issued)),
        ("exp", json!(issued + 600)),
        ("auth_time", json!(issued)),
        ("acr", payload(&access)["acr"].clone()),
        ("jti", payload(&access)["jti"].clone()),
    ] {
        assert_eq!(told[name], want, "{name}");
    }
    assert_eq!(
        told.as_object().expect("an object").len(),
        12,
        "and nothing else: {told}"
    );
    stage.advance(600);
    assert_eq!(ask(stage, &access).await, inactive(), "expired");
}

async fn only_the_refresh_token_in_force_is_active(stage: &Stage) {
    api(stage).await;
    let oldest = stage.tokens().await.text("refresh_token");
    let newest = stage.refresh(&oldest).await.text("refresh_token");
    assert_eq!(ask(stage, &oldest).await, inactive());
    let (told, cost) = stage.cost(ask(stage, &newest)).await;
    let want = json!({
        "active": true, "scope": "openid email", "client_id": "payroll", "sub": "sub-of-anna",
        "iss": stage.state.issuer(), "exp": stage.now().timestamp() + 12 * 3600,
    });
    assert_eq!((told, cost), (want, (1, 0)));
    let by_another = ask_as(stage, "api", OTHER_SECRET, &newest).await;
    assert_eq!(
        by_another.json(),
        inactive(),
        "a refresh token is nobody else's business"
    );
    assert_eq!(
        stage.refresh(&newest).await.status,
        200,
        "asking about an old one is no replay of it"
    );
    stage.advance(13 * 3600);
    assert_eq!(ask(stage, &newest).await, inactive(), "expired");
}

/// A token of an application that acts for itself.
async fn of_daemon(stage: &Stage) -> String {
    let form = [("grant_type", "client_credentials")];
    let answer = stage.post_as("daemon", SECRET, "/oauth2/token", &form).await;
    answer.text("access_token")
}

async fn tokens_of_client_credentials(stage: &Stage) {
    stage.daemon().await;
    let token = of_daemon(stage).await;
    let (told, cost) = stage.cost(ask(stage, &token)).await;
    assert_eq!(
        (told["active"].clone(), told["sub"].clone(), cost),
        (json!(true), json!("daemon"), (1, 0))
    );
    for time in ["first", "second"] {
        let answer = give_back_as(stage, "daemon", SECRET, &token).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "the {time} time");
    }
    assert_eq!(ask(stage, &token).await, inactive());
    assert_eq!(revocations(stage).await.len(), 1);
    let another = of_daemon(stage).await;
    assert_eq!(ask(stage, &another).await["active"], true, "the next one is good");
    stage
        .sql("UPDATE application SET enabled = FALSE WHERE handle = 'daemon'")
        .await;
    stage.state.refresh().await.expect("loads");
    assert_eq!(
        ask(stage, &another).await,
        inactive(),
        "an application that is switched off"
    );
}

async fn s28_what_is_no_token_of_ours_is_inactive(stage: &Stage) {
    let answer = stage.tokens().await;
    let (access, refresh) = (answer.text("access_token"), answer.text("refresh_token"));
    for (case, token) in [
        ("nonsense", "x".to_owned()),
        ("an ID token", answer.text("id_token")),
        ("an access token that was changed", format!("{access}AA")),
        ("a refresh token that was changed", format!("{refresh}AA")),
        ("very long", "a".repeat(4_000)),
        ("markup", "<script>alert(1)</script>".into()),
    ] {
        assert_eq!(ask(stage, &token).await, inactive(), "{case}");
        let back = give_back_as(stage, "payroll", SECRET, &token).await;
        assert_eq!((back.status, back.text.as_str()), (200, ""), "{case}: RFC 7009 §2.2");
    }
    assert_eq!(ask(stage, &access).await["active"], true, "and nothing ended by it");
}

async fn s34_what_ended_is_inactive_at_once(stage: &Stage) {
    let answer = stage.tokens().await;
    let both = [answer.text("access_token"), answer.text("refresh_token")];
    for token in &both {
        assert_eq!(ask(stage, token).await["active"], true);
    }
    stage.sql("UPDATE account SET status = 'disabled'").await;
    for token in &both {
        assert_eq!(ask(stage, token).await, inactive());
    }
}

async fn who_may_ask_and_give_back(stage: &Stage) {
    let access = stage.tokens().await.text("access_token");
    let of_token = [("token", access.as_str())];
    let bearer = format!("Bearer {access}");
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        let wrong = stage.post_as("payroll", "wrong", path, &of_token).await;
        assert_eq!(wrong.error(), (401, "invalid_client".into()), "{path}");
        assert!(wrong.header("www-authenticate").starts_with("Basic "), "RFC 6749 §5.2");
        let nobody = stage.post(path, &[], &of_token).await;
        assert_eq!(nobody.error(), (401, "invalid_client".into()), "{path}");
        assert!(
            nobody.header("www-authenticate").starts_with("Basic "),
            "RFC 9110 §15.5.2"
        );
        let by_token = stage.post(path, &[("authorization", &bearer)], &of_token).await;
        assert_eq!(by_token.error(), (401, "invalid_client".into()), "{path}");
    }
    let public = [("client_id", "spa"), ("token", access.as_str())];
    let public = stage.post("/oauth2/introspect", &[], &public).await;
    assert_eq!(public.error(), (400, "unauthorized_client".into()));
    assert_eq!(
        ask(stage, &access).await["active"],
        true,
        "nobody of them ended anything"
    );
}

/// The lines of the audit log on grants that were revoked, newest first.
async fn revocations(stage: &Stage) -> Vec<AuditEvent> {
    let filter = audit::Filter {
        actions: vec![AuditAction::GrantRevoked],
        ..audit::Filter::default()
    };
    let page = audit::list(stage.state.store.read(), &filter, None, 50).await;
    page.expect("listed").items
}

async fn given_back(stage: &Stage) {
    for which in ["refresh_token", "access_token"] {
        stage.sql("DELETE FROM sign_in_grant").await;
        stage.sql("DELETE FROM account").await;
        let answer = stage.tokens().await;
        let before = revocations(stage).await.len();
        let old = answer.text("refresh_token");
        let new = stage.refresh(&old).await.text("refresh_token");
        // One that was rotated away is still of the same sign-in.
        let given = if which == "refresh_token" {
            old
        } else {
            answer.text(which)
        };
        for time in ["first", "second"] {
            let back = give_back_as(stage, "payroll", SECRET, &given).await;
            assert_eq!(
                (back.status, back.header("cache-control")),
                (200, "no-store"),
                "the {time} time"
            );
        }
        assert_eq!(
            stage.refresh(&new).await.error(),
            (400, "invalid_grant".into()),
            "{which}"
        );
        assert_eq!(
            stage.userinfo(&answer.text("access_token")).await.status,
            401,
            "{which}"
        );
        let told = revocations(stage).await;
        assert_eq!(told.len(), before + 1, "told once");
        assert!(told[0].account.is_some() && told[0].application.is_some(), "{told:?}");
        assert_eq!(told[0].detail["reason"], "given_back");
    }
}

async fn s24_another_application_ends_nothing(stage: &Stage) {
    api(stage).await;
    let answer = stage.tokens().await;
    for which in ["access_token", "refresh_token"] {
        let refused = give_back_as(stage, "api", OTHER_SECRET, &answer.text(which)).await;
        assert_eq!(refused.error(), (400, "unauthorized_client".into()), "{which}");
    }
    assert_eq!(stage.userinfo(&answer.text("access_token")).await.status, 200);
    assert_eq!(stage.refresh(&answer.text("refresh_token")).await.status, 200);
    assert!(revocations(stage).await.is_empty());
}

async fn a_public_application_gives_back(stage: &Stage) {
    let given = Given {
        client_id: "spa",
        ..Given::by(stage.person().await)
    };
    let code = stage.grant(given).await;
    let mut form = exchange(&code).to_vec();
    form.push(("client_id", "spa"));
    let answer = stage.post("/oauth2/token", &[], &form).await;
    let access = answer.text("access_token");
    let origin = [("origin", "https://spa.example.com")];
    let form = [("client_id", "spa"), ("token", access.as_str())];
    let back = stage.post("/oauth2/revoke", &origin, &form).await;
    assert_eq!(
        (back.status, back.header("access-control-allow-origin")),
        (200, "https://spa.example.com")
    );
    assert_eq!(stage.userinfo(&access).await.status, 401);
}

async fn refusals(stage: &Stage) {
    for path in ["/oauth2/introspect", "/oauth2/revoke"] {
        for (case, form) in [
            ("missing", vec![]),
            ("empty", vec![("token", "")]),
            ("twice", vec![("token", "a"), ("token", "b")]),
        ] {
            let refused = stage.post_as("payroll", SECRET, path, &form).await;
            assert_eq!(refused.error(), (400, "invalid_request".into()), "{path}: {case}");
        }
        let long = "a".repeat(70_000);
        let large = stage.post_as("payroll", SECRET, path, &[("token", &long)]).await;
        assert_eq!(large.status, 413, "{path}");
        assert_eq!(
            stage.get(path, &[]).await.status,
            405,
            "{path}: tokens in an address end up in logs"
        );
    }
}
