//! Sign-ins that succeed, and codes in the wrong hands.

use doorward_federation::{Fault, FaultKind, IdTokenFault, TokenErrorCode, UserinfoFault};
use serde_json::json;

use crate::support::keys::ALGORITHMS;
use crate::support::{Broker, Idp, Reply, SigningKey};

#[tokio::test]
async fn rfc_7518_3_1_every_algorithm_signs_in() {
    for alg in ALGORITHMS {
        let idp = Idp::with_key(SigningKey::new(alg, "key-1")).await;
        let broker = Broker::new(&idp);
        let got = broker
            .sign_in(&idp)
            .await
            .unwrap_or_else(|fault| panic!("{alg}: {}", fault.explanation()));
        assert_eq!(
            (got.subject.as_str(), got.issuer.as_str()),
            ("alice", idp.issuer.as_str()),
            "{alg}"
        );
        assert_eq!(got.connection, broker.connection.id);
        assert_eq!(
            (got.acr.as_deref(), got.amr),
            (Some("silver"), vec!["pwd".to_owned(), "otp".to_owned()])
        );
        assert_eq!(got.auth_time.map(|at| at.timestamp()), Some(1_799_999_995));
        assert_eq!(got.claims["email"], "alice@example.com");
        assert!(
            !got.claims.contains_key("nonce") && !got.claims.contains_key("at_hash"),
            "spent claims are dropped"
        );
    }
}

#[tokio::test]
async fn core_9_every_way_to_authenticate() {
    let idp = Idp::start().await;
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let broker = Broker::with(&idp, json!({ "token_endpoint_auth_method": method }));
        assert!(broker.sign_in(&idp).await.is_ok(), "{method}");
    }
    let wrong = Broker::with(&idp, json!({ "client_secret": "wrong" }));
    let fault = wrong.sign_in(&idp).await.unwrap_err();
    assert_eq!(fault, Fault::TokenRefused(TokenErrorCode::InvalidClient));
    assert_eq!(fault.kind(), FaultKind::Misconfigured);
}

#[tokio::test]
async fn documents_are_fetched_once_and_typed_endpoints_never() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    for _ in 0..3 {
        broker.sign_in(&idp).await.unwrap();
    }
    assert_eq!(
        (
            idp.calls("openid-configuration"),
            idp.calls("/jwks"),
            idp.calls("/token")
        ),
        (1, 1, 3)
    );

    let idp = Idp::start().await;
    let at = |name: &str| format!("{}/{name}", idp.issuer);
    let typed =
        json!({ "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("jwks") });
    Broker::with(&idp, typed).sign_in(&idp).await.unwrap();
    assert_eq!(idp.calls("openid-configuration"), 0, "all typed: nothing to discover");

    let idp = Idp::start().await;
    idp.set(|script| script.metadata = |metadata| metadata["token_endpoint"] = json!("http://127.0.0.1:1/never"));
    let broker = Broker::with(&idp, json!({ "token_endpoint": format!("{}/token", idp.issuer) }));
    broker
        .sign_in(&idp)
        .await
        .expect("a typed endpoint wins over a discovered one");
}

#[tokio::test]
async fn core_5_3_userinfo_adds_claims_of_the_same_person_only() {
    let idp = Idp::start().await;
    let broker = Broker::with(&idp, json!({ "fetch_userinfo": true }));
    let got = broker.sign_in(&idp).await.unwrap();
    assert_eq!(
        (&got.claims["nickname"], &got.claims["email"]),
        (&json!("Al"), &json!("alice@example.com"))
    );
    idp.set(|script| script.userinfo = json!({ "sub": "mallory" }));
    assert_eq!(
        broker.sign_in(&idp).await,
        Err(Fault::Userinfo(UserinfoFault::WrongSubject)),
        "S28"
    );
    let plain = Broker::new(&idp);
    let before = idp.calls("/userinfo");
    plain.sign_in(&idp).await.unwrap();
    assert_eq!(
        idp.calls("/userinfo"),
        before,
        "not asked unless the connection says so"
    );
}

#[tokio::test]
async fn s27_a_stolen_code_is_of_no_use_in_another_browser() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let victim = broker.begin().await.unwrap();
    let attacker = broker.begin_elsewhere().await;
    let stolen = idp.agree(&victim.url);
    let fault = broker.finish(&attacker, &stolen).await;
    assert_eq!(
        fault,
        Err(Fault::TokenRefused(TokenErrorCode::InvalidGrant)),
        "S27: PKCE"
    );
    idp.set(|script| script.ignores_pkce = true);
    let stolen = idp.agree(&victim.url);
    let fault = broker.finish(&attacker, &stolen).await;
    assert_eq!(
        fault,
        Err(Fault::IdToken(IdTokenFault::WrongNonce)),
        "S27: the nonce, when the provider forgets PKCE"
    );
}

#[tokio::test]
async fn s24_a_code_works_once() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    let query = idp.agree(&begun.url);
    broker.finish(&begun, &query).await.unwrap();
    let fault = broker.finish(&begun, &query).await.unwrap_err();
    assert_eq!(fault, Fault::TokenRefused(TokenErrorCode::InvalidGrant), "S24");
}

#[tokio::test]
async fn a_connection_can_be_looked_at_without_signing_in() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let metadata = broker.federation.discover(&idp.issuer).await.unwrap();
    assert_eq!(
        metadata.token_endpoint.unwrap().as_str(),
        format!("{}/token", idp.issuer)
    );
    let reach = broker.federation.check(&broker.connection).await.unwrap();
    assert_eq!((reach.usable_keys, reach.metadata.is_some()), (1, true));
    idp.set(|script| script.jwks = Some(Reply::Json(200, json!({ "keys": [] }))));
    let error = broker.federation.check(&broker.connection).await.unwrap_err();
    assert!(
        error
            .explanation()
            .starts_with("Connection acme1: The key set was refused"),
        "{}",
        error.explanation()
    );
    assert!(broker.federation.discover("https://nowhere.invalid?x").await.is_err());
}

#[tokio::test]
async fn nothing_a_provider_wrote_is_repeated() {
    const MARK: &str = "<b>mark</b>";
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    let answers: [Reply; 4] = [
        Reply::Json(400, json!({ "error": MARK, "error_description": MARK })),
        Reply::Json(
            200,
            json!({ "id_token": MARK, "access_token": "a", "token_type": "Bearer" }),
        ),
        Reply::Raw {
            status: 500,
            content_type: "text/html",
            body: MARK.into(),
        },
        Reply::Json(200, json!([MARK])),
    ];
    for reply in answers {
        idp.set(|script| script.token = Some(reply.clone()));
        let query = idp.agree(&begun.url);
        let fault = broker.finish(&begun, &query).await.unwrap_err();
        let shown = format!("{fault:?} {fault} {}", fault.explanation());
        assert!(!shown.contains("mark"), "{reply:?}: {shown}");
    }
    let denied = broker
        .finish(&begun, &format!("error={MARK}&state={}", crate::support::broker::STATE))
        .await
        .unwrap_err();
    assert!(!format!("{denied:?} {}", denied.explanation()).contains("mark"));
}

#[tokio::test]
async fn calls_carry_no_cookies_and_our_name() {
    let idp = Idp::start().await;
    let broker = Broker::with(&idp, json!({ "fetch_userinfo": true }));
    broker.sign_in(&idp).await.unwrap();
    broker.sign_in(&idp).await.unwrap();
    for request in idp.server.requests() {
        assert!(!request.headers.contains_key("cookie"), "{request:?}");
        assert!(!request.headers.contains_key("accept-encoding"), "{request:?}");
        assert!(request.headers["user-agent"].starts_with("Doorward/"));
        assert!(
            !request.path.contains("code") && !request.path.contains("secret"),
            "nothing secret in an address"
        );
    }
}
