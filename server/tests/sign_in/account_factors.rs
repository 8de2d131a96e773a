//! Second factors on a person's own account page, and what they prove before one comes or goes.

use doorward_domain::audit::AuditAction;
use doorward_domain::factor::FactorKind;
use http::StatusCode;

use crate::account::{PASSWORD, asks_anew, clerk, open, user};
use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::factors::{code, enter, key};
use crate::mail::newest;
use crate::world::{Seen, World};

crate::on_both!(
    s38_factors_are_set_up_and_taken_away_after_a_proof,
    s38_a_passkey_is_added_renamed_and_removed,
);

async fn s38_factors_are_set_up_and_taken_away_after_a_proof(world: &World) {
    let (browser, page) = clerk(world).await;
    let set_up = browser.send(&page, "/account/app", &[]).await;
    assert!(
        set_up.body.contains("Set up your authenticator app"),
        "the password is fresh: {set_up:?}"
    );
    let secret = key(&set_up);
    let page = enter(&browser, &set_up, &code(world, &secret)).await;
    assert!(page.body.contains("Your authenticator app is set up."), "{page:?}");
    let letter = newest(world).await.expect("a mail");
    assert_eq!(letter.to, "clerk@example.com");
    assert!(letter.text.contains("Your authenticator app is set up."), "{letter:?}");
    assert!(
        !page.body.contains("/account/app/remove"),
        "nothing else would show who sets up the next"
    );
    assert!(
        page.body
            .contains("Nothing else confirms it is you, so this cannot be removed."),
        "{page:?}"
    );
    let alone = open(&browser, "/account/app/remove").await;
    let refused = browser.send(&alone, "/account/app/remove", &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "S38: {refused:?}");

    world.clock.advance(60);
    assert!(page.body.contains(">Make backup codes<"), "there are none: {page:?}");
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let codes = enter(&browser, &asked, &code(world, &secret)).await;
    assert_eq!(shown(&codes).len(), 10);
    let page = keep(&browser, &codes).await;
    assert!(page.body.contains("10 are left"), "{page:?}");
    assert!(page.body.contains(">Make new backup codes<"), "{page:?}");
    world.clock.advance(60);
    let asked = browser.send(&page, "/account/codes", &[]).await;
    assert!(!asked.body.contains("name=\"backup_code\""), "{asked:?}");
    let old = shown(&codes).remove(0);
    let by_code = [("option", "backup_code"), ("backup_code", old.as_str())];
    let refused = browser.submit(&asked, &by_code).await;
    assert_eq!(
        refused.status,
        StatusCode::BAD_REQUEST,
        "a code makes no others: {refused:?}"
    );

    world.clock.advance(301);
    let asked = open(&browser, "/account/app/remove").await;
    assert!(
        asked.address.starts_with("/signin/"),
        "S38: the proof is too old: {asked:?}"
    );
    let forged = browser.send(&page, "/account/app/remove", &[]).await;
    assert!(
        forged.address.starts_with("/signin/"),
        "S38: also for the form: {forged:?}"
    );
    assert!(asks_anew(&asked, "clerk"), "{asked:?}");
    let asked = browser.password(&asked, "clerk", PASSWORD).await;
    assert!(asked.body.contains("name=\"code\""), "S38: every factor: {asked:?}");
    for said in [
        "Show once more that it is you",
        "title=\"clerk\"",
        "Back to your account",
    ] {
        assert!(
            asked.body.contains(said),
            "why, of whom, and the way back: {said}: {asked:?}"
        );
    }
    let question = enter(&browser, &asked, &code(world, &secret)).await;
    assert!(question.body.contains("Remove the authenticator app?"), "{question:?}");
    let page = browser.send(&question, "/account/app/remove", &[]).await;
    assert!(page.body.contains("The authenticator app is removed."), "{page:?}");
    let kinds: Vec<FactorKind> = user(world).await.factors.iter().map(|factor| factor.kind).collect();
    assert_eq!(kinds, [FactorKind::BackupCode]);
    assert_eq!(world.events(AuditAction::FactorRemoved).await.len(), 1);

    world.clock.advance(301);
    let asked = browser.send(&page, "/account/app", &[]).await;
    let again = browser.password(&asked, "clerk", PASSWORD).await;
    let bare = enter(&browser, &again, &code(world, &key(&again))).await;
    assert_eq!(
        bare.status,
        StatusCode::UNAUTHORIZED,
        "S38: a first factor alone: {bare:?}"
    );
}

async fn s38_a_passkey_is_added_renamed_and_removed(world: &World) {
    let (browser, page) = clerk(world).await;
    let mut first = Device::new(1);
    let made = async |page: &Seen, device: &mut Device, name: &str| {
        let made = device.make(&options(page, "creation"));
        let more = [
            ("option", "passkey"),
            ("passkey", ""),
            ("new_passkey", made.as_str()),
            ("passkey_name", name),
        ];
        browser.submit(page, &more).await
    };
    let asked = browser.send(&page, "/account/passkeys", &[]).await;
    let page = made(&asked, &mut first, "Phone").await;
    assert!(page.body.contains("The passkey is added."), "{page:?}");
    let mut second = Device::new(2);
    let asked = browser.send(&page, "/account/passkeys", &[]).await;
    let page = made(&asked, &mut second, "Laptop").await;
    let passkeys = user(world).await.passkeys;
    assert_eq!(passkeys.len(), 2, "{page:?}");

    let id = passkeys[0].id.to_string();
    let field = format!("passkey_name.{id}");
    let page = browser
        .send(&page, &format!("/account/passkeys/{id}"), &[(&field, "Old phone")])
        .await;
    assert!(page.body.contains("Old phone"), "{page:?}");

    world.clock.advance(301);
    let remove = format!("/account/passkeys/{id}/remove");
    let asked = browser.send(&page, "/account/passkeys", &[]).await;
    let asked = browser.password(&asked, "clerk", PASSWORD).await;
    assert!(
        asked.body.contains("data-request="),
        "S38: another one only after one was used: {asked:?}"
    );
    let asked = open(&browser, &remove).await;
    let asked = browser.password(&asked, "clerk", PASSWORD).await;
    let used = second.answer(&options(&asked, "request"));
    let more = [("option", "passkey"), ("passkey", used.as_str())];
    let question = browser.submit(&asked, &more).await;
    assert!(question.body.contains("Remove Old phone?"), "{question:?}");
    let page = browser.send(&question, &remove, &[]).await;
    assert!(page.body.contains("The passkey is removed."), "{page:?}");
    assert_eq!(user(world).await.passkeys.len(), 1);
    let last = user(world).await.passkeys[0].id.to_string();
    let refused = browser
        .send(&page, &format!("/account/passkeys/{last}/remove"), &[])
        .await;
    assert_eq!(
        refused.status,
        StatusCode::BAD_REQUEST,
        "S38: the last one stays: {refused:?}"
    );
}
