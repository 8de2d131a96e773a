//! Logout tokens, genuine and hostile: one row per check of OpenID Connect Back-Channel Logout 1.0 §2.6.

use doorward_federation::IdTokenFault::{self, *};
use doorward_federation::LogoutTokenFault::{self, *};
use doorward_federation::{Fault, LoggedOut, LogoutFault, VerifiedLogout};
use serde_json::{Value, json};

use crate::support::{Broker, Idp, Reply, SigningKey, now};

const NOW: i64 = 1_800_000_000;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

type Change = fn(&mut Value);

/// A provider, the broker behind it, and the key that signs.
async fn stage(settings: Value) -> (Idp, Broker, SigningKey) {
    let key = SigningKey::new("ES256", "key-1");
    let idp = Idp::with_key(key.clone()).await;
    let broker = Broker::with(&idp, settings);
    (idp, broker, key)
}

/// A good token, before anybody changes it.
fn signed(idp: &Idp, key: &SigningKey, header: Change, claims: Change) -> String {
    let mut head = json!({"alg": key.alg, "kid": key.kid, "typ": "logout+jwt"});
    let mut body = json!({
        "iss": idp.issuer, "aud": "door", "iat": NOW, "exp": NOW + 120, "jti": "token-1", "sub": "alice", "sid": "s-1",
        "events": {EVENT: {}},
    });
    header(&mut head);
    claims(&mut body);
    key.sign(&head, body.to_string().as_bytes())
}

fn remove(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}

async fn verify(broker: &Broker, token: &str) -> Result<VerifiedLogout, LogoutFault> {
    broker.federation.verify_logout(&broker.connection, token, now()).await
}

fn refused(fault: impl Into<LogoutTokenFault>) -> LogoutFault {
    LogoutFault::Token(fault.into())
}

#[tokio::test]
async fn backchannel_2_4_a_token_names_a_person_a_session_or_both() {
    let (idp, broker, key) = stage(json!({})).await;
    let alice = |session_id: Option<&str>| LoggedOut::Person {
        subject: "alice".into(),
        session_id: session_id.map(str::to_owned),
    };
    let rows: [(&str, Change, LoggedOut); 3] = [
        ("both", |_| {}, alice(Some("s-1"))),
        ("a person", |c| remove(c, "sid"), alice(None)),
        ("a session", |c| remove(c, "sub"), LoggedOut::Session("s-1".into())),
    ];
    for (case, change, want) in rows {
        let verified = verify(&broker, &signed(&idp, &key, |_| {}, change)).await.expect(case);
        assert_eq!(verified.whom, want, "{case}");
        assert_eq!(verified.token_id, "token-1", "{case}");
        // Five minutes and the clock difference, and not a second less.
        assert_eq!(verified.good_until.timestamp(), NOW + 361, "{case}");
    }
    assert_eq!(idp.calls("/jwks"), 1, "the keys are kept");
}

#[tokio::test]
async fn backchannel_2_6_claims_that_are_refused() {
    let (idp, broker, key) = stage(json!({})).await;
    let token = |fault: IdTokenFault| refused(fault);
    let rows: &[(&str, Change, Option<LogoutFault>)] = &[
        (
            "another issuer",
            |c| c["iss"] = json!("https://evil.example.com"),
            Some(token(WrongIssuer)),
        ),
        ("no issuer", |c| remove(c, "iss"), Some(token(Claim("iss")))),
        (
            "S28: for another client",
            |c| c["aud"] = json!("another"),
            Some(token(WrongAudience)),
        ),
        (
            "S28: for other clients",
            |c| c["aud"] = json!(["a", "b"]),
            Some(token(WrongAudience)),
        ),
        ("no audience", |c| remove(c, "aud"), Some(token(Claim("aud")))),
        ("us among others", |c| c["aud"] = json!(["b", "door"]), None),
        ("no iat", |c| remove(c, "iat"), Some(token(Claim("iat")))),
        (
            "iat as text",
            |c| c["iat"] = json!("1800000000"),
            Some(token(Claim("iat"))),
        ),
        (
            "S33: made later",
            |c| c["iat"] = json!(NOW + 61),
            Some(token(ClockAhead { seconds: 61 })),
        ),
        ("S33: made a moment later", |c| c["iat"] = json!(NOW + 60), None),
        (
            "made too long ago",
            |c| {
                c["iat"] = json!(NOW - 361);
                remove(c, "exp");
            },
            Some(refused(TooOld { seconds_ago: 361 })),
        ),
        (
            "made just within the limit, without exp",
            |c| {
                c["iat"] = json!(NOW - 360);
                remove(c, "exp");
            },
            None,
        ),
        (
            "expired",
            |c| c["exp"] = json!(NOW - 60),
            Some(token(Expired { seconds_ago: 60 })),
        ),
        (
            "exp of a wrong type",
            |c| c["exp"] = json!("x"),
            Some(token(Claim("exp"))),
        ),
        ("no events", |c| remove(c, "events"), Some(refused(NoLogout))),
        (
            "another event",
            |c| c["events"] = json!({"https://example.com/event": {}}),
            Some(refused(NoLogout)),
        ),
        (
            "events as a list",
            |c| c["events"] = json!([EVENT]),
            Some(refused(NoLogout)),
        ),
        (
            "an event that is no object",
            |c| c["events"] = json!({EVENT: true}),
            Some(refused(NoLogout)),
        ),
        (
            "an event that says more",
            |c| c["events"] = json!({EVENT: {"a": 1}, "https://example.com/event": {}}),
            None,
        ),
        ("a nonce", |c| c["nonce"] = json!("n"), Some(refused(Nonce))),
        ("a nonce of null", |c| c["nonce"] = Value::Null, Some(refused(Nonce))),
        (
            "nobody",
            |c| {
                remove(c, "sub");
                remove(c, "sid");
            },
            Some(refused(Nobody)),
        ),
        ("an empty subject", |c| c["sub"] = json!(""), Some(token(Claim("sub")))),
        (
            "a subject that is no text",
            |c| c["sub"] = json!(7),
            Some(token(Claim("sub"))),
        ),
        (
            "a session that is no text",
            |c| c["sid"] = json!(["s-1"]),
            Some(token(Claim("sid"))),
        ),
        ("no jti", |c| remove(c, "jti"), Some(token(Claim("jti")))),
        ("an empty jti", |c| c["jti"] = json!(""), Some(token(Claim("jti")))),
    ];
    for (case, change, want) in rows {
        let outcome = verify(&broker, &signed(&idp, &key, |_| {}, *change)).await;
        assert_eq!(outcome.err(), *want, "{case}");
    }
}

#[tokio::test]
async fn s29_backchannel_2_6_headers_that_are_refused() {
    let (idp, broker, key) = stage(json!({})).await;
    let rows: &[(&str, Change, Option<IdTokenFault>)] = &[
        ("none", |h| h["alg"] = json!("none"), Some(AlgorithmRefused)),
        ("HMAC", |h| h["alg"] = json!("HS256"), Some(AlgorithmRefused)),
        ("unknown kid", |h| h["kid"] = json!("other"), Some(UnknownKey)),
        ("critical", |h| h["crit"] = json!(["exp"]), Some(Critical)),
        (
            "RFC 8725 §3.11: an access token",
            |h| h["typ"] = json!("at+jwt"),
            Some(WrongType),
        ),
        (
            "RFC 8725 §3.11: an event",
            |h| h["typ"] = json!("secevent+jwt"),
            Some(WrongType),
        ),
        ("typ of a wrong type", |h| h["typ"] = json!(7), Some(WrongType)),
        ("no typ", |h| remove(h, "typ"), None),
        ("typ of an ID token", |h| h["typ"] = json!("JWT"), None),
        ("typ in full", |h| h["typ"] = json!("application/logout+jwt"), None),
    ];
    for (case, change, want) in rows {
        let outcome = verify(&broker, &signed(&idp, &key, *change, |_| {})).await;
        assert_eq!(outcome.err(), want.map(refused), "{case}");
    }
}

#[tokio::test]
async fn s21_s29_backchannel_2_6_signatures_that_are_refused() {
    let (idp, broker, key) = stage(json!({})).await;
    let good = signed(&idp, &key, |_| {}, |_| {});
    let (signed_part, signature) = good.rsplit_once('.').expect("three parts");
    let stranger = SigningKey::new("ES256", "key-1");
    for (case, token, want) in [
        ("of a stranger", signed(&idp, &stranger, |_| {}, |_| {}), WrongSignature),
        ("cut off", format!("{signed_part}."), WrongSignature),
        (
            "of another token",
            signed(&idp, &key, |_| {}, |c| c["sub"] = json!("bob"))
                .rsplit_once('.')
                .map(|(part, _)| format!("{part}.{signature}"))
                .expect("parts"),
            WrongSignature,
        ),
        ("no token", "nonsense".to_owned(), Malformed),
        ("nothing", String::new(), Malformed),
    ] {
        assert_eq!(verify(&broker, &token).await.err(), Some(refused(want)), "{case}");
    }
    let (idp, broker, key) = stage(json!({"id_token_signing_alg_values": ["RS256"]})).await;
    let token = signed(&idp, &key, |_| {}, |_| {});
    assert_eq!(
        verify(&broker, &token).await.err(),
        Some(refused(AlgorithmRefused)),
        "S29: the connection names another algorithm"
    );
}

#[tokio::test]
async fn f5_a_key_that_is_new_is_fetched_once() {
    let (idp, broker, key) = stage(json!({})).await;
    verify(&broker, &signed(&idp, &key, |_| {}, |_| {}))
        .await
        .expect("good");
    let next = SigningKey::new("ES256", "key-2");
    let published = next.clone();
    idp.set(move |script| script.keys.push(published));
    verify(&broker, &signed(&idp, &next, |_| {}, |_| {}))
        .await
        .expect("rotated");
    let unknown = SigningKey::new("ES256", "key-3");
    for _ in 0..5 {
        let outcome = verify(&broker, &signed(&idp, &unknown, |_| {}, |_| {})).await;
        assert_eq!(outcome.err(), Some(refused(UnknownKey)));
    }
    assert_eq!(idp.calls("/jwks"), 2, "F5: a storm of unknown keys stays here");
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_called_wrong() {
    let (idp, broker, key) = stage(json!({})).await;
    idp.set(|script| script.jwks = Some(Reply::Json(503, json!({}))));
    let outcome = verify(&broker, &signed(&idp, &key, |_| {}, |_| {})).await;
    assert!(
        matches!(outcome, Err(LogoutFault::Provider(Fault::Status { status: 503, .. }))),
        "{outcome:?}"
    );
    assert_eq!(idp.calls("/jwks"), 1);
    verify(&broker, "nonsense").await.expect_err("no token");
    assert_eq!(idp.calls("/jwks"), 1, "what is no token asks nobody");
}

#[tokio::test]
async fn s28_an_id_token_logs_nobody_out() {
    let (idp, broker, key) = stage(json!({})).await;
    let token = signed(
        &idp,
        &key,
        |h| h["typ"] = json!("JWT"),
        |c| {
            remove(c, "events");
            c["nonce"] = json!("n");
            c["auth_time"] = json!(NOW);
        },
    );
    assert_eq!(verify(&broker, &token).await.err(), Some(refused(NoLogout)));
}
