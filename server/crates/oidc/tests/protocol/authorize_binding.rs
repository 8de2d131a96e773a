//! What ties a code to the browser that asked for it: PKCE and nonce (S27), and hints about the person.

use doorward_domain::application::SigningAlg;
use doorward_oidc::mint::IdToken;

use crate::fixtures::{CHALLENGE, ISSUER, application, at, authorize, keys, now, public_application, refused};

#[test]
fn s27_rfc9700_2_1_1_public_applications_must_send_a_challenge() {
    let without = [("code_challenge", None), ("code_challenge_method", None)];
    assert_eq!(refused(&public_application(), &without), "invalid_request");
    assert!(authorize(&public_application(), &[]).is_ok());
}

#[test]
fn s27_rfc9700_2_1_1_confidential_applications_may_rely_on_the_nonce() {
    let without = [("code_challenge", None), ("code_challenge_method", None)];
    assert!(authorize(&application(), &without).is_ok());
    let mut neither = without.to_vec();
    neither.push(("nonce", None));
    assert_eq!(refused(&application(), &neither), "invalid_request", "no nonce");
    let mut plain_oauth = without.to_vec();
    plain_oauth.push(("scope", Some("email")));
    assert_eq!(
        refused(&application(), &plain_oauth),
        "invalid_request",
        "a nonce without an ID token is checked by nobody"
    );
}

#[test]
fn rfc7636_4_3_only_s256() {
    for (case, changes) in [
        ("plain", vec![("code_challenge_method", Some("plain"))]),
        ("no method means plain", vec![("code_challenge_method", None)]),
        ("unknown", vec![("code_challenge_method", Some("S512"))]),
        ("method alone", vec![("code_challenge", None)]),
    ] {
        assert_eq!(refused(&application(), &changes), "invalid_request", "{case}");
    }
}

#[test]
fn rfc7636_4_2_a_challenge_is_32_bytes_in_base64url() {
    let padded = format!("{CHALLENGE}=");
    let second_spelling = CHALLENGE.replace("cM", "cN");
    for wrong in [
        "short",
        &padded,
        &second_spelling,
        &CHALLENGE.replace('-', "+"),
        &"A".repeat(44),
    ] {
        assert_eq!(
            refused(&application(), &[("code_challenge", Some(wrong))]),
            "invalid_request",
            "{wrong}"
        );
    }
}

fn hint(client_id: &str, subject: &str) -> String {
    let token = IdToken {
        issuer: ISSUER,
        subject,
        client_id,
        now: at(now().timestamp() - 86_400),
        life_seconds: 60,
        auth_time: at(now().timestamp() - 86_400),
        nonce: None,
        acr: None,
        amr: vec![],
        session_id: None,
        access_token: None,
        claims: &doorward_domain::Claims::new(),
    };
    token.mint(keys(), SigningAlg::ES256).expect("a token")
}

#[test]
fn core_3_1_2_1_an_expired_id_token_hint_names_the_person() {
    let token = hint("client", "person-1");
    let request = authorize(&application(), &[("id_token_hint", Some(&token))]).expect("valid");
    let request = request.resolve_hint(keys(), ISSUER, "client", now()).expect("a hint");
    assert!(request.accepts_subject("person-1") && !request.accepts_subject("person-2"));
    assert_eq!(request.id_token_hint, None, "too large to travel");
}

#[test]
fn core_3_1_2_1_a_hint_that_is_not_ours_for_this_application_is_refused() {
    let other = hint("other", "person-1");
    let mut tampered = hint("client", "person-1");
    tampered.replace_range(tampered.len() - 4.., "AAAA");
    for (case, token) in [
        ("another application's", other.as_str()),
        ("tampered", &tampered),
        ("no token", "x.y.z"),
    ] {
        let request = authorize(&application(), &[("id_token_hint", Some(token))]).expect("valid");
        let error = request.resolve_hint(keys(), ISSUER, "client", now()).expect_err(case);
        assert_eq!(error.code.as_str(), "invalid_request", "{case}");
    }
}
