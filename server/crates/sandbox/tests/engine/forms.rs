//! Forms that a script shows.

use doorward_domain::script::RunEnd;
use serde_json::{Value, json};

use crate::{end, step, told};

#[test]
fn a_form_is_asked_for_and_what_was_typed_is_read_as_a_parameter() {
    let source = "
function onLoginRequest(context) {
    prompt('genericForm', { text: 'Hello', inputs: [{ id: 'city', label: 'City', required: true }, { name: 'x' }] }, {
        onSuccess: function (context) { if (context.request.params.city[0] === 'Bern') { executeStep(1); } },
        onFail: function (context) { executeStep(2); }
    });
}";
    let form = json!({
        "title": null, "text": "Hello", "may_skip": true, "inputs": [
            {"name": "city", "label": "City", "required": true, "kind": "text"},
            {"name": "x", "label": "x", "required": false, "kind": "text"}
        ]
    });
    let RunEnd::Ask { question, line } = end(source, &[]) else {
        panic!("no question");
    };
    assert_eq!((question.call.as_str(), line), ("prompt", Some(3)));
    assert_eq!(question.args, [json!(1), form.clone()]);
    let answered = |answer: Value| told("prompt", json!([1, form]), answer);
    let sent = |city: &str| answered(json!({"ok": true, "params": {"city": city, "x": ""}}));
    assert_eq!(step(end(source, &[sent("Bern")])).step, 1);
    assert_eq!(end(source, &[sent("Basel")]), RunEnd::Done);
    assert_eq!(step(end(source, &[answered(json!({"ok": false}))])).step, 2);
    let open = answered(json!({"ok": true, "open": true}));
    let RunEnd::Ask { question, .. } = end(source, std::slice::from_ref(&open)) else {
        panic!("no question");
    };
    assert_eq!(
        (question.call.as_str(), question.args),
        (
            "prompt.value",
            vec![json!(1), json!("city"), json!(true), json!("text")]
        )
    );
    let value = told("prompt.value", json!([1, "city", true, "text"]), json!("Bern"));
    assert_eq!(step(end(source, &[open, value])).step, 1);
    let message = |source: &str| match end(source, &[]) {
        RunEnd::Broken { message, .. } => message,
        other => panic!("not broken: {other:?}"),
    };
    let other = message("function onLoginRequest() { prompt('dynamic_prompt', {}); }");
    assert!(
        other.contains("There is no template dynamic_prompt; there are genericForm and activeSessions"),
        "{other}"
    );
}
