//! Claims towards applications: OpenID Connect Core §5.3 to §5.5, §8; bearer tokens: RFC 6750.

use std::collections::BTreeMap;

use doorward_domain::Claims;
use doorward_domain::application::SubjectType;
use doorward_oidc::authorize::ClaimsRequest;
use doorward_oidc::claims::claims_for;
use doorward_oidc::subject::{Subjects, sector};
use doorward_oidc::userinfo::{BearerError, bearer_token, body};
use doorward_oidc::{Params, ScopeSet};
use serde_json::{Value, json};

use crate::fixtures::{application, claims, form, person};

fn names(scope: &str, requested: &ClaimsRequest) -> Vec<String> {
    let scope = ScopeSet::requested(scope).expect("scopes");
    claims_for(scope, &requested.userinfo, &[], &person())
        .keys()
        .cloned()
        .collect()
}

#[test]
fn core_5_4_scopes_ask_for_their_claims() {
    let nothing = ClaimsRequest::default();
    for (scope, want) in [
        ("openid", vec![]),
        ("openid email", vec!["email", "email_verified"]),
        ("phone", vec!["phone_number", "phone_number_verified"]),
        ("address groups", vec!["address", "groups"]),
        (
            "profile",
            vec![
                "family_name",
                "given_name",
                "locale",
                "name",
                "preferred_username",
                "updated_at",
            ],
        ),
    ] {
        assert_eq!(names(scope, &nothing), want, "{scope}");
    }
}

#[test]
fn core_5_5_single_claims_and_required_ones() {
    let asked = ClaimsRequest::parse(
        r#"{"userinfo":{"cost_center":null,"email":{"essential":true},"sub":null,"absent":null}}"#,
    );
    assert_eq!(names("openid", &asked.expect("a request")), ["cost_center", "email"]);
    let required = ["cost_center".to_owned(), "sub".to_owned()];
    let got = claims_for(ScopeSet::default(), &BTreeMap::new(), &required, &person());
    assert_eq!(got, claims(json!({"cost_center": "4711"})));
}

#[test]
fn s2_core_5_1_email_verified_is_a_real_boolean_and_true_only_for_true() {
    let scope = ScopeSet::requested("email").expect("scopes");
    for (value, want) in [
        (json!(true), true),
        (json!(false), false),
        (json!("true"), false),
        (json!("false"), false),
        (json!(1), false),
        (json!(0), false),
        (Value::Null, false),
        (json!(["true"]), false),
    ] {
        let source = claims(json!({"email": "person@example.com", "email_verified": value}));
        let got = claims_for(scope, &BTreeMap::new(), &[], &source);
        assert_eq!(got["email_verified"], json!(want), "{value}");
    }
    let missing = claims(json!({"email": "person@example.com"}));
    assert_eq!(
        claims_for(scope, &BTreeMap::new(), &[], &missing)["email_verified"],
        json!(false)
    );
    let alone = claims(json!({"email_verified": true}));
    assert!(
        claims_for(scope, &BTreeMap::new(), &[], &alone).is_empty(),
        "nothing to be verified"
    );
}

#[test]
fn core_5_3_2_empty_values_and_wrong_types_are_left_out() {
    let scope = ScopeSet::requested("profile email address groups").expect("scopes");
    let source = claims(json!({
        "name": "", "given_name": null, "nickname": 7, "email": ["a@example.com"], "address": "street", "groups": [1],
        "updated_at": "yesterday", "locale": {}, "family_name": "One",
    }));
    assert_eq!(
        claims_for(scope, &BTreeMap::new(), &[], &source),
        claims(json!({"family_name": "One"}))
    );
}

#[test]
fn core_5_3_2_userinfo_always_has_sub_and_needs_openid() {
    let scopes = |text| ScopeSet::requested(text).expect("scopes");
    let none = ClaimsRequest::default();
    let hostile = claims(json!({"sub": "someone-else"}));
    assert_eq!(
        body("person-1", scopes("openid"), &none, &[], &hostile),
        Ok(claims(json!({"sub": "person-1"})))
    );
    assert_eq!(
        body("person-1", scopes("email"), &none, &[], &Claims::new()),
        Err(BearerError::InsufficientScope)
    );
}

#[test]
fn core_8_1_pairwise_subjects_differ_by_sector_and_never_change() {
    let subjects = Subjects::new(&[8; 32]);
    let mut first = application();
    assert_eq!(subjects.for_application(&first, "person-1"), "person-1");
    first.protocol.subject_type = SubjectType::Pairwise;
    let one = subjects.for_application(&first, "person-1");
    assert_eq!(
        one,
        subjects.pairwise("app.example.com", "person-1"),
        "the sector is the host"
    );
    assert_eq!(one, subjects.for_application(&first, "person-1"));
    assert_ne!(one, subjects.for_application(&first, "person-2"));
    assert_ne!(one, subjects.pairwise("other.example.com", "person-1"));
    assert_ne!(subjects.pairwise("a", "bc"), subjects.pairwise("ab", "c"));
    first
        .protocol
        .redirect_uris
        .push("https://other.example.com/cb".to_owned());
    assert_eq!(sector(&first), first.id.as_str(), "several hosts: a sector of its own");
}

#[test]
fn rfc6750_2_where_a_token_may_be() {
    let with =
        |header: Option<&str>, form: &Params| bearer_token(header, Some(form)).map(|token| token.expose().to_owned());
    let (empty, posted) = (form(&[]), form(&[("access_token", "abc")]));
    assert_eq!(with(Some("Bearer abc"), &empty).as_deref(), Ok("abc"));
    assert_eq!(with(Some("bearer abc"), &empty).as_deref(), Ok("abc"));
    assert_eq!(with(None, &posted).as_deref(), Ok("abc"));
    for (case, header, form, want) in [
        ("none", None, &empty, BearerError::Missing),
        ("another scheme", Some("Basic abc"), &empty, BearerError::Missing),
        ("twice", Some("Bearer abc"), &posted, BearerError::InvalidRequest),
        ("empty", Some("Bearer "), &empty, BearerError::InvalidRequest),
        ("scheme alone", Some("Bearer"), &empty, BearerError::InvalidRequest),
    ] {
        assert_eq!(with(header, form), Err(want), "{case}");
    }
}

#[test]
fn rfc6750_3_1_status_and_challenge() {
    for (error, status, names) in [
        (BearerError::Missing, 401, None),
        (BearerError::InvalidRequest, 400, Some("invalid_request")),
        (BearerError::InvalidToken, 401, Some("invalid_token")),
        (BearerError::InsufficientScope, 403, Some("insufficient_scope")),
    ] {
        assert_eq!(error.status(), status);
        let challenge = error.www_authenticate();
        assert_eq!(challenge.contains("error="), names.is_some(), "{challenge}");
        assert!(names.is_none_or(|name| challenge.contains(name)));
    }
}
