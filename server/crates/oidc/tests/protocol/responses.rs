//! Authorization responses: RFC 6749 §4.1.2, RFC 9207, form post.

use doorward_oidc::authorize::Delivery;

use crate::fixtures::{ISSUER, application, authorize, location, request};

#[test]
fn rfc9207_2_every_response_names_the_issuer_and_rfc6749_4_1_2_returns_the_state() {
    let success = location(request().succeed(ISSUER, "the-code").deliver());
    assert_eq!(
        success,
        "https://app.example.com/cb?state=st&iss=https%3A%2F%2Fid.example.com&code=the-code"
    );
    let error = authorize(&application(), &[("max_age", Some("x"))]).expect_err("refused");
    let error = location(error.respond(ISSUER).deliver());
    assert!(
        error
            .starts_with("https://app.example.com/cb?state=st&iss=https%3A%2F%2Fid.example.com&error=invalid_request&")
    );
}

#[test]
fn rfc6749_3_1_2_the_query_of_the_redirect_uri_is_kept() {
    let mut application = application();
    for (registered, want) in [
        (
            "https://app.example.com/cb?tenant=a%20b",
            "https://app.example.com/cb?tenant=a%20b&state=st&",
        ),
        ("https://app.example.com/cb?", "https://app.example.com/cb?state=st&"),
        ("com.example.app:/cb", "com.example.app:/cb?state=st&"),
    ] {
        application.protocol.redirect_uris = vec![registered.to_owned()];
        let request = authorize(&application, &[("redirect_uri", Some(registered))]).expect("valid");
        let location = location(request.succeed(ISSUER, "c").deliver());
        assert!(location.starts_with(want), "{location}");
    }
}

#[test]
fn s30_a_state_cannot_leave_its_parameter() {
    let hostile = "x&code=stolen#frag\\ \"'<script> ü";
    let request = authorize(&application(), &[("state", Some(hostile))]).expect("valid");
    let location = location(request.succeed(ISSUER, "c").deliver());
    assert!(
        location.is_ascii() && !location.contains(['#', '"', '<', '\\', ' ', '\'']),
        "{location}"
    );
    let url = url::Url::parse(&location).expect("a URL");
    let states: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(states, [hostile]);
    assert_eq!(url.query_pairs().filter(|(name, _)| name == "code").count(), 1);
}

#[test]
fn form_post_2_the_fields_go_into_a_form() {
    let request = authorize(&application(), &[("response_mode", Some("form_post"))]).expect("valid");
    let Delivery::FormPost { action, fields } = request.succeed(ISSUER, "c").deliver() else {
        panic!("a redirect")
    };
    assert_eq!(action, "https://app.example.com/cb");
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["state", "iss", "code"]);
}

#[test]
fn a_code_is_never_printed() {
    let response = request().succeed(ISSUER, "the-code");
    assert!(!format!("{response:?}").contains("the-code"));
    assert!(!format!("{:?}", response.deliver()).contains("the-code"));
}
