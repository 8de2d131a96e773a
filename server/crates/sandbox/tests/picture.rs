//! The picture of flows with a script, drawn by the engine that runs sign-ins.

#[path = "common/acme.rs"]
mod acme;

use acme::acme;
use doorward_domain::analysis::{Picture, Place, analyse};
use doorward_domain::flow::SignInFlow;
use doorward_sandbox::Engine;
use serde_json::json;

fn picture(source: &str) -> Picture {
    let flow: SignInFlow = serde_json::from_value(json!({
        "steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp"]}], "script": source,
    }))
    .expect("a flow");
    analyse(&flow, &[acme()], &mut Engine::default()).picture
}

#[test]
fn scripts_as_lists() {
    let cases = [
        (
            "the remedy of the guide",
            "var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (context.steps[1].idp === 'LOCAL') {
                executeStep(2);
            }
        }
    });
};",
            "Step 1
  a password → Step 2
    an authenticator app → Signed in
  Acme → Signed in
",
        ),
        (
            "and the other way round",
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        if (context.steps[1].idp !== 'LOCAL') { executeStep(2); }
    }});
}",
            "Step 1
  a password → Signed in
  Acme → Stopped: step 2 needs an account
",
        ),
        (
            "a group, and an end in both words of the script",
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        if (!isMemberOfAnyOfGroups(context.currentKnownSubject, ['staff'])) { fail(); }
        if (context.request.ip === '192.0.2.1') { sendError(null, {}); }
    }});
}",
            "Step 1
  a password or Acme → It depends: line 3 of the script
    is in the group staff → It depends: line 4 of the script
      otherwise → Signed in
      comes from the address “192.0.2.1” → Error page: by the script, line 4
    is not in the group staff → Refused: by the script, line 3
",
        ),
        (
            "what makes no difference is not drawn",
            "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        Log.info(context.request.headers['user-agent'] === 'x' ? 'an x' : 'none');
    }});
}",
            "Step 1
  a password or Acme → Signed in
",
        ),
        (
            "a loop, and who fails",
            "function onLoginRequest(context) {
    function again() { executeStep(1, { onFail: again, onUserAbort: function () { sendError(null, {}); } }); }
    again();
}",
            "Step 1
  a password or Acme → Signed in
  fails → Step 1
    a password or Acme → Signed in
  turns back → Error page: by the script, line 2
",
        ),
        (
            "a script that does not work",
            "function onLoginRequest(context) { executeStep(1, { onSuccess: function () { nothing(); } }); }",
            "Step 1
  a password or Acme → Stopped: the script fails
",
        ),
        (
            "nobody says who they are",
            "function onLoginRequest(context) {}",
            "Stopped: nobody is known
",
        ),
    ];
    for (case, source, want) in cases {
        let picture = picture(source);
        let got = picture.outline().expect("a picture").to_string();
        assert_eq!(got, want, "{case}");
        assert!(!picture.cut, "{case}");
    }
}

#[test]
fn answers_are_called_by_what_they_are_not_where_that_is_shorter() {
    let source = "function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        if (new Date().getUTCHours() === 3) { fail(); }
    }});
}";
    let list = picture(source).outline().expect("a picture").to_string();
    assert!(list.contains("otherwise → Signed in"), "{list}");
    assert!(
        list.contains("comes on a Monday at 3:30 UTC or comes on a Sunday at 3:30 UTC → Refused"),
        "{list}"
    );
}

#[test]
fn a_loop_without_an_end_is_cut_and_said_to_be() {
    let picture =
        picture("function onLoginRequest() { (function again() { executeStep(1, { onSuccess: again }); })(); }");
    assert!(picture.cut);
    assert!(picture.ends().any(|end| *end == Place::NotDrawn), "{picture:?}");
}

#[test]
fn an_answer_with_a_picture_stays_small() {
    let mut source = String::from("function onLoginRequest(context) {\n");
    for number in 0..10 {
        source.push_str(&format!(
            "if (context.request.headers['h{number}'] === 'v{number}') {{ executeStep(2 - {number} % 2); }}\n"
        ));
    }
    source.push_str("executeStep(1); }");
    let json = serde_json::to_string(&picture(&source)).expect("JSON");
    assert!(json.len() < 40_000, "{} bytes", json.len());
}
