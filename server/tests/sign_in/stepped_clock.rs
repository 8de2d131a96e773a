//! Our own clock is set while people are on their way: by a time server, or because a machine slept (budgets F6, F38).

use doorward_server::signin::unproven;
use serde_json::json;

use crate::api::get;
use crate::factors::{claims_in, code, enter, key};
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    f6_our_clock_may_step_a_little,
    f6_a_larger_step_ends_one_sign_in_and_no_more,
    f38_a_code_stays_used_when_the_clock_goes_back,
    f38_no_token_is_dated_ahead_of_a_clock_that_went_back,
);

/// Somebody whose provider goes on telling the time that ours told before it stepped.
fn persona(step: i64) -> Persona {
    Persona {
        clock_seconds: -step,
        ..Persona::verified("one", "one@example.com")
    }
}

async fn f6_our_clock_may_step_a_little(world: &World) {
    for step in [45, -45] {
        let browser = world.browser();
        let away = browser.authorize("portal", "&prompt=login").await;
        world.clock.advance(step);
        let seen = browser.back(&away, &persona(step)).await;
        let (status, tokens) = world.redeem("portal", &seen.code()).await;
        assert_eq!(status, 200, "F6: {step} seconds: {tokens}");
        world.clock.advance(-step);
    }
    assert_eq!(world.accounts().await, 1);
}

async fn f6_a_larger_step_ends_one_sign_in_and_no_more(world: &World) {
    for step in [8 * 60, -8 * 60] {
        let browser = world.browser();
        let away = browser.authorize("portal", "&prompt=login").await;
        world.clock.advance(step);
        let seen = browser.back(&away, &persona(step)).await;
        assert_eq!(seen.number(), "1103", "F6: {step} seconds: {seen:?}");
        assert_eq!(world.accounts().await, 0, "F6: nothing came of it");
        world.clock.advance(-step);
    }
    let seen = world.browser().federated(&persona(0)).await;
    assert!(seen.parameter("code").is_some(), "F6: once the clocks agree: {seen:?}");
    world.clock.advance(8 * 60);
    unproven::write(&world.state).await;
    let refused = get(world, "/audit-events?limit=5").await.body;
    assert!(
        refused.to_string().contains("clock"),
        "F6: the administrator reads why: {refused}"
    );
}

async fn f38_a_code_stays_used_when_the_clock_goes_back(world: &World) {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    let persona = persona(0);
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    let key = key(&page);
    let used = code(world, &key);
    assert!(enter(&browser, &page, &used).await.parameter("code").is_some());

    for back in [30, 60 * 60] {
        world.clock.advance(-back);
        let browser = world.browser();
        let page = browser.federated_to("bank", &persona).await;
        for (which, code) in [("used", used.clone()), ("earlier", code(world, &key))] {
            let seen = enter(&browser, &page, &code).await;
            assert!(
                seen.parameter("code").is_none(),
                "F38: the {which} code, {back} s back: {seen:?}"
            );
        }
        world.clock.advance(back);
    }
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    let seen = enter(&browser, &page, &code(world, &key)).await;
    assert!(seen.parameter("code").is_some(), "F38: time goes on: {seen:?}");
}

async fn f38_no_token_is_dated_ahead_of_a_clock_that_went_back(world: &World) {
    let code = world.browser().federated(&persona(0)).await.code();
    let (status, first) = world.redeem("portal", &code).await;
    assert_eq!(status, 200, "{first}");
    world.clock.advance(-60 * 60);
    let refresh = first["refresh_token"].as_str().expect("a refresh token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let (status, next) = world.token("portal", &form).await;
    assert_eq!(status, 200, "F38: {next}");
    let now = world.state.now().timestamp();
    for name in ["id_token", "access_token"] {
        let (before, after) = (claims_in(&first, name), claims_in(&next, name));
        let issued = after["iat"].as_i64().expect("a time");
        assert!(issued <= now, "F38: {name} of {now}: {after}");
        assert_eq!(after["auth_time"], before["auth_time"], "F38: {name}: it was then");
    }
    assert!(claims_in(&next, "id_token")["auth_time"].is_i64(), "{next}");
}
