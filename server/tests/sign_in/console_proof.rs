//! The fresh proof that a dangerous change in the console wants of the administrator (S48).

use http::StatusCode;

use crate::account::{asks_anew, open};
use crate::backup_codes::{enter_backup, keep, shown};
use crate::console_functions::{FIELDS, administrator, arguments, functions};
use crate::factors::{code, enter, key};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s48_an_old_proof_is_good_for_nothing_dangerous,
    s48_the_proof_takes_all_that_the_account_has,
    s48_a_providers_word_proves_no_administrator,
    s48_used_up_codes_lock_nobody_out,
);

const PASSWORD: &str = "a good password";
/// How long a proof is good, in seconds.
const LIFE: i64 = 15 * 60;

/// What decides who gets in as whom, or takes something away for good.
const DANGEROUS: [&str; 29] = [
    "applications/create",
    "applications/delete",
    "applications/flow",
    "applications/flow-edit",
    "applications/general",
    "applications/protocol",
    "applications/remove-script-secret",
    "applications/secret",
    "applications/set-script-secret",
    "connections/attributes",
    "connections/create",
    "connections/delete",
    "connections/factor-holders/erase",
    "connections/factor-holders/erase-all",
    "connections/general",
    "connections/jit",
    "connections/kept-out/let-in",
    "connections/repair",
    "connections/settings",
    // Does nothing, and says whether a proof is there.
    "session/proof",
    "users/create",
    "users/delete",
    "users/enable",
    "users/password",
    "users/profile",
    "users/remove-passkey",
    "users/reset-factor",
    "users/role",
    "users/unlink",
];

fn is_unproven(seen: &Seen) -> bool {
    seen.status == StatusCode::FORBIDDEN && seen.body.contains("unproven")
}

async fn s48_an_old_proof_is_good_for_nothing_dangerous(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    world.person("clerk", None, "a password of the clerk").await;
    let clerk = world.services.users.find("clerk").await.expect("found");
    let (id, version) = (clerk.summary.id.to_string(), clerk.version.to_string());
    let clerk_is_there = async || world.services.users.find("clerk").await.is_ok();
    let delete = async || {
        let form = [("id", id.as_str()), ("version", version.as_str())];
        browser.post("/console/fn/users/delete", &form).await
    };

    world.clock.advance(LIFE);
    let commits = || world.state.store.counters().commits;
    for path in functions() {
        let is_dangerous = DANGEROUS.contains(&path.trim_start_matches("/console/fn/"));
        let before = commits();
        let answers = [
            browser.post(&path, &FIELDS).await,
            browser.post_raw(&path, "application/json", arguments()).await,
        ];
        assert_eq!(answers.iter().any(is_unproven), is_dangerous, "{path}: {answers:?}");
        assert!(!is_dangerous || commits() == before, "{path}: nothing is written");
    }
    assert!(is_unproven(&delete().await) && clerk_is_there().await);
    for unproven in [&browser, &world.browser()] {
        let seen = unproven.get("/console/proven").await;
        assert_eq!(seen.location.as_deref(), Some("/console"), "it is not done: {seen:?}");
    }

    let asked = open(&browser, "/console/prove").await;
    assert!(asks_anew(&asked, "chief"), "{asked:?}");
    let other = browser.password(&asked, "clerk", "a password of the clerk").await;
    assert_eq!(
        (other.status.as_u16(), other.number()),
        (403, "1010"),
        "somebody else proves nothing: {other:?}"
    );
    assert!(is_unproven(&delete().await));
    let asked = open(&browser, "/console/prove").await;
    let wrong = browser.password(&asked, "chief", "not the password").await;
    assert!(is_unproven(&delete().await), "{wrong:?}");
    let proven = browser.password(&wrong, "chief", "a good password").await;
    assert_eq!(proven.address, "/console/proven", "{proven:?}");
    assert!(proven.body.contains("That is done"), "{proven:?}");
    let deleted = delete().await;
    assert!(!clerk_is_there().await, "{deleted:?}");
}

/// Gives the administrator an authenticator app. The page afterwards, and the app's key.
async fn set_up_app(browser: &Browser<'_>) -> (Seen, String) {
    let page = open(browser, "/account").await;
    let asked = browser.send(&page, "/account/app", &[]).await;
    let secret = key(&asked);
    let page = enter(browser, &asked, &code(browser.world, &secret)).await;
    (page, secret)
}

/// Makes an account by the console, which is dangerous.
async fn make(browser: &Browser<'_>, name: &str) -> Seen {
    let form = [
        ("username", name),
        ("role", "person"),
        ("password", "a password of another"),
    ];
    browser.post("/console/fn/users/create", &form).await
}

async fn s48_the_proof_takes_all_that_the_account_has(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    let (_, secret) = set_up_app(&browser).await;
    assert!(
        !is_unproven(&make(&browser, "first").await),
        "the app has just been shown"
    );

    let left = browser.post("/console/sign-out", &[]).await;
    assert!(left.location.is_some(), "{left:?}");
    let entrance = open(&browser, "/console/sign-in").await;
    browser.password(&entrance, "chief", "a good password").await;
    assert!(is_unproven(&make(&browser, "second").await), "the password alone");
    world.clock.advance(60);
    let asked = open(&browser, "/console/prove").await;
    let proven = enter(&browser, &asked, &code(world, &secret)).await;
    assert_eq!(proven.address, "/console/proven", "{proven:?}");
    assert!(!is_unproven(&make(&browser, "second").await));
    assert!(world.services.users.find("second").await.is_ok());
}

async fn s48_a_providers_word_proves_no_administrator(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    let persona = Persona::unverified("one", "chief@example.com");
    let acme = [("option", "connection:acme")];
    let page = open(&browser, "/account").await;
    let away = browser.send(&page, "/account/links", &acme).await;
    let linked = browser.back(&away, &persona).await;
    assert!(linked.body.contains("<h1>Your account</h1>"), "{linked:?}");

    world.clock.advance(LIFE);
    let asked = open(&browser, "/account/password").await;
    let inside = browser.through(&asked, &persona).await;
    assert_eq!(inside.address, "/account/password", "good for the own page: {inside:?}");
    assert!(is_unproven(&make(&browser, "first").await));
    let asked = open(&browser, "/console/prove").await;
    assert!(!asked.body.contains("connection:acme"), "{asked:?}");
    let proven = browser.password(&asked, "chief", PASSWORD).await;
    assert_eq!(proven.address, "/console/proven", "{proven:?}");
    assert!(!is_unproven(&make(&browser, "first").await));
    let again = open(&browser, "/console/prove").await;
    assert_eq!(again.address, "/console/proven", "it is not asked twice: {again:?}");
}

async fn s48_used_up_codes_lock_nobody_out(world: &World) {
    let browser = world.browser();
    administrator(world, &browser).await;
    let (page, secret) = set_up_app(&browser).await;
    world.clock.advance(60);
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let made = enter(&browser, &asked, &code(world, &secret)).await;
    let codes = shown(&made);
    keep(&browser, &made).await;
    let question = open(&browser, "/account/app/remove").await;
    let page = browser.send(&question, "/account/app/remove", &[]).await;
    assert!(page.body.contains("The authenticator app is removed."), "{page:?}");

    for code in &codes {
        world.clock.advance(LIFE);
        let asked = open(&browser, "/console/prove").await;
        let asked = browser.password(&asked, "chief", PASSWORD).await;
        assert!(is_unproven(&make(&browser, "first").await), "the password alone");
        let proven = enter_backup(&browser, &asked, code).await;
        assert_eq!(proven.address, "/console/proven", "{proven:?}");
    }
    world.clock.advance(LIFE);
    let asked = open(&browser, "/console/prove").await;
    let proven = browser.password(&asked, "chief", PASSWORD).await;
    assert_eq!(proven.address, "/console/proven", "nothing else is left: {proven:?}");
    assert!(!is_unproven(&make(&browser, "first").await));
}
