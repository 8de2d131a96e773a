//! Forms that are sent twice, because a button was pressed twice: the browser drops the answer to the first, so the second
//! one has to lead on. A code is issued once all the same, and nobody else gets it (S24, S26).

use http::StatusCode;
use serde_json::json;

use crate::provider::Persona;
use crate::world::{Browser, Seen, World};
use crate::{backup_codes, factors};

crate::on_both!(
    s24_a_password_sent_twice_leads_to_the_application,
    s24_a_password_sent_twice_at_once_makes_one_code,
    s26_the_answer_is_given_again_to_its_own_person_alone,
    the_second_form_may_leave_with_the_cookies_of_the_first_answer,
    s26_a_second_callback_leads_on_in_the_browser_that_is_signed_in,
    attributes_sent_twice_lead_on,
    a_code_of_the_last_step_sent_twice_leads_on,
    a_code_sent_twice_is_no_failure_that_a_script_hears_of,
    a_code_sent_twice_leads_to_the_page_that_follows,
    a_refused_entry_is_told_at_an_address_of_its_own,
);

const PASSWORD: &str = "a good password";

async fn clerk(world: &World) {
    world.person("clerk", None, PASSWORD).await;
}

/// The clerk's browser, and the page that asks for their password.
async fn asked(world: &World) -> (Browser<'_>, Seen) {
    clerk(world).await;
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    (browser, page)
}

/// Does the same twice, the second time with the cookies of before the first.
async fn twice(browser: &Browser<'_>, send: impl AsyncFn() -> Seen) -> (Seen, Seen) {
    let held = browser.cookies_now();
    let first = send().await;
    browser.set_cookies(held);
    (first, send().await)
}

fn session(browser: &Browser<'_>) -> Option<String> {
    browser.cookies.lock().expect("cookies").get("dw_session").cloned()
}

async fn s24_a_password_sent_twice_leads_to_the_application(world: &World) {
    let (browser, page) = asked(world).await;
    let held = browser.cookies_now();
    let first = browser.password(&page, "clerk", PASSWORD).await;
    let begun = session(&browser);
    browser.set_cookies(held.clone());
    world.clock.advance(10);
    let second = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(second.location, first.location, "the same answer");
    assert!(begun.is_some() && session(&browser) == begun, "the same session");
    let silent = browser.authorize("payroll", "&prompt=none").await;
    assert!(silent.parameter("code").is_some(), "signed in: {silent:?}");

    assert_eq!(world.redeem("payroll", &second.code()).await.0, StatusCode::OK);
    browser.set_cookies(held);
    let third = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(third.number(), "1006", "S24: the code was redeemed: {third:?}");
    let again = world.redeem("payroll", &first.code()).await;
    assert_eq!(again.0, StatusCode::BAD_REQUEST, "S24: once: {again:?}");

    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let (_, late) = twice(&browser, async || {
        let seen = browser.password(&page, "clerk", PASSWORD).await;
        world.clock.advance(11);
        seen
    })
    .await;
    assert_eq!(late.number(), "1006", "S24: later: {late:?}");
}

async fn s24_a_password_sent_twice_at_once_makes_one_code(world: &World) {
    let (browser, page) = asked(world).await;
    let (first, second) = tokio::join!(
        browser.password(&page, "clerk", PASSWORD),
        browser.password(&page, "clerk", PASSWORD)
    );
    assert_eq!(first.code(), second.code(), "S24");
}

/// Somebody who gave another person their own transaction gains nothing by it.
async fn s26_the_answer_is_given_again_to_its_own_person_alone(world: &World) {
    let (browser, page) = asked(world).await;
    world.person("other", None, PASSWORD).await;
    let other = world.browser();
    other.set_cookies(browser.cookies_now());
    browser.password(&page, "clerk", PASSWORD).await.code();
    let refused = other.password(&page, "other", PASSWORD).await;
    assert_eq!(refused.number(), "1006", "S26: {refused:?}");
    assert_eq!(session(&other), None, "S26");
    let stranger = world.browser().password(&page, "clerk", PASSWORD).await;
    assert_eq!(stranger.number(), "1005", "S26: {stranger:?}");
}

async fn the_second_form_may_leave_with_the_cookies_of_the_first_answer(world: &World) {
    let (browser, page) = asked(world).await;
    let first = browser.password(&page, "clerk", PASSWORD).await;
    let second = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(second.location, first.location, "the same answer");
    let shown = browser.get(&page.address).await;
    assert_eq!(shown.number(), "1005", "only a form is answered again: {shown:?}");
    assert_eq!(world.redeem("payroll", &first.code()).await.0, StatusCode::OK);
    let third = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(third.number(), "1005", "S24: {third:?}");
}

async fn s26_a_second_callback_leads_on_in_the_browser_that_is_signed_in(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let away = browser.authorize("portal", "").await;
    let away = away.sent_to();
    let (first, second) = (
        world.provider.sign_in(away, &persona),
        world.provider.sign_in(away, &persona),
    );
    let done = browser.get(&first).await;
    let again = browser.get(&second).await;
    assert_eq!(again.code(), done.code(), "the same answer");
    let elsewhere = world.browser().get(&second).await;
    assert_eq!(elsewhere.number(), "1005", "S26: {elsewhere:?}");
    assert_eq!(world.redeem("portal", &done.code()).await.0, StatusCode::OK);
    let late = browser.get(&second).await;
    assert_eq!(late.number(), "1005", "S24: {late:?}");
}

async fn attributes_sent_twice_lead_on(world: &World) {
    world.require_family_name().await;
    for jit in [false, true] {
        world.change("acme", |connection| connection.jit.enabled = jit).await;
        let browser = world.browser();
        let page = browser.federated(&Persona::verified("one", "one@example.com")).await;
        let action = format!("{}/attributes", page.address);
        let typed = [("attribute.family_name", "Miller")];
        let (first, second) = twice(&browser, async || browser.send(&page, &action, &typed).await).await;
        assert_eq!(second.code(), first.code(), "JIT {jit}");
        let third = browser.send(&page, &action, &typed).await;
        assert_eq!(third.code(), first.code(), "JIT {jit}, with the cookies of the answer");
    }
}

async fn a_code_of_the_last_step_sent_twice_leads_on(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    clerk(world).await;
    let key = factors::enrol(world, "bank").await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", PASSWORD).await;
    let code = factors::code(world, &key);
    let (first, second) = twice(&browser, async || factors::enter(&browser, &page, &code).await).await;
    assert_eq!(second.code(), first.code());
}

async fn a_code_sent_twice_is_no_failure_that_a_script_hears_of(world: &World) {
    let script = "function onLoginRequest(context) {
        executeStep(1);
        executeStep(2, { onFail: function (context) { sendError(null, {}); } });
    }";
    world.scripted("bank", json!([["password"], ["totp"]]), script).await;
    clerk(world).await;
    let key = factors::enrol(world, "bank").await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let page = browser.password(&page, "clerk", PASSWORD).await;
    let code = factors::code(world, &key);
    let (first, second) = twice(&browser, async || factors::enter(&browser, &page, &code).await).await;
    assert_eq!(second.code(), first.code(), "{second:?}");
}

async fn a_code_sent_twice_leads_to_the_page_that_follows(world: &World) {
    let steps = json!([["password"], ["totp", "backup_code"]]);
    world.application("bank", steps).await;
    clerk(world).await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", PASSWORD).await;
    let code = factors::code(world, &factors::key(&page));
    let (first, second) = twice(&browser, async || factors::enter(&browser, &page, &code).await).await;
    let codes = backup_codes::shown(&first);
    assert_eq!(backup_codes::shown(&second), codes, "what follows: {second:?}");
    let forged = browser.post(&second.address, &[("csrf", "x")]).await;
    assert_eq!(forged.number(), "1008", "a token of nobody: {forged:?}");
    let leads_back = forged.body.contains("name=\"decision\" value=\"cancel\"");
    assert!(leads_back, "the application is told: {forged:?}");
    let done = backup_codes::keep(&browser, &second).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

/// Going back to it, or loading it again, sends nothing once more.
async fn a_refused_entry_is_told_at_an_address_of_its_own(world: &World) {
    world.application("strict", json!([["password"], ["totp"]])).await;
    clerk(world).await;
    let browser = world.browser();
    let page = browser.authorize("strict", "").await;
    let csrf = page.field("csrf");
    let wrong = [
        ("csrf", csrf.as_str()),
        ("option", "password"),
        ("username", "clerk"),
        ("password", "not it"),
    ];
    let sent = browser.post(&page.address, &wrong).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    let address = sent.sent_to().to_owned();
    for _ in 0..2 {
        let told = browser.get(&address).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{told:?}");
        assert!(told.body.contains("value=\"clerk\""), "what was typed stays: {told:?}");
        assert!(told.body.contains("is not right"), "{told:?}");
    }
    let elsewhere = world.browser().get(&address).await;
    assert!(!elsewhere.body.contains("clerk"), "{elsewhere:?}");
    let forged = format!("{}?sealed=AAAA", page.address);
    for other in [forged, format!("{address}A"), page.address.clone()] {
        let plain = browser.get(&other).await;
        assert_eq!(plain.status, StatusCode::OK, "{other}: {plain:?}");
    }
    let second = browser.password(&page, "clerk", PASSWORD).await;
    assert!(second.body.contains("Set up your authenticator app"), "{second:?}");
    let back = browser.get(&address).await;
    assert_eq!(back.status, StatusCode::OK, "{back:?}");
    assert!(back.body.contains("Set up your authenticator app"), "{back:?}");
    assert!(
        !back.body.contains("is not right"),
        "it was said of the first step: {back:?}"
    );
}
