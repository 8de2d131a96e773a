//! Second factors without a profile: kept for people without an account, and asked for when they come again.

use doorward_domain::audit::AuditAction;
use doorward_domain::factor::FactorKind;
use doorward_storage::holder::{self, Holding};
use http::StatusCode;
use serde_json::json;

use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::factors::{claims_of, code, enter, key};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    an_app_is_enrolled_and_asked_for_without_an_account,
    s45_a_code_works_once_and_guessing_ends,
    s38_another_factor_needs_the_one_there_is,
    s39_codes_go_to_the_asserted_address,
    s9_what_is_switched_off_counts_at_once,
    of_two_first_sign_ins_one_enrols,
);

pub fn one() -> Persona {
    Persona::verified("one", "one@example.com")
}

/// An application that asks for a second factor, and a connection that keeps them without accounts.
pub async fn bank(world: &World, second: &[&str]) {
    world
        .application("bank", json!([["password", "connection:acme"], second]))
        .await;
    world
        .change("acme", |acme| {
            acme.jit.enabled = false;
            acme.factors_without_account = true;
        })
        .await;
}

/// Comes in for the first time and enrols an app; its key.
pub async fn enrol(world: &World, browser: &Browser<'_>) -> String {
    let page = browser.federated_to("bank", &one()).await;
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
    let key = key(&page);
    let done = enter(browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    key
}

/// What is kept without an account.
pub async fn kept(world: &World) -> Vec<Holding> {
    let acme = world.services.connections.find("acme").await.expect("found");
    let page = holder::list(world.state.store.read(), &acme.id, None, 10).await;
    page.expect("listed").items
}

/// Confirms with the code of the newest mail.
async fn by_mail(world: &World, browser: &Browser<'_>, page: &Seen) -> Seen {
    let letter = crate::mail::newest(world).await.expect("a letter");
    assert_eq!(letter.to, "one@example.com", "S39");
    let code = crate::mail::code(&letter);
    browser
        .submit(page, &[("option", "email_otp"), ("mail_code", &code)])
        .await
}

pub async fn at_the_step(world: &World) -> Seen {
    world.browser().federated_to("bank", &one()).await
}

async fn an_app_is_enrolled_and_asked_for_without_an_account(world: &World) {
    bank(world, &["totp"]).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    assert_eq!(kept(world).await, [], "nothing is kept of who only looks");
    let key = key(&page);
    let done = enter(&browser, &page, &code(world, &key)).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36");
    assert_eq!(claims["amr"], json!(["fed", "otp", "mfa"]));
    assert_eq!(world.accounts().await, 0);
    let enrolled = world.events(AuditAction::FactorEnrolled).await;
    assert_eq!(enrolled.len(), 1);
    assert_eq!(enrolled[0].account, None);
    assert_eq!(enrolled[0].sub.as_deref(), claims["sub"].as_str());
    assert!(enrolled[0].connection.is_some(), "{enrolled:?}");
    let again = browser.authorize("bank", "&prompt=none").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");

    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    assert!(page.body.contains("Confirm it is you"), "{page:?}");
    assert!(!page.body.contains("class=\"key\""), "S38: no other can be enrolled");
    let done = enter(&browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let other = Persona::verified("two", "two@example.com");
    let page = world.browser().federated_to("bank", &other).await;
    assert!(page.body.contains("class=\"key\""), "somebody else has none: {page:?}");
    assert_eq!(kept(world).await.len(), 1);
}

async fn s45_a_code_works_once_and_guessing_ends(world: &World) {
    bank(world, &["totp"]).await;
    let key = enrol(world, &world.browser()).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let used = enter(&browser, &page, &code(world, &key)).await;
    assert!(used.body.contains("This code has been used"), "S45: {used:?}");
    for _ in 0..10 {
        assert_eq!(enter(&browser, &page, "000000").await.status, 401);
    }
    world.clock.advance(60);
    let right = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "even the right one");
}

async fn s38_another_factor_needs_the_one_there_is(world: &World) {
    bank(world, &["email_otp", "backup_code"]).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let noting = by_mail(world, &browser, &page).await;
    let codes = shown(&noting);
    let done = keep(&browser, &noting).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    world.application("vault", json!([["connection:acme"], ["totp"]])).await;
    let browser = world.browser();
    let page = browser.federated_to("vault", &one()).await;
    let app = key(&page);
    let alone = enter(&browser, &page, &code(world, &app)).await;
    assert_eq!(alone.status, StatusCode::UNAUTHORIZED, "S38: {alone:?}");
    let first = code(world, &app);
    let both = [("option", "totp"), ("code", &*first), ("proof_code", &*codes[0])];
    let done = browser.submit(&page, &both).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let kept = kept(world).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].factors, [FactorKind::Totp, FactorKind::BackupCode]);
}

async fn s39_codes_go_to_the_asserted_address(world: &World) {
    bank(world, &["email_otp"]).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let done = by_mail(world, &browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(kept(world).await, [], "nothing was enrolled");
    let unverified = Persona::unverified("two", "two@example.com");
    let stopped = world.browser().federated_to("bank", &unverified).await;
    assert_eq!(stopped.status, StatusCode::FORBIDDEN, "{stopped:?}");
}

async fn s9_what_is_switched_off_counts_at_once(world: &World) {
    bank(world, &["totp"]).await;
    let key = enrol(world, &world.browser()).await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    world.change("acme", |acme| acme.factors_without_account = false).await;
    let stopped = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    assert_eq!(at_the_step(world).await.number(), "1206");
    world.change("acme", |acme| acme.factors_without_account = true).await;
    let page = at_the_step(world).await;
    assert!(page.body.contains("Confirm it is you"), "it is kept: {page:?}");
}

async fn of_two_first_sign_ins_one_enrols(world: &World) {
    bank(world, &["totp", "passkey"]).await;
    let (one_tab, other) = (world.browser(), world.browser());
    let first = one_tab.federated_to("bank", &one()).await;
    let second = other.federated_to("bank", &one()).await;
    let done = enter(&one_tab, &first, &code(world, &key(&first))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let late = enter(&other, &second, &code(world, &key(&second))).await;
    assert_eq!(late.number(), "1004", "S38: {late:?}");
    let made = Device::new(1).make(&options(&second, "creation"));
    let late = other
        .submit(&second, &[("option", "passkey"), ("new_passkey", &made)])
        .await;
    assert_eq!(late.number(), "1004", "S38: {late:?}");
    assert_eq!((kept(world).await.len(), kept(world).await[0].passkeys), (1, 0));
    let again = at_the_step(world).await;
    assert!(again.body.contains("Confirm it is you"), "{again:?}");
}
