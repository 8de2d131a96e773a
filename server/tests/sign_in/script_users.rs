//! Scripts that look for accounts and end sessions.

use doorward_domain::audit::AuditAction;
use doorward_domain::finding::FindingCode;
use serde_json::json;

use crate::provider::Persona;
use crate::world::{Browser, World};

crate::on_both!(
    a_script_finds_an_account_by_what_it_owns,
    a_list_of_accounts_has_the_one_that_there_is,
    a_script_ends_sessions_of_the_person_alone,
    the_analyser_tries_both_answers,
    the_log_stays_with_who_gets_through,
);

/// Who signs in with Acme is asked for a second step when an administrator's account has their address.
const BY_ACCOUNT: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        var address = context.steps[1].subject.remoteClaims.email;
        var local = getUniqueUserWithClaimValues({ 'http://wso2.org/claims/emailaddress': address }, context);
        if (local !== null && getAssociatedLocalUser(local).localClaims.email === address) {
            Log.info(local.username, local.remoteClaims.email === undefined);
            fail();
        }
    } });
}";

/// The bank runs the script for people from Acme who get no account. One account owns an address, another only says so.
async fn an_address_owned_and_one_claimed(world: &World, script: &str) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    world.scripted("bank", json!([["connection:acme"]]), script).await;
    world
        .person("owner", Some(("owner@example.com", true)), "a good password")
        .await;
    world
        .person("claims", Some(("claims@example.com", false)), "a good password")
        .await;
}

async fn a_script_finds_an_account_by_what_it_owns(world: &World) {
    an_address_owned_and_one_claimed(world, BY_ACCOUNT).await;
    for (address, found) in [
        ("owner@example.com", true),
        ("claims@example.com", false),
        ("owner", false),
        ("nobody@example.com", false),
    ] {
        let persona = Persona::new(address, json!({"email": address, "email_verified": true}));
        let seen = world.browser().federated_to("bank", &persona).await;
        assert_eq!(seen.parameter("error").is_some(), found, "{address}: {seen:?}");
        assert_eq!(seen.parameter("code").is_some(), !found, "{address}");
    }
    let refused = world.details(AuditAction::SignInRefused).await;
    assert_eq!(refused[0]["log"], json!(["info: owner true"]), "{refused:?}");
    for name in ["getUniqueUserWithClaimValues", "getUsersWithClaimValues"] {
        for (kind, claims) in [("unknown", "{ mobile: '1' }"), ("none", "{}")] {
            let script = format!("function onLoginRequest(context) {{\n {name}({claims}, context);\n}}");
            let shop = format!("{}-{kind}", name.to_lowercase());
            world.scripted(&shop, json!([["password"]]), &script).await;
            assert_eq!(world.browser().authorize(&shop, "").await.number(), "1304", "{script}");
        }
    }
}

async fn a_list_of_accounts_has_the_one_that_there_is(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            var address = context.steps[1].subject.remoteClaims.email;
            var found = getUsersWithClaimValues({ emailaddress: address }, context);
            found.forEach(function (user) { Log.info(user.username, getUserSessions(user).length); });
            if (found.length !== 1) { fail(); }
        } });
    }";
    an_address_owned_and_one_claimed(world, script).await;
    for (address, is_found) in [
        ("owner@example.com", true),
        ("claims@example.com", false),
        ("nobody@example.com", false),
    ] {
        let persona = Persona::new(address, json!({"email": address, "email_verified": true}));
        let seen = world.browser().federated_to("bank", &persona).await;
        assert_eq!(seen.parameter("code").is_some(), is_found, "{address}: {seen:?}");
    }
    let signed_in = world.details(AuditAction::SignedIn).await;
    assert_eq!(signed_in[0]["log"], json!(["info: owner 0"]), "{signed_in:?}");
}

async fn a_script_ends_sessions_of_the_person_alone(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            var user = context.currentKnownSubject;
            var before = getUserSessions(user);
            before.forEach(function (session) { terminateUserSession(user, session.id); });
            Log.info(before.length, getUserSessions(user).length, terminateUserSession(user, 'ses_made_up'));
        } });
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    world.person("clerk", None, "a good password").await;
    world.person("other", None, "a good password").await;
    let sign_in = async |browser: &Browser<'_>, name: &str| {
        let page = browser.authorize("bank", "&prompt=login").await;
        browser.password(&page, name, "a good password").await.code()
    };
    let (first, second, others) = (world.browser(), world.browser(), world.browser());
    sign_in(&others, "other").await;
    sign_in(&first, "clerk").await;
    sign_in(&second, "clerk").await;
    for (case, browser, lives) in [
        ("the first", &first, false),
        ("the second", &second, true),
        ("another's", &others, true),
    ] {
        let seen = browser.authorize("payroll", "&prompt=none").await;
        assert_eq!(seen.parameter("code").is_some(), lives, "{case}: {seen:?}");
    }
    assert_eq!(world.details(AuditAction::SignedOut).await, [json!({"by": "script"})]);
    let logs = world.details(AuditAction::SignedIn).await;
    let second = logs.iter().find(|detail| detail["log"] == json!(["info: 1 0 false"]));
    assert!(
        second.is_some(),
        "what a script wrote is kept with who got through: {logs:?}"
    );
}

async fn the_analyser_tries_both_answers(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    world
        .scripted(
            "bank",
            json!([["connection:acme"], ["connection:acme", "password"]]),
            BY_ACCOUNT,
        )
        .await;
    let found = world.services.applications.findings("bank").await.expect("analysed");
    assert!(found.iter().all(|f| f.code != FindingCode::ScriptError), "{found:?}");
    let script = BY_ACCOUNT.replace("fail();", "executeStep(7);");
    world.scripted("shop", json!([["connection:acme"]]), &script).await;
    let found = world.services.applications.findings("shop").await.expect("analysed");
    assert!(found.iter().any(|f| f.code == FindingCode::StepMissing), "{found:?}");
}

async fn the_log_stays_with_who_gets_through(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            Log.warn('by', context.steps[1].idp);
            for (var i = 0; i < 99; i++) { Log.info('x'.repeat(2000)); }
        } });
    }";
    world
        .change("acme", |connection| {
            let named = connection.attributes.iter_mut().filter(|rule| rule.to == "family_name");
            named.for_each(|rule| rule.required = true);
        })
        .await;
    world.scripted("bank", json!([["connection:acme"]]), script).await;
    let browser = world.browser();
    let page = browser
        .federated_to("bank", &Persona::verified("one", "one@example.com"))
        .await;
    let (csrf, action) = (page.field("csrf"), format!("{}/attributes", page.address));
    let form = [("csrf", csrf.as_str()), ("attribute.family_name", "Miller")];
    browser.post(&action, &form).await.code();
    browser.authorize("bank", "").await.code();
    let logs = world.details(AuditAction::SignedIn).await;
    assert_eq!(logs.len(), 2, "{logs:?}");
    for detail in &logs {
        let lines = detail["log"].as_array().expect("lines");
        assert_eq!(lines[0], "warn: by acme");
        assert_eq!(lines.last(), Some(&json!("… more than is kept")));
        assert!(detail.to_string().len() < 10_000, "bounded");
    }
    assert_eq!(logs[0]["single_sign_on"], true, "newest first");
}
