//! Key sets that are wrong, and keys that change (F4, F5, S29).

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_federation::{Fault, IdTokenFault, KeysFault};
use serde_json::{Value, json};

use crate::support::{Broker, Idp, Reply, SigningKey};

/// Fifty key sets without a single key that may sign an ID token.
fn corpus(ec: &Value, rsa: &Value) -> Vec<(String, Vec<u8>)> {
    let mut rows: Vec<(String, Vec<u8>)> = Vec::new();
    for (case, text) in [
        ("empty body", ""),
        ("not JSON", "<html></html>"),
        ("half", r#"{"keys":[{"kty":"EC""#),
        ("null", "null"),
        ("list", "[]"),
        ("no keys", "{}"),
        ("keys null", r#"{"keys":null}"#),
        ("keys an object", r#"{"keys":{}}"#),
        ("keys a text", r#"{"keys":"x"}"#),
        ("no key in it", r#"{"keys":[]}"#),
        ("keys of odd types", r#"{"keys":[1,"a",null,[]]}"#),
        ("keys twice", r#"{"keys":[],"keys":[]}"#),
        ("one empty key", r#"{"keys":[{}]}"#),
        ("two documents", r#"{"keys":[]}{"keys":[]}"#),
    ] {
        rows.push((case.into(), text.into()));
    }
    rows.push(("not UTF-8".into(), vec![0xff, 0xfe, 0x00]));
    rows.push(("deep".into(), [vec![b'['; 100_000], vec![b']'; 100_000]].concat()));
    rows.push((
        "101 keys".into(),
        json!({ "keys": vec![ec; 101] }).to_string().into_bytes(),
    ));
    let mut change = |case: &str, key: &Value, edit: &dyn Fn(&mut Value)| {
        let mut key = key.clone();
        edit(&mut key);
        rows.push((case.to_owned(), json!({ "keys": [key] }).to_string().into_bytes()));
    };
    for (kind, key) in [("EC", ec), ("RSA", rsa)] {
        let set = |name: &'static str, value: Value| move |key: &mut Value| key[name] = value.clone();
        change(&format!("{kind} for encryption"), key, &set("use", json!("enc")));
        change(
            &format!("{kind} with use of a wrong type"),
            key,
            &set("use", json!(["sig"])),
        );
        change(
            &format!("{kind} not for verifying"),
            key,
            &set("key_ops", json!(["encrypt"])),
        );
        change(
            &format!("{kind} with key_ops of a wrong type"),
            key,
            &set("key_ops", json!("verify")),
        );
        change(&format!("{kind} said to be HMAC"), key, &set("alg", json!("HS256")));
        change(&format!("{kind} said to be none"), key, &set("alg", json!("none")));
        change(&format!("{kind} said to be EdDSA"), key, &set("alg", json!("EdDSA")));
        change(&format!("{kind} with its private half"), key, &set("d", json!("AQAB")));
        change(&format!("{kind} as a symmetric key"), key, &set("kty", json!("oct")));
        change(&format!("{kind} of no kind"), key, &set("kty", Value::Null));
        change(&format!("{kind} with kid of a wrong type"), key, &set("kid", json!(7)));
        change(
            &format!("{kind} with an endless kid"),
            key,
            &set("kid", json!("k".repeat(513))),
        );
    }
    let set = |name: &'static str, value: Value| move |key: &mut Value| key[name] = value.clone();
    change("EC on an unknown curve", ec, &set("crv", json!("secp256k1")));
    change("EC on another curve", ec, &set("crv", json!("P-384")));
    change("EC with a short x", ec, &set("x", json!("AQ")));
    change("EC beside its curve", ec, &|key| key["x"] = key["y"].clone());
    change("EC without y", ec, &set("y", Value::Null));
    change(
        "RSA of 1024 bits",
        rsa,
        &set("n", json!(URL_SAFE_NO_PAD.encode([0xff; 128]))),
    );
    change(
        "RSA of 16384 bits",
        rsa,
        &set("n", json!(URL_SAFE_NO_PAD.encode([0xff; 2048]))),
    );
    change("RSA with exponent 1", rsa, &set("e", json!("AQ")));
    change("RSA with an even exponent", rsa, &set("e", json!("Ag")));
    rows
}

#[tokio::test]
async fn f4_s22_a_bad_key_set_signs_nobody_in_and_replaces_nothing() {
    let ec = SigningKey::new("ES256", "key-1");
    let rows = corpus(&ec.jwk(), &SigningKey::new("RS256", "key-1").jwk());
    assert_eq!(rows.len(), 50, "F4: a corpus of 50");
    for (case, body) in rows {
        let idp = Idp::with_key(ec.clone()).await;
        let bad = Reply::Raw {
            status: 200,
            content_type: "application/json",
            body,
        };
        idp.set(|script| script.jwks = Some(bad.clone()));
        let got = Broker::new(&idp).sign_in(&idp).await;
        assert!(matches!(got, Err(Fault::Keys(_))), "F4: {case} first: {got:?}");

        idp.set(|script| script.jwks = None);
        let broker = Broker::new(&idp);
        broker.sign_in(&idp).await.unwrap();
        idp.set(|script| {
            script.jwks = Some(bad);
            script.header = |header| header["kid"] = json!("unknown");
        });
        assert_eq!(
            broker.sign_in(&idp).await,
            Err(Fault::IdToken(IdTokenFault::UnknownKey)),
            "F4: {case}"
        );
        assert_eq!(idp.calls("/jwks"), 3, "F4: {case}: the bad set was fetched");
        idp.set(|script| script.header = |_| {});
        assert!(
            broker.sign_in(&idp).await.is_ok(),
            "F4: {case}: the last good set is kept"
        );
    }
}

#[tokio::test]
async fn f4_a_good_key_among_bad_ones_and_twins() {
    let (ours, twin, rsa) = (
        SigningKey::new("ES256", "key-1"),
        SigningKey::new("ES256", "key-1"),
        SigningKey::new("RS256", "key-1"),
    );
    let idp = Idp::with_key(ours.clone()).await;
    let keys = json!([{}, 7, twin.jwk(), rsa.jwk(), { "kty": "oct", "k": "AA", "kid": "key-1" }, ours.jwk()]);
    idp.set(|script| script.jwks = Some(Reply::Json(200, json!({ "keys": keys }))));
    assert!(
        Broker::new(&idp).sign_in(&idp).await.is_ok(),
        "F4: each key of that name is tried"
    );

    // Core §10.1: without a kid there must be one key that fits.
    idp.set(|script| {
        script.header = |header| {
            header.as_object_mut().unwrap().remove("kid");
        }
    });
    assert_eq!(
        Broker::new(&idp).sign_in(&idp).await,
        Err(Fault::IdToken(IdTokenFault::UnknownKey))
    );
    idp.set(|script| script.jwks = Some(Reply::Json(200, json!({ "keys": [rsa.jwk(), ours.jwk()] }))));
    assert!(Broker::new(&idp).sign_in(&idp).await.is_ok());
}

#[tokio::test]
async fn providers_that_pad_or_lead_with_zeros_are_understood() {
    let key = SigningKey::new("RS256", "key-1");
    let idp = Idp::with_key(key.clone()).await;
    let mut jwk = key.jwk();
    jwk["e"] = json!("AAEAAQ==");
    jwk.as_object_mut()
        .unwrap()
        .retain(|name, _| ["kty", "kid", "n", "e"].contains(&name.as_str()));
    idp.set(|script| script.jwks = Some(Reply::Json(200, json!({ "keys": [jwk] }))));
    assert!(Broker::new(&idp).sign_in(&idp).await.is_ok());
}

#[tokio::test]
async fn f5_rotation_costs_one_fetch_whoever_comes_first() {
    let idp = Idp::start().await;
    let broker = Arc::new(Broker::new(&idp));
    broker.sign_in(&idp).await.unwrap();
    let rotated = SigningKey::new("EdDSA", "key-2");
    idp.set(move |script| script.keys.insert(0, rotated));
    let mut running = Vec::new();
    for _ in 0..20 {
        let (broker, query) = (Arc::clone(&broker), broker.begin().await.unwrap());
        let callback = idp.agree(&query.url);
        running.push(tokio::spawn(async move { broker.finish(&query, &callback).await }));
    }
    for task in running {
        task.await.unwrap().expect("F5: everybody gets in");
    }
    assert_eq!(idp.calls("/jwks"), 2, "F5: single flight");
}

#[tokio::test]
async fn f5_a_new_key_under_an_old_name_is_found_too() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    idp.set(|script| script.keys = vec![SigningKey::new("ES256", "key-1")]);
    assert!(broker.sign_in(&idp).await.is_ok());
}

#[tokio::test]
async fn f5_a_storm_of_unknown_keys_stays_here() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    idp.set(|script| script.header = |header| header["kid"] = json!("unknown"));
    for _ in 0..20 {
        assert_eq!(
            broker.sign_in(&idp).await,
            Err(Fault::IdToken(IdTokenFault::UnknownKey))
        );
    }
    assert_eq!(idp.calls("/jwks"), 2, "F5: one fetch per half minute");
}

#[tokio::test]
async fn s29_keys_come_from_the_pinned_issuer_only() {
    let (idp, evil) = (
        Idp::start().await,
        Idp::with_key(SigningKey::new("ES256", "key-1")).await,
    );
    let broker = Broker::new(&idp);
    let begun = broker.begin().await.unwrap();
    let forged = evil_token(&evil, &broker).await;
    idp.set(|script| script.token = Some(forged));
    let fault = broker.finish(&begun, &idp.agree(&begun.url)).await;
    assert_eq!(
        fault,
        Err(Fault::IdToken(IdTokenFault::WrongSignature)),
        "S29: signed by another provider"
    );
    assert_eq!(evil.calls("/jwks"), 0);
    assert_eq!(KeysFault::TooMany.to_string(), "it holds more than 100 keys");
}

/// A token answer whose ID token is signed by another provider's key and points at that provider's key set.
async fn evil_token(evil: &Idp, broker: &Broker) -> Reply {
    let key = SigningKey::new("ES256", "key-1");
    let header = json!({ "alg": "ES256", "kid": "key-1", "jku": format!("{}/jwks", evil.issuer), "jwk": key.jwk() });
    let claims = json!({ "iss": broker.connection.oidc.issuer, "sub": "alice", "aud": "door" });
    let id_token = key.sign(&header, claims.to_string().as_bytes());
    Reply::Json(
        200,
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token }),
    )
}
