//! Requests that a script sends to other servers.

use doorward_domain::script::{Limit, Question, RunEnd};
use serde_json::{Value, json};

use crate::{end, step, told};

#[test]
fn requests_are_asked_for_and_heard_in_order() {
    let source = "function onLoginRequest(context) {
        httpPost('https://api.test/', { a: 1 }, { 'X-A': 2 }, { type: 'bearer', properties: { token: 't' } }, {
            onSuccess: function (context, data) { executeStep(data.step); },
            onTimeout: function () { executeStep(3); },
            onFail: function (context, data) { fail(); }
        });
        executeStep(1);
    }";
    let sent = json!([
        1, "POST", "https://api.test/", {"X-A": "2"}, {"type": "bearer", "properties": {"token": "t"}}, {"a": 1}
    ]);
    let question = Question {
        call: "http".into(),
        args: sent.as_array().expect("a list").clone(),
    };
    assert_eq!(
        end(source, &[]),
        RunEnd::Ask {
            question,
            line: Some(2)
        }
    );
    let heard = |answer: Value| end(source, &[told("http", sent.clone(), answer)]);
    assert_eq!(
        step(heard(json!({"ok": true, "data": {"step": 2}}))).step,
        2,
        "before what was asked for earlier"
    );
    assert_eq!(step(heard(json!({"ok": false, "data": {}, "timed_out": true}))).step, 3);
    assert!(matches!(heard(json!({"ok": false, "data": {}})), RunEnd::Fail { .. }));
    let refused = heard(json!({"refused": "not allowed"}));
    assert_eq!(
        refused,
        RunEnd::Broken {
            message: "not allowed".into(),
            line: Some(2)
        }
    );
}

#[test]
fn call_choreo_asks_what_a_post_with_client_credentials_asks() {
    let asked = |call: &str| {
        let source = format!("function onLoginRequest(context) {{ {call}; executeStep(1); }}");
        let events = [
            told("secret", json!(["KEY"]), json!("secret_KEY_x")),
            told("secret", json!(["PASSWORD"]), json!("secret_PASSWORD_x")),
        ];
        let known = if call.contains("Alias") { events.as_slice() } else { &[] };
        match end(&source, known) {
            RunEnd::Ask { question, .. } => (question.call, json!(question.args)),
            other => panic!("{call}: {other:?}"),
        }
    };
    let post = |properties: &str| {
        format!(
            "httpPost('https://api.test/', {{ a: 1 }}, {{}}, {{ type: 'clientcredential', properties: {{ {properties} }} }},
            {{ onFail: function () {{}} }})"
        )
    };
    let choreo = |meta: &str| {
        format!("callChoreo({{ url: 'https://api.test/', {meta} }}, {{ a: 1 }}, {{ onFail: function () {{}} }})")
    };
    let plain = "consumerKey: 'k', consumerSecret: 's', tokenEndpoint: 'https://api.test/t'";
    let scoped = format!("{plain}, scopes: 'read write'");
    let filled =
        "consumerKey: 'secret_KEY_x', consumerSecret: 'secret_PASSWORD_x', tokenEndpoint: 'https://api.test/t'";
    for (case, meta, properties) in [
        (
            "the reference's name",
            "consumerKey: 'k', consumerSecret: 's', asgardeoTokenEndpoint: 'https://api.test/t'",
            plain,
        ),
        ("the plain name", plain, plain),
        ("scopes", scoped.as_str(), scoped.as_str()),
        (
            "names of secrets",
            "consumerKeyAlias: 'KEY', consumerSecretAlias: 'PASSWORD', tokenEndpoint: 'https://api.test/t'",
            filled,
        ),
    ] {
        let (call, args) = asked(&choreo(meta));
        assert_eq!((call.as_str(), &args), ("http", &asked(&post(properties)).1), "{case}");
        assert_eq!(args[4]["type"], "clientcredential", "{case}");
    }
    let bare = asked("callChoreo({ url: 'https://api.test/', consumerKey: 1, consumerSecret: 2, tokenEndpoint: 3 })");
    assert_eq!(bare.1[5], Value::Null, "neither payload nor callbacks");
}

#[test]
fn call_choreo_names_what_it_lacks() {
    let whole = [
        ("url", "url"),
        ("consumerKey", "consumerKey or consumerKeyAlias"),
        ("consumerSecret", "consumerSecret or consumerSecretAlias"),
        ("tokenEndpoint", "asgardeoTokenEndpoint or tokenEndpoint"),
    ];
    let message = |source: &str| match end(source, &[]) {
        RunEnd::Broken { message, .. } => message,
        other => panic!("{source}: {other:?}"),
    };
    for (left_out, told) in whole {
        let kept = whole.iter().filter(|(name, _)| *name != left_out);
        let meta: String = kept.map(|(name, _)| format!("{name}: 'x', ")).collect();
        let source = format!("function onLoginRequest() {{ callChoreo({{ {meta} }}, {{}}, {{}}); }}");
        assert!(message(&source).contains(told), "{left_out}: {}", message(&source));
    }
    assert!(message("function onLoginRequest() { callChoreo(); }").contains("callChoreo needs url"));
    let six = "function onLoginRequest() { for (var i = 0; i < 6; i++) {
        callChoreo({ url: 'x', consumerKey: 'k', consumerSecret: 's', tokenEndpoint: 't' }, {}, {}); } }";
    assert_eq!(end(six, &[]), RunEnd::Limit { limit: Limit::Calls });
}

#[test]
fn what_an_answer_holds_may_be_left_open() {
    let source = "function onLoginRequest(context) {
        httpGet('https://api.test/', { onSuccess: function (context, data) {
            Log.info(data);
            if (data.user.risk === 'low') { executeStep(1); } else { executeStep(2); }
        } });
    }";
    let sent = json!([1, "GET", "https://api.test/", {}, null, null]);
    let open = told("http", sent, json!({"ok": true, "open": true}));
    let field = |path: Value, answer: Value| told("http.data", json!([1, path]), answer);
    let inner = field(json!(["user"]), json!({"open": true}));
    let asked = end(source, &[open.clone(), inner.clone()]);
    assert!(matches!(asked, RunEnd::Ask { question, .. } if question.args == [json!(1), json!(["user", "risk"])]));
    let low = field(json!(["user", "risk"]), json!("low"));
    assert_eq!(step(end(source, &[open.clone(), inner.clone(), low])).step, 1);
    let other = field(json!(["user", "risk"]), json!(false));
    assert_eq!(step(end(source, &[open, inner, other])).step, 2);
}
