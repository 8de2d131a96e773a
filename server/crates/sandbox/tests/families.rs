//! Scripts of the families that have no template with a form: their logic, as authors write it, in our engine.

use doorward_domain::flow::AuthOption;
use doorward_domain::script::{CodeLimits, Event, Question, Run, RunEnd, ScriptEngine, StepOutcome, StepRequest};
use doorward_domain::script_http::{answered, failed};
use doorward_sandbox::Engine;
use serde_json::{Value, json};

/// Takes somebody through a script: how each step goes, and what another server answers. The steps asked for, and the
/// last run.
fn take(source: &str, outcomes: &[StepOutcome], http: &Value) -> (Vec<StepRequest>, Run) {
    let (steps, _, run) = tell(source, outcomes, http);
    (steps, run)
}

/// The same with what the script has asked.
fn tell(source: &str, mut outcomes: &[StepOutcome], http: &Value) -> (Vec<StepRequest>, Vec<Question>, Run) {
    let (mut events, mut steps, mut asked) = (vec![], vec![], vec![]);
    loop {
        let run = Engine::default().run(source, &events);
        match run.end.clone() {
            RunEnd::Step(request) => {
                let (outcome, rest) = outcomes.split_first().expect("no further step");
                outcomes = rest;
                events.push(Event::Stepped(request.step, *outcome));
                steps.push(request);
            }
            RunEnd::Ask { question, .. } => {
                let answer = match question.call.as_str() {
                    "http" => http.clone(),
                    "user.known" | "user.set_password" => json!(true),
                    "request.param" => match question.args[0].as_str() {
                        Some("password") => json!("password_of-a-test"),
                        _ => json!("clerk"),
                    },
                    other => panic!("nobody said what {other} is"),
                };
                asked.push(question.clone());
                events.push(Event::Told(question, answer));
            }
            _ => return (steps, asked, run),
        }
        assert!(events.len() < 50, "{source}");
    }
}

fn numbers(steps: &[StepRequest]) -> Vec<u32> {
    steps.iter().map(|request| request.step).collect()
}

#[test]
fn another_server_decides() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, { onSuccess: function (context) {
            httpPost('https://risk.example.com/score', { who: 'x' }, { onSuccess: function (context, data) {
                if (data.score > 50) { executeStep(2); }
            }, onFail: function (context, data) { executeStep(2); } });
        } });
    };";
    for (case, http, want) in [
        ("a high risk", answered(&json!({"score": 80})), &[1, 2][..]),
        ("a low one", answered(&json!({"score": 20})), &[1]),
        ("no answer", failed("nobody answers", &json!({}), false), &[1, 2]),
    ] {
        let (steps, run) = take(source, &[StepOutcome::Success; 2], &http);
        assert_eq!(numbers(&steps), want, "{case}");
        assert_eq!(run.end, RunEnd::Done, "{case}");
    }
}

#[test]
fn a_passkey_that_is_not_there_is_set_up_after_another_factor() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, { authenticationOptions: [{ authenticator: 'FIDOAuthenticator' }] }, {
            onFail: function (context) {
                executeStep(1, { authenticationOptions: [{ authenticator: 'BasicAuthenticator' }] }, {
                    onSuccess: function (context) {
                        executeStep(2, { authenticationOptions: [{ authenticator: 'FIDOAuthenticator' }] }, {});
                    }
                });
            }
        });
    };";
    let (steps, run) = take(source, &[StepOutcome::Success], &Value::Null);
    assert_eq!((numbers(&steps), run.end), (vec![1], RunEnd::Done));
    let outcomes = [StepOutcome::Fail, StepOutcome::Success, StepOutcome::Success];
    let (steps, run) = take(source, &outcomes, &Value::Null);
    assert_eq!((numbers(&steps), run.end), (vec![1, 1, 2], RunEnd::Done));
    let passkey = "passkey".parse().expect("an option");
    let kept: Vec<bool> = steps.iter().map(|request| request.keeps(&passkey)).collect();
    assert_eq!(kept, [true, false, true]);
}

#[test]
fn limits_of_codes_travel_with_the_step() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1);
        executeStep(2, { authenticatorParams: { local: {
            'email-otp-authenticator': {
                maximumAllowedFailureAttempts: '3', maximumAllowedResendAttempts: 2,
                terminateOnResendLimitExceeded: 'true', skipResendBlockTime: 'true'
            },
            totp: { maximumAllowedFailureAttempts: 'many' }
        } } }, {
            onFail: function (context) { sendError(null, { status: 'x' }); }
        });
    };";
    let (steps, run) = take(source, &[StepOutcome::Success, StepOutcome::Fail], &Value::Null);
    assert_eq!(numbers(&steps), [1, 2]);
    assert!(matches!(run.end, RunEnd::SendError { .. }), "{run:?}");
    assert!(run.log.is_empty(), "all of them are known: {run:?}");
    let mail = CodeLimits {
        failures: Some(3),
        resends: Some(2),
        resends_end: true,
    };
    assert_eq!(steps[1].code_limits(&AuthOption::EmailOtp), mail);
    assert_eq!(
        steps[1].code_limits(&AuthOption::Totp),
        CodeLimits::default(),
        "no number, no limit"
    );
}

#[test]
fn a_password_is_taken_over_from_a_former_system() {
    let source = "
    var onLoginRequest = function (context) {
        executeStep(1, { onFail: function (context) {
            var typed = context.request.params;
            httpPost('https://old.example.com/check', { username: typed.username[0], password: typed.password[0] }, {
                onSuccess: function (context, data) {
                    if (data.fits) { updateUserPassword(context.lastLoginFailedUser, typed.password[0]); }
                    executeStep(1);
                }, onFail: function (context, data) { executeStep(1); }
            });
        } });
    };";
    for (case, http, set) in [
        ("it fits there", answered(&json!({"fits": true})), true),
        ("it does not", answered(&json!({"fits": false})), false),
        ("nobody answers", failed("nobody answers", &json!({}), false), false),
    ] {
        let (steps, asked, run) = tell(source, &[StepOutcome::Fail, StepOutcome::Success], &http);
        assert_eq!((numbers(&steps), run.end), (vec![1, 1], RunEnd::Done), "{case}");
        let taken = asked.iter().find(|question| question.call == "user.set_password");
        let want = set.then(|| vec![json!("failed"), json!("password_of-a-test")]);
        assert_eq!(taken.map(|question| question.args.clone()), want, "{case}");
    }
}
