//! OpenID Connect Core §3.1.2, RFC 6749 §4.1.

use doorward_oidc::authorize::{Delivery, ErrorCode, Prompt, RefusedOnPage, ResponseMode, identify};
use doorward_oidc::params::ParamsFault;
use doorward_oidc::{Params, Scope};

use crate::fixtures::{application, at, authorize, identified, location, now, params, refused, request};

#[test]
fn rfc6749_4_1_2_1_never_redirects_without_a_verified_application_and_redirect_uri() {
    let mut application = application();
    for (case, changes, want) in [
        ("no client_id", [("client_id", None)], RefusedOnPage::ClientMissing),
        (
            "unknown client_id",
            [("client_id", Some("stranger"))],
            RefusedOnPage::ClientUnknown,
        ),
        (
            "no redirect_uri",
            [("redirect_uri", None)],
            RefusedOnPage::RedirectUriMissing,
        ),
        (
            "strange redirect_uri",
            [("redirect_uri", Some("https://evil.example.com/cb"))],
            RefusedOnPage::RedirectUriUnknown,
        ),
    ] {
        assert_eq!(identified(&params(&changes), &application), Err(want), "{case}");
    }
    application.enabled = false;
    assert_eq!(
        identified(&params(&[]), &application),
        Err(RefusedOnPage::ClientDisabled)
    );
}

#[test]
fn rfc6749_4_1_2_1_a_repeated_parameter_is_told_to_the_application() {
    let ordinary =
        "client_id=client&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&response_type=code&scope=openid&state=st";
    let application = application();
    for (more, state) in [
        ("&scope=email", Some("state=st")),
        ("&no_such=1&no_such=1", Some("state=st")),
        ("&state=another", None),
    ] {
        let params = Params::parse_authorization(&format!("{ordinary}{more}")).expect("parameters");
        let error = identify(&params, |id| (id == application.client_id).then_some(&application))
            .expect("identified")
            .validate()
            .expect_err("refused");
        assert_eq!(error.code, ErrorCode::InvalidRequest, "{more}");
        let to = location(error.respond("https://id.example.com").deliver());
        let told = to.split(['?', '&']).find(|field| field.starts_with("state="));
        assert_eq!(told, state, "{more}");
    }
    for more in ["&client_id=client", "&redirect_uri=https%3A%2F%2Fevil.example.com"] {
        let params = Params::parse_authorization(&format!("{ordinary}{more}")).expect("parameters");
        let page = identify(&params, |id| (id == application.client_id).then_some(&application))
            .expect_err("refused on a page");
        assert_eq!(page, RefusedOnPage::Malformed(ParamsFault::Duplicate), "{more}");
    }
}

#[test]
fn core_3_1_2_1_an_ordinary_request_is_read() {
    let request = request();
    assert_eq!(request.state.as_deref(), Some("st"));
    assert_eq!(request.nonce.as_deref(), Some("no"));
    assert_eq!(request.scope.to_string(), "openid profile");
    assert!(request.is_openid() && request.allows_pages());
    assert!(request.is_still_allowed(&application()));
}

#[test]
fn core_3_1_2_1_unknown_scopes_and_parameters_are_ignored() {
    let request = authorize(
        &application(),
        &[("scope", Some("openid read:all email")), ("foo", Some("bar"))],
    )
    .expect("valid");
    assert_eq!(request.scope.to_string(), "openid email");
    assert_eq!(
        refused(&application(), &[("scope", Some("openid \"x\""))]),
        "invalid_scope"
    );
}

#[test]
fn rfc6749_4_1_2_1_response_type() {
    assert_eq!(refused(&application(), &[("response_type", None)]), "invalid_request");
    for wrong in ["token", "id_token", "code id_token", "none", "CODE"] {
        assert_eq!(
            refused(&application(), &[("response_type", Some(wrong))]),
            "unsupported_response_type",
            "{wrong}"
        );
    }
}

#[test]
fn rfc6749_4_1_2_1_the_grant_must_be_allowed() {
    let mut application = application();
    application.protocol.grant_types = vec![doorward_domain::application::GrantType::ClientCredentials];
    assert_eq!(refused(&application, &[]), "unauthorized_client");
}

#[test]
fn core_3_1_2_6_unsupported_parameters_have_errors_of_their_own() {
    for (name, want) in [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ] {
        assert_eq!(refused(&application(), &[(name, Some("x"))]), want);
    }
}

#[test]
fn core_3_1_2_1_prompt() {
    for (text, want) in [
        ("none", "none"),
        ("login", "login"),
        ("consent login", "login consent"),
        ("create", "create"),
    ] {
        let request = authorize(&application(), &[("prompt", Some(text))]).expect("valid");
        assert_eq!(request.prompt.to_string(), want);
        assert_eq!(request.allows_pages(), text != "none");
    }
    for wrong in [
        "none login",
        "login none",
        "unknown",
        "Login",
        "none consent select_account",
    ] {
        assert_eq!(
            refused(&application(), &[("prompt", Some(wrong))]),
            "invalid_request",
            "{wrong}"
        );
    }
}

#[test]
fn core_3_1_2_1_max_age_and_prompt_login_demand_a_new_authentication() {
    let application = application();
    let read = |changes: &[(&str, Option<&str>)]| authorize(&application, changes).expect("valid");
    let old = at(now().timestamp() - 100);
    for (case, changes, want) in [
        ("nothing asked", vec![], false),
        ("younger than max_age", vec![("max_age", Some("100"))], false),
        ("older than max_age", vec![("max_age", Some("99"))], true),
        ("prompt=login", vec![("prompt", Some("login"))], true),
        ("prompt=consent", vec![("prompt", Some("consent"))], false),
    ] {
        assert_eq!(read(&changes).needs_new_authentication(old, now()), want, "{case}");
    }
    assert!(
        read(&[("max_age", Some("0"))]).needs_new_authentication(now(), now()),
        "max_age=0 means always"
    );
    for wrong in ["-1", "+5", "1.5", "x", "4294967296"] {
        assert_eq!(
            refused(&application, &[("max_age", Some(wrong))]),
            "invalid_request",
            "{wrong}"
        );
    }
}

#[test]
fn registration_2_default_max_age_applies_when_the_request_names_none() {
    let mut application = application();
    application.protocol.default_max_age = Some(60);
    assert_eq!(authorize(&application, &[]).expect("valid").max_age_seconds, Some(60));
    assert_eq!(
        authorize(&application, &[("max_age", Some("5"))])
            .expect("valid")
            .max_age_seconds,
        Some(5)
    );
}

#[test]
fn sizes_are_bounded_because_the_request_travels_in_a_cookie() {
    for (name, length) in [("state", 1537), ("nonce", 513), ("login_hint", 321), ("claims", 2049)] {
        assert_eq!(
            refused(&application(), &[(name, Some(&"x".repeat(length)))]),
            "invalid_request",
            "{name}"
        );
    }
    let long = "tag ".repeat(100);
    let request = authorize(
        &application(),
        &[("ui_locales", Some(&long)), ("acr_values", Some(&long))],
    )
    .expect("valid");
    assert_eq!((request.ui_locales.len(), request.acr_values.len()), (10, 10));
}

#[test]
fn response_mode_fragment_is_refused_by_query_and_form_post_is_kept_for_errors() {
    let refusal = authorize(&application(), &[("response_mode", Some("fragment"))]).expect_err("refused");
    let location = location(refusal.respond("https://id.example.com").deliver());
    assert!(
        location.starts_with("https://app.example.com/cb?state=st&iss="),
        "{location}"
    );
    let posted = authorize(
        &application(),
        &[("response_mode", Some("form_post")), ("prompt", Some("x"))],
    )
    .expect_err("refused");
    assert!(matches!(
        posted.respond("https://id.example.com").deliver(),
        Delivery::FormPost { .. }
    ));
    let fine = authorize(&application(), &[("response_mode", Some("form_post"))]).expect("valid");
    assert_eq!(fine.response_mode, ResponseMode::FormPost);
}

#[test]
fn core_5_5_claims_parameter() {
    let text = r#"{"userinfo":{"email":null,"phone":{"essential":true}},"id_token":{"sub":{"value":"s-1"},
        "acr":{"essential":true,"values":["urn:doorward:acr:2"]},"auth_time":null},"other":{"x":1}}"#;
    let request = authorize(&application(), &[("claims", Some(&text.replace('\n', " ")))]).expect("valid");
    assert!(request.claims.userinfo["phone"].essential && !request.claims.userinfo["email"].essential);
    assert!(request.accepts_subject("s-1") && !request.accepts_subject("s-2"));
    assert!(request.accepts_acr("urn:doorward:acr:2") && !request.accepts_acr("urn:doorward:acr:1"));
    for wrong in [
        "[]",
        "{",
        "1",
        r#"{"userinfo":[]}"#,
        r#"{"id_token":{"a":1}}"#,
        r#"{"id_token":{"a":[true]}}"#,
        "[{},{}]",
        &format!("{}1{}", "[".repeat(900), "]".repeat(900)),
    ] {
        assert_eq!(
            refused(&application(), &[("claims", Some(wrong))]),
            "invalid_request",
            "{wrong}"
        );
    }
}

#[test]
fn an_application_changed_in_the_meantime_gets_no_answer() {
    let (request, mut application) = (request(), application());
    application.protocol.redirect_uris = vec!["https://other.example.com/cb".to_owned()];
    assert!(!request.is_still_allowed(&application));
}

#[test]
fn rfc6749_4_1_2_1_descriptions_hold_allowed_characters_only() {
    let descriptions = [
        authorize(&application(), &[("prompt", Some("x"))]),
        authorize(&application(), &[("claims", Some("x"))]),
        authorize(&application(), &[("code_challenge", Some("x"))]),
        authorize(&application(), &[("max_age", Some("x"))]),
    ];
    for error in descriptions.into_iter().filter_map(Result::err) {
        assert!(
            error
                .description
                .bytes()
                .all(|b| (0x20..0x7F).contains(&b) && b != b'"' && b != b'\\'),
            "{error}"
        );
    }
}

#[test]
fn the_engine_can_refuse_with_any_code() {
    let error = request().error(ErrorCode::LoginRequired, "Nobody is signed in.");
    let location = location(error.respond("https://id.example.com").deliver());
    assert!(location.contains("error=login_required"), "{location}");
    assert!(!request().prompt.contains(Prompt::Silent) && request().scope.contains(Scope::Openid));
}
