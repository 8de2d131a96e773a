//! A proof is good for one link of one subject in one browser, once (S5, S6, S24).

use http::StatusCode;

use crate::device::{Device, options};
use crate::mail;
use crate::proof::*;
use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    s6_s24_a_proof_is_used_up,
    s5_a_proof_of_one_subject_links_no_other,
    s24_of_many_proofs_at_once_one_links,
);

async fn s6_s24_a_proof_is_used_up(world: &World) {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let (browser, page) = asked(world).await;
    let kept = browser.cookies.lock().expect("cookies").clone();
    let page = ask_for_mail(&browser, &page).await;
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let used = device.answer(&options(&page, "request"));
    let address = to_beta(&browser, &page, &at_beta()).await;
    let done = back(&browser, &address).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    unlink_acme(world).await;
    *browser.cookies.lock().expect("cookies") = kept;
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
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    // The owner is about to prove that `owner-at-acme` is theirs, in every way there is.
    let (browser, page) = asked(world).await;
    let page = ask_for_mail(&browser, &page).await;
    let code = mail::code(&mail::newest(world).await.expect("a letter"));
    let used = device.answer(&options(&page, "request"));
    let address = to_beta(&browser, &page, &at_beta()).await;
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
    let cookies = browser.cookies.lock().expect("cookies").clone();
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
    let in_at_once = seen.iter().filter(|seen| seen.parameter("code").is_some()).count();
    assert_eq!(in_at_once, 1, "S24: {told:?}");
    assert!(seen.iter().all(|seen| !seen.status.is_server_error()), "S24: {told:?}");
    assert_eq!(links(world).await.len(), 1, "S24");
}
