//! ID tokens whose header, key or signature is not as it must be (S21, S29).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_federation::Fault;
use doorward_federation::IdTokenFault::{self, *};
use serde_json::{Value, json};

use crate::support::{Broker, Idp, SigningKey};

#[tokio::test]
async fn s29_headers_that_try_to_choose_key_or_algorithm() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    let rows: [(&str, fn(&mut Value), IdTokenFault); 14] = [
        ("none", |h| h["alg"] = json!("none"), AlgorithmRefused),
        ("HMAC", |h| h["alg"] = json!("HS256"), AlgorithmRefused),
        ("unknown", |h| h["alg"] = json!("ES256K"), AlgorithmRefused),
        ("no alg", |h| h["alg"] = Value::Null, Malformed),
        ("RSA with a curve's key", |h| h["alg"] = json!("RS256"), UnknownKey),
        ("another curve", |h| h["alg"] = json!("ES384"), UnknownKey),
        ("unknown kid", |h| h["kid"] = json!("other"), UnknownKey),
        ("kid as a path", |h| h["kid"] = json!("../../etc/passwd"), UnknownKey),
        ("kid of a wrong type", |h| h["kid"] = json!(["key-1"]), Malformed),
        (
            "RFC 7515 §4.1.11: critical header",
            |h| {
                h["crit"] = json!(["exp"]);
                h["exp"] = json!(1);
            },
            Critical,
        ),
        ("RFC 7797: payload not encoded", |h| h["b64"] = json!(false), Critical),
        (
            "RFC 8725 §3.11: an access token",
            |h| h["typ"] = json!("at+jwt"),
            WrongType,
        ),
        (
            "RFC 8725 §3.11: a logout token",
            |h| h["typ"] = json!("logout+jwt"),
            WrongType,
        ),
        ("typ of a wrong type", |h| h["typ"] = json!(7), WrongType),
    ];
    for (case, change, want) in rows {
        idp.set(|script| script.header = change);
        assert_eq!(broker.sign_in(&idp).await, Err(Fault::IdToken(want)), "S29: {case}");
    }
    // Addresses and keys in the header are not even looked at.
    idp.set(|script| {
        script.header = |h| {
            h["jku"] = json!("http://127.0.0.1:1/");
            h["jwk"] = json!({});
            h["typ"] = Value::Null;
        }
    });
    assert_eq!(
        broker.sign_in(&idp).await.map(|_| ()),
        Err(Fault::IdToken(WrongType)),
        "typ null is not a type"
    );
    idp.set(|script| {
        script.header = |h| {
            h["jku"] = json!("http://127.0.0.1:1/");
            h.as_object_mut().unwrap().remove("typ");
        }
    });
    assert!(broker.sign_in(&idp).await.is_ok());
}

#[tokio::test]
async fn s29_a_connection_accepts_what_it_names() {
    let idp = Idp::start().await;
    for (names, want) in [
        (json!(["ES256"]), Ok(())),
        (json!(["RS256", "ES256"]), Ok(())),
        (json!(["RS256"]), Err(Fault::IdToken(AlgorithmRefused))),
        (json!(["ES512"]), Err(Fault::IdToken(AlgorithmRefused))),
        (json!(["none", "HS256"]), Err(Fault::NoAlgorithm)),
    ] {
        let settings: Value = json!({ "id_token_signing_alg_values": names });
        // The domain refuses such a list at saving; whatever was saved, nothing weak is accepted.
        let mut broker = Broker::new(&idp);
        broker.connection.oidc.id_token_signing_alg_values =
            serde_json::from_value(settings["id_token_signing_alg_values"].clone()).unwrap();
        assert_eq!(broker.sign_in(&idp).await.map(|_| ()), want, "S29: {names}");
    }
}

#[tokio::test]
async fn s21_tokens_that_were_changed_after_signing() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    fn parts(token: &str) -> Vec<String> {
        token.split('.').map(str::to_owned).collect()
    }
    let rows: [(&str, fn(String) -> String, IdTokenFault); 9] = [
        (
            "another payload",
            |t| {
                let p = parts(&t);
                format!("{}.{}.{}", p[0], URL_SAFE_NO_PAD.encode(r#"{"sub":"bob"}"#), p[2])
            },
            WrongSignature,
        ),
        (
            "no signature",
            |t| {
                let p = parts(&t);
                format!("{}.{}.", p[0], p[1])
            },
            WrongSignature,
        ),
        (
            "none and no signature",
            |t| {
                let p = parts(&t);
                format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), p[1])
            },
            AlgorithmRefused,
        ),
        (
            "a signature of zeros",
            |t| {
                let p = parts(&t);
                format!("{}.{}.{}", p[0], p[1], URL_SAFE_NO_PAD.encode([0; 64]))
            },
            WrongSignature,
        ),
        (
            "two parts",
            |t| {
                let p = parts(&t);
                format!("{}.{}", p[0], p[1])
            },
            Malformed,
        ),
        ("five parts: encrypted", |t| format!("{t}.a.b"), Malformed),
        ("padding", |t| format!("{t}=="), Malformed),
        ("a line break", |t| format!("{t}\n"), Malformed),
        (
            "a header that names alg twice",
            |t| {
                let p = parts(&t);
                format!(
                    "{}.{}.{}",
                    URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","alg":"none","kid":"key-1"}"#),
                    p[1],
                    p[2]
                )
            },
            Malformed,
        ),
    ];
    for (case, change, want) in rows {
        idp.set(|script| script.token_text = change);
        assert_eq!(broker.sign_in(&idp).await, Err(Fault::IdToken(want)), "S21: {case}");
    }
}

#[tokio::test]
async fn rfc_7519_4_a_signed_payload_that_says_a_thing_twice() {
    let idp = Idp::start().await;
    let key = SigningKey::new("ES256", "key-1");
    let shared = key.clone();
    idp.set(move |script| script.keys = vec![shared]);
    let broker = Broker::new(&idp);
    let token = key.sign(
        &json!({ "alg": "ES256", "kid": "key-1" }),
        br#"{"sub":"alice","sub":"bob"}"#,
    );
    let begun = broker.begin().await.unwrap();
    let answer = json!({ "access_token": "a", "token_type": "Bearer", "id_token": token });
    idp.set(|script| script.token = Some(crate::support::Reply::Json(200, answer)));
    let fault = broker.finish(&begun, &idp.agree(&begun.url)).await;
    assert_eq!(fault, Err(Fault::IdToken(Malformed)), "S21: one reading only");
}
