//! Second factors without a profile: kept for people without an account, and taken over by the account made later.

use doorward_domain::audit::AuditAction;
use doorward_domain::factor::FactorKind;
use doorward_storage::holder::{self, Holding};
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::factors::{claims_of, code, enter, key};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    an_app_is_enrolled_and_asked_for_without_an_account,
    s45_a_code_works_once_and_guessing_ends,
    an_account_made_later_takes_the_app_over,
    a_passkey_works_before_and_after_there_is_an_account,
    s38_another_factor_needs_the_one_there_is,
    s39_codes_go_to_the_asserted_address,
    s9_what_is_switched_off_counts_at_once,
    a_linked_account_brings_its_own_factors,
    of_two_first_sign_ins_one_enrols,
    an_administrator_sees_and_erases_them,
    what_nobody_uses_is_erased,
    the_own_page_says_what_is_kept,
);

fn one() -> Persona {
    Persona::verified("one", "one@example.com")
}

/// An application that asks for a second factor, and a connection that keeps them without accounts.
async fn bank(world: &World, second: &[&str]) {
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
async fn enrol(world: &World, browser: &Browser<'_>) -> String {
    let page = browser.federated_to("bank", &one()).await;
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
    let key = key(&page);
    let done = enter(browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    key
}

/// What is kept without an account.
async fn kept(world: &World) -> Vec<Holding> {
    let acme = world.services.connections.find("acme").await.expect("found");
    let page = holder::list(world.state.store.read(), &acme.id, None, 10).await;
    page.expect("listed").items
}

/// What the audit log has of one kind, newest first.
async fn events(world: &World, action: AuditAction) -> Vec<Value> {
    let page = get(world, &format!("/audit-events?action={}", action.as_str())).await;
    let items = page.body["items"].as_array().unwrap_or_else(|| panic!("{page:?}"));
    items.clone()
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

async fn at_the_step(world: &World) -> Seen {
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
    let enrolled = events(world, AuditAction::FactorEnrolled).await;
    assert_eq!(enrolled.len(), 1);
    assert_eq!(
        (enrolled[0].get("account"), &enrolled[0]["sub"]),
        (None, &claims["sub"])
    );
    assert!(enrolled[0]["connection"].is_string(), "{enrolled:?}");
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

async fn an_account_made_later_takes_the_app_over(world: &World) {
    bank(world, &["totp", "backup_code"]).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let app = key(&page);
    let noting = enter(&browser, &page, &code(world, &app)).await;
    let codes = shown(&noting);
    let done = keep(&browser, &noting).await;
    let (_, before) = world.redeem("bank", &done.code()).await;
    world.change("acme", |acme| acme.jit.enabled = true).await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    assert_eq!(world.accounts().await, 1);
    assert_eq!(kept(world).await, [], "the account has taken its place");
    assert!(!page.body.contains("class=\"key\""), "S38: {page:?}");
    let done = enter(&browser, &page, &code(world, &app)).await;
    let (_, after) = world.redeem("bank", &done.code()).await;
    assert_eq!(
        claims_of(&before)["sub"],
        claims_of(&after)["sub"],
        "the account is known by the `sub` that came before it"
    );
    let provisioned = events(world, AuditAction::AccountProvisioned).await;
    assert_eq!(provisioned[0]["detail"], json!({"factors_taken_over": true}));
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let done = browser
        .submit(&page, &[("option", "backup_code"), ("backup_code", &codes[0])])
        .await;
    assert!(done.parameter("code").is_some(), "the codes on paper too: {done:?}");
    let user = world.services.users.find("one@example.com").await.expect("found");
    assert_eq!(user.factors.len(), 2);
}

async fn a_passkey_works_before_and_after_there_is_an_account(world: &World) {
    bank(world, &["passkey"]).await;
    world.application("door", json!([["passkey", "connection:acme"]])).await;
    let mut device = Device::new(1);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let made = device.make(&options(&page, "creation"));
    let done = browser
        .submit(&page, &[("option", "passkey"), ("new_passkey", &made)])
        .await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!((kept(world).await[0].passkeys, world.accounts().await), (1, 0));
    let confirm = async |device: &mut Device| {
        let browser = world.browser();
        let page = browser.federated_to("bank", &one()).await;
        let used = device.answer(&options(&page, "request"));
        browser
            .submit(&page, &[("option", "passkey"), ("passkey", &used)])
            .await
    };
    let done = confirm(&mut device).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let enter = async |device: &mut Device| {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let used = device.answer(&options(&page, "request"));
        browser
            .submit(&page, &[("option", "passkey"), ("passkey", &used)])
            .await
    };
    let nobody = enter(&mut device).await;
    assert!(
        nobody.parameter("code").is_none(),
        "it says nobody who somebody is: {nobody:?}"
    );
    world.change("acme", |acme| acme.jit.enabled = true).await;
    let done = confirm(&mut device).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!((kept(world).await.len(), world.accounts().await), (0, 1));
    let done = enter(&mut device).await;
    assert!(
        done.parameter("code").is_some(),
        "it says who somebody with an account is: {done:?}"
    );
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

async fn a_linked_account_brings_its_own_factors(world: &World) {
    bank(world, &["totp"]).await;
    enrol(world, &world.browser()).await;
    world
        .person("clerk", Some(("one@example.com", true)), "a good password")
        .await;
    world
        .change("acme", |acme| {
            acme.jit.enabled = true;
            acme.jit.linking = doorward_domain::jit::LinkPolicy::VerifiedEmail;
        })
        .await;
    let page = at_the_step(world).await;
    assert!(
        page.body.contains("class=\"key\""),
        "the account has none yet: {page:?}"
    );
    assert_eq!(kept(world).await, []);
    let user = world.services.users.find("clerk").await.expect("found");
    assert!(user.factors.is_empty(), "{user:?}");
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

async fn an_administrator_sees_and_erases_them(world: &World) {
    bank(world, &["totp"]).await;
    let path = "/connections/acme/factor-holders";
    let none = get(world, path).await;
    assert_eq!(none.body, json!({"items": [], "total": 0, "kept_days": 180}));
    let browser = world.browser();
    let old = enrol(world, &browser).await;
    world.clock.advance(60);
    let other = Persona::verified("two", "two@example.com");
    let second = world.browser();
    let page = second.federated_to("bank", &other).await;
    let done = enter(&second, &page, &code(world, &key(&page))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");

    let first = get(world, &format!("{path}?limit=1")).await;
    assert_eq!(first.body["total"], 2);
    let cursor = first.body["next_cursor"].as_str().expect("another page");
    let rest = get(world, &format!("{path}?limit=1&cursor={cursor}")).await;
    let listed = [&first.body["items"][0], &rest.body["items"][0]];
    assert!(rest.body.get("next_cursor").is_none(), "{rest:?}");
    let subs: Vec<Value> = events(world, AuditAction::FactorEnrolled)
        .await
        .iter()
        .map(|e| e["sub"].clone())
        .collect();
    let of_first = listed
        .iter()
        .find(|held| held["sub"] == subs[1])
        .expect("the first person");
    assert_eq!(
        (&of_first["factors"], &of_first["passkeys"]),
        (&json!(["totp"]), &json!(0))
    );
    let id = of_first["id"].as_str().expect("an id");

    for wrong in ["acc_00000000000000000000000000", "nobody"] {
        let answer = call(world, "DELETE", &format!("{path}/{wrong}"), Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let erased = call(world, "DELETE", &format!("{path}/{id}"), Value::Null).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{erased:?}");
    let again = browser.authorize("bank", "&prompt=none").await;
    assert_eq!(again.parameter("error").as_deref(), Some("login_required"), "S34");
    let told = events(world, AuditAction::FactorsErased).await;
    assert_eq!((&told[0]["sub"], &told[0]["detail"]), (&subs[1], &json!({"erased": 1})));
    world.clock.advance(60);
    let page = at_the_step(world).await;
    assert_ne!(key(&page), old, "enrols anew");

    let all = call(world, "DELETE", path, Value::Null).await;
    assert_eq!((all.status, &all.body), (StatusCode::OK, &json!({"erased": 1})));
    let told = events(world, AuditAction::FactorsErased).await;
    assert_eq!((told.len(), told[0].get("sub")), (2, None));
    assert_eq!(
        call(world, "DELETE", path, Value::Null).await.body,
        json!({"erased": 0})
    );
}

async fn what_nobody_uses_is_erased(world: &World) {
    bank(world, &["totp"]).await;
    let key = enrol(world, &world.browser()).await;
    let day = 24 * 3600;
    let tidy = async || {
        let now = world.state.now();
        let kept = chrono::Duration::from_std(world.state.config.factors_kept).expect("days");
        let deleted = doorward_storage::housekeeping::delete_ended(&world.state.store, now, now - kept).await;
        deleted.expect("deletes");
        kept_now(world).await
    };
    world.clock.advance(179 * day);
    assert_eq!(tidy().await, 1);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let done = enter(&browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    world.clock.advance(179 * day);
    assert_eq!(tidy().await, 1, "counted from the last use");
    world.clock.advance(day);
    assert_eq!(tidy().await, 0);
    let page = at_the_step(world).await;
    assert!(page.body.contains("class=\"key\""), "enrols anew: {page:?}");
}

async fn the_own_page_says_what_is_kept(world: &World) {
    bank(world, &["totp"]).await;
    let browser = world.browser();
    enrol(world, &browser).await;
    let page = crate::account::open(&browser, "/account").await;
    for said in [
        "<h1>Only your second factors are kept</h1>",
        "when you sign in through Acme, this is kept:",
        "<li>Authenticator app</li>",
        "It is erased after",
    ] {
        assert!(page.body.contains(said), "{said}: {page:?}");
    }
    assert!(!page.body.contains("<li>Passkey</li>"), "{page:?}");
}

async fn kept_now(world: &World) -> usize {
    kept(world).await.len()
}
