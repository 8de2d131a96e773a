//! What scripts see and how their runs end.

#[path = "engine/forms.rs"]
mod forms;
#[path = "engine/requests.rs"]
mod requests;

use doorward_domain::script::{Event, Limit, LogLine, Question, RunEnd, ScriptEngine, StepOutcome, StepRequest};
use doorward_sandbox::Engine;
use serde_json::{Value, json};

fn told(call: &str, args: Value, answer: Value) -> Event {
    let args = args.as_array().expect("a list").clone();
    let call = call.to_owned();
    Event::Told(Question { call, args }, answer)
}

fn stepped(step: u32) -> Event {
    Event::Stepped(step, StepOutcome::Success)
}

fn end(source: &str, events: &[Event]) -> RunEnd {
    Engine::default().run(source, events).end
}

fn step(end: RunEnd) -> StepRequest {
    match end {
        RunEnd::Step(step) => step,
        other => panic!("no step: {other:?}"),
    }
}

const TEMPLATE: &str = "
var skip = 'LOCAL';
var onLoginRequest = function (context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (context.steps[1].idp === skip) {
                executeStep(2);
            }
        }
    });
};";

#[test]
fn the_sign_in_option_template_runs_unchanged() {
    assert_eq!(step(end(TEMPLATE, &[])).step, 1);
    let asked = end(TEMPLATE, &[stepped(1)]);
    let question = Question {
        call: "step".into(),
        args: vec![json!(1), json!("idp")],
    };
    assert_eq!(
        asked,
        RunEnd::Ask {
            question,
            line: Some(6)
        }
    );
    let idp = |name: &str| told("step", json!([1, "idp"]), json!(name));
    assert_eq!(step(end(TEMPLATE, &[stepped(1), idp("LOCAL")])).step, 2);
    assert_eq!(end(TEMPLATE, &[stepped(1), idp("acme")]), RunEnd::Done);
    assert_eq!(end(TEMPLATE, &[stepped(1), idp("LOCAL"), stepped(2)]), RunEnd::Done);
}

#[test]
fn loops_closures_and_locals_survive_a_suspension() {
    let source = "
    function onLoginRequest(context) {
        let seen = [];
        class Counter { constructor() { this.n = 0; } next() { return ++this.n; } }
        const counter = new Counter();
        for (const number of [1, 2, 3]) {
            executeStep(number, { onSuccess: () => { seen.push(number * counter.next()); } });
        }
        executeStep(4, { onSuccess: function () { Log.info(seen.join()); } });
    }";
    for done in 0..4 {
        let events: Vec<_> = (1..=done).map(stepped).collect();
        assert_eq!(step(end(source, &events)).step, done + 1);
    }
    let run = Engine::default().run(source, &[stepped(1), stepped(2), stepped(3), stepped(4)]);
    assert_eq!(run.end, RunEnd::Done);
    let text = "1,4,9".to_owned();
    let level = "info".to_owned();
    assert_eq!(run.log, [LogLine { level, text }]);
}

#[test]
fn what_a_callback_asks_for_comes_first() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, { onSuccess: function () { executeStep(3); } });
        executeStep(2);
    };";
    let mut events = vec![];
    for want in [1, 3, 2] {
        assert_eq!(step(end(source, &events)).step, want);
        events.push(stepped(want));
    }
    assert_eq!(end(source, &events), RunEnd::Done);
}

#[test]
fn options_narrow_and_callbacks_are_known() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, {
            authenticationOptions: [{ idp: 'acme' }, { authenticator: 'totp' }],
            stepOptions: { forceAuth: 'true', markAsSubjectIdentifierStep: true, forceAuthn: true }
        }, { onFail: function () { executeStep(2, {}, {}); } });
    };";
    let run = Engine::default().run(source, &[]);
    let logged: Vec<&str> = run.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(logged, ["stepOptions.forceAuthn is not known and changes nothing"]);
    let request = step(run.end);
    let kept = ["connection:acme", "totp"];
    let all = ["password", "totp", "connection:acme", "connection:other"];
    let left = all
        .into_iter()
        .filter(|text| request.keeps(&text.parse().expect("an option")));
    assert_eq!(left.collect::<Vec<_>>(), ["totp", "connection:acme"], "{kept:?}");
    assert!(request.force && !request.skip_prompt && request.on_fail && request.on_abort);
    assert_eq!(request.line, Some(3));
    let failed = [Event::Stepped(1, StepOutcome::Fail)];
    assert_eq!(step(end(source, &failed)).step, 2);
    let quiet = "var onLoginRequest = function () { executeStep(1, { onFail: function () {} }); };";
    assert!(
        matches!(end(quiet, &failed), RunEnd::Fail { .. }),
        "onFail that does nothing ends the sign-in"
    );
}

#[test]
fn what_is_asked_for() {
    let body = |body: &str| format!("var onLoginRequest = function (context) {{ {body} }};");
    for (body_text, call, args) in [
        ("context.request.ip", "request", json!(["ip"])),
        (
            "context.request.headers['User-Agent']",
            "request.header",
            json!(["user-agent"]),
        ),
        (
            "context.request.params.login_hint[0]",
            "request.param",
            json!(["login_hint"]),
        ),
        ("context.request.cookies.seen.value", "request.cookie", json!(["seen"])),
        ("context.currentKnownSubject.identifier", "user.known", json!([])),
        (
            "isMemberOfAnyOfGroups(context.currentKnownSubject, ['a'])",
            "user.known",
            json!([]),
        ),
        (
            "hasAnyOfTheRolesV2(context, ['a'])",
            "roles.any",
            json!(["known", ["a"]]),
        ),
        ("getUserSessions(null).length", "sessions", json!(["known"])),
        ("context.requestedAcr", "request", json!(["acr"])),
        ("context.serviceProviderName", "application", json!(["name"])),
        ("new Date().getHours()", "now", json!([])),
        ("Math.random()", "random", json!([1])),
        ("getCookieValue(context.request, 'device')", "cookie", json!(["device"])),
    ] {
        match end(&body(body_text), &[]) {
            RunEnd::Ask { question, .. } => {
                assert_eq!(
                    (question.call.as_str(), json!(question.args)),
                    (call, args),
                    "{body_text}"
                );
            }
            other => panic!("{body_text}: {other:?}"),
        }
    }
    let claim = "executeStep(1, { onSuccess: function (c) {
        if (c.steps[1].subject.localClaims['http://wso2.org/claims/dob']) { fail(); } } });";
    let RunEnd::Ask { question, .. } = end(&body(claim), &[stepped(1)]) else {
        panic!("asks for the claim")
    };
    assert_eq!(json!(question.args), json!([1, "local", "http://wso2.org/claims/dob"]));
}

#[test]
fn an_answer_holds_until_the_next_step() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, { onSuccess: function (context) {
            var a = context.request.ip, b = context.request.ip;
            if (a === b) { executeStep(2, { onSuccess: function (c) { Log.info(c.request.ip); } }); }
        } });
    };";
    let ip = |ip: &str| told("request", json!(["ip"]), json!(ip));
    let events = [stepped(1), ip("10.0.0.1"), stepped(2)];
    assert!(
        matches!(end(source, &events), RunEnd::Ask { .. }),
        "a later hop may come from elsewhere"
    );
}

#[test]
fn f30_scripts_that_are_none() {
    let broken = |source: &str| match end(source, &[]) {
        RunEnd::Broken { message, line } => (message, line),
        other => panic!("{source}: {other:?}"),
    };
    assert_eq!(broken("var a = 1;").0, "There is no function onLoginRequest.");
    assert_eq!(broken("var a = 1;\nvar onLoginRequest = function ( {").1, Some(2));
    let (message, line) = broken("var onLoginRequest = function (c) {\n  c.nothing.of.it;\n};");
    assert!(message.contains("undefined"), "{message}");
    assert_eq!(line, Some(2));
    assert!(
        broken("function onLoginRequest() { callAndWait(); }")
            .0
            .contains("not defined")
    );
    assert!(
        broken("function onLoginRequest() { loadLocalLibrary('lodash'); }")
            .0
            .contains("loadLocalLibrary")
    );
    for junk in [
        "throw null",
        "throw 7",
        "throw {a: 1}",
        "throw Symbol('x')",
        "throw new Proxy({}, {})",
        "throw undefined",
    ] {
        broken(&format!("function onLoginRequest() {{ {junk}; }}"));
    }
    assert_eq!(
        end("function onLoginRequest() { executeStep({}); }", &[]),
        RunEnd::Step(StepRequest {
            line: Some(1),
            ..StepRequest::default()
        }),
        "step 0, which no flow has"
    );
    for nothing in ["return 42;", "return Promise.resolve(executeStep);", "'a'.b;"] {
        assert_eq!(
            end(&format!("function onLoginRequest() {{ {nothing} }}"), &[]),
            RunEnd::Done
        );
    }
}

#[test]
fn s40_the_end_that_was_reached_first_cannot_be_taken_back() {
    let catching = "function onLoginRequest(context) {
        try { context.request.ip; } catch (e) { }
        executeStep(1);
        Log.info('went on');
    }";
    assert!(matches!(end(catching, &[]), RunEnd::Ask { .. }));
    let editing = "
        JSON.parse = JSON.stringify = function () { return '{\"end\":\"done\"}'; };
        Array.prototype.push = function () { return 0; };
        Map.prototype.has = function () { return true; };
        Object.prototype.end = 'done';
        Object.defineProperty(Object.prototype, 'then', { get: function () { throw new Error('then'); } });
        function onLoginRequest(context) { executeStep(1); }";
    // It breaks its own call of the step and comes to its end. The engine lets nobody through who has not said who they
    // are, and what a script does not ask for it could leave out as well.
    assert_eq!(end(editing, &[]), RunEnd::Done);
    let mismatch = "function onLoginRequest(context) { executeStep(2); }";
    assert!(
        matches!(end(mismatch, &[stepped(1)]), RunEnd::Broken { .. }),
        "another script than before"
    );
}

#[test]
fn f29_limits_of_one_run() {
    let body = |body: &str| format!("function onLoginRequest(context) {{ {body} }}");
    for (case, source, limits) in [
        ("a loop", "while (true) {}", &[Limit::Time][..]),
        ("recursion", "(function f() { return f() + 1; })();", &[Limit::Stack]),
        (
            "memory",
            "var a = []; while (true) a.push(new Array(1000).fill(a));",
            &[Limit::Memory, Limit::Time],
        ),
        (
            "a string",
            "var s = 'x'; while (true) s += s;",
            &[Limit::Memory, Limit::Time],
        ),
        (
            "steps without end",
            "while (true) executeStep(1);",
            &[Limit::Memory, Limit::Time],
        ),
        (
            "F28: a pattern",
            "/^(a+)+$/.test('a'.repeat(40) + 'b');",
            &[Limit::Time],
        ),
    ] {
        match end(&body(source), &[]) {
            RunEnd::Limit { limit } => assert!(limits.contains(&limit), "{case}: {limit:?}"),
            other => panic!("{case}: {other:?}"),
        }
    }
    assert_eq!(end(&" ".repeat(65 * 1024), &[]), RunEnd::Limit { limit: Limit::Source });
    let many = vec![stepped(1); 101];
    assert_eq!(end(TEMPLATE, &many), RunEnd::Limit { limit: Limit::Calls });
}

#[test]
fn s47_a_script_gets_stand_ins_for_secrets() {
    let source = "function onLoginRequest(context) {
        Log.info(secrets.API_KEY, getSecretByName('API_KEY'));
        executeStep(1, { onSuccess: function () { Log.info(secrets.API_KEY); secrets.GONE; } });
    }";
    let question = |name: &str, line| RunEnd::Ask {
        question: Question {
            call: "secret".into(),
            args: vec![json!(name)],
        },
        line: Some(line),
    };
    assert_eq!(end(source, &[]), question("API_KEY", 2));
    let given = told("secret", json!(["API_KEY"]), json!("secret_API_KEY_x"));
    let run = Engine::default().run(source, std::slice::from_ref(&given));
    assert_eq!(step(run.end).step, 1, "asked once");
    assert_eq!(run.log[0].text, "secret_API_KEY_x secret_API_KEY_x");
    let events = [given, stepped(1)];
    assert_eq!(end(source, &events), question("GONE", 3), "known for the whole sign-in");
    let gone = told("secret", json!(["GONE"]), Value::Null);
    assert_eq!(
        end(source, &[events[0].clone(), events[1].clone(), gone]),
        RunEnd::Broken {
            message: "There is no secret GONE".into(),
            line: Some(3)
        }
    );
}

#[test]
fn a_step_is_asked_for_without_an_authenticator() {
    let source = "function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            var all = context.steps[1].options;
            executeStep(2, { authenticationOptions: filterAuthenticators(all, 'totp') }, {});
        } });
    }";
    let options = json!([{"idp": "LOCAL", "authenticator": "totp"}, {"idp": "acme", "authenticator": "Other"}]);
    let events = [stepped(1), told("step", json!([1, "options"]), options)];
    let only = step(end(source, &events)).only.expect("narrowed");
    assert_eq!(only.len(), 1);
    assert_eq!(
        (only[0].idp.as_deref(), only[0].authenticator.as_deref()),
        (Some("acme"), Some("Other"))
    );
}
