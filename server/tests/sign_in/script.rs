//! Scripts decide who is asked for what, and let nobody through when they fail.

use doorward_app::api::connection::SaveMode;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::finding::FindingCode;
use http::StatusCode;
use serde_json::{Value, json};

use crate::provider::Persona;
use crate::script_findings::{codes, findings};
use crate::world::World;

crate::on_both!(
    the_guides_remedy_lets_people_through_and_still_asks_the_others,
    groups_decide,
    a_device_that_is_known_is_not_asked_again,
    a_failure_is_answered_by_the_script,
    f30_scripts_that_fail_let_nobody_in,
    a_running_sign_in_keeps_its_version,
    single_sign_on_runs_the_script,
    s35_a_script_cannot_end_without_a_first_factor,
);

const STEPS: &str = r#"[["password", "connection:acme"], ["totp"]]"#;

pub fn steps() -> Value {
    serde_json::from_str(STEPS).expect("steps")
}

/// The guide's remedy: the second step for people with an account of ours alone.
pub const LOCAL_ONLY: &str = "
var secondFactorFor = 'LOCAL';
var onLoginRequest = function(context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (context.steps[1].idp === secondFactorFor) {
                executeStep(2);
            }
        }
    });
};";

async fn the_guides_remedy_lets_people_through_and_still_asks_the_others(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    world.scripted("bank", steps(), LOCAL_ONLY).await;
    world.person("clerk", None, "a good password").await;
    let persona = Persona::verified("one", "one@example.com");
    let through = world.browser().federated_to("bank", &persona).await;
    let (status, tokens) = world.redeem("bank", &through.code()).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(world.accounts().await, 1, "the clerk alone");
    let browser = world.browser();
    let asked = browser.password_to("bank", "clerk", "a good password").await;
    assert!(
        asked.body.contains("authenticator app"),
        "a local person is asked: {asked:?}"
    );
}

async fn groups_decide(world: &World) {
    let script = "
    var onLoginRequest = function (context) {
        executeStep(1, { onSuccess: function (context) {
            var person = context.steps[1].subject;
            Log.info(person.identifier, person.remoteClaims.email);
            if (isMemberOfAnyOfGroups(person, ['admins', 'owners'])) { executeStep(2); }
        } });
    };";
    world.scripted("bank", steps(), script).await;
    world
        .change("acme", |connection| {
            connection
                .attributes
                .push(serde_json::from_value(json!({"from": "groups", "to": "groups"})).expect("a rule"));
        })
        .await;
    for (groups, asked) in [
        (json!(["staff"]), false),
        (json!(["staff", "owners"]), true),
        (json!("admins"), true),
    ] {
        let mut persona = Persona::verified("one", "one@example.com");
        persona.claims.insert("groups".to_owned(), groups.clone());
        let seen = world.browser().federated_to("bank", &persona).await;
        assert_eq!(seen.body.contains("authenticator app"), asked, "{groups}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !asked, "{groups}");
    }
}

async fn a_device_that_is_known_is_not_asked_again(world: &World) {
    let script = "
    var onLoginRequest = function (context) {
        executeStep(1, { onSuccess: function (context) {
            var who = context.currentKnownSubject.uniqueId;
            if (getCookieValue(context.request, 'device') === who) { return; }
            executeStep(2, { onSuccess: function (context) {
                setCookie(context.response, 'device', who, { 'max-age': 63072000 });
            } });
        } });
    };";
    world
        .scripted("bank", json!([["connection:acme"], ["connection:acme"]]), script)
        .await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let second = browser.federated_to("bank", &persona).await;
    assert!(second.location.is_none(), "asked for step 2: {second:?}");
    browser.through(&second, &persona).await.code();
    let again = browser.federated_to("bank", &persona).await;
    assert!(again.parameter("code").is_some(), "the cookie is known: {again:?}");
    let elsewhere = world.browser().federated_to("bank", &persona).await;
    assert!(elsewhere.parameter("code").is_none(), "another browser has none");
    let other = Persona::verified("two", "two@example.com");
    let other = browser.federated_to("bank", &other).await;
    assert!(other.parameter("code").is_none(), "another person is asked");
}

async fn a_failure_is_answered_by_the_script(world: &World) {
    let script = "
    function onLoginRequest(context) {
        var tries = 0;
        function ask() {
            executeStep(1, { onFail: function (context) {
                tries += 1;
                if (tries < 2) { ask(); } else { fail({ errorCode: 'access_denied', errorMessage: 'enough' }); }
            } });
        }
        ask();
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let before = world.state.store.counters().commits;
    let again = browser.password(&page, "clerk", "wrong").await;
    assert_eq!(again.status, StatusCode::OK, "asked again: {again:?}");
    let done = browser.password(&again, "clerk", "a good password").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let page = world.browser();
    let first = page.authorize("bank", "").await;
    let second = page.password(&first, "clerk", "wrong").await;
    let over = page.password(&second, "clerk", "wrong").await;
    assert_eq!(over.parameter("error").as_deref(), Some("access_denied"), "{over:?}");
    assert!(
        world.state.store.counters().commits > before,
        "wrong passwords are counted"
    );
}

async fn f30_scripts_that_fail_let_nobody_in(world: &World) {
    // A script, what the record of the attempt says beside its line, and the line.
    for (number, (script, key, value, line)) in [
        (
            "function onLoginRequest(c) {\n  Log.info('here');\n  nothing();\n}",
            "message",
            json!("nothing is not defined"),
            json!(3),
        ),
        (
            "function onLoginRequest(c) {\n executeStep(7);\n}",
            "step",
            json!(7),
            json!(2),
        ),
        (
            "function onLoginRequest(c) {\n throw 7;\n}",
            "message",
            json!("Threw 7"),
            // Only errors know where they are from.
            json!(null),
        ),
        (
            "var x = 1;",
            "message",
            json!("There is no function onLoginRequest."),
            json!(null),
        ),
        (
            "function onLoginRequest(c) {\n return 'junk';\n}",
            "reason",
            json!("script_failed"),
            json!(null),
        ),
        (
            "function onLoginRequest(c) { sendError(null, {}); }",
            "reason",
            json!("refused_by_script"),
            json!(1),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("broken-{number}");
        world.scripted(&handle, json!([["password"]]), script).await;
        let seen = world.browser().authorize(&handle, "").await;
        assert!(matches!(seen.number(), "1304" | "1209"), "{script}: {seen:?}");
        assert!(
            seen.body.contains("req_"),
            "F30: there is something to tell support: {seen:?}"
        );
        let all = world.details(AuditAction::SignInRefused).await;
        let told = all.iter().any(|detail| detail[key] == value && detail["line"] == line);
        assert!(told, "F30: {script}: {all:?}");
        let found = codes(&findings(world, &handle).await);
        assert!(!found.is_empty(), "{script}");
    }
}

async fn a_running_sign_in_keeps_its_version(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    world.scripted("bank", steps(), LOCAL_ONLY).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let patch = json!({"flow": {"script": "function onLoginRequest(c) { executeStep(1); }"}});
    let saved = world
        .services
        .applications
        .patch(&Actor::Api, "bank", None, patch, SaveMode::Save)
        .await;
    saved.expect("saved");
    let asked = browser.password(&page, "clerk", "a good password").await;
    assert!(
        asked.body.contains("authenticator app"),
        "as it was when it began: {asked:?}"
    );
    let fresh = world.browser();
    let through = fresh.password_to("bank", "clerk", "a good password").await;
    assert!(
        through.parameter("code").is_some(),
        "a new one takes the new script: {through:?}"
    );
}

async fn single_sign_on_runs_the_script(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    world.scripted("bank", steps(), LOCAL_ONLY).await;
    world.person("clerk", None, "a good password").await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    browser.federated_to("bank", &persona).await.code();
    let again = browser.authorize("bank", "&prompt=none").await;
    assert!(
        again.parameter("code").is_some(),
        "one step is enough for them: {again:?}"
    );
    let local = world.browser();
    let page = local.authorize("payroll", "").await;
    local.password(&page, "clerk", "a good password").await.code();
    let stepped = local.authorize("bank", "&prompt=none").await;
    assert_eq!(
        stepped.parameter("error").as_deref(),
        Some("login_required"),
        "S35: the script asks for more"
    );
}

async fn s35_a_script_cannot_end_without_a_first_factor(world: &World) {
    for (number, script) in [
        "function onLoginRequest(c) {}",
        "async function onLoginRequest(c) { await 1; executeStep(1); }",
    ]
    .into_iter()
    .enumerate()
    {
        let handle = format!("open-{number}");
        world.scripted(&handle, json!([["password"]]), script).await;
        let seen = world.browser().authorize(&handle, "").await;
        assert_eq!(seen.status, StatusCode::INTERNAL_SERVER_ERROR, "{script}: {seen:?}");
        assert!(seen.parameter("code").is_none());
        assert!(codes(&findings(world, &handle).await).contains(&FindingCode::FirstFactorMissing));
    }
}
