//! People who have neither a password nor a passkey show anew who they are: by a code to their own address, or by a fresh
//! sign-in at their provider.

use doorward_domain::audit::{Actor, AuditAction};
use http::StatusCode;
use serde_json::json;

use crate::account::open;
use crate::by_mail::{ask_for, enter_as};
use crate::factors::{code, enter, key};
use crate::mail::{count, newest};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s38_a_mailed_code_proves_where_nothing_else_does,
    s38_a_mailed_code_proves_with_an_app_beside_it,
    s39_a_mailed_code_goes_to_the_person_and_works_once,
    s7_no_code_is_mailed_where_nobody_is_signed_in,
    a_mailbox_is_no_way_beside_a_password,
    s33_a_provider_is_asked_for_a_fresh_sign_in,
    s33_a_providers_own_session_proves_nothing_anew,
    s38_a_code_proves_where_the_provider_is_disabled,
);

const ADDRESS: &str = "clerk@example.com";

/// A form of a page that asks for a proof.
const PASSWORD_FORM: &str = "/account/password";

/// Somebody with nothing but an address, signed in to an application with a code.
async fn clerk(world: &World) -> (Browser<'_>, Seen) {
    world.application("door", json!([["email_otp", "password"]])).await;
    let draft = json!({"username": "clerk", "email": ADDRESS, "email_verified": true});
    let draft = serde_json::from_value(draft).expect("a draft");
    world.services.users.create(&Actor::Api, draft).await.expect("created");
    let browser = world.browser();
    come_in(&browser).await;
    let page = open(&browser, "/account").await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    (browser, page)
}

async fn come_in(browser: &Browser<'_>) {
    let page = browser.authorize("door", "").await;
    let sent = ask_for(browser, &page, "email_otp", ADDRESS).await;
    let code = mailed(browser.world).await;
    let done = enter_as(browser, &sent, "email_otp", &code).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    browser.world.clock.advance(1);
}

/// The code of the newest mail.
async fn mailed(world: &World) -> String {
    let letter = newest(world).await.expect("a mail");
    assert_eq!(letter.to, ADDRESS);
    crate::mail::code(&letter)
}

async fn s38_a_mailed_code_proves_where_nothing_else_does(world: &World) {
    let (browser, _) = clerk(world).await;
    let fresh = open(&browser, PASSWORD_FORM).await;
    assert!(fresh.body.contains("name=\"password\""), "just proven: {fresh:?}");
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    assert!(asked.address.starts_with("/signin/"), "S38: too old: {asked:?}");
    assert!(!asked.body.contains(ADDRESS), "masked: {asked:?}");
    assert!(
        !asked.body.contains("name=\"email\""),
        "nobody types an address: {asked:?}"
    );
    let wrong = enter_as(&browser, &asked, "email_otp", "000000").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
    let code = mailed(world).await;
    let form = enter_as(&browser, &asked, "email_otp", &code).await;
    assert!(form.body.contains("name=\"password\""), "{form:?}");
    let saved = browser
        .send(&form, PASSWORD_FORM, &[("password", "a good password")])
        .await;
    assert!(saved.body.contains("Your password is changed."), "{saved:?}");
    assert_eq!(world.events(AuditAction::PasswordChanged).await.len(), 1);

    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    assert!(
        asked.body.contains("name=\"password\""),
        "from now on the password: {asked:?}"
    );
    let by_code = enter_as(&browser, &asked, "email_otp", "000000").await;
    assert_eq!(by_code.status, StatusCode::BAD_REQUEST, "not offered: {by_code:?}");
}

async fn s38_a_mailed_code_proves_with_an_app_beside_it(world: &World) {
    let (browser, page) = clerk(world).await;
    world.clock.advance(301);
    let asked = browser.send(&page, "/account/app", &[]).await;
    let set_up = enter_as(&browser, &asked, "email_otp", &mailed(world).await).await;
    let secret = key(&set_up);
    let page = enter(&browser, &set_up, &code(world, &secret)).await;
    assert!(page.body.contains("Your authenticator app is set up."), "{page:?}");

    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    let second = enter_as(&browser, &asked, "email_otp", &mailed(world).await).await;
    assert!(
        second.body.contains("Confirm it is you"),
        "S38: a mailbox alone is not enough: {second:?}"
    );
    let form = enter(&browser, &second, &code(world, &secret)).await;
    assert!(form.body.contains("name=\"password\""), "{form:?}");
}

async fn s39_a_mailed_code_goes_to_the_person_and_works_once(world: &World) {
    let (browser, _) = clerk(world).await;
    world
        .person("other", Some(("other@example.com", true)), "a good password")
        .await;
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    let mails = count(world).await;
    let again = ask_for(&browser, &asked, "email_otp", "other@example.com").await;
    assert_eq!(count(world).await, mails + 1, "{again:?}");
    let code = mailed(world).await;
    let mut kept = browser.cookies_now();
    let form = enter_as(&browser, &asked, "email_otp", &code).await;
    assert!(form.body.contains("name=\"password\""), "{form:?}");
    let signed_in = browser.cookies_now();
    kept.extend(signed_in.clone());
    browser.set_cookies(kept);
    let replayed = enter_as(&browser, &asked, "email_otp", &code).await;
    assert_eq!(replayed.number(), "1006", "S24: {replayed:?}");
    browser.set_cookies(signed_in);
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    let other = enter_as(&browser, &asked, "email_otp", &code).await;
    assert!(
        !other.body.contains("name=\"password\""),
        "S27: the code of another visit: {other:?}"
    );
}

async fn s7_no_code_is_mailed_where_nobody_is_signed_in(world: &World) {
    let (browser, page) = clerk(world).await;
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    let code = mailed(world).await;
    let csrf = page.field("csrf");
    browser.post("/account/sign-out", &[("csrf", csrf.as_str())]).await;
    let mails = count(world).await;
    let refused = ask_for(&browser, &asked, "email_otp", ADDRESS).await;
    assert_eq!(refused.number(), "1005", "S7: {refused:?}");
    let refused = enter_as(&browser, &asked, "email_otp", &code).await;
    assert_eq!(refused.number(), "1005", "S7: {refused:?}");
    assert_eq!(count(world).await, mails);
}

async fn a_mailbox_is_no_way_beside_a_password(world: &World) {
    world.application("door", json!([["email_otp", "password"]])).await;
    world.person("clerk", Some((ADDRESS, true)), "a good password").await;
    let browser = world.browser();
    come_in(&browser).await;
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    assert!(!asked.body.contains("name=\"mail_code\""), "{asked:?}");
    assert!(asked.body.contains("name=\"password\""), "{asked:?}");
}

async fn s33_a_provider_is_asked_for_a_fresh_sign_in(world: &World) {
    let mut persona = Persona::verified("one", ADDRESS);
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let page = browser.through(&page, &persona).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    assert!(
        !asked.body.contains("name=\"mail_code\""),
        "the provider is the way: {asked:?}"
    );
    let csrf = asked.field("csrf");
    let form = [("csrf", csrf.as_str()), ("option", "connection:acme")];
    let away = browser.post(&asked.address, &form).await.location.expect("sent away");
    assert!(away.contains("prompt=login") && away.contains("max_age=0"), "{away}");

    persona.proven_seconds_ago = 3_600;
    let refused = browser.get(&world.provider.sign_in(&away, &persona)).await;
    let refused = browser.follow(refused).await;
    assert_eq!(
        (refused.status.as_u16(), refused.number()),
        (502, "1103"),
        "S33: {refused:?}"
    );
    let asked = open(&browser, PASSWORD_FORM).await;
    persona.proven_seconds_ago = 0;
    let form = browser.through(&asked, &persona).await;
    assert!(form.body.contains("name=\"password\""), "{form:?}");
}

async fn s33_a_providers_own_session_proves_nothing_anew(world: &World) {
    let mut persona = Persona::verified("one", ADDRESS);
    persona.proven_seconds_ago = 3_600;
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let page = browser.through(&page, &persona).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    let asked = open(&browser, PASSWORD_FORM).await;
    assert!(
        asked.address.starts_with("/signin/"),
        "S33: proven an hour ago: {asked:?}"
    );
    world.application("wiki", json!([["connection:acme"]])).await;
    let silent = browser.authorize("wiki", "&prompt=none").await;
    assert!(silent.parameter("code").is_some(), "{silent:?}");
    let too_old = browser.authorize("wiki", "&prompt=none&max_age=600").await;
    assert_eq!(
        too_old.parameter("error").as_deref(),
        Some("login_required"),
        "S33: {too_old:?}"
    );
}

async fn s38_a_code_proves_where_the_provider_is_disabled(world: &World) {
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    browser.through(&page, &Persona::verified("one", ADDRESS)).await;
    world.change("acme", |connection| connection.enabled = false).await;
    world.clock.advance(301);
    let asked = open(&browser, PASSWORD_FORM).await;
    let form = enter_as(&browser, &asked, "email_otp", &mailed(world).await).await;
    assert!(form.body.contains("name=\"password\""), "{form:?}");
}
