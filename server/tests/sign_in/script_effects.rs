//! What scripts do to the way of the browser: no page where nothing is to be chosen, and headers of their own.

use serde_json::json;

use crate::provider::Persona;
use crate::world::World;

crate::on_both!(a_page_without_a_choice_is_skipped, a_script_sends_headers);

async fn a_page_without_a_choice_is_skipped(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let steps = json!([["connection:acme"], ["connection:acme"]]);
    for (case, options, goes) in [
        ("skipped", "{ skipPrompt: true, forceAuth: true }", true),
        ("texts", "{ skipPrompt: 'true', forceAuth: 'true' }", true),
        ("shown", "{ forceAuth: true }", false),
    ] {
        let script = format!(
            "function onLoginRequest(context) {{
                executeStep(1, {{ onSuccess: function () {{ executeStep(2, {{ stepOptions: {options} }}, {{}}); }} }});
            }}"
        );
        world.scripted(case, steps.clone(), &script).await;
        let browser = world.browser();
        let begun = browser.authorize(case, "&prompt=login").await;
        let second = browser.back(&begun, &persona).await;
        assert_eq!(second.location.is_some(), goes, "{case}: {second:?}");
        if goes {
            assert!(
                second.parameter("nonce").is_some(),
                "{case}: at the provider: {second:?}"
            );
            let done = browser.back(&second, &persona).await;
            assert!(done.parameter("code").is_some(), "{case}: {done:?}");
        }
    }
    // Who turns back there sees the page, and is not sent away again.
    let browser = world.browser();
    let begun = browser.authorize("skipped", "&prompt=login").await;
    let second = browser.back(&begun, &persona).await;
    let state = second.parameter("state").expect("a state");
    let refused = format!("/federation/acme/callback?error=access_denied&state={state}");
    let refused = browser.get(&refused).await;
    let page = browser.follow(refused).await;
    assert!(
        page.location.is_none() && page.body.contains("connection:acme"),
        "{page:?}"
    );
}

async fn a_script_sends_headers(world: &World) {
    let script = "function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            context.response.headers['X-Risk'] = 'high';
            context.response.headers['Location'] = 'https://example.com/';
            Log.info('sent ' + context.response.headers['x-risk']);
            executeStep(2);
        } });
    }";
    let steps = json!([["password"], ["totp"]]);
    world.scripted("bank", steps, script).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let page = browser.authorize("bank", "&prompt=login").await;
    let csrf = page.field("csrf");
    let form = [
        ("csrf", csrf.as_str()),
        ("option", "password"),
        ("username", "clerk"),
        ("password", "a good password"),
    ];
    let seen = browser.post(&page.address, &form).await;
    assert_eq!(
        seen.headers.get("x-risk").map(http::HeaderValue::as_bytes),
        Some(&b"high"[..])
    );
    let location = seen.location.as_deref().unwrap_or_default();
    assert!(location.starts_with("/signin/"), "{seen:?}");
}
