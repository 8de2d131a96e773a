//! Backup codes: made beside another second factor, shown once, each good once in its place.

use std::collections::BTreeSet;

use doorward_app::api::user::{FactorView, UserView};
use doorward_domain::factor::FactorKind;
use http::StatusCode;
use serde_json::json;

use crate::factors::{claims_of, code, key};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    both_factors_of_the_first_federated_sign_in_work_at_the_second,
    codes_that_nobody_has_kept_do_not_count,
    s45_a_backup_code_works_once_and_guessing_ends,
    s45_of_two_uses_of_a_backup_code_at_once_one_wins,
    of_two_sets_at_once_one_counts_and_the_other_is_called_off,
    few_are_announced_and_replaced,
    one_page_looks_the_codes_up_once,
);

pub async fn enter(browser: &Browser<'_>, page: &Seen, option: &str, field: &str, code: &str) -> Seen {
    browser.submit(page, &[("option", option), (field, code)]).await
}

pub async fn enter_app(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    enter(browser, page, "totp", "code", code).await
}

pub async fn enter_backup(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    enter(browser, page, "backup_code", "backup_code", code).await
}

/// The codes on the page that shows new ones.
pub fn shown(page: &Seen) -> Vec<String> {
    assert!(page.body.contains("Keep your backup codes"), "{page:?}");
    let codes = page.body.split("class=\"key\">").skip(1);
    codes
        .map(|rest| rest.split_once('<').expect("an end").0.to_owned())
        .collect()
}

pub async fn keep(browser: &Browser<'_>, page: &Seen) -> Seen {
    browser.send(page, &format!("{}/kept", page.address), &[]).await
}

pub async fn bank(world: &World) {
    let steps = json!([["password", "connection:acme"], ["totp", "backup_code"]]);
    world.application("bank", steps).await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
}

pub async fn clerk<'w>(world: &'w World) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    (browser, page)
}

async fn user(world: &World) -> UserView {
    world.services.users.find("clerk").await.expect("found")
}

pub async fn factor(world: &World, kind: FactorKind) -> Option<FactorView> {
    let mut factors = user(world).await.factors.into_iter();
    factors.find(|factor| factor.kind == kind)
}

pub async fn left(world: &World) -> Option<u8> {
    factor(world, FactorKind::BackupCode).await?.codes_left
}

/// Signs in once and enrols both; the key of the app and the codes.
pub async fn enrol(world: &World) -> (String, Vec<String>) {
    let (browser, page) = clerk(world).await;
    let key = key(&page);
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    let codes = shown(&page);
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    world.clock.advance(60);
    (key, codes)
}

async fn both_factors_of_the_first_federated_sign_in_work_at_the_second(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["totp", "backup_code"]]))
        .await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
    assert!(
        !page.body.contains("backup_code"),
        "S38: nobody has any yet, and none are made with the first factor alone: {page:?}"
    );
    let key = key(&page);
    let kept = enter_app(&browser, &page, &code(world, &key)).await;
    let codes = shown(&kept);
    let different: BTreeSet<&String> = codes.iter().collect();
    assert_eq!(different.len(), 10, "{codes:?}");
    assert!(
        kept.headers["cache-control"]
            .to_str()
            .expect("text")
            .contains("no-store"),
        "{kept:?}"
    );
    let again = browser.get(&kept.address).await;
    assert_eq!(shown(&again), codes, "loading the page again makes no others");
    let done = keep(&browser, &again).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(claims_of(&tokens)["acr"], "urn:doorward:acr:2");

    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    assert!(page.body.contains("name=\"backup_code\""), "{page:?}");
    let done = enter_app(&browser, &page, &code(world, &key)).await;
    assert!(
        done.parameter("code").is_some(),
        "with the app, and no new codes: {done:?}"
    );
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    let done = enter_backup(&browser, &page, &format!(" {typed} ")).await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36");
    assert_eq!(claims["amr"], json!(["fed", "otp", "mfa"]));
}

async fn codes_that_nobody_has_kept_do_not_count(world: &World) {
    bank(world).await;
    let (browser, page) = clerk(world).await;
    let key = key(&page);
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    let forsaken = shown(&page);
    assert_eq!(left(world).await, None, "nothing is written before they are kept");
    let csrf = page.field("csrf");
    let forged = [("csrf", "x"), ("decision", "confirm")];
    let refused = browser.post(&format!("{}/kept", page.address), &forged).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let skipped = browser
        .post(
            &page.address,
            &[("csrf", csrf.as_str()), ("option", "totp"), ("code", "1")],
        )
        .await;
    assert_eq!(skipped.status, StatusCode::BAD_REQUEST, "S35: {skipped:?}");

    world.clock.advance(60);
    let (browser, page) = clerk(world).await;
    assert!(!page.body.contains("name=\"backup_code\""), "{page:?}");
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    let codes = shown(&page);
    assert_ne!(codes, forsaken, "they are made anew");
    let before = browser.cookies_now();
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(left(world).await, Some(10));
    // Pressed twice: the second request left with the first one's cookies.
    browser.set_cookies(before.clone());
    let twice = keep(&browser, &page).await;
    assert_eq!(twice.location, done.location, "these codes count: {twice:?}");
    world.redeem("bank", &done.code()).await;
    browser.set_cookies(before);
    let used = keep(&browser, &page).await;
    assert_eq!(used.number(), "1006", "S24: {used:?}");

    let (browser, page) = clerk(world).await;
    let wrong = enter_backup(&browser, &page, &forsaken[0]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
}

async fn s45_a_backup_code_works_once_and_guessing_ends(world: &World) {
    bank(world).await;
    let (_, codes) = enrol(world).await;
    let (browser, page) = clerk(world).await;
    let done = enter_backup(&browser, &page, &codes[0]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(left(world).await, Some(9));
    let again = browser.authorize("bank", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");

    let (browser, page) = clerk(world).await;
    let used = enter_backup(&browser, &page, &codes[0]).await;
    assert_eq!(used.status, StatusCode::UNAUTHORIZED);
    assert!(used.body.contains("This backup code has been used"), "S45: {used:?}");
    let none = enter_backup(&browser, &page, " ").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    for guess in 0..10 {
        let wrong = enter_backup(&browser, &page, &format!("AAAAA-AAAA{guess}")).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert!(wrong.body.contains("not one of your backup codes"), "{wrong:?}");
    }
    let right = enter_backup(&browser, &page, &codes[1]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "even the right one");
    let (browser, page) = clerk(world).await;
    let right = enter_backup(&browser, &page, &codes[1]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "in another browser too");
    assert_eq!(left(world).await, Some(9));
    world.clock.advance(15 * 60);
    let (browser, page) = clerk(world).await;
    let right = enter_backup(&browser, &page, &codes[1]).await;
    assert!(right.parameter("code").is_some(), "the pause ends: {right:?}");
}

async fn s45_of_two_uses_of_a_backup_code_at_once_one_wins(world: &World) {
    bank(world).await;
    let (_, codes) = enrol(world).await;
    let ((one, first), (other, second)) = (clerk(world).await, clerk(world).await);
    let (first, second) = tokio::join!(
        enter_backup(&one, &first, &codes[0]),
        enter_backup(&other, &second, &codes[0])
    );
    let passed = [&first, &second]
        .into_iter()
        .filter(|seen| seen.parameter("code").is_some());
    assert_eq!(passed.count(), 1, "{first:?} {second:?}");
    assert_eq!(left(world).await, Some(9));
}

async fn of_two_sets_at_once_one_counts_and_the_other_is_called_off(world: &World) {
    bank(world).await;
    let (browser, page) = clerk(world).await;
    let key = key(&page);
    let one = enter_app(&browser, &page, &code(world, &key)).await;
    world.clock.advance(60);
    let (other, page) = clerk(world).await;
    let two = enter_app(&other, &page, &code(world, &key)).await;
    let (codes, _) = (shown(&two), shown(&one));
    let (first, second) = tokio::join!(keep(&other, &two), keep(&browser, &one));
    let (lost, won) = match first.parameter("code") {
        Some(_) => (second, true),
        None => (first, false),
    };
    assert_eq!(lost.number(), "1212", "{lost:?}");
    assert_eq!(lost.status, StatusCode::CONFLICT);
    assert_eq!(left(world).await, Some(10));
    let (browser, page) = clerk(world).await;
    let tried = enter_backup(&browser, &page, &codes[0]).await;
    assert_eq!(tried.parameter("code").is_some(), won, "{tried:?}");
}

async fn few_are_announced_and_replaced(world: &World) {
    bank(world).await;
    let (key, codes) = enrol(world).await;
    for (spent, code) in codes.iter().enumerate() {
        let (browser, page) = clerk(world).await;
        let told = match 10 - spent {
            1 => Some("This is the last one".to_owned()),
            left @ 2..=3 => Some(format!("Only {left} are left")),
            _ => None,
        };
        let says = page.body.contains("are left") || page.body.contains("the last one");
        assert_eq!(says, told.is_some(), "{spent}: {page:?}");
        assert!(told.is_none_or(|told| page.body.contains(&told)), "{spent}: {page:?}");
        let done = enter_backup(&browser, &page, code).await;
        assert!(
            done.parameter("code").is_some(),
            "a backup code brings no others: {done:?}"
        );
    }
    let (browser, page) = clerk(world).await;
    assert!(page.body.contains("All your backup codes are used"), "{page:?}");
    assert!(!page.body.contains("name=\"backup_code\""), "{page:?}");
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    let renewed = shown(&page);
    assert!(renewed.iter().all(|code| !codes.contains(code)));
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(left(world).await, Some(10));
    let (browser, page) = clerk(world).await;
    let old = enter_backup(&browser, &page, &codes[4]).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    let new = enter_backup(&browser, &page, &renewed[4]).await;
    assert!(new.parameter("code").is_some(), "{new:?}");
}

async fn one_page_looks_the_codes_up_once(world: &World) {
    bank(world).await;
    world.application("plain", json!([["password"], ["totp"]])).await;
    let mut statements = vec![];
    for application in ["plain", "bank"] {
        let browser = world.browser();
        let page = browser.password_to(application, "clerk", "a good password").await;
        let before = world.state.store.counters().statements;
        browser.get(&page.address).await;
        statements.push(world.state.store.counters().statements - before);
    }
    assert_eq!(statements[0], statements[1], "for the app and for the codes beside it");
}
