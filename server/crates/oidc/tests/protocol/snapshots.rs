//! What developers read.

use doorward_domain::application::SigningAlg;
use doorward_domain::id::GrantId;
use doorward_oidc::ScopeSet;
use doorward_oidc::authorize::ClaimsRequest;
use doorward_oidc::claims::claims_for;
use doorward_oidc::discovery::{Features, document};
use doorward_oidc::token::{TokenError, TokenErrorCode, TokenRequest, TokenResponse};

use crate::fixtures::{ISSUER, application, form, keys, now, person};
use crate::mint::{access_token, id_token, payload};

#[test]
fn discovery_document() {
    let features = Features {
        ui_locales: &["en", "de", "fr"],
        acr_values: &["urn:doorward:acr:1"],
        registration: false,
    };
    insta::assert_json_snapshot!(document(ISSUER, &features));
}

#[test]
fn id_token_claims() {
    let scopes = ScopeSet::requested("openid profile email phone address groups").expect("scopes");
    let claims = claims_for(scopes, &ClaimsRequest::default().id_token, &[], &person());
    let token = id_token(&claims, Some("an access token"))
        .mint(keys(), SigningAlg::ES256)
        .expect("a token");
    insta::assert_json_snapshot!(payload(&token));
}

#[test]
fn access_token_claims() {
    let grant = GrantId::from_random([4; 16]);
    insta::assert_json_snapshot!(payload(
        &access_token(&grant, now())
            .mint(keys(), SigningAlg::ES256)
            .expect("a token")
    ));
}

#[test]
fn token_response() {
    let mut response = TokenResponse::new(
        "at".to_owned(),
        600,
        ScopeSet::requested("openid email").expect("scopes"),
    );
    response.id_token = Some("id".to_owned());
    response.refresh_token = Some("rt".to_owned());
    insta::assert_json_snapshot!(response);
}

#[test]
fn error_bodies() {
    let parse = |pairs: &[(&str, &str)]| TokenRequest::parse(&form(pairs), &application()).expect_err("refused");
    let bodies = [
        TokenError::INVALID_CLIENT,
        TokenError::INVALID_GRANT,
        TokenError::CODE_VERIFIER,
        TokenError::REDIRECT_URI,
        parse(&[]),
        parse(&[("grant_type", "password")]),
        parse(&[("grant_type", "client_credentials"), ("scope", "x")]),
        TokenError::new(TokenErrorCode::TemporarilyUnavailable, "Try again in a moment."),
    ];
    let rows: Vec<_> = bodies.iter().map(|body| (body.status(), body)).collect();
    insta::assert_json_snapshot!(rows);
}
