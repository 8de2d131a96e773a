//! A page whose form is half filled in is shown in another language: what is typed stays, a password does not.

use http::header;
use serde_json::json;

use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    a_name_stays_and_a_password_does_not,
    an_address_for_mail_stays,
    missing_attributes_stay,
    what_a_form_of_a_script_asks_for_stays,
);

/// Shown in the language, with these values in its fields and a button for each language.
fn is_shown(page: &Seen, language: &str, typed: &str) -> bool {
    let button = format!("name=\"ui_locales\" value=\"{language}\"");
    page.status == 200
        && page.body.contains(&format!("<html lang=\"{language}\""))
        && page.body.contains(&format!("value=\"{typed}\""))
        && page.body.contains(&button)
}

async fn a_name_stays_and_a_password_does_not(world: &World) {
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let before = world.state.store.counters().statements;
    let form = [
        ("option", "password"),
        ("username", "clerk"),
        ("password", "half a password"),
        ("ui_locales", "de"),
    ];
    let german = browser.submit(&page, &form).await;
    assert!(is_shown(&german, "de", "clerk"), "{german:?}");
    assert!(!german.body.contains("half a password"), "{german:?}");
    assert_eq!(world.state.store.counters().statements, before, "nothing is tried");
    let kept = german.headers.get(header::SET_COOKIE).expect("a cookie");
    assert!(kept.as_bytes().starts_with(b"dw_language=de;"), "{german:?}");
    let refused = browser.password(&german, "clerk", "not the password").await;
    assert!(refused.body.contains("<html lang=\"de\""), "it stays so: {refused:?}");
    let done = browser.password(&german, "clerk", "a good password").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    // Only a language of ours is one.
    let page = browser.authorize("payroll", "&prompt=login").await;
    let form = [("option", "password"), ("username", ""), ("ui_locales", "xx")];
    assert_eq!(browser.submit(&page, &form).await.status, 400);
}

async fn an_address_for_mail_stays(world: &World) {
    world.application("door", json!([["email_otp"]])).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let form = [
        ("decision", "send"),
        ("email", "clerk@example.com"),
        ("ui_locales", "fr"),
    ];
    let french = browser.submit(&page, &form).await;
    assert!(is_shown(&french, "fr", "clerk@example.com"), "{french:?}");
    assert_eq!(crate::mail::count(world).await, 0, "nobody asked for it yet");
}

async fn missing_attributes_stay(world: &World) {
    world.require_family_name().await;
    let browser = world.browser();
    let page = browser.federated(&Persona::verified("one", "one@example.com")).await;
    let action = format!("{}/attributes", page.address);
    let typed = ("attribute.family_name", "Miller");
    let german = browser.send(&page, &action, &[typed, ("ui_locales", "de")]).await;
    assert!(is_shown(&german, "de", "Miller"), "{german:?}");
    let done = browser.send(&german, &action, &[typed]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn what_a_form_of_a_script_asks_for_stays(world: &World) {
    let script = "
    function onLoginRequest(context) {
        prompt('genericForm', { inputs: [{ id: 'site', label: 'Site' }] }, { onSuccess: function () { executeStep(1); } });
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let action = format!("{}/prompt", page.address);
    let form = [("input.site", "north"), ("ui_locales", "de")];
    let german = browser.send(&page, &action, &form).await;
    assert!(is_shown(&german, "de", "north"), "{german:?}");
    let on = browser.send(&german, &action, &[("input.site", "north")]).await;
    assert!(on.body.contains("name=\"password\""), "{on:?}");
}
