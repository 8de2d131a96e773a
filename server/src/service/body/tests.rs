use super::*;
use serde_json::json;

/// The examples of RFC 7396 appendix A.
#[test]
fn merge_patch_examples() {
    for (original, patch, want) in [
        (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
        (json!({"a": "b"}), json!({"a": null}), json!({})),
        (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
        (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
        (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
        (
            json!({"a": {"b": "c"}}),
            json!({"a": {"b": "d", "c": null}}),
            json!({"a": {"b": "d"}}),
        ),
        (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a": "b"}), json!(["c"]), json!(["c"])),
        (json!({"a": "foo"}), json!(null), json!(null)),
        (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
        (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
    ] {
        let mut target = original.clone();
        merge(&mut target, patch.clone());
        assert_eq!(target, want, "{original} with {patch}");
    }
}

#[test]
fn faults_have_pointers() {
    let fault = |result: Result<(), Invalid>| result.expect_err("a fault").0[0].pointer.clone();
    let oidc = json!({"issuer": "https://idp.example.com", "client_id": "x"});
    for (case, body, want) in [
        ("missing", json!({"handle": "a", "oidc": oidc}), "/display_name"),
        (
            "unknown",
            json!({"handle": "a", "display_name": "A", "oidc": oidc, "jti": {}}),
            "/jti",
        ),
        (
            "unknown below",
            json!({"handle": "a", "display_name": "A", "oidc": oidc, "jit": {"on": true}}),
            "/jit/on",
        ),
        (
            "wrong type",
            json!({"handle": "a", "display_name": "A", "oidc": oidc, "jit": {"enabled": "yes"}}),
            "/jit/enabled",
        ),
        (
            "bad handle",
            json!({"handle": "A B", "display_name": "A", "oidc": oidc}),
            "/handle",
        ),
        (
            "NUL",
            json!({"handle": "a", "display_name": "A", "oidc": {"issuer": "a\u{0}"}}),
            "/oidc/issuer",
        ),
    ] {
        assert_eq!(fault(connection(body).map(|_| ())), want, "{case}");
    }
    for (case, body, want) in [
        ("missing", json!({"handle": "a"}), "/name"),
        (
            "unknown",
            json!({"handle": "a", "name": "A", "redirect_uri": []}),
            "/redirect_uri",
        ),
        (
            "wrong type",
            json!({"handle": "a", "name": "A", "redirect_uris": "x"}),
            "/redirect_uris",
        ),
        ("no object", json!([]), ""),
        (
            "unknown option",
            json!({"handle": "a", "name": "A", "flow": {"steps": [{"options": ["magic"]}]}}),
            "/flow/steps/0/options/0",
        ),
        (
            "nobody",
            json!({"handle": "a", "name": "A", "expectations": [{"who": "me", "what": "can_sign_in"}]}),
            "/expectations/0/who",
        ),
        (
            "no such expectation",
            json!({"handle": "a", "name": "A", "expectations": [{"who": "LOCAL", "what": {"asked_for": {"option": "totp"}}}]}),
            "/expectations/0/what/asked_for/step",
        ),
    ] {
        assert_eq!(fault(application(body).map(|_| ())), want, "{case}");
    }
}

#[test]
fn everything_a_connection_lacks_is_named_at_once() {
    let oidc = json!({"issuer": "i", "client_id": "c"});
    for (body, want) in [
        (
            json!({}),
            vec!["/handle", "/display_name", "/oidc/issuer", "/oidc/client_id"],
        ),
        (
            json!({"handle": "a", "oidc": {"issuer": "i"}}),
            vec!["/display_name", "/oidc/client_id"],
        ),
        (json!({"handle": "a", "display_name": "A", "oidc": 7}), vec!["/oidc"]),
        (json!({"handle": "A B", "oidc": oidc}), vec!["/display_name", "/handle"]),
        (
            json!({"handle": "a", "display_name": "A", "oidc": oidc, "attributes": [{"from": "a"}]}),
            vec!["/attributes/0/to"],
        ),
        (json!([]), vec![""]),
    ] {
        let Invalid(faults) = connection(body.clone()).expect_err("a fault");
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, want, "{body}");
    }
}

#[test]
fn every_field_of_an_application_is_known() {
    let mut draft =
        application(json!({"handle": "a", "name": "A", "client_id": "c", "default_max_age": 1, "jwks": {}}))
            .expect("a draft");
    draft.client_secret = Some(doorward_domain::secret::SecretText::new("0123456789abcdef"));
    let fields = serde_json::to_value(&draft).expect("json");
    for name in fields.as_object().expect("an object").keys() {
        assert!(APPLICATION_FIELDS.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn what_changed_is_told_with_its_values_but_no_secret_and_nothing_long() {
    let long = "x".repeat(300);
    for (case, before, after, want) in [
        (
            "a switch",
            json!({"jit": {"enabled": true, "linking": "prove"}}),
            json!({"jit": {"enabled": false, "linking": "prove"}}),
            json!({"jit.enabled": {"before": true, "after": false}}),
        ),
        (
            "a list, and what was not there",
            json!({"oidc": {"scopes": ["openid"]}}),
            json!({"oidc": {"scopes": ["openid", "email"]}, "default_max_age": 60}),
            json!({
                "oidc.scopes": {"before": ["openid"], "after": ["openid", "email"]},
                "default_max_age": {"before": null, "after": 60},
            }),
        ),
        ("long", json!({"name": "A"}), json!({"name": long}), json!({"name": {}})),
        (
            "a password in an address",
            json!({"oidc": {"token_endpoint": "https://a:b@idp.example.com"}}),
            json!({"oidc": {"token_endpoint": "https://idp.example.com"}}),
            json!({"oidc.token_endpoint": {}}),
        ),
        (
            "parameters",
            json!({"oidc": {"additional_parameters": []}}),
            json!({"oidc": {"additional_parameters": [["key", "hush"]]}}),
            json!({"oidc.additional_parameters": {}}),
        ),
        (
            "a flow and keys",
            json!({"flow": {"steps": [], "script": null}, "jwks": {"keys": []}}),
            json!({"flow": {"steps": [], "script": "hush"}, "jwks": {"keys": [1]}}),
            json!({"flow": {}, "jwks": {}}),
        ),
        (
            "rules",
            json!({"attributes": []}),
            json!({"attributes": [{"from": "a"}]}),
            json!({"attributes": {}}),
        ),
    ] {
        let fields = changed_fields(&before, &after);
        assert_eq!(changes(&fields, &before, &after), want, "{case}");
    }
    assert_eq!(
        changes(&["client_secret".to_owned()], &json!({}), &json!({})),
        json!({"client_secret": {}})
    );
}
