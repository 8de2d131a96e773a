//! Backup codes: made beside another second factor, shown once, each good once in its place.

use std::collections::BTreeSet;

use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::{FactorView, UserView};
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::factor::FactorKind;
use http::StatusCode;
use serde_json::json;

use crate::api::{call, get};
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
    a_mail_brings_codes_too,
    s38_an_app_is_set_up_with_a_backup_code_only,
    s38_without_a_backup_code_left_no_app_is_set_up,
    an_administrator_resets_them,
    a_person_without_an_account_is_stopped_and_the_analyser_says_so,
    the_rules_of_a_flow,
    one_page_looks_the_codes_up_once,
);

async fn enter(browser: &Browser<'_>, page: &Seen, option: &str, field: &str, code: &str) -> Seen {
    browser.submit(page, &[("option", option), (field, code)]).await
}

async fn enter_app(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
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

async fn bank(world: &World) {
    let steps = json!([["password", "connection:acme"], ["totp", "backup_code"]]);
    world.application("bank", steps).await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
}

async fn clerk<'w>(world: &'w World) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.authorize("bank", "").await;
    let page = browser.password(&page, "clerk", "a good password").await;
    (browser, page)
}

async fn user(world: &World) -> UserView {
    world.services.users.find("clerk").await.expect("found")
}

async fn factor(world: &World, kind: FactorKind) -> Option<FactorView> {
    let mut factors = user(world).await.factors.into_iter();
    factors.find(|factor| factor.kind == kind)
}

async fn left(world: &World) -> Option<u8> {
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
    let before = browser.cookies.lock().expect("cookies").clone();
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(left(world).await, Some(10));
    // Pressed twice: the second request left with the first one's cookies.
    *browser.cookies.lock().expect("cookies") = before.clone();
    let twice = keep(&browser, &page).await;
    assert_eq!(twice.location, done.location, "these codes count: {twice:?}");
    world.redeem("bank", &done.code()).await;
    *browser.cookies.lock().expect("cookies") = before;
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
        assert!(wrong.body.contains("none of your backup codes"), "{wrong:?}");
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

/// What the audit log has of one kind, newest first.
async fn events(world: &World, action: AuditAction) -> Vec<serde_json::Value> {
    let page = get(world, &format!("/audit-events?action={}", action.as_str())).await;
    let items = page.body["items"].as_array().unwrap_or_else(|| panic!("{page:?}"));
    items.iter().map(|event| event["detail"].clone()).collect()
}

/// With a code by email and backup codes, so that the account has these and no app.
async fn enrol_by_mail(world: &World) -> Vec<String> {
    let (browser, page) = clerk(world).await;
    assert!(
        page.body.contains("We have sent a code"),
        "without being asked: {page:?}"
    );
    let letter = crate::mail::newest(world).await.expect("a letter");
    let page = enter(&browser, &page, "email_otp", "mail_code", &crate::mail::code(&letter)).await;
    let codes = shown(&page);
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    codes
}

async fn mails_then_apps(world: &World) -> Vec<String> {
    bank(world).await;
    world
        .change_flow("bank", json!([["password"], ["email_otp", "backup_code"]]))
        .await;
    let codes = enrol_by_mail(world).await;
    world
        .change_flow("bank", json!([["password"], ["totp", "backup_code"]]))
        .await;
    codes
}

async fn a_mail_brings_codes_too(world: &World) {
    bank(world).await;
    world
        .change_flow("bank", json!([["password"], ["email_otp", "backup_code"]]))
        .await;
    let codes = enrol_by_mail(world).await;
    let (browser, page) = clerk(world).await;
    let done = enter_backup(&browser, &page, &codes[9]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(
        events(world, AuditAction::FactorEnrolled).await,
        [json!({"factor": "backup_code", "renewed": false})]
    );
    assert_eq!(
        events(world, AuditAction::BackupCodeUsed).await,
        [json!({"factor": "backup_code", "left": 9})]
    );
}

/// Sends the first code of an app with a backup code beside it.
async fn set_up(browser: &Browser<'_>, page: &Seen, code: &str, proof: &str) -> Seen {
    browser
        .submit(page, &[("option", "totp"), ("code", code), ("proof_code", proof)])
        .await
}

async fn s38_an_app_is_set_up_with_a_backup_code_only(world: &World) {
    let codes = mails_then_apps(world).await;
    let (browser, page) = clerk(world).await;
    assert!(page.body.contains("name=\"proof_code\""), "{page:?}");
    let key = key(&page);
    for proof in ["", "AAAAA-AAAAA"] {
        let refused = set_up(&browser, &page, &code(world, &key), proof).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "S38: {refused:?}");
        assert!(refused.body.contains("Enter a backup code that you have not used yet"));
    }
    assert!(factor(world, FactorKind::Totp).await.is_none());
    assert_eq!(left(world).await, Some(10));
    let done = set_up(&browser, &page, &code(world, &key), &codes[0]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert!(factor(world, FactorKind::Totp).await.is_some());
    assert_eq!(left(world).await, Some(9), "the proof is spent");
}

async fn s38_without_a_backup_code_left_no_app_is_set_up(world: &World) {
    let codes = mails_then_apps(world).await;
    for code in &codes {
        let (browser, page) = clerk(world).await;
        let done = enter_backup(&browser, &page, code).await;
        assert!(done.parameter("code").is_some(), "{done:?}");
    }
    let (_, stopped) = clerk(world).await;
    assert_eq!(stopped.number(), "1213", "S38: {stopped:?}");
    assert_eq!(stopped.status, StatusCode::FORBIDDEN);
    let (browser, again) = clerk(world).await;
    assert_eq!(browser.get(&again.address).await.number(), "1213");
    let told = events(world, AuditAction::SignInRefused).await;
    assert_eq!(told.len(), 1, "once, however often the page is loaded: {told:?}");
    assert_eq!(told[0]["reason"], "no_proof_left");
    reset(world, FactorKind::BackupCode).await.expect("reset");
    let (_, page) = clerk(world).await;
    assert!(!page.body.contains("name=\"proof_code\""), "{page:?}");
    key(&page);
}

async fn reset(world: &World, kind: FactorKind) -> Result<UserView, ConsoleError> {
    world.services.users.reset_factor(&Actor::Api, "clerk", kind).await
}

async fn an_administrator_resets_them(world: &World) {
    bank(world).await;
    let (key, codes) = enrol(world).await;
    let seen = get(world, "/users/clerk").await;
    let kinds = seen.body["factors"].as_array().expect("factors");
    let listed: BTreeSet<_> = kinds
        .iter()
        .map(|factor| (factor["kind"].as_str(), factor["codes_left"].as_u64()))
        .collect();
    assert_eq!(
        listed,
        BTreeSet::from([(Some("totp"), None), (Some("backup_code"), Some(10))])
    );
    assert!(codes.iter().all(|code| !seen.body.to_string().contains(code.as_str())));

    let address = "/users/clerk/factors/backup_code";
    let after = call(world, "DELETE", address, serde_json::Value::Null).await;
    assert_eq!(after.status, StatusCode::OK, "{after:?}");
    assert_eq!(after.body["sessions"], json!([]), "signed out everywhere");
    assert_eq!(left(world).await, None);
    assert_eq!(reset(world, FactorKind::BackupCode).await, Err(ConsoleError::NotFound));
    assert_eq!(
        events(world, AuditAction::FactorReset).await,
        [json!({"factor": "backup_code"})]
    );

    let (browser, page) = clerk(world).await;
    assert!(!page.body.contains("name=\"backup_code\""), "{page:?}");
    let page = enter_app(&browser, &page, &code(world, &key)).await;
    assert_ne!(shown(&page), codes);
    let reset_meanwhile = reset(world, FactorKind::Totp).await;
    assert!(reset_meanwhile.is_ok());
    let late = keep(&browser, &page).await;
    assert_eq!(late.number(), "1004", "S38: the app that let them in is gone: {late:?}");
    assert_eq!(left(world).await, None);
}

async fn a_person_without_an_account_is_stopped_and_the_analyser_says_so(world: &World) {
    bank(world).await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let persona = Persona::verified("one", "one@example.com");
    let stopped = world.browser().federated_to("bank", &persona).await;
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    let patch = json!({"flow": {"steps": [{"options": ["password", "connection:acme"]}, {"options": ["totp", "backup_code"]}]}});
    let said = call(world, "PATCH", "/applications/bank?dry_run=true", patch).await;
    let finding = &said.body["findings"][0];
    assert_eq!(finding["code"], "jit-off-factor", "{said:?}");
    let story = finding["story"].to_string();
    assert!(
        story.contains("an authenticator app or a backup code, which needs an account"),
        "{story}"
    );
}

async fn the_rules_of_a_flow(world: &World) {
    bank(world).await;
    for (options, wanted) in [
        (json!([["password"], ["backup_code"]]), Some("/flow/steps/1/options/0")),
        (
            json!([["password"], ["connection:acme", "backup_code"]]),
            Some("/flow/steps/1/options/1"),
        ),
        (json!([["password"], ["totp", "backup_code"]]), None),
        (json!([["password"], ["email_otp", "backup_code"]]), None),
    ] {
        let steps: Vec<_> = options
            .as_array()
            .expect("steps")
            .iter()
            .map(|options| json!({"options": options}))
            .collect();
        let patch = json!({"flow": {"steps": steps}});
        let said = call(world, "PATCH", "/applications/bank?dry_run=true", patch).await;
        assert_eq!(said.status.is_success(), wanted.is_none(), "{options}: {said:?}");
        let said = said.body.to_string();
        assert!(wanted.is_none_or(|pointer| said.contains(pointer)), "{options}: {said}");
    }
}

async fn one_page_looks_the_codes_up_once(world: &World) {
    bank(world).await;
    world.application("plain", json!([["password"], ["totp"]])).await;
    let mut statements = vec![];
    for application in ["plain", "bank"] {
        let browser = world.browser();
        let page = browser.authorize(application, "").await;
        let page = browser.password(&page, "clerk", "a good password").await;
        let before = world.state.store.counters().statements;
        browser.get(&page.address).await;
        statements.push(world.state.store.counters().statements - before);
    }
    assert_eq!(statements[0], statements[1], "for the app and for the codes beside it");
}
