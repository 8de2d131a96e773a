//! The token endpoint: RFC 6749 §4.1.3, §4.4, §5, §6; RFC 7636 §4.6.

use doorward_domain::application::{Application, GrantType};
use doorward_domain::id::ApplicationId;
use doorward_oidc::ScopeSet;
use doorward_oidc::token::{Codes, GrantRefused, TokenError, TokenErrorCode, TokenRequest, narrow};

use crate::fixtures::{REDIRECT, VERIFIER, application, authorize, form, request};

fn parse(pairs: &[(&str, &str)]) -> Result<TokenRequest, TokenErrorCode> {
    TokenRequest::parse(&form(pairs), &application()).map_err(|error| error.code)
}

fn exchange(pairs: &[(&str, &str)]) -> doorward_oidc::token::CodeExchange {
    let mut all = vec![("grant_type", "authorization_code"), ("code", "c")];
    all.extend_from_slice(pairs);
    match parse(&all).expect("a request") {
        TokenRequest::AuthorizationCode(exchange) => exchange,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rfc6749_5_2_requests_that_are_not() {
    for (case, pairs, want) in [
        ("no grant_type", vec![], TokenErrorCode::InvalidRequest),
        (
            "unknown",
            vec![("grant_type", "password")],
            TokenErrorCode::UnsupportedGrantType,
        ),
        (
            "no code",
            vec![("grant_type", "authorization_code"), ("redirect_uri", REDIRECT)],
            TokenErrorCode::InvalidRequest,
        ),
        (
            "no redirect_uri",
            vec![("grant_type", "authorization_code"), ("code", "c")],
            TokenErrorCode::InvalidRequest,
        ),
        (
            "no refresh_token",
            vec![("grant_type", "refresh_token")],
            TokenErrorCode::InvalidRequest,
        ),
        (
            "a scope",
            vec![("grant_type", "client_credentials"), ("scope", "admin")],
            TokenErrorCode::InvalidScope,
        ),
    ] {
        assert_eq!(parse(&pairs).expect_err(case), want, "{case}");
    }
    assert!(matches!(
        parse(&[("grant_type", "client_credentials")]),
        Ok(TokenRequest::ClientCredentials)
    ));
}

#[test]
fn rfc6749_5_2_a_grant_the_application_may_not_use() {
    let mut application = application();
    application.protocol.grant_types = vec![GrantType::AuthorizationCode];
    for grant in ["refresh_token", "client_credentials"] {
        let error = TokenRequest::parse(&form(&[("grant_type", grant), ("refresh_token", "x")]), &application)
            .expect_err(grant);
        assert_eq!(error.code, TokenErrorCode::UnauthorizedClient, "{grant}");
    }
}

#[test]
fn rfc7636_4_6_the_verifier_must_belong_to_the_challenge() {
    let request = request();
    let other = "x".repeat(43);
    for (case, pairs, want) in [
        (
            "right",
            vec![("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)],
            Ok(()),
        ),
        (
            "missing",
            vec![("redirect_uri", REDIRECT)],
            Err(GrantRefused::VerifierMissing),
        ),
        (
            "another",
            vec![("redirect_uri", REDIRECT), ("code_verifier", other.as_str())],
            Err(GrantRefused::VerifierWrong),
        ),
    ] {
        assert_eq!(exchange(&pairs).check(&application(), &request), want, "{case}");
    }
}

#[test]
fn rfc7636_4_1_a_verifier_has_43_to_128_unreserved_characters() {
    let long = "x".repeat(129);
    for verifier in ["short", &"x".repeat(42), &long, &format!("{}+", "x".repeat(43))] {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", "c"),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        assert_eq!(parse(&pairs).expect_err(verifier), TokenErrorCode::InvalidRequest);
    }
}

#[test]
fn rfc9700_4_8_2_a_verifier_without_a_challenge_betrays_a_downgrade() {
    let without = authorize(
        &application(),
        &[("code_challenge", None), ("code_challenge_method", None)],
    )
    .expect("valid");
    let with_verifier = exchange(&[("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]);
    assert_eq!(
        with_verifier.check(&application(), &without),
        Err(GrantRefused::VerifierUnasked)
    );
    assert_eq!(
        exchange(&[("redirect_uri", REDIRECT)]).check(&application(), &without),
        Ok(())
    );
}

#[test]
fn rfc6749_4_1_3_same_redirect_uri_and_same_application() {
    let request = request();
    let elsewhere = exchange(&[
        ("redirect_uri", "https://app.example.com/cb/"),
        ("code_verifier", VERIFIER),
    ]);
    assert_eq!(
        elsewhere.check(&application(), &request),
        Err(GrantRefused::RedirectUri)
    );
    let other = Application {
        id: ApplicationId::from_random([2; 16]),
        ..application()
    };
    let right = exchange(&[("redirect_uri", REDIRECT), ("code_verifier", VERIFIER)]);
    assert_eq!(right.check(&other, &request), Err(GrantRefused::OfAnother));
}

#[test]
fn whoever_holds_the_code_learns_what_does_not_fit() {
    for (refused, want) in [
        (GrantRefused::VerifierMissing, TokenError::CODE_VERIFIER),
        (GrantRefused::VerifierUnasked, TokenError::CODE_VERIFIER),
        (GrantRefused::VerifierWrong, TokenError::CODE_VERIFIER),
        (GrantRefused::RedirectUri, TokenError::REDIRECT_URI),
        (GrantRefused::OfAnother, TokenError::INVALID_GRANT),
        (GrantRefused::Unknown, TokenError::INVALID_GRANT),
        (GrantRefused::Expired, TokenError::INVALID_GRANT),
        (GrantRefused::UsedBefore, TokenError::INVALID_GRANT),
    ] {
        assert_eq!(TokenError::from(refused), want, "{refused}");
        assert_eq!(want.code, TokenErrorCode::InvalidGrant, "RFC 6749 §5.2: {refused}");
    }
}

#[test]
fn rfc6749_6_scopes_can_only_shrink() {
    let scopes = |text| ScopeSet::requested(text).expect("scopes");
    let granted = scopes("openid profile");
    assert_eq!(narrow(granted, None), Ok(granted));
    assert_eq!(narrow(granted, Some(scopes("openid"))), Ok(scopes("openid")));
    assert_eq!(
        narrow(granted, Some(scopes("openid email"))).expect_err("more").code,
        TokenErrorCode::InvalidScope
    );
}

#[test]
fn codes_are_stored_as_hashes_and_recognised() {
    let codes = Codes::new(&[3; 32]);
    let (code, hash) = codes.issue([7; 32]);
    assert_eq!(code.len(), 43);
    assert_eq!(codes.hash(&code), Some(hash.clone()));
    assert!(!hash.as_str().contains(&code));
    assert_ne!(Codes::new(&[4; 32]).hash(&code), Some(hash), "another key");
    for wrong in ["", "x", &format!("{code}A"), &"=".repeat(43), &"A".repeat(1_000_000)] {
        assert_eq!(codes.hash(wrong), None);
    }
}

#[test]
fn rfc6749_5_1_nothing_is_cached() {
    assert_eq!(
        doorward_oidc::token::NO_STORE,
        [("cache-control", "no-store"), ("pragma", "no-cache")]
    );
}
