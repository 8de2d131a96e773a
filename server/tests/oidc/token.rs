//! The token endpoint: codes, client credentials, and every way to be refused.

use axum::body::Body;
use doorward_domain::flow::AuthOption;
use doorward_oidc::mint::{verify_access_token, verify_id_token_hint};
use http::Request;
use serde_json::json;

use crate::stage::*;

on_both!(
    a_code_gives_tokens,
    a_person_without_an_account,
    every_error,
    s24_wrong_proofs_of_a_code,
    f20_one_code_fifty_times_at_once,
    client_credentials,
    s34_whoever_is_disabled_meanwhile_gets_nothing,
    s35_a_flow_that_is_not_satisfied_gives_no_token,
    s36_each_piece_of_evidence_counts,
    f26_large_and_strange_bodies,
);

async fn a_code_gives_tokens(stage: &Stage) {
    let code = stage.grant(Given::by(stage.person().await)).await;
    let (answer, cost) = stage.cost(stage.exchange(&code)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(cost, (1, 1), "one statement, one commit");
    assert_eq!(
        (answer.header("cache-control"), answer.header("pragma")),
        ("no-store", "no-cache")
    );
    assert_eq!(
        (answer.text("token_type"), answer.text("scope")),
        ("Bearer".into(), "openid email".into())
    );
    assert_eq!(answer.json()["expires_in"], 600);
    let (id_token, access_token) = (answer.text("id_token"), answer.text("access_token"));
    let (snapshot, issuer) = (stage.state.snapshot(), stage.state.issuer().to_owned());
    verify_id_token_hint(&snapshot.keys, &id_token, &issuer, stage.now()).expect("signed by us");
    let access = verify_access_token(&snapshot.keys, &access_token, &issuer, &issuer, stage.now()).expect("ours");
    assert_eq!(
        (access.sub.as_str(), access.client_id.as_str()),
        ("sub-of-anna", "payroll")
    );
    let claims = payload(&id_token);
    for (name, want) in [
        ("iss", json!(issuer)),
        ("aud", json!("payroll")),
        ("sub", json!("sub-of-anna")),
        ("nonce", json!("nonce-1")),
        ("auth_time", json!(stage.now().timestamp())),
        ("amr", json!(["pwd"])),
        ("email", json!("anna@example.com")),
        ("email_verified", json!(true)),
    ] {
        assert_eq!(claims[name], want, "{name}");
    }
    assert!(claims["at_hash"].is_string());
    assert!(answer.text("refresh_token").starts_with("rt_"));
}

async fn a_person_without_an_account(stage: &Stage) {
    let claims = Some(json!({"email": "guest@example.com", "email_verified": true}));
    let code = stage
        .grant(Given {
            claims,
            ..Given::default()
        })
        .await;
    let answer = stage.exchange(&code).await;
    assert_eq!(payload(&answer.text("id_token"))["email"], "guest@example.com");
    let told = stage.userinfo(&answer.text("access_token")).await.json();
    assert_eq!(
        told["email"], "guest@example.com",
        "userinfo works without an account too"
    );
    let again = stage.refresh(&answer.text("refresh_token")).await;
    assert_eq!(
        payload(&again.text("id_token"))["email"],
        "guest@example.com",
        "and so does refreshing"
    );
}

/// RFC 6749 §5.2.
async fn every_error(stage: &Stage) {
    stage.daemon().await;
    stage
        .application(json!({"client_id": "off", "client_secret": SECRET, "enabled": false}))
        .await;
    let right = basic("payroll", SECRET);
    let (wrong, unknown, off) = (basic("payroll", "wrong"), basic("nobody", SECRET), basic("off", SECRET));
    let daemon = basic("daemon", SECRET);
    let code = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", CALLBACK),
    ];
    for (case, authorization, fields, want) in [
        ("no grant_type", Some(&right), &[][..], (400, "invalid_request")),
        (
            "unknown grant_type",
            Some(&right),
            &[("grant_type", "password")],
            (400, "unsupported_grant_type"),
        ),
        (
            "not allowed",
            Some(&right),
            &[("grant_type", "client_credentials")],
            (400, "unauthorized_client"),
        ),
        ("not allowed either", Some(&daemon), &code, (400, "unauthorized_client")),
        ("no code", Some(&right), &code[..1], (400, "invalid_request")),
        ("no redirect_uri", Some(&right), &code[..2], (400, "invalid_request")),
        ("unknown code", Some(&right), &code, (400, "invalid_grant")),
        ("twice", Some(&right), &[code[0], code[0]], (400, "invalid_request")),
        ("wrong secret", Some(&wrong), &code, (401, "invalid_client")),
        ("unknown application", Some(&unknown), &code, (401, "invalid_client")),
        ("disabled application", Some(&off), &code, (401, "invalid_client")),
        ("nobody", None, &code, (401, "invalid_client")),
        (
            "a secret left out",
            None,
            &[code[0], ("client_id", "payroll")],
            (401, "invalid_client"),
        ),
        (
            "two methods",
            Some(&right),
            &[code[0], ("client_secret", SECRET)],
            (400, "invalid_request"),
        ),
        (
            "no token",
            Some(&right),
            &[("grant_type", "refresh_token")],
            (400, "invalid_request"),
        ),
        (
            "a forged token",
            Some(&right),
            &[("grant_type", "refresh_token"), ("refresh_token", "rt_x")],
            (400, "invalid_grant"),
        ),
        (
            "a scope for nobody",
            Some(&daemon),
            &[("grant_type", "client_credentials"), ("scope", "admin")],
            (400, "invalid_scope"),
        ),
    ] {
        let headers: Vec<_> = authorization
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        let (answer, cost) = stage.cost(stage.post("/oauth2/token", &headers, fields)).await;
        assert_eq!(answer.error(), (want.0, want.1.to_owned()), "{case}");
        assert_eq!(answer.header("cache-control"), "no-store", "{case}");
        let challenged = answer.header("www-authenticate").starts_with("Basic");
        assert_eq!(challenged, want.0 == 401, "RFC 9110 §15.5.2: {case}");
        assert!(want.1 == "invalid_grant" || cost == (0, 0), "{case} costs {cost:?}");
    }
}

async fn s24_wrong_proofs_of_a_code(stage: &Stage) {
    let account = stage.person().await;
    let given = || Given::by(account.clone());
    let wrong = "another-verifier-of-forty-three-characters-000";
    const NO_FIT: &str = "The code_verifier does not fit the code_challenge of the request.";
    for (case, challenge, field, told) in [
        (
            "another redirect URI",
            true,
            Some(("redirect_uri", "https://app.example.com/other")),
            "The redirect_uri is not the one of the authorization request.",
        ),
        ("another verifier", true, Some(("code_verifier", wrong)), NO_FIT),
        ("a verifier without a challenge", false, None, NO_FIT),
    ] {
        let code = stage.grant(Given { challenge, ..given() }).await;
        let mut fields = exchange(&code);
        for (name, value) in fields.iter_mut() {
            *value = field
                .filter(|(other, _)| other == name)
                .map_or(*value, |(_, other)| other);
        }
        let refused = stage.token(&fields).await;
        assert_eq!(refused.error(), (400, "invalid_grant".into()), "{case}");
        assert_eq!(refused.text("error_description"), told, "{case}");
        assert_eq!(
            stage.exchange(&code).await.error(),
            (400, "invalid_grant".into()),
            "{case}: it is used up"
        );
    }
    let code = stage.grant(given()).await;
    let fields = [&exchange(&code)[..], &[("client_id", "spa")]].concat();
    let stolen = stage.post("/oauth2/token", &[], &fields).await;
    assert_eq!(stolen.error(), (400, "invalid_grant".into()), "another application");
    let late = stage.grant(given()).await;
    stage.advance(60);
    assert_eq!(
        stage.exchange(&late).await.error(),
        (400, "invalid_grant".into()),
        "expired"
    );
}

async fn f20_one_code_fifty_times_at_once(stage: &Stage) {
    let code = stage.grant(Given::by(stage.person().await)).await;
    let answers = futures::future::join_all((0..50).map(|_| until_told(async || stage.exchange(&code).await))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 49));
    for answer in lost {
        assert_eq!(answer.error(), (400, "invalid_grant".into()));
    }
    let tokens = won[0];
    assert_eq!(
        stage.userinfo(&tokens.text("access_token")).await.status,
        401,
        "what it gave is taken back"
    );
    assert_eq!(
        stage.refresh(&tokens.text("refresh_token")).await.error(),
        (400, "invalid_grant".into())
    );
}

async fn client_credentials(stage: &Stage) {
    stage
        .application(json!({
            "client_id": "daemon", "client_secret": SECRET, "grant_types": ["client_credentials"], "redirect_uris": [],
            "token_endpoint_auth_method": "client_secret_post",
        }))
        .await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "daemon"),
        ("client_secret", SECRET),
    ];
    let (answer, cost) = stage.cost(stage.post("/oauth2/token", &[], &fields)).await;
    assert_eq!((answer.status, cost), (200, (0, 0)), "nothing is stored");
    assert_eq!(payload(&answer.text("access_token"))["sub"], "daemon");
    let by_header = stage.post_as("daemon", SECRET, "/oauth2/token", &fields[..1]).await;
    assert_eq!(by_header.status, 200, "RFC 6749 §2.3.1: {by_header:?}");
    assert!(answer.json()["refresh_token"].is_null() && answer.json()["id_token"].is_null());
    let refused = stage.userinfo(&answer.text("access_token")).await;
    assert_eq!(refused.status, 403, "a token about nobody");
}

async fn s34_whoever_is_disabled_meanwhile_gets_nothing(stage: &Stage) {
    let account = stage.person().await;
    let given = || Given::by(account.clone());
    let tokens = stage.exchange(&stage.grant(given()).await).await;
    let unused = stage.grant(given()).await;
    stage.sql("UPDATE account SET status = 'disabled'").await;
    assert_eq!(stage.exchange(&unused).await.error(), (400, "invalid_grant".into()));
    assert_eq!(
        stage.refresh(&tokens.text("refresh_token")).await.error(),
        (400, "invalid_grant".into())
    );
    assert_eq!(stage.userinfo(&tokens.text("access_token")).await.status, 401);
}

async fn s35_a_flow_that_is_not_satisfied_gives_no_token(stage: &Stage) {
    let steps = json!([{"options": ["password"]}, {"options": ["password"]}]);
    stage
        .application(json!({"client_id": "strict", "client_secret": SECRET, "flow": {"steps": steps}}))
        .await;
    let code = stage
        .grant(Given {
            client_id: "strict",
            ..Given::by(stage.person().await)
        })
        .await;
    let answer = stage.post_as("strict", SECRET, "/oauth2/token", &exchange(&code)).await;
    assert_eq!(answer.error(), (400, "invalid_grant".into()), "one proof for two steps");
}

async fn s36_each_piece_of_evidence_counts(stage: &Stage) {
    let steps = json!([{"options": ["password"]}, {"options": ["totp"]}]);
    stage
        .application(json!({"client_id": "strict", "client_secret": SECRET, "flow": {"steps": steps}}))
        .await;
    let account = stage.person().await;
    const BOTH: &[AuthOption] = &[AuthOption::Password, AuthOption::Totp];
    for (evidence, is_enough) in [(BOTH, true), (&BOTH[..1], false), (&BOTH[1..], false)] {
        let code = stage
            .grant(Given {
                client_id: "strict",
                evidence,
                ..Given::by(account.clone())
            })
            .await;
        let answer = stage.post_as("strict", SECRET, "/oauth2/token", &exchange(&code)).await;
        if is_enough {
            let claims = payload(&answer.text("id_token"));
            assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36: {evidence:?}");
        } else {
            assert_eq!(answer.error(), (400, "invalid_grant".into()), "S36: {evidence:?}");
        }
    }
    let one = Given {
        evidence: &BOTH[..1],
        ..Given::by(account)
    };
    let tokens = stage.exchange(&stage.grant(one).await).await;
    let claims = payload(&tokens.text("id_token"));
    assert_eq!(claims["acr"], "urn:doorward:acr:1", "S36: one piece is one level less");
}

async fn f26_large_and_strange_bodies(stage: &Stage) {
    let send = |content_type: &str, body: Vec<u8>| {
        let request = Request::post("/oauth2/token")
            .header("content-type", content_type)
            .header("content-length", body.len());
        stage.send(request.body(Body::from(body)).expect("a request"))
    };
    let form = "application/x-www-form-urlencoded";
    for (case, content_type, body, status) in [
        ("a megabyte", form, vec![b'a'; 1 << 20], 413),
        (
            "a hundred thousand fields",
            form,
            "a=&".repeat(20_000).into_bytes(),
            413,
        ),
        ("JSON", "application/json", b"{}".to_vec(), 400),
        ("no UTF-8", form, vec![0xff, 0xfe], 400),
        ("a broken escape", form, b"code=%zz".to_vec(), 400),
    ] {
        assert_eq!(
            send(content_type, body).await.error(),
            (status, "invalid_request".into()),
            "{case}"
        );
    }
}
