//! A provider without keys, and answers without a signature: nobody is signed in (S22).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::upstream_signature;
use doorward_federation::{Call, Fault, IdTokenFault, KeysFault, SignatureAlgorithm};
use serde_json::{Value, json};

use crate::support::{Broker, Idp, Reply};

/// A reply that is not there.
fn gone() -> Reply {
    Reply::Raw {
        status: 404,
        content_type: "text/html",
        body: b"<h1>Not found</h1>".to_vec(),
    }
}

#[tokio::test]
async fn s22_a_provider_whose_keys_are_gone_signs_nobody_in() {
    let missing = |fault: &Fault| {
        matches!(
            fault,
            Fault::Status {
                call: Call::Keys,
                status: 404
            }
        )
    };
    let empty = |fault: &Fault| *fault == Fault::Keys(KeysFault::NoUsableKey);
    let unreadable = |fault: &Fault| *fault == Fault::Keys(KeysFault::NotAKeySet);
    let rows: [(&str, Reply, &dyn Fn(&Fault) -> bool); 3] = [
        ("gone", gone(), &missing),
        ("empty", Reply::Json(200, json!({ "keys": [] })), &empty),
        ("no list", Reply::Json(200, json!({})), &unreadable),
    ];
    for (case, reply, wanted) in rows {
        let idp = Idp::start().await;
        idp.set(|script| script.jwks = Some(reply));
        for (token, change) in [("signed", signed as fn(String) -> String), ("unsigned", unsigned)] {
            idp.set(|script| script.token_text = change);
            let got = Broker::new(&idp).sign_in(&idp).await;
            assert!(got.as_ref().is_err_and(wanted), "S22: {case}, {token}: {got:?}");
        }
    }
}

#[tokio::test]
async fn s22_a_discovery_document_without_keys_signs_nobody_in() {
    let idp = Idp::start().await;
    idp.set(|script| {
        script.metadata = |document| {
            document.as_object_mut().unwrap().remove("jwks_uri");
        };
    });
    for change in [signed as fn(String) -> String, unsigned] {
        idp.set(|script| script.token_text = change);
        let got = Broker::new(&idp).sign_in(&idp).await;
        assert!(got.is_err(), "S22: nowhere to get keys from: {got:?}");
    }
}

#[tokio::test]
async fn s22_an_answer_without_a_signature_is_refused_whatever_it_says() {
    let idp = Idp::start().await;
    let broker = Broker::new(&idp);
    broker.sign_in(&idp).await.unwrap();
    let rows: [(&str, fn(String) -> String, IdTokenFault); 5] = [
        ("alg none", unsigned, IdTokenFault::AlgorithmRefused),
        (
            "alg None",
            |t| headed(&t, &json!({ "alg": "None" })),
            IdTokenFault::AlgorithmRefused,
        ),
        (
            "alg none with the old signature",
            resigned,
            IdTokenFault::AlgorithmRefused,
        ),
        (
            "the signature left out",
            |t| format!("{}.", t.rsplit_once('.').unwrap().0),
            IdTokenFault::WrongSignature,
        ),
        (
            "and its dot",
            |t| t.rsplit_once('.').unwrap().0.to_owned(),
            IdTokenFault::Malformed,
        ),
    ];
    for (case, change, want) in rows {
        idp.set(|script| script.token_text = change);
        assert_eq!(broker.sign_in(&idp).await, Err(Fault::IdToken(want)), "S22: {case}");
    }
    idp.set(|script| script.token_text = signed);
    assert!(broker.sign_in(&idp).await.is_ok(), "S22: a signed one still works");
}

#[test]
fn s22_what_can_be_saved_is_what_is_verified() {
    for name in upstream_signature::NAMES {
        assert!(SignatureAlgorithm::parse(name).is_some(), "S22: {name}");
    }
    for algorithm in SignatureAlgorithm::ALL {
        assert!(upstream_signature::NAMES.contains(&algorithm.as_str()), "{algorithm:?}");
    }
}

fn signed(token: String) -> String {
    token
}

/// The token with another header and no signature.
fn headed(token: &str, header: &Value) -> String {
    let payload = token.split('.').nth(1).unwrap();
    format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header.to_string()))
}

fn unsigned(token: String) -> String {
    headed(&token, &json!({ "alg": "none" }))
}

fn resigned(token: String) -> String {
    let signature = token.rsplit_once('.').unwrap().1;
    format!("{}{signature}", unsigned(token.clone()))
}
