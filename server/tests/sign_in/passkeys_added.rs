//! A passkey beside another factor: what is shown before it is added, and what is left when one is taken away.

use http::StatusCode;
use serde_json::json;

use crate::backup_codes;
use crate::device::{Device, options};
use crate::factors::{self, claims_of};
use crate::passkeys::{answer, by_password, enrol, send, set_up};
use crate::world::{Browser, Seen, World};

crate::on_both!(
    another_is_added_with_the_first,
    s38_a_first_factor_alone_enrols_one_factor,
    s38_the_code_of_an_app_comes_before_a_passkey,
    backup_codes_stand_in_for_it_and_make_another,
    s38_an_administrator_takes_one_away,
);

async fn another_is_added_with_the_first(world: &World) {
    set_up(world).await;
    let (mut first, mut second) = (Device::new(1), Device::new(2));
    enrol(world, "clerk", &mut first).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    let asked = options(&page, "creation");
    assert_eq!(
        asked["excludeCredentials"],
        json!([{"type": "public-key", "id": first.id()}])
    );
    let made = second.make(&asked);
    let alone = send(&browser, &page, "", &made, "").await;
    assert_eq!(
        (alone.status, alone.number()),
        (StatusCode::FORBIDDEN, "1219"),
        "S38: {alone:?}"
    );
    let used = first.answer(&options(&page, "request"));
    let done = send(&browser, &page, &used, &made, "Key").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    for device in [&mut first, &mut second] {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let done = answer(&browser, &page, device).await;
        assert!(done.parameter("code").is_some(), "{done:?}");
    }
}

async fn s38_a_first_factor_alone_enrols_one_factor(world: &World) {
    set_up(world).await;
    world.application("vault", json!([["password"], ["totp"]])).await;
    world
        .application("both", json!([["password"], ["totp"], ["passkey"]]))
        .await;
    let key = factors::enrol(world, "vault").await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = by_password(&browser, "both", "clerk").await;
    let page = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    let mut device = Device::new(1);
    let made = device.make(&options(&page, "creation"));
    let done = send(&browser, &page, "", &made, "").await;
    assert!(done.parameter("code").is_some(), "the app was used: {done:?}");

    enrol(world, "other", &mut Device::new(2)).await;
    let browser = world.browser();
    let stopped = by_password(&browser, "vault", "other").await;
    assert_eq!(
        (stopped.status, stopped.number()),
        (StatusCode::FORBIDDEN, "1219"),
        "S38: {stopped:?}"
    );
}

async fn s38_the_code_of_an_app_comes_before_a_passkey(world: &World) {
    set_up(world).await;
    world.application("vault", json!([["password"], ["totp"]])).await;
    let key = factors::enrol(world, "vault").await;
    world.clock.advance(60);
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(
        page.body.contains("first enter the code your authenticator app shows"),
        "{page:?}"
    );
    let mut device = Device::new(1);
    let made = device.make(&options(&page, "creation"));
    for (case, code) in [("none", ""), ("a wrong one", "000000")] {
        let refused = with_code(&browser, &page, &made, code).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "S38: {case}: {refused:?}");
        assert!(refused.body.contains("This code is not right"), "{case}");
    }
    let code = factors::code(world, &key);
    let done = with_code(&browser, &page, &made, &code).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let user = world.services.users.find("clerk").await.expect("found");
    assert_eq!((user.factors.len(), user.passkeys.len()), (1, 1));
    let browser = world.browser();
    let page = by_password(&browser, "vault", "clerk").await;
    let used = factors::enter(&browser, &page, &code).await;
    assert!(used.body.contains("This code has been used"), "S45: {used:?}");
}

async fn backup_codes_stand_in_for_it_and_make_another(world: &World) {
    set_up(world).await;
    world
        .application("safe", json!([["password"], ["passkey", "backup_code"]]))
        .await;
    let browser = world.browser();
    let page = by_password(&browser, "safe", "clerk").await;
    let made = Device::new(1).make(&options(&page, "creation"));
    let shown = send(&browser, &page, "", &made, "").await;
    let codes = backup_codes::shown(&shown);
    assert_eq!(codes.len(), 10, "{shown:?}");
    let done = backup_codes::keep(&browser, &shown).await;
    let (_, tokens) = world.redeem("safe", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["pwd", "pop", "user", "mfa"]));

    let user = world.services.users.find("clerk").await.expect("found");
    let by = doorward_domain::audit::Actor::Api;
    let lost = &user.passkeys[0].id;
    world
        .services
        .users
        .remove_passkey(&by, "clerk", lost)
        .await
        .expect("removed");
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(page.body.contains("first enter one of your backup codes"), "{page:?}");
    let made = Device::new(2).make(&options(&page, "creation"));
    let refused = with_code(&browser, &page, &made, "00000-00000").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "S38: {refused:?}");
    assert!(
        refused.body.contains("This is not one of your backup codes"),
        "{refused:?}"
    );
    let done = with_code(&browser, &page, &made, &codes[0]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let user = world.services.users.find("clerk").await.expect("found");
    assert_eq!((user.passkeys.len(), user.factors[0].codes_left), (1, Some(9)));
}

async fn with_code(browser: &Browser<'_>, page: &Seen, made: &str, code: &str) -> Seen {
    let form = [("option", "passkey"), ("new_passkey", made), ("passkey_code", code)];
    browser.submit(page, &form).await
}

async fn s38_an_administrator_takes_one_away(world: &World) {
    set_up(world).await;
    let (mut phone, mut key) = (Device::new(1), Device::new(2));
    key.synced = true;
    enrol(world, "clerk", &mut phone).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    let (used, made) = (
        phone.answer(&options(&page, "request")),
        key.make(&options(&page, "creation")),
    );
    send(&browser, &page, &used, &made, " Key\n").await;
    let user = world.services.users.find("clerk").await.expect("found");
    let names: Vec<_> = user
        .passkeys
        .iter()
        .map(|passkey| (passkey.name.as_str(), passkey.synced))
        .collect();
    assert_eq!(names, [("Passkey 1", false), ("Key", true)]);
    let lost = &user.passkeys[0].id;
    let by = doorward_domain::audit::Actor::Api;
    let left = world
        .services
        .users
        .remove_passkey(&by, "clerk", lost)
        .await
        .expect("removed");
    assert_eq!((left.passkeys.len(), left.sessions.len()), (1, 0));
    let again = world.services.users.remove_passkey(&by, "clerk", lost).await;
    assert_eq!(again, Err(doorward_app::api::error::ConsoleError::NotFound));
    let other = world
        .services
        .users
        .remove_passkey(&by, "other", &user.passkeys[1].id)
        .await;
    assert_eq!(
        other,
        Err(doorward_app::api::error::ConsoleError::NotFound),
        "of another account"
    );
    for (case, device, works) in [("removed", &mut phone, false), ("left", &mut key, true)] {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let seen = answer(&browser, &page, device).await;
        assert_eq!(seen.parameter("code").is_some(), works, "{case}: {seen:?}");
    }
    let left = &left.passkeys[0].id;
    world
        .services
        .users
        .remove_passkey(&by, "clerk", left)
        .await
        .expect("removed");
    enrol(world, "clerk", &mut Device::new(3)).await;
}
