//! What a script says of who comes, and the letters it has sent.

use doorward_domain::script::{Event, Run, RunEnd, ScriptEngine};
use doorward_sandbox::Engine;
use serde_json::{Value, json};

fn run(body: &str, events: &[Event]) -> Run {
    let source = format!("function onLoginRequest(context) {{\n{body}\n}}");
    Engine::default().run(&source, events)
}

#[test]
fn what_is_not_known_is_logged_and_changes_nothing() {
    let run = run(
        "executeStep(1, { authenticatorParams: {
            common: { username: 'clerk', login_hint: 'all', color: 'red' },
            local: { totp: { enrolUserInAuthenticationFlow: 'true' }, BasicAuthenticator: { username: 'other' } },
            federated: { acme: { login_hint: 'one' } }, else: {}
        } }, {});",
        &[],
    );
    let RunEnd::Step(request) = &run.end else {
        panic!("{run:?}")
    };
    assert_eq!(request.username(), Some("other"));
    assert_eq!(request.login_hints.get("*").map(String::as_str), Some("all"));
    assert_eq!(request.login_hints.get("acme").map(String::as_str), Some("one"));
    let told: Vec<&str> = run.log.iter().map(|line| line.text.as_str()).collect();
    let unknown = |path: &str| format!("authenticatorParams.{path} is not known and changes nothing");
    let want = ["common.color", "local.totp.enrolUserInAuthenticationFlow", "else"].map(unknown);
    assert_eq!(told, want);
}

#[test]
fn no_more_hints_than_a_cookie_holds() {
    let run = run(
        "var all = {}; for (var i = 0; i < 50; i++) { all['c' + i] = { login_hint: 'x' }; }
        executeStep(1, { authenticatorParams: { federated: all } }, {});
        executeStep(1, { authenticatorParams: 7 }, {}); executeStep(1, { authenticatorParams: { common: 'x' } }, {});",
        &[],
    );
    let RunEnd::Step(request) = run.end else {
        panic!("a step is asked for")
    };
    assert_eq!(request.login_hints.len(), 3);
    assert_eq!(request.username(), None);
}

#[test]
fn a_letter_is_asked_for_by_its_name() {
    for (name, want) in [("UnseenDeviceLogin", "new_device"), ("sign_in", "sign_in")] {
        let body = format!("if (sendEmail(context.currentKnownSubject, '{name}', {{}})) {{ fail(); }}");
        let mut events = vec![];
        let end = loop {
            match run(&body, &events).end {
                RunEnd::Ask { question, .. } => {
                    let answer = match question.call.as_str() {
                        "mail.send" => {
                            assert_eq!(question.args, [json!("known"), json!(want)]);
                            json!(true)
                        }
                        "user.known" => json!(true),
                        _ => Value::Null,
                    };
                    events.push(Event::Told(question, answer));
                }
                end => break end,
            }
        };
        assert!(matches!(end, RunEnd::Fail { .. }), "{name}: {end:?}");
    }
    let end = run(
        "sendEmail(context.currentKnownSubject, 'toString');",
        &[Event::Told(
            doorward_domain::script::Question {
                call: "user.known".to_owned(),
                args: vec![],
            },
            json!(true),
        )],
    )
    .end;
    assert!(matches!(end, RunEnd::Broken { .. }), "{end:?}");
}
