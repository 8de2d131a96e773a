//! Second factors: enrolled within the sign-in that asks for one, good once, not without an account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    an_app_is_enrolled_during_the_first_federated_sign_in,
    a_local_person_confirms_with_the_app,
    s45_a_code_works_once_and_guessing_ends,
    s45_of_two_uses_at_once_one_wins,
    s45_guesses_from_one_address_end_for_every_account,
    s38_an_administrator_resets_it,
    a_person_without_an_account_is_stopped,
    wrong_bodies,
);

/// The code that an app with this key shows now.
pub fn code(world: &World, key: &str) -> String {
    let secret = Secret::try_from_base32(key.replace(' ', "")).expect("a key");
    let totp = Builder::new().with_secret(secret).build().expect("a secret");
    let now = u64::try_from(world.state.now().timestamp()).expect("after 1970");
    totp.generate(now).to_string()
}

/// The key on the page that enrolls an app.
pub fn key(page: &Seen) -> String {
    let (_, rest) = page
        .body
        .split_once("class=\"key\">")
        .unwrap_or_else(|| panic!("no key: {page:?}"));
    rest.split_once('<').expect("an end").0.to_owned()
}

pub fn claims_of(tokens: &Value) -> Value {
    claims_in(tokens, "id_token")
}

/// The claims of one of the tokens.
pub fn claims_in(tokens: &Value, name: &str) -> Value {
    let token = tokens[name].as_str().expect("a token");
    let payload = token.split('.').nth(1).expect("three parts");
    let json = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&json).expect("json")
}

pub async fn enter(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    browser.submit(page, &[("option", "totp"), ("code", code)]).await
}

async fn an_app_is_enrolled_during_the_first_federated_sign_in(world: &World) {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    assert_eq!(world.accounts().await, 1, "the account is there before the second step");
    let user = world.services.users.find("one@example.com").await.expect("found");
    assert_eq!(user.summary.last_sign_in_at, None, "nobody has signed in yet");
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
    assert!(page.body.len() < 60_000, "{} bytes", page.body.len());
    let key = key(&page);
    let again = browser.get(&page.address).await;
    assert_eq!(self::key(&again), key, "the page can be loaded again");
    let done = enter(&browser, &page, &code(world, &key)).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36");
    assert_eq!(claims["amr"], json!(["fed", "otp", "mfa"]));
    let last = || async {
        world
            .services
            .users
            .find("one@example.com")
            .await
            .expect("found")
            .summary
            .last_sign_in_at
    };
    let signed_in_at = last().await;
    assert!(signed_in_at.is_some());

    world.clock.advance(60);
    let page = world.browser().federated_to("bank", &persona).await;
    assert_eq!(last().await, signed_in_at, "not with half of the steps");
    assert!(
        page.body.contains("Confirm it is you"),
        "what was enrolled is asked for: {page:?}"
    );
    assert!(
        !page.body.contains("class=\"key\""),
        "S38: and no other can be enrolled"
    );
}

async fn a_local_person_confirms_with_the_app(world: &World) {
    world
        .application("bank", json!([["password", "connection:acme"], ["totp"]]))
        .await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    let wrong = enter(&browser, &page, "000000").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("This code is not right"), "{wrong:?}");
    assert_eq!(key(&wrong), key(&page), "the picture stays");
    let spaced = code(world, &key(&page));
    let spaced = format!(" {} {} ", &spaced[..3], &spaced[3..]);
    let done = enter(&browser, &page, &spaced).await;
    assert!(done.parameter("code").is_some(), "S35: {done:?}");
    let again = browser.authorize("bank", "").await;
    assert!(
        again.parameter("code").is_some(),
        "single sign-on has both pieces: {again:?}"
    );
    let user = world.services.users.find("clerk").await.expect("found");
    assert_eq!(user.factors.len(), 1);

    let other = world.browser();
    let page = other.password_to("payroll", "clerk", "a good password").await;
    assert!(
        page.parameter("code").is_some(),
        "an application that asks for one factor"
    );
    let stepped = other.authorize("bank", "&prompt=none").await;
    assert_eq!(stepped.parameter("error").as_deref(), Some("login_required"), "S36");
}

async fn s45_a_code_works_once_and_guessing_ends(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, "a good password").await;
    let key = enrol(world, "bank").await;
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    let used = enter(&browser, &page, &code(world, &key)).await;
    assert!(used.body.contains("This code has been used"), "S45: {used:?}");
    world.clock.advance(60);
    let earlier = code(world, &key);
    world.clock.advance(30);
    let done = enter(&browser, &page, &earlier).await;
    assert!(done.parameter("code").is_some(), "half a minute late: {done:?}");
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    for _ in 0..10 {
        assert_eq!(enter(&browser, &page, "000000").await.status, 401);
    }
    let right = enter(&browser, &page, &code(world, &key)).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "even the right one");
    world.clock.advance(14 * 60);
    assert_eq!(
        enter(&browser, &page, &code(world, &key)).await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "other pages do not help"
    );
}

async fn s45_of_two_uses_at_once_one_wins(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, "a good password").await;
    let key = enrol(world, "bank").await;
    world.clock.advance(60);
    let (one, other) = (world.browser(), world.browser());
    let mut pages = vec![];
    for browser in [&one, &other] {
        let page = browser.authorize("bank", "").await;
        pages.push(browser.password(&page, "clerk", "a good password").await);
    }
    let code = code(world, &key);
    let (first, second) = tokio::join!(enter(&one, &pages[0], &code), enter(&other, &pages[1], &code));
    let passed = [&first, &second]
        .into_iter()
        .filter(|seen| seen.parameter("code").is_some());
    assert_eq!(passed.count(), 1, "{first:?} {second:?}");
}

/// Guesses spread over accounts, so that no account of its own reaches its limit.
async fn s45_guesses_from_one_address_end_for_every_account(world: &World) {
    const ACCOUNTS: usize = 12;
    world.application("bank", json!([["password"], ["totp"]])).await;
    let (guesser, neighbour) = (world.seen_from([192, 0, 2, 1]), world.seen_from([192, 0, 2, 2]));
    let mut pages = vec![];
    for number in 0..ACCOUNTS {
        let name = format!("clerk-{number}");
        world.person(&name, None, "a good password").await;
        let browser = guesser.browser();
        let page = browser.password_to("bank", &name, "a good password").await;
        pages.push((browser, page));
    }
    for round in 0..9 {
        for (browser, page) in &pages[..ACCOUNTS - 1] {
            let seen = enter(browser, page, "000000").await;
            assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{round}: {seen:?}");
        }
    }
    // 99 so far, nine for each of eleven accounts.
    let (browser, page) = &pages[ACCOUNTS - 1];
    let hundredth = enter(browser, page, "000000").await;
    assert_eq!(hundredth.status, StatusCode::UNAUTHORIZED, "{hundredth:?}");
    let key = key(page);
    for (browser, page) in &pages[ACCOUNTS - 2..] {
        let right = enter(browser, page, &code(world, &self::key(page))).await;
        assert_eq!(
            right.status,
            StatusCode::TOO_MANY_REQUESTS,
            "S45: from there even a right one: {right:?}"
        );
    }

    let elsewhere = neighbour.browser();
    elsewhere.set_cookies(browser.cookies_now());
    let done = enter(&elsewhere, page, &code(world, &key)).await;
    assert!(
        done.parameter("code").is_some(),
        "S45: from elsewhere the account is free: {done:?}"
    );
    world.clock.advance(15 * 60 + 1);
    let again = guesser.browser();
    let page = again.password_to("bank", "clerk-0", "a good password").await;
    let done = enter(&again, &page, &code(world, &self::key(&page))).await;
    assert!(
        done.parameter("code").is_some(),
        "S45: the window ends by itself: {done:?}"
    );
}

async fn s38_an_administrator_resets_it(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, "a good password").await;
    let old = enrol(world, "bank").await;
    let kind = doorward_domain::factor::FactorKind::Totp;
    let user = world
        .services
        .users
        .reset_factor(&doorward_domain::audit::Actor::Api, "clerk", kind)
        .await
        .expect("reset");
    assert!(user.factors.is_empty() && user.sessions.is_empty());
    let again = world
        .services
        .users
        .reset_factor(&doorward_domain::audit::Actor::Api, "clerk", kind)
        .await;
    assert_eq!(again, Err(doorward_app::api::error::ConsoleError::NotFound));
    world.clock.advance(60);
    assert_ne!(enrol(world, "bank").await, old);
}

async fn a_person_without_an_account_is_stopped(world: &World) {
    world
        .application("bank", json!([["password", "connection:acme"], ["totp"]]))
        .await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let persona = Persona::verified("one", "one@example.com");
    let stopped = world.browser().federated_to("bank", &persona).await;
    assert_eq!(stopped.status, StatusCode::FORBIDDEN);
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    assert_eq!(world.accounts().await, 0);
}

async fn wrong_bodies(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, "a good password").await;
    let browser = world.browser();
    let first = browser.authorize("bank", "").await;
    let early = enter(&browser, &first, "123456").await;
    assert_eq!(
        early.status,
        StatusCode::BAD_REQUEST,
        "not at the first step: {early:?}"
    );
    let page = browser.password(&first, "clerk", "a good password").await;
    for (typed, status) in [
        ("", 400),
        (" ", 400),
        ("12345", 401),
        ("1234567", 401),
        ("abcdef", 401),
        ("１２３４５６", 401),
        (&"9".repeat(20_000), 401),
    ] {
        let seen = enter(&browser, &page, typed).await;
        assert_eq!(seen.status, status, "{typed:.20}");
    }
    let again = browser.password(&page, "clerk", "a good password").await;
    assert_eq!(
        again.status,
        StatusCode::BAD_REQUEST,
        "the step takes a code: {again:?}"
    );
}

/// Signs in once and enrols; the key.
pub async fn enrol(world: &World, application: &str) -> String {
    let browser = world.browser();
    let page = browser.password_to(application, "clerk", "a good password").await;
    let key = key(&page);
    let done = enter(&browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    key
}
