//! What a browser answers about a passkey and is not believed: altered, borrowed, sent again, or from a copy.

use std::collections::BTreeSet;

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::json;

use crate::device::{Device, options};
use crate::passkeys::{answer, by_password, enrol, send, set_up};
use crate::world::{Browser, Seen, World};

crate::on_both!(
    answers_that_are_refused,
    an_answer_works_once,
    s24_two_answers_at_once_make_one_code,
    s24_an_answer_sent_twice_is_no_copy,
    a_copy_is_refused_and_on_record,
    a_credential_belongs_to_one_account,
    nothing_is_written_before_something_is_proven,
);

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
        let cookies = browser.cookies_now();
        let used = device.answer(&options(&page, "request"));
        let done = send(&browser, &page, &used, "", "").await;
        world.redeem("door", &done.code()).await;
        // The cookies of before, as if the answer had been stolen on its way.
        browser.set_cookies(cookies);
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

/// A browser that is asked for the clerk's passkey, with the page and the answer to it.
async fn asked_for_a_passkey(world: &World) -> (Browser<'_>, Seen, String) {
    set_up(world).await;
    let mut device = Device::new(1);
    enrol(world, "clerk", &mut device).await;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    let used = device.answer(&options(&page, "request"));
    (browser, page, used)
}

async fn s24_two_answers_at_once_make_one_code(world: &World) {
    let (browser, page, used) = asked_for_a_passkey(world).await;
    let (first, second) = tokio::join!(
        send(&browser, &page, &used, "", ""),
        send(&browser, &page, &used, "", "")
    );
    // Whoever comes second is refused, or answered as the first was: the page was sent twice.
    let codes: BTreeSet<_> = [&first, &second]
        .iter()
        .filter_map(|seen| seen.parameter("code"))
        .collect();
    assert_eq!(codes.len(), 1, "S24: {first:?} {second:?}");
}

async fn s24_an_answer_sent_twice_is_no_copy(world: &World) {
    let (browser, page, used) = asked_for_a_passkey(world).await;
    let held = browser.cookies_now();
    let first = send(&browser, &page, &used, "", "").await.code();
    browser.set_cookies(held);
    let second = send(&browser, &page, &used, "", "").await.code();
    assert_eq!(second, first, "S24: answered as the first was");
    let told = world.details(AuditAction::SignInRefused).await;
    assert!(told.is_empty(), "nobody is suspected: {told:?}");
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
    let told = world.details(AuditAction::SignInRefused).await;
    let is_told = told.iter().any(|detail| detail["reason"] == "passkey_copied");
    assert!(is_told, "{told:?}");

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
