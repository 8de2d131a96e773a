//! A person's own account page: what it shows, and what they change and end there.

use doorward_app::api::user::UserView;
use doorward_domain::account::AttributeSource;
use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::json;

use crate::console_functions::administrator;
use crate::factors::{code, enter, key};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    a_person_changes_what_is_theirs,
    s16_a_new_password_ends_everything_else,
    sessions_are_listed_and_ended,
    nothing_is_kept_of_a_person_without_an_account,
    forms_of_strangers_are_refused,
    who_leaves_reads_what_is_so_and_finds_the_way_back,
    the_console_tells_whoever_is_no_administrator,
    a_session_that_began_here_counts_for_applications,
);

pub const PASSWORD: &str = "a good password";

pub async fn clerk(world: &World) -> (Browser<'_>, Seen) {
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

pub async fn user(world: &World) -> UserView {
    world.services.users.find("clerk").await.expect("found")
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
    assert_eq!(world.events(AuditAction::AccountChanged).await.len(), 1);
}

async fn s16_a_new_password_ends_everything_else(world: &World) {
    let (browser, _) = clerk(world).await;
    let (other, _) = come_in(world, PASSWORD).await;
    let page = open(&browser, "/account/password").await;
    for (weak, why) in [
        ("short", "Use at least 8 characters."),
        ("clerk@example.com", "Choose a password other than your username"),
        ("Password123", "This one is among the first that are guessed."),
    ] {
        let again = browser.send(&page, "/account/password", &[("password", weak)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert!(again.body.contains(why), "{weak}: {again:?}");
        let german = "href=\"/account/password?ui_locales=de\"";
        assert!(
            again.body.contains(german),
            "it can be read in another language: {again:?}"
        );
    }
    let page = browser
        .send(&page, "/account/password", &[("password", "a better password")])
        .await;
    assert!(
        page.body.contains("Your password is changed."),
        "S26: this browser stays: {page:?}"
    );
    assert_eq!(page.address, "/account");
    for address in ["/account", "/account?done=password-set"] {
        let again = browser.get(address).await;
        assert!(
            !again.body.contains("Your password is changed."),
            "said once: {again:?}"
        );
    }
    let ended = open(&other, "/account").await;
    assert!(ended.address.starts_with("/signin/"), "S16: {ended:?}");
    assert_eq!(world.events(AuditAction::PasswordChanged).await.len(), 1);
    come_in(world, "a better password").await;
}

async fn sessions_are_listed_and_ended(world: &World) {
    let (browser, _) = clerk(world).await;
    let (other, _) = come_in(world, PASSWORD).await;
    let (third, _) = come_in(world, PASSWORD).await;
    let page = open(&browser, "/account").await;
    let one = page.field("session");
    assert!(page.body.contains("UTC</time>"), "since when: {page:?}");
    let (first, _) = page.body.split_once("name=\"session\"").expect("another one");
    assert!(
        first.contains("<small>This browser</small>"),
        "it comes first: {page:?}"
    );
    assert!(page.body.contains("(since 15 January 2027, 08:00 UTC)\""), "{page:?}");
    let page = browser.send(&page, "/account/sessions", &[("session", &one)]).await;
    assert!(page.body.contains("That session has ended."), "{page:?}");
    assert_eq!(user(world).await.sessions.len(), 2);
    let page = browser.send(&page, "/account/sessions", &[]).await;
    assert_eq!(user(world).await.sessions.len(), 1);
    for ended in [&other, &third] {
        assert!(open(ended, "/account").await.address.starts_with("/signin/"));
    }
    let csrf = page.field("csrf");
    let out = browser.post("/account/sign-out", &[("csrf", csrf.as_str())]).await;
    assert_eq!(out.location.as_deref(), Some("/signed-out?of=account"));
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
    assert_eq!(out.location.as_deref(), Some("/signed-out?of=account"));
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

async fn who_leaves_reads_what_is_so_and_finds_the_way_back(world: &World) {
    for (place, entrance) in [("account", "/account"), ("console", "/console/sign-in")] {
        let browser = world.browser();
        let page = open(&browser, entrance).await;
        let left = browser.submit(&page, &[("decision", "cancel")]).await;
        assert_eq!(left.address, format!("/signed-out?before={place}"), "{left:?}");
        assert!(left.body.contains("<h1>You did not sign in</h1>"), "{left:?}");
        assert!(left.body.contains(&format!("href=\"/{place}\"")), "{left:?}");
    }
    let (browser, page) = clerk(world).await;
    let out = browser.send(&page, "/account/sign-out", &[]).await;
    assert!(out.body.contains("<h1>You are signed out</h1>"), "{out:?}");
    assert!(out.body.contains("href=\"/account\""), "{out:?}");
}

async fn the_console_tells_whoever_is_no_administrator(world: &World) {
    let clerk_cut = "<bdi title=\"clerk\" class=\"cut\">clerk</bdi>";
    let words = format!("You are signed in as {clerk_cut}. This account does not administer Doorward.");
    let stranger = open(&world.browser(), "/console").await;
    assert!(!stranger.body.contains("You are signed in"), "{stranger:?}");

    let (browser, _) = clerk(world).await;
    let page = open(&browser, "/console").await;
    assert!(page.body.contains(&words), "{page:?}");
    assert!(page.body.contains("href=\"/account\""), "{page:?}");
    let wrong = browser.password(&page, "chief", "a wrong password").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
    assert!(wrong.body.contains(&words), "{wrong:?}");
    for (language, words) in [("de", "Sie sind als "), ("fr", "en tant que ")] {
        let page = browser.get(&format!("{}?ui_locales={language}", page.address)).await;
        let words = format!("{words}{clerk_cut}");
        assert!(page.body.contains(&words), "{language}: {page:?}");
    }
    // Somebody who is one signs in from there.
    administrator(world, &browser).await;
    assert_eq!(browser.get("/console").await.status, StatusCode::OK);
}

async fn a_session_that_began_here_counts_for_applications(world: &World) {
    let steps = || json!([["password", "connection:acme"], ["totp"]]);
    let of_provider = "function onLoginRequest(context) { executeStep(1, {onSuccess: function (context) {\n\
                       if (context.steps[1].idp === 'acme') { executeStep(2); } }}); }";
    world
        .application("bank", json!([["password", "connection:acme"]]))
        .await;
    world.scripted("rules", steps(), of_provider).await;
    world.application("strict", steps()).await;
    let (browser, _) = clerk(world).await;
    for application in ["bank", "rules"] {
        browser.authorize(application, "&prompt=none").await.code();
    }
    // Of this flow it is the first step, and nobody is asked in silence.
    let more = browser.authorize("strict", "&prompt=none").await;
    assert_eq!(more.parameter("error").as_deref(), Some("login_required"), "{more:?}");
    let page = browser.authorize("strict", "").await;
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
}
