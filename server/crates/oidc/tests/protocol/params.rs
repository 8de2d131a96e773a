use doorward_oidc::Params;
use doorward_oidc::params::{MAX_INPUT_BYTES, ParamsFault};

#[test]
fn rfc6749_3_1_parameters_appear_once() {
    for input in [
        "a=1&a=2",
        "a=1&b=2&a=1",
        "a&a",
        "state=1&st%61te=2",
        "unknown=1&unknown=1",
    ] {
        assert_eq!(Params::parse(input), Err(ParamsFault::Duplicate), "{input}");
    }
}

#[test]
fn rfc6749_3_1_a_parameter_without_value_counts_as_omitted() {
    let params = Params::parse("scope=&state&nonce=n").expect("parameters");
    assert_eq!(
        (params.get("scope"), params.get("state"), params.get("nonce")),
        (None, None, Some("n"))
    );
}

#[test]
fn forms_are_decoded() {
    let params = Params::parse("a=b+c%20d&e=%C3%A9%2B&&f=x=y&").expect("parameters");
    assert_eq!(
        (params.get("a"), params.get("e"), params.get("f")),
        (Some("b c d"), Some("é+"), Some("x=y"))
    );
}

#[test]
fn what_cannot_be_read_is_refused() {
    for input in [
        "a=%",
        "a=%2",
        "a=%zz",
        "a=%+1",
        "a=%C3",
        "a=%FF",
        "a=%00",
        "a=x%0d%0aSet-Cookie:y",
        "%0A=1",
        "a=%7F",
        "a=%C2%85",
    ] {
        assert_eq!(Params::parse(input), Err(ParamsFault::Garbled), "{input}");
    }
}

#[test]
fn size_is_bounded() {
    let large = format!("a={}", "x".repeat(MAX_INPUT_BYTES));
    assert_eq!(Params::parse(&large), Err(ParamsFault::TooLarge));
    let many: String = (0..65).map(|n| format!("p{n}=1&")).collect();
    assert_eq!(Params::parse(&many), Err(ParamsFault::TooLarge));
}

#[test]
fn values_are_never_printed() {
    let params = Params::parse("client_secret=hunter2&code=abc").expect("parameters");
    assert_eq!(format!("{params:?}"), r#"["client_secret", "code"]"#);
}
