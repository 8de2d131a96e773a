//! A person's own account page: what it shows, what they change, and what they prove before.

use doorward_app::api::audit::AuditQuery;
use doorward_app::api::user::UserView;
use doorward_domain::account::AttributeSource;
use doorward_domain::factor::FactorKind;
use http::StatusCode;
use serde_json::json;

use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::factors::{code, enter, key};
use crate::mail::newest;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    a_person_changes_what_is_theirs,
    s38_factors_are_set_up_and_taken_away_after_a_proof,
    s38_a_passkey_is_added_renamed_and_removed,
    s7_a_provider_is_linked_by_a_form_and_in_one_browser,
    a_link_goes_while_another_way_in_remains,
    s16_a_new_password_ends_everything_else,
    sessions_are_listed_and_ended,
    nothing_is_kept_of_a_person_without_an_account,
    forms_of_strangers_are_refused,
);

const PASSWORD: &str = "a good password";

async fn clerk(world: &World) -> (Browser<'_>, Seen) {
    world.person("clerk", Some(("clerk@example.com", true)), PASSWORD).await;
    come_in(world, PASSWORD).await
}

/// Signs in to the page with the password.
async fn come_in<'w>(world: &'w World, password: &str) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.get("/account").await;
    let page = browser.follow(page).await;
    let page = browser.password(&page, "clerk", password).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    (browser, page)
}

pub async fn open(browser: &Browser<'_>, address: &str) -> Seen {
    let seen = browser.get(address).await;
    browser.follow(seen).await
}

/// Whether somebody who is signed in is asked to show it once more, with nothing but the password to type.
pub fn asks_anew(seen: &Seen, username: &str) -> bool {
    let mut inputs = seen
        .body
        .split("<input")
        .filter(|input| input.contains("name=\"username\""));
    let is_fixed = inputs.any(|input| input.contains(&format!("value=\"{username}\"")) && input.contains(" readonly"));
    is_fixed && seen.body.contains("<h1>Confirm it is you</h1>") && seen.body.contains("name=\"password\"")
}

async fn user(world: &World) -> UserView {
    world.services.users.find("clerk").await.expect("found")
}

pub async fn events(world: &World, action: &str) -> usize {
    let query = AuditQuery {
        action: Some(action.to_owned()),
        ..AuditQuery::default()
    };
    world.services.audit.list(query).await.expect("listed").items.len()
}

async fn a_person_changes_what_is_theirs(world: &World) {
    let (browser, page) = clerk(world).await;
    assert!(page.body.contains("clerk@example.com"), "{page:?}");
    let typed = [
        ("attribute.nickname", " Ada "),
        ("attribute.birthdate", "1990-03-01"),
        ("attribute.email", "other@example.com"),
        ("attribute.groups", "admins"),
    ];
    let saved = browser.send(&page, "/account/profile", &typed).await;
    assert!(saved.body.contains("Your profile is saved."), "{saved:?}");
    let attributes = user(world).await.attributes;
    let nickname = &attributes["nickname"];
    assert_eq!(
        (&nickname.value, &nickname.source),
        (&json!("Ada"), &AttributeSource::Person)
    );
    assert_eq!(attributes["email"].value, "clerk@example.com", "not by this form");
    assert!(!attributes.contains_key("groups"), "nothing of the organisation's own");
    for kept in ["Ada", "1 March 1990"] {
        let fact = format!(">{kept}</bdi> <small>entered by you</small>");
        assert!(saved.body.contains(&fact), "{kept}: {saved:?}");
    }
    let long = "x".repeat(501);
    let refused = browser
        .send(&saved, "/account/profile", &[("attribute.name", &long)])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let script = [("attribute.website", "javascript:alert(1)")];
    let refused = browser.send(&saved, "/account/profile", &script).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Write it like this: https://example.com"),
        "{refused:?}"
    );
    let german = browser.get("/account?ui_locales=de").await;
    assert!(german.body.contains("<h1>Ihr Konto</h1>"), "{german:?}");
    assert_eq!(events(world, "account.changed").await, 1);
}

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
    let alone = open(&browser, "/account/app/remove").await;
    let refused = browser.send(&alone, "/account/app/remove", &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "S38: {refused:?}");

    world.clock.advance(60);
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let codes = enter(&browser, &asked, &code(world, &secret)).await;
    assert_eq!(shown(&codes).len(), 10);
    let page = keep(&browser, &codes).await;
    assert!(page.body.contains("10 are left"), "{page:?}");
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
    let question = enter(&browser, &asked, &code(world, &secret)).await;
    assert!(question.body.contains("Remove the authenticator app?"), "{question:?}");
    let page = browser.send(&question, "/account/app/remove", &[]).await;
    assert!(page.body.contains("The authenticator app is removed."), "{page:?}");
    let kinds: Vec<FactorKind> = user(world).await.factors.iter().map(|factor| factor.kind).collect();
    assert_eq!(kinds, [FactorKind::BackupCode]);
    assert_eq!(events(world, "factor.removed").await, 1);

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

async fn s7_a_provider_is_linked_by_a_form_and_in_one_browser(world: &World) {
    let (browser, page) = clerk(world).await;
    let persona = Persona::unverified("one", "clerk@example.com");
    assert_eq!(
        browser.get("/account/links").await.status,
        StatusCode::METHOD_NOT_ALLOWED,
        "S7: a GET starts no link"
    );
    let start = [("option", "connection:acme")];
    let away = browser.send(&page, "/account/links", &start).await;
    let state = away.parameter("state").expect("sent to the provider at once");
    let refused = format!("/federation/acme/callback?error=access_denied&state={state}");
    let stopped = open(&browser, &refused).await;
    let (step, _) = stopped.address.split_once("/stopped").expect("the page of the refusal");
    let asked = open(&browser, step).await;
    assert!(asked.body.contains("<h1>Link Acme</h1>"), "what it is for: {asked:?}");
    let away = browser.submit(&asked, &start).await;
    let back = world
        .provider
        .sign_in(away.location.as_deref().expect("sent away"), &persona);
    let before = world.state.store.counters().commits;
    let linked = browser.get(&back).await;
    let commits = world.state.store.counters().commits - before;
    assert_eq!(commits, 2, "S46: the link with its event, then the letter about it");
    let linked = browser.follow(linked).await;
    assert!(linked.body.contains("The sign-in is linked."), "{linked:?}");
    assert_eq!(events(world, "link.created").await, 1, "S46");
    assert_eq!(world.accounts().await, 1);
    let other = world.browser();
    let seen = other.federated(&persona).await;
    assert!(seen.parameter("code").is_some(), "{seen:?}");
    assert_eq!(world.accounts().await, 1, "the same account");

    world.person("other", None, PASSWORD).await;
    let strange = world.browser();
    let page = open(&strange, "/account").await;
    let page = strange.password(&page, "other", PASSWORD).await;
    let away = strange.send(&page, "/account/links", &start).await;
    let refused = strange.back(&away, &persona).await;
    assert_eq!((refused.status.as_u16(), refused.number()), (409, "1235"));

    // Another person signs in to the browser while the first one is at the provider.
    let page = open(&strange, "/account").await;
    let away = strange.send(&page, "/account/links", &start).await;
    let page = strange.authorize("payroll", "&prompt=login").await;
    strange.password(&page, "clerk", PASSWORD).await;
    let newcomer = Persona::verified("two", "two@example.com");
    let back = world
        .provider
        .sign_in(away.location.as_deref().expect("sent away"), &newcomer);
    let refused = strange.get(&back).await;
    let refused = strange.follow(refused).await;
    assert_eq!(
        (refused.status.as_u16(), refused.number()),
        (403, "1010"),
        "S7: {refused:?}"
    );
    assert_eq!(events(world, "link.created").await, 1);
}

async fn a_link_goes_while_another_way_in_remains(world: &World) {
    let persona = Persona::verified("one", "clerk@example.com");
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let page = browser.through(&page, &persona).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    assert!(page.body.contains("from Acme"), "who the name comes from: {page:?}");
    assert!(page.body.contains("your only way to sign in"), "{page:?}");
    let page = open(&browser, "/account/password").await;
    let set = browser
        .send(&page, "/account/password", &[("password", "another good one")])
        .await;
    assert!(set.body.contains("Your password is changed."), "{set:?}");
    let (_, rest) = set.body.split_once("href=\"/account/links/").expect("a link to unlink");
    let path = format!("/account/links/{}", rest.split('"').next().expect("an end"));
    let question = open(&browser, &path).await;
    assert!(question.body.contains("Unlink Acme?"), "{question:?}");
    let out = browser.send(&question, &path, &[]).await;
    assert!(
        out.address.starts_with("/signin/"),
        "what was signed in through it has ended: {out:?}"
    );
    assert_eq!(events(world, "link.removed").await, 1);
}

async fn s16_a_new_password_ends_everything_else(world: &World) {
    let (browser, _) = clerk(world).await;
    let (other, _) = come_in(world, PASSWORD).await;
    let page = open(&browser, "/account/password").await;
    for weak in ["short", "clerk@example.com"] {
        let again = browser.send(&page, "/account/password", &[("password", weak)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
    }
    let page = browser
        .send(&page, "/account/password", &[("password", "a better password")])
        .await;
    assert!(
        page.body.contains("Your password is changed."),
        "S26: this browser stays: {page:?}"
    );
    let ended = open(&other, "/account").await;
    assert!(ended.address.starts_with("/signin/"), "S16: {ended:?}");
    assert_eq!(events(world, "account.password_changed").await, 1);
    come_in(world, "a better password").await;
}

async fn sessions_are_listed_and_ended(world: &World) {
    let (browser, _) = clerk(world).await;
    let (other, _) = come_in(world, PASSWORD).await;
    let (third, _) = come_in(world, PASSWORD).await;
    let page = open(&browser, "/account").await;
    let one = page.field("session");
    assert!(page.body.contains("UTC</time>"), "since when: {page:?}");
    let page = browser.send(&page, "/account/sessions", &[("session", &one)]).await;
    assert!(page.body.contains("The sign-in has ended."), "{page:?}");
    assert_eq!(user(world).await.sessions.len(), 2);
    let page = browser.send(&page, "/account/sessions", &[]).await;
    assert_eq!(user(world).await.sessions.len(), 1);
    for ended in [&other, &third] {
        assert!(open(ended, "/account").await.address.starts_with("/signin/"));
    }
    let csrf = page.field("csrf");
    let out = browser.post("/account/sign-out", &[("csrf", csrf.as_str())]).await;
    assert_eq!(out.location.as_deref(), Some("/signed-out"));
    assert_eq!(user(world).await.sessions.len(), 0);
    // A visit that was begun while somebody was signed in has ended with that.
    let (browser, page) = come_in(world, PASSWORD).await;
    let begun = browser.send(&page, "/account/app", &[]).await;
    let csrf = page.field("csrf");
    browser.post("/account/sign-out", &[("csrf", csrf.as_str())]).await;
    let refused = enter(&browser, &begun, &code(world, &key(&begun))).await;
    assert_eq!(refused.number(), "1005", "{refused:?}");
}

async fn nothing_is_kept_of_a_person_without_an_account(world: &World) {
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let persona = Persona::verified("one", "one@example.com");
    let page = browser.through(&page, &persona).await;
    assert!(page.body.contains("Nothing is kept about you"), "{page:?}");
    assert!(!page.body.contains("one@example.com"));
    assert_eq!(world.accounts().await, 0);
    let csrf = page.field("csrf");
    let out = browser.post("/account/sign-out", &[("csrf", csrf.as_str())]).await;
    assert_eq!(out.location.as_deref(), Some("/signed-out"));
}

async fn forms_of_strangers_are_refused(world: &World) {
    let (browser, page) = clerk(world).await;
    let (other, _) = come_in(world, PASSWORD).await;
    let csrf = page.field("csrf");
    let answers = [("csrf", csrf.as_str()), ("attribute.nickname", "Eve")];
    for action in [
        "/account/profile",
        "/account/app",
        "/account/sessions",
        "/account/password",
    ] {
        let refused = other.post(action, &answers).await;
        assert_eq!(refused.number(), "1008", "{action}: {refused:?}");
    }
    let nobody = world.browser().post("/account/profile", &answers).await;
    assert!(nobody.location.is_some_and(|to| to.starts_with("/signin/")));
    let unknown = browser.post("/account/links/AAAA/remove", &answers).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(!user(world).await.attributes.contains_key("nickname"));
}
