//! A proof is good for one link of one subject in one browser, once, while the account is as it was (S5, S6, S16, S24).

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use crate::api::call;
use crate::device::{Device, options};
use crate::mail;
use crate::proof::*;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s6_s24_a_proof_is_used_up,
    s5_a_proof_of_one_subject_links_no_other,
    s24_of_many_proofs_at_once_one_links,
    s6_a_new_password_ends_every_proof_under_way,
    s16_whoever_is_disabled_or_gone_meanwhile_is_linked_to_nothing,
);

/// A sign-in that is about to prove, in every way there is, that `owner-at-acme` is the owner's.
struct UnderWay<'w> {
    browser: Browser<'w>,
    page: Seen,
    /// Of the mail.
    code: String,
    /// The passkey's answer.
    used: String,
    /// Where the other provider sends the browser back to.
    address: String,
}

async fn under_way(world: &World) -> UnderWay<'_> {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let (browser, page) = asked(world).await;
    let page = ask_for_mail(&browser, &page).await;
    UnderWay {
        code: mail::code(&mail::newest(world).await.expect("a letter")),
        used: device.answer(&options(&page, "request")),
        address: to_beta(&browser, &page, &at_beta()).await,
        browser,
        page,
    }
}

async fn s6_s24_a_proof_is_used_up(world: &World) {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let (browser, page) = asked(world).await;
    let kept = browser.cookies_now();
    let page = ask_for_mail(&browser, &page).await;
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let used = device.answer(&options(&page, "request"));
    let address = to_beta(&browser, &page, &at_beta()).await;
    let done = back(&browser, &address).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    unlink_acme(world).await;
    browser.set_cookies(kept);
    let replays = [
        back(&browser, &address).await,
        by_mail(&browser, &page, &code).await,
        by_passkey(&browser, &page, &used).await,
        by_password(&browser, &page, PASSWORD).await,
    ];
    for (number, replay) in replays.iter().enumerate() {
        assert!(replay.parameter("code").is_none(), "S6, S24: {number}: {replay:?}");
    }
    let (other, its_page) = asked(world).await;
    let stolen = by_mail(&other, &its_page, &code).await;
    assert_eq!(
        stolen.status,
        StatusCode::UNAUTHORIZED,
        "S5: of another sign-in: {stolen:?}"
    );
    let stolen = by_passkey(&other, &its_page, &used).await;
    assert_eq!(
        stolen.status,
        StatusCode::UNAUTHORIZED,
        "S5: of another sign-in: {stolen:?}"
    );
    let forged = other.get(&address).await;
    assert_ne!(forged.status, StatusCode::SEE_OTHER, "S26: {forged:?}");
    assert_eq!(links(world).await.len(), 1, "nothing is linked");
}

async fn s5_a_proof_of_one_subject_links_no_other(world: &World) {
    let UnderWay {
        browser,
        page,
        code,
        used,
        address,
    } = under_way(world).await;
    // Somebody else at the same provider asserts the same address.
    let other = Persona::verified("other-at-acme", OWNER);
    let (thief, its_page) = asked_of(world, &other).await;
    let tries = [
        ("mail", by_mail(&thief, &its_page, &code).await),
        ("passkey", by_passkey(&thief, &its_page, &used).await),
        ("beta", back(&thief, &address).await),
    ];
    for (case, seen) in &tries {
        assert!(
            seen.status.is_client_error() && seen.location.is_none(),
            "S5: {case}: {seen:?}"
        );
    }
    // Nor with the owner's cookies in the thief's browser beside its own.
    let cookies = browser.cookies_now();
    thief.cookies.lock().expect("cookies").extend(cookies);
    let crossed: [(&str, Seen); 2] = [
        ("mail", by_mail(&thief, &its_page, &code).await),
        ("passkey", by_passkey(&thief, &its_page, &used).await),
    ];
    for (case, seen) in &crossed {
        assert!(seen.status.is_client_error(), "S5: {case}: {seen:?}");
    }
    let subjects: Vec<String> = links(world)
        .await
        .iter()
        .map(|link| link["subject"].to_string())
        .collect();
    assert!(
        !subjects.iter().any(|subject| subject.contains("acme")),
        "S5: {subjects:?}"
    );
    let done = by_mail(&browser, &page, &code).await;
    assert!(done.parameter("code").is_some(), "the owner goes on: {done:?}");
    let theirs = links(world).await;
    assert!(
        theirs.iter().any(|link| link["subject"] == "owner-at-acme")
            && theirs.iter().all(|link| link["subject"] != "other-at-acme"),
        "S5: {theirs:?}"
    );
}

async fn s24_of_many_proofs_at_once_one_links(world: &World) {
    world.person("owner", Some((OWNER, true)), PASSWORD).await;
    let (browser, page) = asked(world).await;
    let page = ask_for_mail(&browser, &page).await;
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let tries = (0..8).map(|_| by_mail(&browser, &page, &code));
    let seen = futures::future::join_all(tries).await;
    let told: Vec<_> = seen.iter().map(|seen| (seen.status.as_u16(), seen.number())).collect();
    let codes: BTreeSet<_> = seen.iter().filter_map(|seen| seen.parameter("code")).collect();
    assert_eq!(codes.len(), 1, "S24: {told:?}");
    assert!(seen.iter().all(|seen| !seen.status.is_server_error()), "S24: {told:?}");
    assert_eq!(links(world).await.len(), 1, "S24");
}

async fn s16_whoever_is_disabled_or_gone_meanwhile_is_linked_to_nothing(world: &World) {
    let UnderWay {
        browser,
        page,
        code,
        used,
        address,
    } = under_way(world).await;
    let path = format!("/users/{OWNER}");
    let patch = json!({"status": "disabled"});
    assert_eq!(call(world, "PATCH", &path, patch).await.status, StatusCode::OK);
    for (case, seen) in [
        ("page", browser.get(&page.address).await),
        ("mail", by_mail(&browser, &page, &code).await),
        ("passkey", by_passkey(&browser, &page, &used).await),
        ("password", by_password(&browser, &page, PASSWORD).await),
        ("beta", back(&browser, &address).await),
    ] {
        assert_eq!(
            (seen.status.as_u16(), seen.number()),
            (403, "1201"),
            "S16: {case}: {seen:?}"
        );
    }
    assert_eq!(links(world).await.len(), 1, "nothing is linked");
    assert!(call(world, "DELETE", &path, Value::Null).await.status.is_success());
    let gone = by_password(&browser, &page, PASSWORD).await;
    assert_eq!(gone.number(), "1006", "S16: {gone:?}");
    assert_eq!(world.accounts().await, 0, "nobody is created in their place");
}

async fn s6_a_new_password_ends_every_proof_under_way(world: &World) {
    let UnderWay {
        browser,
        page,
        code,
        used,
        address,
    } = under_way(world).await;
    world.clock.advance(60);
    let patch = json!({"password": "a new password"});
    assert_eq!(
        call(world, "PATCH", &format!("/users/{OWNER}"), patch).await.status,
        StatusCode::OK
    );
    for (case, seen) in [
        ("mail", by_mail(&browser, &page, &code).await),
        ("passkey", by_passkey(&browser, &page, &used).await),
        ("beta", back(&browser, &address).await),
    ] {
        assert_eq!(
            (seen.number(), seen.location.as_ref()),
            ("1004", None),
            "S6: {case}: {seen:?}"
        );
    }
    assert_eq!(links(world).await.len(), 1, "nothing is linked");
}
