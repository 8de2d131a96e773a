//! Scripts that ask other servers: what they hear, what they may not reach, and what never travels.

use doorward_domain::audit::AuditAction;
use doorward_domain::finding::{FindingCode, Severity};
use doorward_federation::FetchError;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call;
use crate::provider::Elsewhere;
use crate::world::{Seen, World};

crate::on_both!(
    an_answer_decides_and_is_asked_for_once,
    f8_a_request_that_fails_is_the_scripts_matter,
    a_failure_that_nobody_handles_ends_the_sign_in,
    s31_only_listed_origins_are_called,
    s47_secrets_travel_and_are_not_told,
    a_script_asks_five_times_at_most,
    the_analyser_tries_success_and_failure,
);

pub const RISK: &str = "https://api.example.com/risk";

/// The second step unless the answer says that the risk is low.
const BY_RISK: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        httpGet('https://api.example.com/risk', { Accept: 'application/json' }, {
            onSuccess: function (context, data) { if (data.risk !== 'low') { executeStep(2); } },
            onFail: function (context, data) { executeStep(2); }
        });
    } });
}";

pub fn steps() -> Value {
    json!([["password"], ["totp"]])
}

pub async fn sign_in(world: &World) -> Seen {
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    browser.password(&page, "clerk", "a good password").await
}

pub async fn log(world: &World) -> String {
    let refused = world.details(AuditAction::SignInRefused).await;
    refused.iter().map(Value::to_string).collect()
}

async fn an_answer_decides_and_is_asked_for_once(world: &World) {
    world.scripted("bank", steps(), BY_RISK).await;
    world.person("clerk", None, "a good password").await;
    for (risk, asked) in [("low", false), ("high", true)] {
        world
            .provider
            .answer_elsewhere(RISK, Elsewhere::json(200, &json!({"risk": risk})));
        let before = world.provider.requests_elsewhere().len();
        let seen = sign_in(world).await;
        assert_eq!(seen.body.contains("authenticator app"), asked, "{risk}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !asked, "{risk}");
        assert_eq!(world.provider.requests_elsewhere().len(), before + 1, "{risk}");
    }
    let first = "
    function onLoginRequest(context) {
        httpGet('https://api.example.com/risk', {
            onSuccess: function (context, data) {
                executeStep(1, { onSuccess: function () { if (data.risk === 'high') { executeStep(2); } } });
            }
        });
    }";
    world.scripted("shop", steps(), first).await;
    let browser = world.browser();
    let page = browser.authorize("shop", "").await;
    world
        .provider
        .answer_elsewhere(RISK, Elsewhere::json(200, &json!({"risk": "low"})));
    let seen = browser.password(&page, "clerk", "a good password").await;
    assert!(
        seen.body.contains("authenticator app"),
        "what was heard first counts: {seen:?}"
    );
}

async fn f8_a_request_that_fails_is_the_scripts_matter(world: &World) {
    world.scripted("bank", steps(), BY_RISK).await;
    world.person("clerk", None, "a good password").await;
    let long = json!({"risk": "low", "more": "x".repeat(9_000)});
    for (case, answer) in [
        ("nobody there", Elsewhere::Fault(FetchError::Unreachable)),
        ("too slow", Elsewhere::Fault(FetchError::TimedOut)),
        (
            "redirected to a private address",
            Elsewhere::Fault(FetchError::Redirected),
        ),
        ("a private address", Elsewhere::Fault(FetchError::AddressRefused)),
        ("megabytes", Elsewhere::Fault(FetchError::TooLarge { limit: 1 })),
        ("more than is kept", Elsewhere::json(200, &long)),
        ("a refusal", Elsewhere::json(403, &json!({"risk": "low"}))),
        ("trouble", Elsewhere::json(500, &json!({"risk": "low"}))),
        ("a page", Elsewhere::Answer(200, "text/html", b"<p>low</p>".to_vec())),
    ] {
        world.provider.answer_elsewhere(RISK, answer);
        let seen = sign_in(world).await;
        assert!(seen.body.contains("authenticator app"), "{case}: {seen:?}");
    }
}

async fn a_failure_that_nobody_handles_ends_the_sign_in(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            httpGet('https://api.example.com/risk', { onSuccess: function (context, data) { executeStep(2); } });
        } });
    }";
    world.scripted("bank", steps(), script).await;
    world.person("clerk", None, "a good password").await;
    world
        .provider
        .answer_elsewhere(RISK, Elsewhere::Fault(FetchError::TimedOut));
    let seen = sign_in(world).await;
    assert_eq!(seen.parameter("error").as_deref(), Some("access_denied"), "{seen:?}");
    assert!(log(world).await.contains("took too long"), "{}", log(world).await);
}

async fn s31_only_listed_origins_are_called(world: &World) {
    world.person("clerk", None, "a good password").await;
    for (number, address) in [
        "https://other.example.com/",
        "https://api.example.com.evil.test/",
        "http://api.example.com/",
        "https://api.example.com:8443/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "nothing",
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("bank-{number}");
        let script = format!(
            "function onLoginRequest(context) {{\n  httpPost('{address}', {{}}, {{ onFail: function () {{ executeStep(1); }} }});\n}}"
        );
        world.scripted(&handle, json!([["password"]]), &script).await;
        let seen = world.browser().authorize(&handle, "").await;
        assert_eq!(seen.number(), "1304", "{address}: {seen:?}");
        let found = world.services.applications.findings(&handle).await.expect("analysed");
        let error = found.iter().find(|f| f.code == FindingCode::ScriptError);
        assert_eq!(
            error.map(|f| (f.severity, f.line)),
            Some((Severity::Error, Some(2))),
            "{address}: {found:?}"
        );
    }
    assert!(world.provider.requests_elsewhere().is_empty());
}

async fn s47_secrets_travel_and_are_not_told(world: &World) {
    let value = "the-value-of-the-key";
    let script = "
    function onLoginRequest(context) {
        httpPost('https://api.example.com/risk', { key: secrets.KEY }, { 'X-Key': 'Key ' + secrets.KEY },
            { type: 'bearer', properties: { token: secrets.KEY } }, {
            onSuccess: function (context, data) {
                Log.info('heard', data);
                fail({ errorMessage: data.echo });
            }
        });
    }";
    world.application("bank", json!([["password"]])).await;
    let set = call(world, "PUT", "/applications/bank/secrets/KEY", json!({"value": value})).await;
    assert_eq!(set.status, StatusCode::OK, "{set:?}");
    let saved = call(
        world,
        "PATCH",
        "/applications/bank",
        json!({"flow": {"script": script}}),
    )
    .await;
    assert_eq!(saved.status, StatusCode::OK, "{saved:?}");
    world.provider.answer_elsewhere(
        RISK,
        Elsewhere::json(200, &json!({"echo": format!("you sent {value}")})),
    );
    let seen = world.browser().authorize("bank", "").await;
    assert_eq!(seen.parameter("error").as_deref(), Some("access_denied"), "{seen:?}");
    let sent = world.provider.requests_elsewhere();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].headers["x-key"], format!("Key {value}"));
    assert_eq!(
        sent[0].authorization.as_ref().expect("credentials").expose(),
        format!("Bearer {value}")
    );
    assert_eq!(
        sent[0].body.as_ref().expect("a body").text.expose(),
        json!({"key": value}).to_string()
    );
    let told = log(world).await;
    assert!(told.contains("you sent secret_KEY_"), "{told}");
    assert!(!format!("{seen:?}{told}{:?}{:?}", saved, sent).contains(value));
}

async fn a_script_asks_five_times_at_most(world: &World) {
    let script = "
    function onLoginRequest(context) {
        for (var i = 0; i < 6; i++) {
            httpGet('https://api.example.com/risk', { onFail: function () {} });
        }
        executeStep(1);
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    let seen = world.browser().authorize("bank", "").await;
    assert_eq!(seen.number(), "1304", "{seen:?}");
    let found = world.services.applications.findings("bank").await.expect("analysed");
    assert!(found.iter().any(|f| f.code == FindingCode::ScriptLimit), "{found:?}");
}

async fn the_analyser_tries_success_and_failure(world: &World) {
    let script = |on_success: &str, on_fail: &str| {
        format!(
            "function onLoginRequest(context) {{ executeStep(1, {{ onSuccess: function (context) {{
                httpGet('https://api.example.com/risk', {{
                    onSuccess: function (context, data) {{ {on_success} }},
                    onFail: function (context) {{ {on_fail} }} }});
            }} }}); }}"
        )
    };
    let step = "executeStep(2);";
    let lists = "if (data.labels.some(function (l) { return l === 'new'; })) { executeStep(2); }";
    for (case, source, code, told) in [
        ("both ask", script(step, step), None, ""),
        (
            "skipped on failure",
            script(step, ""),
            Some(FindingCode::FactorSkipped),
            "api.example.com fails",
        ),
        (
            "skipped on success",
            script("", step),
            Some(FindingCode::FactorSkipped),
            "api.example.com succeeds",
        ),
        (
            "the answer decides",
            script("if (data.risk.level > 50) { executeStep(2); }", step),
            Some(FindingCode::FactorSkipped),
            "the answer has as risk",
        ),
        (
            "a list decides",
            script(lists, step),
            Some(FindingCode::FactorSkipped),
            "the answer has as labels",
        ),
        (
            "the answer may break it",
            script(
                "executeStep(data.risk.level.toUpperCase() === 'LOW' ? 1 : 2); data.risk.list.some(f);",
                step,
            ),
            Some(FindingCode::ScriptError),
            "the script fails",
        ),
    ] {
        let request = json!({"flow": {"steps": [{"options": ["password"]}, {"options": ["totp"]}], "script": source}});
        let answer = call(world, "POST", "/analyses", request).await;
        let found: Vec<doorward_domain::finding::Finding> =
            serde_json::from_value(answer.body["findings"].clone()).unwrap_or_else(|_| panic!("{answer:?}"));
        match code {
            None => assert_eq!(found, [], "{case}"),
            Some(code) => {
                let story = found.iter().find(|f| f.code == code).map(|f| f.story.join(" "));
                assert!(story.is_some_and(|story| story.contains(told)), "{case}: {found:?}");
                let is_guessed = found.iter().all(|f| f.severity < Severity::Error);
                assert!(is_guessed, "{case}: nobody knows that it will be so: {found:?}");
            }
        }
    }
}
