//! `private_key_jwt`: RFC 7523 §3, OpenID Connect Core §9.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::application::{Application, ClientAuthMethod};
use doorward_oidc::client_auth::assertion::AssertionFault;
use doorward_oidc::client_auth::{ClientRefused, JWT_BEARER, PresentedClient, UsedAssertion, Verifier};
use doorward_oidc::token::TokenError;
use serde_json::{Value, json};

use crate::fixtures::{ISSUER, TOKEN_ENDPOINT, application, form, hasher, now};

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "kid": "k1", "x": encode(&point[1..33]), "y": encode(&point[33..])})
    }

    fn sign(&self, header: &Value, payload: &Value) -> String {
        let input = format!("{}.{}", encode(header.to_string()), encode(payload.to_string()));
        let signature = self
            .0
            .sign(&SystemRandom::new(), input.as_bytes())
            .expect("a signature");
        format!("{input}.{}", encode(signature))
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn with_key(jwk: Value) -> Application {
    let mut application = application();
    application.protocol.token_endpoint_auth_method = Some(ClientAuthMethod::PrivateKeyJwt);
    application.protocol.jwks = Some(json!({ "keys": [jwk] }));
    application
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": "k1"})
}

fn payload(changes: Value) -> Value {
    let seconds = now().timestamp();
    let mut payload = json!({"iss": "client", "sub": "client", "aud": TOKEN_ENDPOINT, "exp": seconds + 60, "iat": seconds, "jti": "one"});
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            payload.as_object_mut().expect("an object").remove(name);
        } else {
            payload[name] = value.clone();
        }
    }
    payload
}

fn check(application: &Application, jwt: &str) -> Result<Option<UsedAssertion>, TokenError> {
    Ok(checked(application, jwt)?)
}

/// The same, with what our log has of it.
fn checked(application: &Application, jwt: &str) -> Result<Option<UsedAssertion>, ClientRefused> {
    let secrets = hasher();
    let verifier = Verifier {
        secrets: &secrets,
        audiences: &[ISSUER, TOKEN_ENDPOINT],
        now: now(),
    };
    let params = form(&[("client_assertion_type", JWT_BEARER), ("client_assertion", jwt)]);
    PresentedClient::read(None, &params)?
        .authenticate(Some(application), &verifier)
        .map(|client| client.assertion)
}

#[test]
fn rfc7523_3_a_right_assertion_is_accepted_and_returned_for_single_use() {
    let signer = Signer::new();
    let application = with_key(signer.jwk());
    for (case, changes) in [
        ("token endpoint", json!({})),
        ("issuer", json!({"aud": ISSUER})),
        ("several audiences", json!({"aud": ["https://x.example.com", ISSUER]})),
        ("fractions of seconds", json!({"exp": now().timestamp() as f64 + 59.5})),
    ] {
        let used = check(&application, &signer.sign(&header(), &payload(changes)))
            .expect(case)
            .expect("an assertion");
        assert_eq!(
            (used.client_id.as_str(), used.jti.as_str()),
            ("client", "one"),
            "{case}"
        );
        assert!(used.expires_at > now(), "{case}");
    }
}

#[test]
fn rfc7523_3_every_claim_is_checked() {
    let signer = Signer::new();
    let application = with_key(signer.jwk());
    let seconds = now().timestamp();
    for (case, changes) in [
        ("1: another issuer", json!({"iss": "other"})),
        ("2: another subject", json!({"sub": "other"})),
        ("3: another audience", json!({"aud": "https://evil.example.com"})),
        ("3: a prefix of the audience", json!({"aud": "https://id.example.com/"})),
        ("3: no audience", json!({"aud": null})),
        ("4: no expiry", json!({"exp": null})),
        ("4: expired", json!({"exp": seconds - 61})),
        ("4: living too long", json!({"exp": seconds + 3700})),
        ("4: endless", json!({"exp": 1e300})),
        ("5: not yet", json!({"nbf": seconds + 100})),
        ("6: from the future", json!({"iat": seconds + 100})),
        ("7: no identifier", json!({"jti": null})),
        ("7: empty identifier", json!({"jti": ""})),
        ("7: long identifier", json!({"jti": "x".repeat(256)})),
    ] {
        let answer = check(&application, &signer.sign(&header(), &payload(changes)));
        assert_eq!(answer, Err(TokenError::INVALID_CLIENT), "{case}");
    }
}

#[test]
fn the_log_has_the_claim_that_is_wrong() {
    let signer = Signer::new();
    let application = with_key(signer.jwk());
    let seconds = now().timestamp();
    for (changes, want) in [
        (json!({"iss": "other"}), AssertionFault::Subject),
        (json!({"aud": "https://evil.example.com"}), AssertionFault::Audience),
        (json!({"exp": seconds - 61}), AssertionFault::Time),
        (json!({"jti": ""}), AssertionFault::Id),
    ] {
        let answer = checked(&application, &signer.sign(&header(), &payload(changes)));
        assert_eq!(answer, Err(ClientRefused::Assertion(want)));
    }
}

#[test]
fn s33_the_clock_may_be_off_by_a_minute() {
    let signer = Signer::new();
    let application = with_key(signer.jwk());
    let seconds = now().timestamp();
    for changes in [
        json!({"exp": seconds - 30}),
        json!({"iat": seconds + 30, "nbf": seconds + 30}),
    ] {
        assert!(check(&application, &signer.sign(&header(), &payload(changes))).is_ok());
    }
}

#[test]
fn s29_algorithms_and_keys_cannot_be_confused() {
    let (signer, stranger) = (Signer::new(), Signer::new());
    let application = with_key(signer.jwk());
    let fine = payload(json!({}));
    let unsigned = format!(
        "{}.{}.",
        encode(json!({"alg": "none"}).to_string()),
        encode(fine.to_string())
    );
    for (case, jwt) in [
        ("none", unsigned),
        (
            "HMAC with the public key",
            signer.sign(&json!({"alg": "HS256", "kid": "k1"}), &fine),
        ),
        (
            "another algorithm",
            signer.sign(&json!({"alg": "RS256", "kid": "k1"}), &fine),
        ),
        ("another key", stranger.sign(&header(), &fine)),
        ("another kid", signer.sign(&json!({"alg": "ES256", "kid": "k2"}), &fine)),
        (
            "its own key in the header",
            stranger.sign(&json!({"alg": "ES256", "jwk": stranger.jwk()}), &fine),
        ),
        (
            "a critical extension",
            signer.sign(
                &json!({"alg": "ES256", "kid": "k1", "crit": ["b64"], "b64": false}),
                &fine,
            ),
        ),
        (
            "an access token",
            signer.sign(&json!({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}), &fine),
        ),
    ] {
        assert_eq!(check(&application, &jwt), Err(TokenError::INVALID_CLIENT), "{case}");
    }
}

#[test]
fn s29_a_key_meant_for_something_else_is_not_used() {
    let signer = Signer::new();
    for (name, value) in [
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        ("key_ops", json!(["encrypt"])),
        ("crv", json!("P-384")),
    ] {
        let mut jwk = signer.jwk();
        jwk[name] = value;
        let jwt = signer.sign(&header(), &payload(json!({})));
        assert_eq!(check(&with_key(jwk), &jwt), Err(TokenError::INVALID_CLIENT), "{name}");
    }
}

#[test]
fn hostile_tokens_are_refused() {
    let signer = Signer::new();
    let application = with_key(signer.jwk());
    let fine = signer.sign(&header(), &payload(json!({})));
    let four_parts = format!("{fine}.x");
    let padded = format!("{fine}=");
    let long = format!("{fine}{}", "A".repeat(20_000));
    let twice = format!(
        "{}.{}.x",
        encode(r#"{"alg":"none","alg":"ES256"}"#),
        encode(payload(json!({})).to_string())
    );
    for jwt in ["", ".", "..", "a.b.c", &four_parts, &padded, &long, &twice, "💥.💥.💥"] {
        assert!(check(&application, jwt).is_err(), "{jwt:.40}");
    }
}

#[test]
fn rfc7521_4_2_the_type_of_the_assertion_is_required() {
    let signer = Signer::new();
    let jwt = signer.sign(&header(), &payload(json!({})));
    let params = form(&[("client_assertion", &jwt)]);
    assert!(PresentedClient::read(None, &params).is_err());
}
