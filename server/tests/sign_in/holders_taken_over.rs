//! Second factors without a profile become those of the account made later, unless it has its own.

use doorward_domain::audit::AuditAction;
use serde_json::json;

use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::factors::{claims_of, code, enter, key};
use crate::holders::{at_the_step, bank, enrol, kept, one};
use crate::world::World;

crate::on_both!(
    an_account_made_later_takes_the_app_over,
    a_passkey_works_before_and_after_there_is_an_account,
    a_linked_account_brings_its_own_factors,
);

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
    let provisioned = world.details(AuditAction::AccountProvisioned).await;
    assert_eq!(provisioned[0], json!({"factors_taken_over": true}));
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
