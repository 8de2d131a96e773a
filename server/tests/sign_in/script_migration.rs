//! A script that takes passwords over from a former system.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::provider::Elsewhere;
use crate::world::World;

crate::on_both!(
    a_password_that_fits_there_fits_here_from_then_on,
    no_other_account_and_no_other_text_becomes_a_password,
);

const CHECK: &str = "https://api.example.com/check";
const OLD: &str = "the password of old";

const MIGRATES: &str = "
var onLoginRequest = function (context) {
    executeStep(1, { onFail: function (context) {
        var typed = context.request.params;
        Log.info('asks for ' + context.lastLoginFailedUser.username + ' with ' + typed.password[0]);
        httpPost('https://api.example.com/check', { username: typed.username[0], password: typed.password[0] }, {
            onSuccess: function (context, data) {
                if (data.fits) {
                    Log.info('taken over: ' + updateUserPassword(context.lastLoginFailedUser, typed.password[0]));
                }
                executeStep(1);
            }, onFail: function (context, data) { executeStep(1); }
        });
    } });
};";

fn fits(world: &World, fits: bool) {
    let answer = Elsewhere::json(200, &json!({"fits": fits}));
    world.provider.answer_elsewhere(CHECK, answer);
}

async fn set_up(world: &World, script: &str) {
    let made = call(world, "POST", "/users", json!({"username": "clerk"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    world.scripted("bank", json!([["password"]]), script).await;
}

async fn a_password_that_fits_there_fits_here_from_then_on(world: &World) {
    set_up(world, MIGRATES).await;
    fits(world, false);
    let browser = world.browser();
    let again = browser.password_to("bank", "clerk", OLD).await;
    assert!(again.body.contains("name=\"password\""), "it fits nowhere: {again:?}");
    assert_eq!(get(world, "/users/clerk").await.body["has_password"], false);

    fits(world, true);
    let browser = world.browser();
    let again = browser.password_to("bank", "Clerk", OLD).await;
    let sent = world.provider.requests_elsewhere().pop().expect("a request");
    let body: Value = serde_json::from_str(sent.body.expect("a body").text.expose()).expect("json");
    assert_eq!(
        body,
        json!({"username": "Clerk", "password": OLD}),
        "the former system gets the password"
    );
    let changed = world.details(AuditAction::PasswordChanged).await;
    assert_eq!(changed[0], json!({"by": "script"}), "{changed:?}");
    let done = browser.password(&again, "clerk", OLD).await;
    assert!(done.parameter("code").is_some(), "from then on it fits here: {done:?}");

    let log = world.details(AuditAction::SignedIn).await[0]["log"].to_string();
    assert!(
        log.contains("asks for Clerk with password_") && log.contains("taken over: true"),
        "{log}"
    );
    assert!(!log.contains(OLD), "S47: a script never holds it: {log}");
}

async fn no_other_account_and_no_other_text_becomes_a_password(world: &World) {
    let attempts = "
    var onLoginRequest = function (context) {
        executeStep(1, { onFail: function (context) {
            var typed = context.request.params.password[0];
            var boss = getUniqueUserWithClaimValues({ username: 'boss' });
            Log.info('boss ' + updateUserPassword(boss, typed));
            Log.info('text ' + updateUserPassword(context.lastLoginFailedUser, 'chosen by the script'));
            executeStep(1, { onFail: function (context) {
                Log.info('later ' + updateUserPassword(context.lastLoginFailedUser, typed));
                executeStep(1);
            } });
        } });
    };";
    set_up(world, attempts).await;
    world.person("boss", None, "a password of the boss").await;
    world.person("known", None, "a password of the known").await;
    let browser = world.browser();
    let mut page = browser.authorize("bank", "").await;
    for typed in ["the first one typed", "another one typed"] {
        page = browser.password(&page, "clerk", typed).await;
    }
    let done = browser.password(&page, "known", "a password of the known").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let log = world.details(AuditAction::SignedIn).await[0]["log"].to_string();
    for refused in ["boss false", "text false", "later false"] {
        assert!(log.contains(refused), "{refused}: {log}");
    }
    let changed = world.events(AuditAction::PasswordChanged).await;
    assert_eq!(changed, [], "no password was changed");
}
