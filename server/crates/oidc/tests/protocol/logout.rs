//! OpenID Connect RP-Initiated Logout 1.0.

use doorward_domain::Claims;
use doorward_domain::application::{Application, SigningAlg};
use doorward_oidc::logout::{LogoutRefused, LogoutRequest};

use crate::fixtures::{ISSUER, application, form, keys, now};
use crate::mint::id_token;

fn parse<'a>(pairs: &[(&str, &str)], application: &'a Application) -> Result<LogoutRequest<'a>, LogoutRefused> {
    let lookup = |id: &str| (id == application.client_id).then_some(application);
    LogoutRequest::parse(&form(pairs), lookup, keys(), ISSUER, now())
}

fn hint() -> String {
    id_token(&Claims::new(), None)
        .mint(keys(), SigningAlg::ES256)
        .expect("a token")
}

const BYE: &str = "https://app.example.com/bye";

#[test]
fn logout_2_a_registered_address_gets_the_state_back() {
    let (application, hint) = (application(), hint());
    let request = parse(
        &[
            ("id_token_hint", &hint),
            ("post_logout_redirect_uri", BYE),
            ("state", "a b&c"),
        ],
        &application,
    );
    let request = request.expect("valid");
    assert_eq!(
        request.redirect.as_deref(),
        Some("https://app.example.com/bye?state=a+b%26c")
    );
    assert!(request.names_session("ses_1") && !request.names_session("ses_2"));
    let by_client = parse(
        &[("client_id", "client"), ("post_logout_redirect_uri", BYE)],
        &application,
    )
    .expect("valid");
    assert_eq!(by_client.redirect.as_deref(), Some(BYE));
    assert!(
        !by_client.names_session("ses_1"),
        "a client_id anybody can write: the person is asked"
    );
}

#[test]
fn logout_2_without_anything_the_person_is_asked() {
    let application = application();
    let request = parse(&[], &application).expect("valid");
    assert!(request.application.is_none() && request.redirect.is_none() && !request.names_session("ses_1"));
}

#[test]
fn logout_3_an_address_must_match_exactly() {
    let application = application();
    for uri in [
        "https://app.example.com/bye/",
        "https://app.example.com/bye?x",
        "https://APP.example.com/bye",
        "https://app.example.com/cb",
    ] {
        let answer = parse(
            &[("client_id", "client"), ("post_logout_redirect_uri", uri)],
            &application,
        );
        assert_eq!(answer.map(|_| ()), Err(LogoutRefused::RedirectUri), "{uri}");
    }
    let unnamed = parse(&[("post_logout_redirect_uri", BYE)], &application);
    assert_eq!(unnamed.map(|_| ()), Err(LogoutRefused::Unnamed));
}

#[test]
fn logout_2_hint_and_client_must_agree() {
    let (application, hint) = (application(), hint());
    for (case, pairs, want) in [
        (
            "another client",
            [("id_token_hint", hint.as_str()), ("client_id", "other")],
            LogoutRefused::Client,
        ),
        (
            "unknown client",
            [("client_id", "other"), ("state", "x")],
            LogoutRefused::Client,
        ),
        (
            "not a token",
            [("id_token_hint", "x.y.z"), ("client_id", "client")],
            LogoutRefused::Hint,
        ),
    ] {
        assert_eq!(parse(&pairs, &application).map(|_| ()), Err(want), "{case}");
    }
}

#[test]
fn a_disabled_application_gets_nobody_sent() {
    let application = Application {
        enabled: false,
        ..application()
    };
    let answer = parse(
        &[("client_id", "client"), ("post_logout_redirect_uri", BYE)],
        &application,
    );
    assert_eq!(answer.map(|_| ()), Err(LogoutRefused::RedirectUri));
}
