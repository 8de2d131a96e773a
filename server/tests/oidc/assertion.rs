//! `private_key_jwt` (RFC 7523): an assertion works once.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_oidc::client_auth::JWT_BEARER;
use serde_json::{Value, json};

use crate::stage::*;

on_both!(s24_an_assertion_works_once);

fn sign(pair: &EcdsaKeyPair, payload: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "ES256", "typ": "JWT"})), part(payload));
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("signs");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn s24_an_assertion_works_once(stage: &Stage) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let point = pair.public_key().as_ref();
    let (x, y) = (
        URL_SAFE_NO_PAD.encode(&point[1..33]),
        URL_SAFE_NO_PAD.encode(&point[33..]),
    );
    stage
        .application(json!({
            "client_id": "robot", "token_endpoint_auth_method": "private_key_jwt", "redirect_uris": [],
            "grant_types": ["client_credentials"], "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": x, "y": y}]},
        }))
        .await;
    let assertion = |jti: &str, aud: &str, exp: i64| {
        let exp = stage.now().timestamp() + exp;
        sign(
            &pair,
            &json!({"iss": "robot", "sub": "robot", "aud": aud, "jti": jti, "exp": exp}),
        )
    };
    let ask = |jwt: String| async move {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &jwt),
        ];
        stage.post("/oauth2/token", &[], &fields).await
    };
    let issuer = stage.state.issuer().to_owned();
    for (case, jwt) in [
        ("for somebody else", assertion("a", "https://other.example.com", 60)),
        ("expired", assertion("b", &issuer, -120)),
        ("tampered with", format!("{}AA", assertion("c", &issuer, 60))),
    ] {
        assert_eq!(ask(jwt).await.error(), (401, "invalid_client".into()), "{case}");
    }
    let good = assertion("d", &issuer, 60);
    let answers = futures::future::join_all((0..10).map(|_| until_told(async || ask(good.clone()).await))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1,
        "ten at once"
    );
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status != 200)
            .all(|answer| answer.error().1 == "invalid_client")
    );
    let endpoint = format!("{issuer}/oauth2/token");
    assert_eq!(
        ask(assertion("e", &endpoint, 60)).await.status,
        200,
        "the next one is fine"
    );
}
