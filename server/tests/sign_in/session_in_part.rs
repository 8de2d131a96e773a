//! A session that stands for some steps of a flow: the person is asked for the others alone.

use doorward_domain::audit::Actor;
use http::StatusCode;
use serde_json::json;

use crate::account::PASSWORD;
use crate::device::Device;
use crate::factors::{claims_of, code, enter, key};
use crate::mail::count;
use crate::passkeys;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    only_the_missing_step_is_asked,
    what_a_request_wants_anew_is_asked_anew,
    s38_an_old_session_sets_nothing_up,
    s38_whoever_has_another_factor_begins_anew,
    s16_an_ended_session_stands_for_nothing,
    s26_somebody_else_signed_in_meanwhile,
    somebody_else_can_sign_in_instead,
    a_provider_lets_somebody_else_choose,
    a_script_goes_on_from_the_session,
    a_script_that_ends_the_session_asks_anew,
    somebody_without_an_account_goes_on,
    no_mail_leaves_unasked,
    whoever_holds_no_app_asks_for_a_mail,
);

/// Past the time in which a proof sets things up.
const LATER: i64 = 600;

async fn flows(world: &World) {
    world
        .application("bank", json!([["password", "connection:acme"]]))
        .await;
    world
        .application("strict", json!([["password", "connection:acme"], ["totp"]]))
        .await;
}

/// Signed in to `bank` with the password alone, and holding an app with this key.
async fn signed_in(world: &World) -> (Browser<'_>, String) {
    flows(world).await;
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
    let before = world.browser();
    let page = before.password_to("strict", "clerk", PASSWORD).await;
    let key = key(&page);
    enter(&before, &page, &code(world, &key)).await.code();
    world.clock.advance(60);
    let browser = world.browser();
    browser.password_to("bank", "clerk", PASSWORD).await.code();
    (browser, key)
}

fn asks_for_code_alone(page: &Seen) -> bool {
    page.body.contains("name=\"code\"")
        && !page.body.contains("name=\"password\"")
        && !page.body.contains("class=\"key\"")
}

fn asks_for_password(page: &Seen) -> bool {
    page.body.contains("name=\"password\"")
}

async fn only_the_missing_step_is_asked(world: &World) {
    let (browser, key) = signed_in(world).await;
    let silent = browser.authorize("strict", "&prompt=none").await;
    assert_eq!(
        silent.parameter("error").as_deref(),
        Some("login_required"),
        "S36: {silent:?}"
    );
    world.clock.advance(LATER);
    let page = browser.authorize("strict", "").await;
    assert!(asks_for_code_alone(&page), "{page:?}");
    assert!(page.body.contains("You are signed in as"), "whose it is: {page:?}");
    assert!(page.body.contains("clerk@example.com"), "{page:?}");
    let wrong = enter(&browser, &page, "000000").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let at = world.state.now().timestamp();
    let done = enter(&browser, &page, &code(world, &key)).await;
    let (status, tokens) = world.redeem("strict", &done.code()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("urn:doorward:acr:2"), &json!(["pwd", "otp", "mfa"]))
    );
    assert_eq!(claims["auth_time"], json!(at), "the last thing that was proven");
    for application in ["strict", "bank"] {
        browser.authorize(application, "&prompt=none").await.code();
    }
    assert_eq!(
        world
            .browser()
            .authorize("strict", "&prompt=none")
            .await
            .parameter("error")
            .as_deref(),
        Some("login_required")
    );
}

async fn what_a_request_wants_anew_is_asked_anew(world: &World) {
    let (browser, _) = signed_in(world).await;
    world.clock.advance(LATER);
    for more in ["&prompt=login", "&max_age=60"] {
        let page = browser.authorize("strict", more).await;
        assert!(asks_for_password(&page), "{more}: {page:?}");
    }
    let chosen = browser.authorize("strict", "&prompt=select_account").await;
    assert!(chosen.body.contains("Choose an account"), "{chosen:?}");
    let account = chosen.field("account");
    let page = browser.send(&chosen, &chosen.address, &[("account", &account)]).await;
    assert!(asks_for_code_alone(&page), "{page:?}");
}

async fn s38_an_old_session_sets_nothing_up(world: &World) {
    flows(world).await;
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
    let browser = world.browser();
    browser.password_to("bank", "clerk", PASSWORD).await.code();
    let young = browser.authorize("strict", "").await;
    assert!(
        young.body.contains("Set up your authenticator app"),
        "they have just shown it: {young:?}"
    );
    world.clock.advance(LATER);
    let old = browser.authorize("strict", "").await;
    assert!(asks_for_password(&old), "S38: {old:?}");
    let page = browser.password(&old, "clerk", PASSWORD).await;
    enter(&browser, &page, &code(world, &key(&page))).await.code();

    // An app that the session has shown a while ago lets nobody make a passkey.
    world
        .application("keys", json!([["password"], ["totp"], ["passkey"]]))
        .await;
    world.clock.advance(LATER);
    let page = browser.authorize("keys", "").await;
    assert!(
        page.body.contains("name=\"passkey_code\""),
        "S38: a code of the app comes with it: {page:?}"
    );
}

/// Their passkey was shown to the session, which sets up no app; the first step takes it once more.
async fn s38_whoever_has_another_factor_begins_anew(world: &World) {
    passkeys::set_up(world).await;
    let mut device = Device::new(1);
    passkeys::enrol(world, "clerk", &mut device).await;
    world
        .application("both", json!([["password", "passkey"], ["totp"]]))
        .await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    passkeys::answer(&browser, &page, &mut device).await.code();
    world.clock.advance(60);
    let page = browser.authorize("both", "").await;
    assert!(asks_for_password(&page), "{page:?}");
    let page = passkeys::answer(&browser, &page, &mut device).await;
    enter(&browser, &page, &code(world, &key(&page))).await.code();
}

async fn s16_an_ended_session_stands_for_nothing(world: &World) {
    let (browser, key) = signed_in(world).await;
    let page = browser.authorize("strict", "").await;
    let asked = browser.get("/oauth2/logout").await;
    let asked = browser.follow(asked).await;
    let ended = browser.submit(&asked, &[("decision", "confirm")]).await;
    assert!(ended.body.contains("signed out"), "{ended:?}");
    let refused = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(refused.parameter("code"), None, "S16: {refused:?}");
    let anew = browser.authorize("strict", "").await;
    assert!(asks_for_password(&anew), "{anew:?}");

    // All sessions were ended: what was proven before that counts nowhere.
    let browser = world.browser();
    browser.password_to("bank", "clerk", PASSWORD).await.code();
    let page = browser.authorize("strict", "").await;
    assert!(asks_for_code_alone(&page), "{page:?}");
    world.clock.advance(60);
    let ended = world
        .services
        .users
        .sign_out_everywhere(&Actor::Api, "clerk", None)
        .await;
    ended.expect("signed out");
    let refused = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(refused.parameter("code"), None, "S16: {refused:?}");
}

async fn s26_somebody_else_signed_in_meanwhile(world: &World) {
    let (browser, key) = signed_in(world).await;
    let page = browser.authorize("strict", "").await;
    world.person("other", Some(("other@example.com", true)), PASSWORD).await;
    let begun = browser.authorize("bank", "&prompt=login").await;
    browser.password(&begun, "other", PASSWORD).await.code();
    let refused = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(refused.parameter("code"), None, "{refused:?}");

    // The same person may have signed in once more.
    let browser = world.browser();
    browser.password_to("bank", "clerk", PASSWORD).await.code();
    let page = browser.authorize("strict", "").await;
    let begun = browser.authorize("bank", "&prompt=login").await;
    browser.password(&begun, "clerk", PASSWORD).await.code();
    world.clock.advance(60);
    enter(&browser, &page, &code(world, &key)).await.code();
}

async fn somebody_else_can_sign_in_instead(world: &World) {
    let (browser, _) = signed_in(world).await;
    world.person("other", Some(("other@example.com", true)), PASSWORD).await;
    let page = browser.authorize("strict", "").await;
    let begun = browser.submit(&page, &[("decision", "other")]).await;
    assert!(asks_for_password(&begun), "{begun:?}");
    assert!(!begun.body.contains("You are signed in as"), "{begun:?}");
    let page = browser.password(&begun, "other", PASSWORD).await;
    let done = enter(&browser, &page, &code(world, &key(&page))).await;
    let (_, tokens) = world.redeem("strict", &done.code()).await;
    let other = world.services.users.find("other").await.expect("found");
    assert_eq!(claims_of(&tokens)["sub"], json!(other.summary.sub));
}

async fn a_provider_lets_somebody_else_choose(world: &World) {
    world.application("bank", json!([["connection:acme"]])).await;
    world
        .application("strict", json!([["connection:acme"], ["totp"]]))
        .await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    browser.federated_to("bank", &persona).await.code();
    let page = browser.authorize("strict", "").await;
    let away = browser.submit(&page, &[("decision", "other")]).await;
    assert_eq!(away.parameter("prompt").as_deref(), Some("select_account"), "{away:?}");
    let two = Persona::verified("two", "two@example.com");
    let page = browser.back(&away, &two).await;
    let done = enter(&browser, &page, &code(world, &key(&page))).await;
    let (_, tokens) = world.redeem("strict", &done.code()).await;
    assert_eq!(claims_of(&tokens)["email"], "two@example.com");
}

async fn a_script_that_ends_the_session_asks_anew(world: &World) {
    let (browser, _) = signed_in(world).await;
    let ends = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {\n\
                const user = context.currentKnownSubject;\n\
                getUserSessions(user).forEach(function (session) { terminateUserSession(user, session.id); });\n\
                executeStep(2); }}); }";
    world.scripted("single", json!([["password"], ["totp"]]), ends).await;
    let page = browser.authorize("single", "").await;
    assert!(asks_for_password(&page), "{page:?}");
}

async fn a_script_goes_on_from_the_session(world: &World) {
    let (browser, key) = signed_in(world).await;
    let steps = || json!([["password", "connection:acme"], ["totp"]]);
    let asks_locals = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {\n\
                       setCookie(context, 'seen', 'yes', {});\n\
                       if (context.steps[1].idp === 'LOCAL') { executeStep(2); } }}); }";
    let asks_anew =
        "function onLoginRequest(context) { executeStep(1, {stepOptions: {forceAuth: true}}, {}); executeStep(2); }";
    world.scripted("rules", steps(), asks_locals).await;
    world.scripted("anew", steps(), asks_anew).await;
    world.clock.advance(LATER);
    let page = browser.authorize("rules", "").await;
    assert!(asks_for_code_alone(&page), "{page:?}");
    assert!(
        browser.cookies_now().keys().any(|name| name.contains("dw_s_")),
        "what the script sets"
    );
    let done = enter(&browser, &page, &code(world, &key)).await;
    let (status, tokens) = world.redeem("rules", &done.code()).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let page = browser.authorize("anew", "").await;
    assert!(asks_for_password(&page), "{page:?}");
}

async fn somebody_without_an_account_goes_on(world: &World) {
    flows(world).await;
    world
        .change("acme", |connection| {
            connection.jit.enabled = false;
            connection.factors_without_account = true;
        })
        .await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    browser.federated_to("bank", &persona).await.code();
    let page = browser.authorize("strict", "").await;
    let key = key(&page);
    enter(&browser, &page, &code(world, &key)).await.code();
    assert_eq!(world.accounts().await, 0);

    world.clock.advance(60);
    let other = world.browser();
    other.federated_to("bank", &persona).await.code();
    world.clock.advance(LATER);
    let page = other.authorize("strict", "").await;
    assert!(asks_for_code_alone(&page), "{page:?}");
    let done = enter(&other, &page, &code(world, &key)).await;
    let (_, tokens) = world.redeem("strict", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["fed", "otp", "mfa"]));
}

async fn no_mail_leaves_unasked(world: &World) {
    let (browser, _) = signed_in(world).await;
    world.application("mailed", json!([["password"], ["email_otp"]])).await;
    let before = count(world).await;
    world.clock.advance(60);
    let page = browser.authorize("mailed", "").await;
    assert!(page.body.contains("value=\"send\""), "{page:?}");
    assert_eq!(count(world).await, before, "any page could have sent the browser here");
    let wish = [("option", "email_otp"), ("decision", "send")];
    browser.submit(&page, &wish).await;
    assert_eq!(count(world).await, before + 1);
}

/// The session is old, and the mail sets nothing up; an app beside it would.
async fn whoever_holds_no_app_asks_for_a_mail(world: &World) {
    flows(world).await;
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
    world
        .application("mailed", json!([["password"], ["email_otp", "totp"]]))
        .await;
    let browser = world.browser();
    browser.password_to("bank", "clerk", PASSWORD).await.code();
    world.clock.advance(LATER);
    let page = browser.authorize("mailed", "").await;
    assert!(page.body.contains("value=\"send\""), "{page:?}");
    assert!(!page.body.contains("class=\"key\""), "S38: {page:?}");
}
