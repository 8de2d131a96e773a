//! Limits that a script has for codes: after so many the step has failed, and the script goes on.

use http::StatusCode;
use serde_json::json;

use crate::factors;
use crate::mail;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    so_many_wrong_codes_fail_the_step,
    the_first_wrong_code_fails_it_without_a_limit,
    so_many_mails_fail_the_step_or_are_refused,
);

const PASSWORD: &str = "a good password";

/// Asks for the second step with these limits; where it fails the sign-in ends on a page that says so.
fn script(params: &str) -> String {
    format!(
        "function onLoginRequest(context) {{
            executeStep(1);
            executeStep(2, {{ authenticatorParams: {{ local: {{ {params} }} }} }}, {{
                onFail: function (context) {{ sendError(null, {{}}); }}
            }});
        }}"
    )
}

/// In front of the second step.
async fn asked<'w>(world: &'w World, second: &str, params: &str) -> (Browser<'w>, Seen) {
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
    world
        .scripted("bank", json!([["password"], [second]]), &script(params))
        .await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", PASSWORD).await;
    (browser, page)
}

async fn so_many_wrong_codes_fail_the_step(world: &World) {
    let limit = "totp: { maximumAllowedFailureAttempts: '3' }";
    let (browser, page) = asked(world, "totp", limit).await;
    let key = factors::key(&page);
    for round in 1..3 {
        let wrong = factors::enter(&browser, &page, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{round}: {wrong:?}");
    }
    let ended = factors::enter(&browser, &page, "000000").await;
    assert_eq!(ended.number(), "1209", "the third one: {ended:?}");
    let late = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(late.parameter("code").is_none(), "it is over: {late:?}");

    // Whoever gets it right in time is in, and the next sign-in counts anew.
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", PASSWORD).await;
    let key = factors::key(&page);
    for _ in 1..3 {
        factors::enter(&browser, &page, "000000").await;
    }
    factors::enter(&browser, &page, &factors::code(world, &key))
        .await
        .code();
}

async fn the_first_wrong_code_fails_it_without_a_limit(world: &World) {
    let (browser, page) = asked(world, "totp", "").await;
    let ended = factors::enter(&browser, &page, "000000").await;
    assert_eq!(ended.number(), "1209", "{ended:?}");
}

async fn so_many_mails_fail_the_step_or_are_refused(world: &World) {
    let limit = "email_otp: { maximumAllowedResendAttempts: 2 }";
    let (browser, page) = asked(world, "email_otp", limit).await;
    let again = [("option", "email_otp"), ("decision", "send")];
    for sent in 2..=3 {
        browser.submit(&page, &again).await;
        assert_eq!(mail::count(world).await, sent, "one and two more");
    }
    let refused = browser.submit(&page, &again).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert_eq!(mail::count(world).await, 3);
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let done = browser
        .submit(&page, &[("option", "email_otp"), ("mail_code", &code)])
        .await;
    assert!(done.parameter("code").is_some(), "the step goes on: {done:?}");

    let patch = json!({"flow": {"script": script(
        "email_otp: { maximumAllowedResendAttempts: 0, terminateOnResendLimitExceeded: true }"
    )}});
    world.patch("bank", patch).await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", PASSWORD).await;
    let ended = browser.submit(&page, &again).await;
    assert_eq!(ended.number(), "1209", "{ended:?}");
    assert_eq!(mail::count(world).await, 4, "the first one alone");
}
