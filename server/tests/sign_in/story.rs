//! The story from the application and back.

use serde_json::json;

use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    a_password_signs_in_and_single_sign_on_follows,
    f20_f22_codes_and_refresh_tokens_work_once,
    missing_attributes_are_asked_for,
    s35_no_code_before_the_last_step,
);

async fn a_password_signs_in_and_single_sign_on_follows(world: &World) {
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let browser = world.browser();
    let page = browser.authorize("payroll", "&login_hint=clerk").await;
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .expect("text")
            .contains("default-src 'none'")
    );
    assert!(page.headers.contains_key("x-request-id"));
    let wrong = browser.password(&page, "clerk", "a wrong password").await;
    assert_eq!(wrong.status, 401);
    let unknown = browser.password(&page, "nobody", "a wrong password").await;
    assert_eq!(unknown.status, 401);
    assert_eq!(
        wrong.body.replace("clerk", "nobody"),
        unknown.body,
        "S20: the same page"
    );
    let done = browser.password(&page, "CLERK@example.com", "a good password").await;
    assert_eq!(done.parameter("state").as_deref(), Some("s"));
    assert_eq!(
        done.parameter("iss").as_deref(),
        Some("http://localhost:8080"),
        "RFC 9207"
    );
    let (status, tokens) = world.redeem("payroll", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let again = browser.authorize("payroll", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");
    assert!(
        browser
            .authorize("payroll", "&prompt=none")
            .await
            .parameter("code")
            .is_some()
    );
    let other = browser.authorize("portal", "&prompt=none").await;
    assert_eq!(
        other.parameter("error").as_deref(),
        Some("login_required"),
        "its flow asks for something else"
    );
    let stranger = world.browser().authorize("payroll", "&prompt=none").await;
    assert_eq!(stranger.parameter("error").as_deref(), Some("login_required"));
    world.clock.advance(100);
    let old = browser.authorize("payroll", "&prompt=none&max_age=60").await;
    assert_eq!(old.parameter("error").as_deref(), Some("login_required"));
}

async fn f20_f22_codes_and_refresh_tokens_work_once(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let code = world.browser().federated(&persona).await.code();
    let (first, second) = tokio::join!(world.redeem("portal", &code), world.redeem("portal", &code));
    let successes = [&first, &second]
        .into_iter()
        .filter(|(status, _)| *status == 200)
        .count();
    assert_eq!(successes, 1, "F20: one of two");
    let tokens = if first.0 == 200 { first.1 } else { second.1 };
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(
        world.userinfo(access).await.0,
        401,
        "F20: a replay ends the tokens of the first"
    );

    let code = world.browser().federated(&persona).await.code();
    let (_, tokens) = world.redeem("portal", &code).await;
    let old = tokens["refresh_token"].as_str().expect("a token").to_owned();
    let refresh = |token: String| async move {
        world
            .token("portal", &[("grant_type", "refresh_token"), ("refresh_token", &token)])
            .await
    };
    let (status, rotated) = refresh(old.clone()).await;
    assert_eq!(status, 200, "{rotated}");
    let (status, repeated) = refresh(old.clone()).await;
    assert_eq!(status, 200, "F22: a lost answer is given again, once");
    assert_eq!(repeated["refresh_token"], rotated["refresh_token"]);
    world.clock.advance(11);
    assert_eq!(refresh(old).await.0, 400, "F22: a replay");
    let newest = rotated["refresh_token"].as_str().expect("a token").to_owned();
    assert_eq!(refresh(newest).await.0, 400, "F22: the family is gone");
}

async fn missing_attributes_are_asked_for(world: &World) {
    world
        .change("acme", |connection| {
            connection
                .attributes
                .iter_mut()
                .filter(|rule| rule.to == "family_name")
                .for_each(|rule| rule.required = true);
        })
        .await;
    for (jit, kept) in [(false, 0), (true, 1)] {
        world.change("acme", |connection| connection.jit.enabled = jit).await;
        let browser = world.browser();
        let page = browser.federated(&Persona::verified("one", "one@example.com")).await;
        assert!(page.body.contains("attribute.family_name"), "JIT {jit}: {page:?}");
        let (csrf, action) = (page.field("csrf"), format!("{}/attributes", page.address));
        let empty = browser
            .post(&action, &[("csrf", &csrf), ("attribute.family_name", " ")])
            .await;
        assert_eq!(empty.status, 422);
        let done = browser
            .post(&action, &[("csrf", &csrf), ("attribute.family_name", "Miller")])
            .await;
        let (_, tokens) = world.redeem("portal", &done.code()).await;
        let (_, claims) = world.userinfo(tokens["access_token"].as_str().expect("a token")).await;
        assert_eq!(claims["family_name"], json!("Miller"), "JIT {jit}");
        assert_eq!(world.accounts().await, kept, "JIT {jit}");
    }
}

async fn s35_no_code_before_the_last_step(world: &World) {
    world
        .application("vault", json!([["connection:acme"], ["password"]]))
        .await;
    let browser = world.browser();
    let away = browser.authorize("vault", "").await;
    let persona = Persona::verified("one", "one@example.com");
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let seen = browser.get(&back).await;
    let next = browser.follow(seen).await;
    assert!(
        next.body.contains("name=\"password\""),
        "S35: the second step is asked: {next:?}"
    );
    assert_eq!(world.accounts().await, 1, "the account exists before the second step");
    world.person("other", None, "a good password").await;
    let mixed = browser.password(&next, "other", "a good password").await;
    assert_eq!(
        (mixed.status.as_u16(), mixed.number()),
        (403, "1010"),
        "a later step is passed by the person of the first: {mixed:?}"
    );
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let away = browser.authorize("vault", "").await;
    let back = world
        .provider
        .sign_in(away.sent_to(), &Persona::verified("two", "two@example.com"));
    let stopped = browser.get(&back).await;
    let stopped = browser.follow(stopped).await;
    assert_eq!(
        (stopped.status.as_u16(), stopped.number()),
        (403, "1206"),
        "fails closed without an account"
    );
}
