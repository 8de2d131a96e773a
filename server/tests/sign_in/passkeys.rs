//! Passkeys: enrolled within the sign-in that asks for one, as second factor and as first, and everything that is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_app::hosted::page::passkey::SCRIPT;
use http::StatusCode;
use serde_json::json;

use crate::backup_codes;
use crate::device::{Device, find_options, options};
use crate::factors::{self, claims_of};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    one_is_enrolled_and_used_as_second_factor,
    one_says_who_somebody_is,
    it_is_enrolled_during_the_first_federated_sign_in,
    another_is_added_with_the_first,
    s38_a_first_factor_alone_enrols_one_factor,
    s38_the_code_of_an_app_comes_before_a_passkey,
    backup_codes_stand_in_for_it_and_make_another,
    a_person_without_an_account_is_stopped,
    answers_that_are_refused,
    an_answer_works_once,
    of_two_answers_at_once_one_wins,
    a_copy_is_refused_and_on_record,
    s38_an_administrator_takes_one_away,
    a_credential_belongs_to_one_account,
    nothing_is_written_before_something_is_proven,
);

pub async fn send(browser: &Browser<'_>, page: &Seen, used: &str, made: &str, name: &str) -> Seen {
    let form = [
        ("option", "passkey"),
        ("passkey", used),
        ("new_passkey", made),
        ("passkey_name", name),
    ];
    browser.submit(page, &form).await
}

pub async fn answer(browser: &Browser<'_>, page: &Seen, device: &mut Device) -> Seen {
    let used = device.answer(&options(page, "request"));
    send(browser, page, &used, "", "").await
}

async fn by_password(browser: &Browser<'_>, application: &str, name: &str) -> Seen {
    let page = browser.authorize(application, "").await;
    browser.password(&page, name, "a good password").await
}

/// Two people, an application that asks for a passkey second, and one that asks for nothing else.
async fn set_up(world: &World) {
    world.application("bank", json!([["password"], ["passkey"]])).await;
    world.application("door", json!([["passkey", "password"]])).await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    world.person("other", None, "a good password").await;
}

/// Signs in once and enrols.
async fn enrol(world: &World, name: &str, device: &mut Device) {
    let browser = world.browser();
    let page = by_password(&browser, "bank", name).await;
    let made = device.make(&options(&page, "creation"));
    let done = send(&browser, &page, "", &made, "").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn one_is_enrolled_and_used_as_second_factor(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let mut device = Device::new(1);
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(page.body.contains("<h1>Set up a passkey</h1>"), "{page:?}");
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    let hash = STANDARD.encode(doorward_vault::sha256(SCRIPT.as_bytes()));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{policy}");
    let asked = options(&page, "creation");
    assert_eq!(
        (&asked["rp"]["id"], &asked["attestation"]),
        (&json!("localhost"), &json!("none"))
    );
    assert_eq!(asked["excludeCredentials"], json!([]));
    assert!(
        !asked["user"]["id"].as_str().expect("a handle").contains("acc_"),
        "opaque"
    );
    let again = browser.get(&page.address).await;
    assert_eq!(options(&again, "creation"), asked, "the page can be loaded again");
    let done = send(&browser, &page, "", &device.make(&asked), "My phone").await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36");
    assert_eq!(claims["amr"], json!(["pwd", "pop", "user", "mfa"]));

    device.verifies = false;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(page.body.contains("<h1>Confirm it is you</h1>"), "{page:?}");
    let asked = options(&page, "request");
    assert_eq!(
        asked["allowCredentials"],
        json!([{"type": "public-key", "id": device.id()}])
    );
    assert_eq!(asked["userVerification"], "preferred");
    let done = answer(&browser, &page, &mut device).await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["pwd", "pop", "user", "mfa"]));
}

async fn one_says_who_somebody_is(world: &World) {
    set_up(world).await;
    let mut device = Device::new(1);
    device.synced = true;
    enrol(world, "clerk", &mut device).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let asked = options(&page, "request");
    assert_eq!(
        (&asked["allowCredentials"], &asked["userVerification"]),
        (&json!([]), &json!("required"))
    );
    assert_eq!(find_options(&page, "creation"), None, "nobody is known");
    let done = answer(&browser, &page, &mut device).await;
    let (status, tokens) = world.redeem("door", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "held, by a verified person");
    assert_eq!(claims["amr"], json!(["pop", "swk", "user", "mfa"]));
    let user = world.services.users.find("clerk").await.expect("found");
    assert_eq!(claims["sub"], user.summary.sub);

    for (case, spoil) in [
        (
            "the person is not verified",
            (|device| device.verifies = false) as fn(&mut Device),
        ),
        ("it says not whose it is", Device::forget_user),
    ] {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        spoil(&mut device);
        let refused = answer(&browser, &page, &mut device).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{case}");
        assert!(
            refused.body.contains("This passkey could not be confirmed"),
            "{case}: {refused:?}"
        );
        device.verifies = true;
    }
}

async fn it_is_enrolled_during_the_first_federated_sign_in(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["passkey"]]))
        .await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    let page = browser.federated_to("bank", &persona).await;
    assert_eq!(world.accounts().await, 1, "the account is there before the second step");
    let made = Device::new(1).make(&options(&page, "creation"));
    let done = send(&browser, &page, "", &made, "").await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["fed", "pop", "user", "mfa"]));
}

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
        refused.body.contains("This is none of your backup codes"),
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

async fn a_person_without_an_account_is_stopped(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["passkey"]]))
        .await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    let stopped = browser.federated_to("bank", &persona).await;
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    assert_eq!(world.accounts().await, 0);
}

async fn answers_that_are_refused(world: &World) {
    set_up(world).await;
    let (mut clerks, mut others) = (Device::new(1), Device::new(2));
    enrol(world, "clerk", &mut clerks).await;
    enrol(world, "other", &mut others).await;
    let elsewhere = by_password(&world.browser(), "bank", "clerk").await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    let asked = options(&page, "request");
    let another = clerks.answer(&options(&elsewhere, "request"));
    clerks.origin = "https://evil.example";
    let phished = clerks.answer(&asked);
    clerks.origin = "http://localhost:8080";
    let mut party = asked.clone();
    party["rpId"] = json!("evil.example");
    let of_party = clerks.answer(&party);
    let made = clerks.make(&options(&page, "creation"));
    for (case, used) in [
        ("to the challenge of another sign-in", another),
        ("from another origin", phished),
        ("for another site", of_party),
        ("of another account", others.answer(&asked)),
        ("of nobody", Device::new(3).answer(&asked)),
        ("one that was made, not used", made),
        ("nothing", String::new()),
        ("no JSON", "{".to_owned()),
        ("much", "x".repeat(20_000)),
    ] {
        let seen = send(&browser, &page, &used, "", "").await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{case}: {seen:?}");
        assert!(seen.body.contains("This passkey could not be confirmed"), "{case}");
    }
    let done = answer(&browser, &page, &mut clerks).await;
    assert!(done.parameter("code").is_some(), "the right one: {done:?}");
}

async fn an_answer_works_once(world: &World) {
    set_up(world).await;
    for (case, name, counter) in [("a device that counts", "clerk", 1), ("one that does not", "other", 0)] {
        let mut device = Device::new(u8::from(counter == 0));
        device.counter = counter;
        enrol(world, name, &mut device).await;
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let cookies = browser.cookies.lock().expect("cookies").clone();
        let used = device.answer(&options(&page, "request"));
        let done = send(&browser, &page, &used, "", "").await;
        world.redeem("door", &done.code()).await;
        // The cookies of before, as if the answer had been stolen on its way.
        *browser.cookies.lock().expect("cookies") = cookies;
        let replayed = send(&browser, &page, &used, "", "").await;
        assert!(replayed.parameter("code").is_none(), "S24: {case}: {replayed:?}");
        let other = world.browser();
        let page = other.authorize("door", "").await;
        let replayed = send(&other, &page, &used, "", "").await;
        assert_eq!(
            replayed.status,
            StatusCode::UNAUTHORIZED,
            "{case}, another sign-in: {replayed:?}"
        );
    }
}

async fn of_two_answers_at_once_one_wins(world: &World) {
    set_up(world).await;
    let mut device = Device::new(1);
    enrol(world, "clerk", &mut device).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    let used = device.answer(&options(&page, "request"));
    let (first, second) = tokio::join!(
        send(&browser, &page, &used, "", ""),
        send(&browser, &page, &used, "", "")
    );
    let passed = [&first, &second]
        .into_iter()
        .filter(|seen| seen.parameter("code").is_some());
    assert_eq!(passed.count(), 1, "{first:?} {second:?}");
}

async fn a_copy_is_refused_and_on_record(world: &World) {
    set_up(world).await;
    let mut device = Device::new(1);
    enrol(world, "clerk", &mut device).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    device.counter = 1;
    let refused = answer(&browser, &page, &mut device).await;
    assert_eq!(
        (refused.status, refused.number()),
        (StatusCode::FORBIDDEN, "1218"),
        "{refused:?}"
    );
    let events = world.services.audit.list(Default::default()).await.expect("listed");
    let reasons: Vec<_> = events
        .items
        .iter()
        .map(|event| event.event.detail["reason"].clone())
        .collect();
    assert!(reasons.contains(&json!("passkey_copied")), "{reasons:?}");

    let mut silent = Device::new(2);
    silent.counter = 0;
    enrol(world, "other", &mut silent).await;
    for _ in 0..2 {
        let browser = world.browser();
        let page = by_password(&browser, "bank", "other").await;
        let done = answer(&browser, &page, &mut silent).await;
        assert!(
            done.parameter("code").is_some(),
            "a device that does not count: {done:?}"
        );
    }
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

async fn a_credential_belongs_to_one_account(world: &World) {
    set_up(world).await;
    enrol(world, "clerk", &mut Device::new(1)).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "other").await;
    let made = Device::new(1).make(&options(&page, "creation"));
    let taken = send(&browser, &page, "", &made, "").await;
    assert_eq!(taken.status, StatusCode::UNAUTHORIZED);
    assert!(taken.body.contains("This passkey is registered already"), "{taken:?}");
}

async fn nothing_is_written_before_something_is_proven(world: &World) {
    set_up(world).await;
    let mut device = Device::new(1);
    enrol(world, "clerk", &mut device).await;
    let before = world.state.store.counters().commits;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    device.origin = "https://evil.example";
    let refused = answer(&browser, &page, &mut device).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.state.store.counters().commits, before);
}
