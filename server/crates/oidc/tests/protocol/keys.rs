//! Signing keys: RFC 7517, RFC 7638, rotation.

use chrono::Duration;
use doorward_domain::application::SigningAlg;
use doorward_oidc::jose::{KeyError, SigningKeys};
use serde_json::Value;

use crate::fixtures::{at, keys, now};

fn kids(set: &Value) -> Vec<&str> {
    set["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .filter_map(|jwk| jwk["kid"].as_str())
        .collect()
}

#[test]
fn rfc7517_4_the_document_holds_public_members_only() {
    let set = keys().jwks(now());
    let mut algs: Vec<_> = set["keys"]
        .as_array()
        .expect("keys")
        .iter()
        .filter_map(|jwk| jwk["alg"].as_str())
        .collect();
    algs.sort_unstable();
    assert_eq!(algs, ["ES256", "EdDSA", "RS256"]);
    for jwk in set["keys"].as_array().expect("keys") {
        let names: Vec<_> = jwk.as_object().expect("an object").keys().map(String::as_str).collect();
        let public = ["alg", "crv", "e", "kid", "kty", "n", "use", "x", "y"];
        assert!(names.iter().all(|name| public.contains(name)), "{names:?}");
        assert_eq!(jwk["use"], "sig");
    }
}

#[test]
fn rfc7638_3_the_kid_is_the_thumbprint() {
    let set = keys().jwks(now());
    for jwk in set["keys"].as_array().expect("keys") {
        let text = |name: &str| jwk[name].as_str().unwrap_or_default();
        let canonical = match text("kty") {
            "EC" => format!(
                r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
                text("x"),
                text("y")
            ),
            "OKP" => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text("x")),
            _ => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text("e"), text("n")),
        };
        // The PKCE challenge is the base64url of a SHA-256 hash as well.
        assert_eq!(text("kid"), doorward_oidc::token::pkce::challenge(&canonical));
    }
}

#[test]
fn keys_survive_export_and_import() {
    let records = keys().export().expect("records");
    let json = serde_json::to_string(&records).expect("JSON");
    let records: Vec<_> = serde_json::from_str(&json).expect("records");
    let again = SigningKeys::import(&records).expect("keys");
    assert_eq!(again.jwks(now()), keys().jwks(now()));
    let told = format!("{records:?}");
    for record in &records {
        assert!(!told.contains(record.pkcs8.expose()), "no key material in Debug");
    }
}

#[test]
fn a_damaged_key_stops_the_import() {
    let mut records = keys().export().expect("records");
    records[0].kid.push('x');
    assert_eq!(SigningKeys::import(&records).map(|_| ()), Err(KeyError::Unreadable));
    let mut records = keys().export().expect("records");
    records[0].alg = SigningAlg::RS256;
    assert_eq!(SigningKeys::import(&records).map(|_| ()), Err(KeyError::Unreadable));
}

#[test]
fn rotating_keys_breaks_nobody() {
    let (lead, overlap) = (Duration::hours(1), Duration::hours(2));
    let rotated = keys().rotate(SigningAlg::ES256, now(), lead, overlap).expect("keys");
    let old = keys().signer(SigningAlg::ES256, now()).expect("a key").kid().to_owned();
    let signer = |hours: i64| {
        rotated
            .signer(SigningAlg::ES256, now() + Duration::hours(hours))
            .expect("a key")
            .kid()
            .to_owned()
    };
    assert_eq!(signer(0), old, "the new key is published before it signs");
    assert_eq!(kids(&rotated.jwks(now())).len(), 4);
    assert_ne!(signer(1), old, "then it takes over");
    assert!(
        rotated.find(&old, now() + Duration::hours(2)).is_some(),
        "tokens of the old key still verify"
    );
    assert!(
        rotated.find(&old, now() + Duration::hours(3)).is_none(),
        "and at last it is gone"
    );
    assert_eq!(kids(&rotated.jwks(now() + Duration::hours(3))).len(), 3);
    let rsa = |set: &SigningKeys| set.signer(SigningAlg::RS256, now()).expect("a key").kid().to_owned();
    assert_eq!(rsa(&rotated), rsa(keys()), "other algorithms keep theirs");
}

#[test]
fn f34_a_revoked_key_is_gone_and_another_one_signs() {
    let (lead, overlap) = (Duration::hours(1), Duration::hours(24));
    let (alg, first) = (SigningAlg::ES256, keys());
    let kid = |set: &SigningKeys, at| set.signer(alg, at).expect("a key").kid().to_owned();
    let rotated = first.rotate(alg, now(), lead, overlap).expect("keys");
    let (old, next) = (kid(first, now()), kid(&rotated, now() + lead));
    let later = now() + Duration::hours(2);
    let revoke = |set: &SigningKeys, kid: &str, at| set.revoke(kid, at, lead).expect("keys").expect("the key");

    for (case, set, kid_revoked, at) in [
        ("the only one", first, &old, now()),
        ("with a successor that waits", &rotated, &old, now()),
        ("the successor that waits", &rotated, &next, now()),
        ("the one that has taken over", &rotated, &next, later),
        ("the former one", &rotated, &old, later),
    ] {
        let left = revoke(set, kid_revoked, at);
        assert!(
            left.find_for_hint(kid_revoked, at).is_none(),
            "{case}: not even for hints"
        );
        assert!(!kids(&left.jwks(at)).contains(&kid_revoked.as_str()), "{case}");
        let signer = kid(&left, at);
        assert_ne!(&signer, kid_revoked, "{case}");
        let lasts = left.find(&signer, at + overlap).is_some();
        assert!(lasts, "{case}: what signs now verifies for long enough");
        assert!(
            left.signer(alg, at + overlap * 2).is_ok(),
            "{case}: and one goes on signing"
        );
        let rsa = |set: &SigningKeys| set.signer(SigningAlg::RS256, at).expect("a key").kid().to_owned();
        assert_eq!(rsa(&left), rsa(first), "{case}: other algorithms keep theirs");
    }

    assert_eq!(
        kid(&revoke(&rotated, &old, now()), now()),
        next,
        "who waits is known already"
    );
    let left = revoke(&rotated, &next, now());
    assert_eq!(kid(&left, now()), old, "what signs goes on");
    assert_ne!(kid(&left, now() + lead), old, "until another one has been published");
    assert_ne!(
        kid(&revoke(&rotated, &next, later), later),
        old,
        "no key that retires signs again"
    );
    assert!(first.revoke("nobody's", now(), lead).expect("keys").is_none());
}

#[test]
fn a_clock_set_back_does_not_stop_signing() {
    assert!(keys().signer(SigningAlg::ES256, at(0)).is_ok());
    let none = SigningKeys::default();
    assert_eq!(
        none.signer(SigningAlg::ES256, now()).map(|_| ()),
        Err(KeyError::Missing(SigningAlg::ES256))
    );
}
