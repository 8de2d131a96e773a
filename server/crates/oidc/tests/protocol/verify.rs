//! Our own tokens when they come back: RFC 9068 §4, S28, S29, S33.

use chrono::Duration;
use doorward_domain::Claims;
use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use doorward_oidc::jose::{HINT_LIFE, JoseFault, SigningKeys};
use doorward_oidc::mint::{AccessToken, verify_access_token, verify_id_token_hint};

use crate::fixtures::{ISSUER, keys, now};
use crate::mint::{access_token, id_token};

fn minted() -> String {
    access_token(&GrantId::from_random([4; 16]), now())
        .mint(keys(), SigningAlg::ES256)
        .expect("a token")
}

#[test]
fn rfc9068_4_a_right_token_is_read() {
    let claims = verify_access_token(keys(), &minted(), ISSUER, ISSUER, now()).expect("valid");
    assert_eq!((claims.sub.as_str(), claims.client_id.as_str()), ("person-1", "client"));
    assert_eq!(claims.grant_id, Some(GrantId::from_random([4; 16])));
    assert_eq!(claims.scope.to_string(), "openid email");
}

#[test]
fn rfc9068_4_issuer_audience_and_time() {
    let (token, end) = (minted(), now() + Duration::seconds(600));
    let check = |issuer, audience, at| verify_access_token(keys(), &token, issuer, audience, at).map(|_| ());
    assert_eq!(
        check("https://other.example.com", ISSUER, now()),
        Err(JoseFault::Audience)
    );
    assert_eq!(
        check(ISSUER, "https://api.example.com", now()),
        Err(JoseFault::Audience)
    );
    assert_eq!(check(ISSUER, ISSUER, end - Duration::seconds(1)), Ok(()));
    assert_eq!(check(ISSUER, ISSUER, end), Err(JoseFault::Time));
}

#[test]
fn s28_tokens_of_another_kind_are_refused() {
    let empty = Claims::new();
    let id = id_token(&empty, None).mint(keys(), SigningAlg::ES256).expect("a token");
    assert_eq!(
        verify_access_token(keys(), &id, ISSUER, "client", now()),
        Err(JoseFault::Type)
    );
    assert_eq!(
        verify_id_token_hint(keys(), &minted(), ISSUER, now()),
        Err(JoseFault::Type)
    );
}

#[test]
fn s29_tokens_of_other_keys_are_refused() {
    let others = SigningKeys::generate(now()).expect("keys");
    let grant = GrantId::from_random([4; 16]);
    let foreign = access_token(&grant, now())
        .mint(&others, SigningAlg::EdDSA)
        .expect("a token");
    assert_eq!(
        verify_access_token(keys(), &foreign, ISSUER, ISSUER, now()),
        Err(JoseFault::UnknownKey)
    );
    // Our kid over their signature.
    let ours = access_token(&grant, now())
        .mint(keys(), SigningAlg::EdDSA)
        .expect("a token");
    let parts: Vec<_> = ours.split('.').collect();
    let theirs: Vec<_> = foreign.split('.').collect();
    let mixed = [parts[0], parts[1], theirs[2]].join(".");
    assert_eq!(
        verify_access_token(keys(), &mixed, ISSUER, ISSUER, now()),
        Err(JoseFault::Signature)
    );
}

#[test]
fn s29_every_change_of_a_character_is_noticed() {
    let token = minted();
    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        assert!(
            verify_access_token(keys(), &changed, ISSUER, ISSUER, now()).is_err(),
            "character {index}"
        );
    }
}

#[test]
fn core_3_1_2_1_a_hint_may_be_expired_but_must_be_ours() {
    let empty = Claims::new();
    let id = id_token(&empty, None).mint(keys(), SigningAlg::RS256).expect("a token");
    let hint = verify_id_token_hint(keys(), &id, ISSUER, now() + Duration::days(400)).expect("valid");
    assert_eq!(
        (
            hint.subject.as_str(),
            hint.client_id.as_str(),
            hint.session_id.as_deref()
        ),
        ("person-1", "client", Some("ses_1"))
    );
    assert_eq!(
        verify_id_token_hint(keys(), &id, "https://other.example.com", now()),
        Err(JoseFault::Audience)
    );
}

#[test]
fn core_3_1_2_1_a_hint_outlives_the_key_it_was_signed_with() {
    let day = Duration::days(1);
    let id = id_token(&Claims::new(), None)
        .mint(keys(), SigningAlg::ES256)
        .expect("a token");
    let rotate = |keys: &SigningKeys, at| keys.rotate(SigningAlg::ES256, at, Duration::zero(), day).expect("keys");
    let retired = now() + day;
    // The next rotation keeps what is still good for hints.
    let rotated = rotate(&rotate(keys(), now()), now() + day * 2);
    let read = |at| verify_id_token_hint(&rotated, &id, ISSUER, at).map(|hint| hint.subject);
    assert_eq!(read(retired + day * 30), Ok("person-1".to_owned()), "after a month");
    assert_eq!(read(retired + HINT_LIFE), Err(JoseFault::UnknownKey), "not for ever");

    let access = verify_access_token(&rotated, &minted(), ISSUER, ISSUER, retired);
    assert_eq!(access, Err(JoseFault::UnknownKey), "a retired key lets nobody in");
    let published = rotated.jwks(retired);
    let kid = keys().signer(SigningAlg::ES256, now()).expect("a key").kid().to_owned();
    assert!(!published.to_string().contains(&kid), "{published}");

    let late = rotate(&rotated, retired + HINT_LIFE);
    assert!(late.find_for_hint(&kid, now()).is_none(), "then it is dropped");
}

#[test]
fn rfc9068_2_2_client_credentials_carry_no_grant() {
    let grant = GrantId::from_random([4; 16]);
    let token = AccessToken {
        subject: "client",
        grant_id: None,
        scope: doorward_oidc::ScopeSet::default(),
        auth_time: None,
        acr: None,
        ..access_token(&grant, now())
    };
    let token = token.mint(keys(), SigningAlg::ES256).expect("a token");
    let claims = verify_access_token(keys(), &token, ISSUER, ISSUER, now()).expect("valid");
    assert_eq!(
        (claims.grant_id, claims.scope.is_empty(), claims.sub.as_str()),
        (None, true, "client")
    );
}
