//! ID tokens (OpenID Connect Core §2, §3.1.3.6) and access tokens (RFC 9068 §2).

use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use doorward_domain::{Claims, Timestamp};
use doorward_oidc::ScopeSet;
use doorward_oidc::jose::Compact;
use doorward_oidc::mint::{AccessToken, IdToken};
use serde_json::{Value, json};

use crate::fixtures::{ISSUER, at, claims, keys, now};

pub fn id_token<'a>(claims: &'a Claims, access_token: Option<&'a str>) -> IdToken<'a> {
    IdToken {
        issuer: ISSUER,
        subject: "person-1",
        client_id: "client",
        now: now(),
        life_seconds: 300,
        auth_time: at(now().timestamp() - 10),
        nonce: Some("no"),
        acr: Some("urn:doorward:acr:1"),
        amr: vec!["pwd"],
        session_id: Some("ses_1"),
        access_token,
        claims,
    }
}

pub fn access_token(grant: &GrantId, now: Timestamp) -> AccessToken<'_> {
    AccessToken {
        issuer: ISSUER,
        audience: ISSUER,
        subject: "person-1",
        client_id: "client",
        scope: ScopeSet::requested("openid email").expect("scopes"),
        grant_id: Some(grant),
        id: [7; 16],
        now,
        life_seconds: 600,
        auth_time: Some(now),
        acr: Some("urn:doorward:acr:1"),
    }
}

/// Verifies with the published key and gives the payload.
pub fn payload(token: &str) -> Value {
    let compact = Compact::parse(token).expect("a token");
    let kid = compact.header.kid.clone().expect("a kid");
    compact
        .verify(keys().find(&kid, now()).expect("a key"))
        .expect("a right signature")
}

#[test]
fn core_2_every_algorithm_signs_what_it_says() {
    for alg in SigningAlg::ALL {
        let token = id_token(&Claims::new(), None).mint(keys(), alg).expect("a token");
        let compact = Compact::parse(&token).expect("a token");
        assert_eq!(
            (compact.header.alg.as_str(), compact.header.typ.as_deref()),
            (alg.as_str(), Some("JWT"))
        );
        assert_eq!(payload(&token)["aud"], "client");
    }
}

#[test]
fn core_3_1_3_6_at_hash_is_the_left_half_of_the_hash() {
    // The example of OpenID Connect Core appendix A.3.
    let access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    for alg in [SigningAlg::ES256, SigningAlg::RS256] {
        let token = id_token(&Claims::new(), Some(access))
            .mint(keys(), alg)
            .expect("a token");
        assert_eq!(payload(&token)["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");
    }
    let eddsa = id_token(&Claims::new(), Some(access))
        .mint(keys(), SigningAlg::EdDSA)
        .expect("a token");
    assert_eq!(
        payload(&eddsa)["at_hash"].as_str().map(str::len),
        Some(43),
        "half of SHA-512"
    );
}

#[test]
fn core_2_an_attribute_cannot_pose_as_a_protocol_claim() {
    let hostile = claims(json!({
        "iss": "https://evil.example.com", "sub": "admin", "aud": "other", "exp": 9_999_999_999_u64, "acr": "9", "amr": ["mfa"],
        "nonce": "x", "sid": "x", "azp": "x", "at_hash": "x", "auth_time": 1, "email": "person@example.com",
    }));
    let token = id_token(&hostile, None)
        .mint(keys(), SigningAlg::ES256)
        .expect("a token");
    let honest = id_token(&Claims::new(), None)
        .mint(keys(), SigningAlg::ES256)
        .expect("a token");
    let (mut got, want) = (payload(&token), payload(&honest));
    assert_eq!(
        got.as_object_mut().expect("an object").remove("email"),
        Some(json!("person@example.com"))
    );
    assert_eq!(got, want);
}

#[test]
fn core_2_what_is_unknown_is_left_out() {
    let empty = Claims::new();
    let bare = IdToken {
        nonce: None,
        acr: None,
        amr: vec![],
        session_id: None,
        ..id_token(&empty, None)
    };
    let token = bare.mint(keys(), SigningAlg::ES256).expect("a token");
    let value = payload(&token);
    let names: Vec<_> = value.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["aud", "auth_time", "exp", "iat", "iss", "sub"]);
}

#[test]
fn rfc9068_2_the_access_token_has_its_type_and_its_claims() {
    let grant = GrantId::from_random([4; 16]);
    let token = access_token(&grant, now())
        .mint(keys(), SigningAlg::ES256)
        .expect("a token");
    assert!(Compact::parse(&token).expect("a token").is_type("at+jwt"));
    let got = payload(&token);
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(got.get(name).is_some(), "RFC 9068 §2.2 requires {name}");
    }
    assert_eq!(
        (&got["scope"], &got["gid"]),
        (&json!("openid email"), &json!(grant.as_str()))
    );
}
