//! Backup codes without an app: a mail brings them, and one of them is the proof before an app is set up.

use doorward_domain::audit::AuditAction;
use doorward_domain::factor::FactorKind;
use http::StatusCode;
use serde_json::json;

use crate::backup_codes::{bank, clerk, enter, enter_backup, factor, keep, left, shown};
use crate::backup_codes_managed::reset;
use crate::factors::{code, key};
use crate::world::{Browser, Seen, World};

crate::on_both!(
    a_mail_brings_codes_too,
    s38_an_app_is_set_up_with_a_backup_code_only,
    s38_without_a_backup_code_left_no_app_is_set_up,
);

/// With a code by email and backup codes, so that the account has these and no app.
async fn enrol_by_mail(world: &World) -> Vec<String> {
    let (browser, page) = clerk(world).await;
    assert!(
        page.body.contains("We have sent a code"),
        "without being asked: {page:?}"
    );
    let letter = crate::mail::newest(world).await.expect("a letter");
    let page = enter(&browser, &page, "email_otp", "mail_code", &crate::mail::code(&letter)).await;
    let codes = shown(&page);
    let done = keep(&browser, &page).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    codes
}

async fn mails_then_apps(world: &World) -> Vec<String> {
    bank(world).await;
    world
        .change_flow("bank", json!([["password"], ["email_otp", "backup_code"]]))
        .await;
    let codes = enrol_by_mail(world).await;
    world
        .change_flow("bank", json!([["password"], ["totp", "backup_code"]]))
        .await;
    codes
}

async fn a_mail_brings_codes_too(world: &World) {
    bank(world).await;
    world
        .change_flow("bank", json!([["password"], ["email_otp", "backup_code"]]))
        .await;
    let codes = enrol_by_mail(world).await;
    let (browser, page) = clerk(world).await;
    let done = enter_backup(&browser, &page, &codes[9]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(
        world.details(AuditAction::FactorEnrolled).await,
        [json!({"factor": "backup_code", "renewed": false})]
    );
    assert_eq!(
        world.details(AuditAction::BackupCodeUsed).await,
        [json!({"factor": "backup_code", "left": 9})]
    );
}

/// Sends the first code of an app with a backup code beside it.
async fn set_up(browser: &Browser<'_>, page: &Seen, code: &str, proof: &str) -> Seen {
    browser
        .submit(page, &[("option", "totp"), ("code", code), ("proof_code", proof)])
        .await
}

async fn s38_an_app_is_set_up_with_a_backup_code_only(world: &World) {
    let codes = mails_then_apps(world).await;
    let (browser, page) = clerk(world).await;
    assert!(page.body.contains("name=\"proof_code\""), "{page:?}");
    let key = key(&page);
    for proof in ["", "AAAAA-AAAAA"] {
        let refused = set_up(&browser, &page, &code(world, &key), proof).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "S38: {refused:?}");
        assert!(refused.body.contains("Enter a backup code that you have not used yet"));
    }
    assert!(factor(world, FactorKind::Totp).await.is_none());
    assert_eq!(left(world).await, Some(10));
    let done = set_up(&browser, &page, &code(world, &key), &codes[0]).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert!(factor(world, FactorKind::Totp).await.is_some());
    assert_eq!(left(world).await, Some(9), "the proof is spent");
}

async fn s38_without_a_backup_code_left_no_app_is_set_up(world: &World) {
    let codes = mails_then_apps(world).await;
    for code in &codes {
        let (browser, page) = clerk(world).await;
        let done = enter_backup(&browser, &page, code).await;
        assert!(done.parameter("code").is_some(), "{done:?}");
    }
    let (_, stopped) = clerk(world).await;
    assert_eq!(stopped.number(), "1213", "S38: {stopped:?}");
    assert_eq!(stopped.status, StatusCode::FORBIDDEN);
    let (browser, again) = clerk(world).await;
    assert_eq!(browser.get(&again.address).await.number(), "1213");
    let told = world.details(AuditAction::SignInRefused).await;
    assert_eq!(told.len(), 1, "once, however often the page is loaded: {told:?}");
    assert_eq!(told[0]["reason"], "no_proof_left");
    reset(world, FactorKind::BackupCode).await.expect("reset");
    let (_, page) = clerk(world).await;
    assert!(!page.body.contains("name=\"proof_code\""), "{page:?}");
    key(&page);
}
