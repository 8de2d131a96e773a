//! RFC 6749 §2.3: secrets, and applications without one.

use doorward_domain::application::{Application, ClientAuthMethod};
use doorward_domain::secret::SecretText;
use doorward_oidc::Params;
use doorward_oidc::client_auth::{ClientRefused, PresentedClient, Verifier};
use doorward_oidc::token::{TokenError, TokenErrorCode};

use crate::fixtures::{ISSUER, SECRET, TOKEN_ENDPOINT, application, form, hasher, now, public_application};

fn base64(text: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

fn check(application: Option<&Application>, header: Option<&str>, params: &Params) -> Result<(), TokenError> {
    Ok(refused(application, header, params)?)
}

/// The same, with what our log has of it.
fn refused(application: Option<&Application>, header: Option<&str>, params: &Params) -> Result<(), ClientRefused> {
    let secrets = hasher();
    let verifier = Verifier {
        secrets: &secrets,
        audiences: &[ISSUER, TOKEN_ENDPOINT],
        now: now(),
    };
    PresentedClient::read(header, params)?
        .authenticate(application, &verifier)
        .map(|_| ())
}

#[test]
fn rfc6749_2_3_1_basic() {
    let basic = application();
    assert_eq!(
        check(Some(&basic), Some(&base64(&format!("client:{SECRET}"))), &form(&[])),
        Ok(())
    );
    let scheme_in_capitals = base64(&format!("client:{SECRET}")).replace("Basic", "BASIC");
    assert_eq!(check(Some(&basic), Some(&scheme_in_capitals), &form(&[])), Ok(()));
    assert_eq!(
        check(
            Some(&basic),
            Some(&base64(&format!("client:{SECRET}"))),
            &form(&[("client_id", "client")])
        ),
        Ok(())
    );
}

#[test]
fn rfc6749_2_3_1_basic_is_form_encoded_and_we_take_it_plain_too() {
    let mut application = application();
    application.client_id = "a b".to_owned();
    application.client_secret_hash = Some(hasher().hash(&SecretText::new("s%20:p+ä0123456789")));
    for (case, header) in [
        ("encoded", base64("a+b:s%2520%3Ap%2B%C3%A40123456789")),
        ("plain secret", base64("a%20b:s%20:p+ä0123456789")),
    ] {
        assert_eq!(check(Some(&application), Some(&header), &form(&[])), Ok(()), "{case}");
    }
}

#[test]
fn rfc6749_2_3_1_post() {
    let mut post = application();
    post.protocol.token_endpoint_auth_method = Some(ClientAuthMethod::ClientSecretPost);
    assert_eq!(
        check(
            Some(&post),
            None,
            &form(&[("client_id", "client"), ("client_secret", SECRET)])
        ),
        Ok(())
    );
    assert!(
        check(Some(&post), None, &form(&[("client_secret", SECRET)])).is_err(),
        "no client_id"
    );
}

#[test]
fn rfc6749_2_3_one_method_only() {
    let twice = check(
        Some(&application()),
        Some(&base64(&format!("client:{SECRET}"))),
        &form(&[("client_secret", SECRET)]),
    );
    assert_eq!(twice.expect_err("refused").code, TokenErrorCode::InvalidRequest);
    let other = check(
        Some(&application()),
        Some(&base64(&format!("client:{SECRET}"))),
        &form(&[("client_id", "other")]),
    );
    assert_eq!(other.expect_err("refused").code, TokenErrorCode::InvalidRequest);
}

#[test]
fn rfc6749_2_3_1_a_secret_comes_in_the_header_or_in_the_body() {
    let mut application = application();
    let header = base64(&format!("client:{SECRET}"));
    let body = form(&[("client_id", "client"), ("client_secret", SECRET)]);
    for registered in [
        None,
        Some(ClientAuthMethod::ClientSecretBasic),
        Some(ClientAuthMethod::ClientSecretPost),
    ] {
        application.protocol.token_endpoint_auth_method = registered;
        let by_header = check(Some(&application), Some(&header), &form(&[]));
        let by_body = check(Some(&application), None, &body);
        assert_eq!((by_header, by_body), (Ok(()), Ok(())), "{registered:?}");
        let twice = check(Some(&application), Some(&header), &body);
        assert_eq!(
            twice.map_err(|error| error.code),
            Err(TokenErrorCode::InvalidRequest),
            "{registered:?}"
        );
    }
}

#[test]
fn core_9_the_registered_kind_of_proof_and_no_other() {
    let body = form(&[("client_id", "client"), ("client_secret", SECRET)]);
    let nothing = form(&[("client_id", "client")]);
    assert_eq!(
        check(Some(&application()), None, &nothing),
        Err(TokenError::INVALID_CLIENT),
        "nothing for basic"
    );
    assert_eq!(check(Some(&public_application()), None, &nothing), Ok(()));
    assert_eq!(
        check(Some(&public_application()), None, &body),
        Err(TokenError::INVALID_CLIENT),
        "a secret for none"
    );
    let mut keyed = application();
    keyed.protocol.token_endpoint_auth_method = Some(ClientAuthMethod::PrivateKeyJwt);
    let header = base64(&format!("client:{SECRET}"));
    for (header, body) in [(Some(header.as_str()), &form(&[])), (None, &body)] {
        assert!(
            check(Some(&keyed), header, body).is_err(),
            "a secret for private_key_jwt"
        );
    }
}

#[test]
fn rfc6749_5_2_unknown_and_wrong_give_the_same_answer() {
    let mut disabled = application();
    disabled.enabled = false;
    let mut without = application();
    without.client_secret_hash = None;
    let right = base64(&format!("client:{SECRET}"));
    let wrong = base64("client:wrong");
    let answers = [
        check(None, Some(&right), &form(&[])),
        check(Some(&application()), Some(&wrong), &form(&[])),
        check(Some(&application()), Some(&base64("client:")), &form(&[])),
        check(Some(&disabled), Some(&right), &form(&[])),
        check(Some(&without), Some(&right), &form(&[])),
        check(
            Some(&application()),
            Some(&base64(&format!("other:{SECRET}"))),
            &form(&[]),
        ),
    ];
    for answer in answers {
        assert_eq!(answer, Err(TokenError::INVALID_CLIENT));
    }
}

#[test]
fn the_log_has_the_reason() {
    let (known, public) = (application(), public_application());
    let mut disabled = application();
    disabled.enabled = false;
    let right = base64(&format!("client:{SECRET}"));
    let wrong = base64("client:wrong");
    let nothing = form(&[("client_id", "client")]);
    let body = form(&[("client_id", "client"), ("client_secret", SECRET)]);
    for (application, header, form, want) in [
        (None, Some(&right), &form(&[]), ClientRefused::Unknown),
        (Some(&known), Some(&wrong), &form(&[]), ClientRefused::Secret),
        (Some(&known), None, &nothing, ClientRefused::Method),
        (Some(&public), None, &body, ClientRefused::Method),
        (Some(&disabled), Some(&right), &form(&[]), ClientRefused::Disabled),
        (Some(&known), Some(&right), &body, ClientRefused::SeveralMethods),
        (Some(&known), None, &form(&[]), ClientRefused::Unnamed),
    ] {
        assert_eq!(refused(application, header.map(String::as_str), form), Err(want));
    }
}

#[test]
fn the_log_names_who_called_whatever_is_wrong() {
    let right = base64(&format!("client:{SECRET}"));
    for (case, header, form, want) in [
        ("header", Some(&right), form(&[]), Some("client")),
        (
            "twice",
            Some(&right),
            form(&[("client_secret", SECRET)]),
            Some("client"),
        ),
        ("body", None, form(&[("client_id", "client")]), Some("client")),
        ("nobody", None, form(&[]), None),
    ] {
        let named = PresentedClient::named(header.map(String::as_str), &form);
        assert_eq!(named.as_deref(), want, "{case}");
    }
}

#[test]
fn rfc9110_15_5_2_every_401_has_a_challenge() {
    let basic = base64("client:wrong");
    for (case, header, form) in [
        ("in the header", Some(basic.as_str()), form(&[])),
        (
            "in the body",
            None,
            form(&[("client_id", "client"), ("client_secret", "wrong")]),
        ),
        ("none", None, form(&[("client_id", "client")])),
    ] {
        let error = check(Some(&application()), header, &form).expect_err("refused");
        let challenge = "Basic realm=\"token\", charset=\"UTF-8\"";
        assert_eq!(
            (error.status(), error.www_authenticate()),
            (401, Some(challenge)),
            "{case}"
        );
    }
}

#[test]
fn headers_that_cannot_be_read_are_refused() {
    let long = format!("Basic {}", "A".repeat(5000));
    for header in [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Bearer abc",
        &base64("no-colon"),
        &base64(":secret"),
        &base64("%zz:x"),
        &long,
    ] {
        assert!(
            check(Some(&application()), Some(header), &form(&[])).is_err(),
            "{header}"
        );
    }
    assert_eq!(check(None, None, &form(&[])), Err(TokenError::INVALID_CLIENT));
}

#[test]
fn a_hash_of_another_key_or_length_never_matches() {
    let secret = SecretText::new(SECRET);
    let other = doorward_oidc::client_auth::SecretHasher::new(&[2; 32]).hash(&secret);
    for hash in [other.as_slice(), &[], &[0; 32], &hasher().hash(&secret)[..31]] {
        assert!(!hasher().matches(&secret, Some(hash)));
    }
    assert!(!hasher().matches(&secret, None));
}
