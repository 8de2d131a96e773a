//! What works once works once, also where a sign-in is refused at its very end or a page is sent twice (S24, S45).

use http::{StatusCode, header};
use serde_json::json;

use crate::requests::claims_parameter;
use crate::world::{Browser, Seen, World};
use crate::{backup_codes, factors, mail};

crate::on_both!(
    s45_a_code_is_spent_where_the_application_gets_less_than_it_asks_for,
    s45_a_code_is_spent_where_the_script_ends_the_sign_in,
    s45_a_mailed_code_is_spent_where_the_sign_in_is_refused,
    what_was_set_up_in_a_refused_sign_in_is_kept,
    s24_a_first_page_sent_twice_leads_on,
    s24_an_older_page_sent_again_leaves_the_cookie,
);

const PASSWORD: &str = "a good password";

/// Asks for a level that no sign-in reaches.
fn out_of_reach() -> String {
    claims_parameter(&json!({"id_token": {"acr": {"essential": true, "values": ["none"]}}}))
}

async fn clerk(world: &World) {
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
}

/// At the second step of an application.
async fn second_step<'w>(world: &'w World, application: &str, more: &str) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.authorize(application, more).await;
    let page = browser.password(&page, "clerk", PASSWORD).await;
    (browser, page)
}

async fn s45_a_code_is_spent_where_the_application_gets_less_than_it_asks_for(world: &World) {
    let steps = json!([["password"], ["totp", "backup_code"]]);
    world.application("bank", steps).await;
    clerk(world).await;
    let (key, codes) = backup_codes::enrol(world).await;

    let (browser, page) = second_step(world, "bank", &out_of_reach()).await;
    let app = factors::code(world, &key);
    let refused = factors::enter(&browser, &page, &app).await;
    let error = Some("unmet_authentication_requirements");
    assert_eq!(refused.parameter("error").as_deref(), error, "{refused:?}");
    let (browser, page) = second_step(world, "bank", "").await;
    let again = factors::enter(&browser, &page, &app).await;
    assert!(again.body.contains("This code has been used"), "{again:?}");

    let hint = claims_parameter(&json!({"id_token": {"sub": {"value": "somebody-else"}}}));
    let (browser, page) = second_step(world, "bank", &hint).await;
    let refused = backup_codes::enter_backup(&browser, &page, &codes[0]).await;
    assert_eq!(
        refused.parameter("error").as_deref(),
        Some("login_required"),
        "{refused:?}"
    );
    let (browser, page) = second_step(world, "bank", "").await;
    let again = backup_codes::enter_backup(&browser, &page, &codes[0]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "{again:?}");
}

async fn s45_a_code_is_spent_where_the_script_ends_the_sign_in(world: &World) {
    let script = "var onLoginRequest = function(context) { executeStep(1, { onSuccess: function(context) { \
                  executeStep(2, { onSuccess: function(context) { fail(); } }); } }); };";
    world.application("bank", json!([["password"], ["totp"]])).await;
    clerk(world).await;
    let key = factors::enrol(world, "bank").await;
    world.scripted("vault", json!([["password"], ["totp"]]), script).await;
    world.clock.advance(60);

    let (browser, page) = second_step(world, "vault", "").await;
    let code = factors::code(world, &key);
    let refused = factors::enter(&browser, &page, &code).await;
    assert_eq!(
        refused.parameter("error").as_deref(),
        Some("access_denied"),
        "{refused:?}"
    );
    let (browser, page) = second_step(world, "bank", "").await;
    let again = factors::enter(&browser, &page, &code).await;
    assert!(again.body.contains("This code has been used"), "{again:?}");
}

/// The code is good for this very step only, so the step must be over, whatever the browser still holds.
async fn s45_a_mailed_code_is_spent_where_the_sign_in_is_refused(world: &World) {
    world.application("bank", json!([["password"], ["email_otp"]])).await;
    clerk(world).await;
    let (browser, page) = second_step(world, "bank", &out_of_reach()).await;
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let held = browser.cookies_now();
    let refused = mail::enter(&browser, &page, &code).await;
    assert!(refused.parameter("error").is_some(), "{refused:?}");
    browser.set_cookies(held);
    let again = mail::enter(&browser, &page, &code).await;
    assert_eq!(again.number(), "1004", "the sign-in is over: {again:?}");
}

async fn what_was_set_up_in_a_refused_sign_in_is_kept(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    clerk(world).await;
    let (browser, page) = second_step(world, "bank", &out_of_reach()).await;
    let key = factors::key(&page);
    let refused = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(refused.parameter("error").is_some(), "{refused:?}");
    world.clock.advance(60);
    let (browser, page) = second_step(world, "bank", "").await;
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn s24_a_first_page_sent_twice_leads_on(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    clerk(world).await;
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let held = browser.cookies_now();
    let first = browser.password(&page, "clerk", PASSWORD).await;
    // The browser drops the first answer: what it sends again is what it had.
    browser.set_cookies(held);
    let second = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(
        factors::key(&second),
        factors::key(&first),
        "the same next step: {second:?}"
    );
    let code = factors::code(world, &factors::key(&second));
    let done = factors::enter(&browser, &second, &code).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn s24_an_older_page_sent_again_leaves_the_cookie(world: &World) {
    clerk(world).await;
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let held = browser.cookies_now();
    let code = browser.password(&page, "clerk", PASSWORD).await.code();
    world.redeem("payroll", &code).await;
    browser.set_cookies(held);
    let again = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(again.number(), "1006", "{again:?}");
    assert!(
        !again.headers.contains_key(header::SET_COOKIE),
        "what is newer stays: {again:?}"
    );
}
