//! Proof that an account is one's own, by everything it has, and by nothing else.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::device::{Device, options};
use crate::mail;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s5_s46_each_way_the_account_has_proves_it_once,
    s20_the_page_offers_what_there_is_and_names_nothing_else,
    s5_what_belongs_to_somebody_else_proves_nothing,
    s39_s45_codes_go_to_the_owned_address_and_are_counted,
    s9_s25_the_other_connection_is_asked_by_this_journey_and_while_it_is_enabled,
    an_account_without_any_way_is_refused_and_on_record,
);

pub const OWNER: &str = "owner@example.com";
pub const PASSWORD: &str = "a password of the owner";

/// An account that came through another connection and has a passkey and a password besides.
pub async fn owner(world: &World, device: &mut Device) {
    world.connection("beta", json!({"display_name": "Beta"})).await;
    world
        .application("bank", json!([["connection:beta"], ["passkey"]]))
        .await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &at_beta()).await;
    let made = device.make(&options(&page, "creation"));
    let done = browser
        .submit(&page, &[("option", "passkey"), ("new_passkey", &made)])
        .await;
    assert!(done.parameter("code").is_some());
    let patch = json!({"password": PASSWORD});
    assert_eq!(
        call(world, "PATCH", &format!("/users/{OWNER}"), patch).await.status,
        StatusCode::OK
    );
    world.clock.advance(60);
}

pub fn at_beta() -> Persona {
    Persona::verified("owner-at-beta", OWNER)
}

pub fn at_acme() -> Persona {
    Persona::verified("owner-at-acme", OWNER)
}

pub async fn asked(world: &World) -> (Browser<'_>, Seen) {
    asked_of(world, &at_acme()).await
}

/// The page that asks this person for proof.
pub async fn asked_of<'w>(world: &'w World, persona: &Persona) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.federated(persona).await;
    assert!(page.body.contains("<h1>Is this your account?</h1>"), "{page:?}");
    (browser, page)
}

async fn post(browser: &Browser<'_>, page: &Seen, form: &[(&str, &str)]) -> Seen {
    let action = format!("{}/proof", page.address.trim_end_matches("/proof"));
    browser.send(page, &action, form).await
}

pub async fn by_password(browser: &Browser<'_>, page: &Seen, typed: &str) -> Seen {
    post(browser, page, &[("option", "password"), ("password", typed)]).await
}

pub async fn by_passkey(browser: &Browser<'_>, page: &Seen, used: &str) -> Seen {
    post(browser, page, &[("option", "passkey"), ("passkey", used)]).await
}

pub async fn ask_for_mail(browser: &Browser<'_>, page: &Seen) -> Seen {
    post(browser, page, &[("option", "email_otp"), ("decision", "send")]).await
}

pub async fn by_mail(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    post(browser, page, &[("option", "email_otp"), ("mail_code", code)]).await
}

/// To the other provider and back: where the browser is sent back to.
pub async fn to_beta(browser: &Browser<'_>, page: &Seen, persona: &Persona) -> String {
    let away = post(browser, page, &[("option", "connection:beta")]).await;
    assert!(away.status == StatusCode::SEE_OTHER, "{away:?}");
    assert!(away.sent_to().contains("select_account"), "{away:?}");
    browser.world.provider.sign_in(away.sent_to(), persona)
}

pub async fn back(browser: &Browser<'_>, address: &str) -> Seen {
    let seen = browser.get(address).await;
    browser.follow(seen).await
}

pub async fn links(world: &World) -> Vec<Value> {
    let user = get(world, &format!("/users/{OWNER}")).await.body;
    user["links"].as_array().expect("links").clone()
}

pub async fn unlink_acme(world: &World) {
    let all = links(world).await;
    let link = all
        .iter()
        .find(|link| link["subject"] == "owner-at-acme")
        .expect("linked");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("connection", link["connection"].as_str().expect("an id"))
        .append_pair("issuer", link["issuer"].as_str().expect("an issuer"))
        .append_pair("subject", "owner-at-acme")
        .finish();
    let path = format!("/users/{OWNER}/links?{query}");
    assert!(call(world, "DELETE", &path, Value::Null).await.status.is_success());
    world.clock.advance(60);
}

async fn s5_s46_each_way_the_account_has_proves_it_once(world: &World) {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    for way in ["password", "passkey", "email_otp", "connection:beta"] {
        let (browser, page) = asked(world).await;
        let before = links(world).await.len();
        let commits = || world.state.store.counters().commits;
        let mut start = commits();
        let done = match way {
            "password" => by_password(&browser, &page, PASSWORD).await,
            "passkey" => by_passkey(&browser, &page, &device.answer(&options(&page, "request"))).await,
            "email_otp" => {
                let page = ask_for_mail(&browser, &page).await;
                let letter = mail::newest(world).await.expect("a letter");
                assert_eq!(
                    (letter.to.as_str(), letter.subject.as_str()),
                    (OWNER, "Is this your account at portal?")
                );
                assert!(letter.text.contains("link Acme to your account"), "{}", letter.text);
                let code = mail::code(&letter);
                assert_eq!(
                    code.len(),
                    8,
                    "any provider may ask for it, so it is harder to guess than a step's: {code}"
                );
                start = commits();
                by_mail(&browser, &page, &code).await
            }
            _ => {
                let address = to_beta(&browser, &page, &at_beta()).await;
                start = commits();
                back(&browser, &address).await
            }
        };
        assert!(done.parameter("code").is_some(), "{way}: {done:?}");
        assert_eq!(commits() - start, 1, "S46: {way}: link and event in one commit");
        assert_eq!(links(world).await.len(), before + 1, "{way}: linked");
        assert_eq!(world.accounts().await, 1, "{way}: nobody is created");
        let told = world.details(AuditAction::Linked).await;
        assert_eq!(told[0]["proved_by"], way, "S46");
        let again = world.browser().federated(&at_acme()).await;
        assert!(again.parameter("code").is_some(), "{way}: from then on it is enough");
        unlink_acme(world).await;
    }
}

async fn s20_the_page_offers_what_there_is_and_names_nothing_else(world: &World) {
    world.person("secret-name", Some((OWNER, true)), PASSWORD).await;
    let (_, page) = asked(world).await;
    for (text, offered) in [
        ("value=\"password\"", true),
        ("value=\"email_otp\"", true),
        ("data-request", false),
        ("connection:", false),
        ("secret-name", false),
        (OWNER, false),
    ] {
        assert_eq!(page.body.contains(text), offered, "{text}: {page:?}");
    }
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(!policy.contains("script-src"), "{policy}");
    let path = "/users/secret-name";
    assert!(call(world, "DELETE", path, Value::Null).await.status.is_success());

    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let (browser, page) = asked(world).await;
    let request = options(&page, "request");
    assert_eq!(
        (&request["allowCredentials"], &request["userVerification"]),
        (&json!([]), &json!("required")),
        "S20: the page tells no credential"
    );
    assert!(page.body.contains("Continue with Beta"), "{page:?}");
    assert!(
        !page.body.contains("Continue with Acme"),
        "the one that is to be linked proves nothing"
    );
    for option in ["connection:acme", "connection:nowhere"] {
        let refused = post(&browser, &page, &[("option", option)]).await;
        assert_eq!(
            (refused.status.as_u16(), refused.number()),
            (400, "1003"),
            "S20: {option}"
        );
    }
    world.change("beta", |beta| beta.enabled = false).await;
    let (browser, page) = asked(world).await;
    assert!(!page.body.contains("Continue with Beta"), "S8: {page:?}");
    let refused = post(&browser, &page, &[("option", "connection:beta")]).await;
    assert_eq!(refused.number(), "1003", "S8: {refused:?}");
}

async fn s5_what_belongs_to_somebody_else_proves_nothing(world: &World) {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let mut thief = Device::new(2);
    let browser = world.browser();
    let page = browser
        .federated_to("bank", &Persona::verified("thief", "thief@example.com"))
        .await;
    let made = thief.make(&options(&page, "creation"));
    let done = browser
        .submit(&page, &[("option", "passkey"), ("new_passkey", &made)])
        .await;
    assert!(done.parameter("code").is_some());

    let (browser, page) = asked(world).await;
    let refused = by_passkey(&browser, &page, &thief.answer(&options(&page, "request"))).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
    assert!(
        refused.body.contains("This passkey could not be confirmed"),
        "{refused:?}"
    );
    device.verifies = false;
    let refused = by_passkey(&browser, &page, &device.answer(&options(&page, "request"))).await;
    assert_eq!(
        refused.status,
        StatusCode::UNAUTHORIZED,
        "whoever found the key is not its owner: {refused:?}"
    );
    for nothing in ["", "{}", "no json"] {
        let refused = by_passkey(&browser, &page, nothing).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{nothing}: {refused:?}");
    }
    for (case, persona) in [
        ("another account's", Persona::verified("thief", "thief@example.com")),
        (
            "nobody's, with the owner's address",
            Persona::verified("stranger", OWNER),
        ),
    ] {
        let address = to_beta(&browser, &page, &persona).await;
        let refused = back(&browser, &address).await;
        assert_eq!(
            (refused.status.as_u16(), refused.number()),
            (403, "1260"),
            "S5: {case}: {refused:?}"
        );
        assert!(
            refused.body.contains(&format!("href=\"{}\"", page.address)),
            "a way back: {refused:?}"
        );
        let told = world.details(AuditAction::SignInRefused).await;
        assert_eq!(told[0]["reason"], "proof_of_another", "{case}");
    }
    let wrong = by_password(&browser, &page, "a good guess").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("The password is not right."), "{wrong:?}");
    for option in ["totp", "backup_code", ""] {
        let refused = post(&browser, &page, &[("option", option), ("code", "123456")]).await;
        assert_eq!(refused.number(), "1003", "{option}");
    }
    assert_eq!(links(world).await.len(), 1, "S5: nothing is linked");
    let done = by_password(&browser, &page, PASSWORD).await;
    assert!(
        done.parameter("code").is_some(),
        "after all of it the owner goes on: {done:?}"
    );
}

async fn s39_s45_codes_go_to_the_owned_address_and_are_counted(world: &World) {
    world.person("owner", Some((OWNER, true)), PASSWORD).await;
    let (browser, page) = asked(world).await;
    assert_eq!(mail::count(world).await, 0, "nobody is mailed who did not ask");
    let page = ask_for_mail(&browser, &page).await;
    assert!(
        page.body.contains("We have sent a code to o•••@example.com"),
        "{page:?}"
    );
    for _ in 1..5 {
        ask_for_mail(&browser, &page).await;
    }
    assert_eq!(mail::count(world).await, 5);
    let refused = ask_for_mail(&browser, &page).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert!(
        refused.body.contains("No further mail can be sent at the moment"),
        "{refused:?}"
    );
    assert_eq!(mail::count(world).await, 5, "nobody's mailbox is flooded");
    let right = mail::code(&mail::newest(world).await.expect("a letter"));
    let empty = by_mail(&browser, &page, "").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST, "{empty:?}");
    for _ in 0..10 {
        let wrong = by_mail(&browser, &page, "000000").await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "{wrong:?}");
    }
    let refused = by_mail(&browser, &page, &right).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "S45: {refused:?}");
    assert!(
        refused.body.contains("name=\"password\""),
        "the page stays: {refused:?}"
    );

    world.clock.advance(9 * 60);
    let patch = json!({"email": "elsewhere@example.com", "email_verified": true});
    assert_eq!(call(world, "PATCH", "/users/owner", patch).await.status, StatusCode::OK);
    let stopped = browser.get(page.address.trim_end_matches("/proof")).await;
    assert_eq!(stopped.number(), "1006", "S39: {stopped:?}");
    assert!(
        !stopped.body.contains("e•••@"),
        "S20: the new address is not told: {stopped:?}"
    );
    let stopped = ask_for_mail(&browser, &page).await;
    assert_eq!(stopped.number(), "1006", "S39: {stopped:?}");
    assert_eq!(mail::count(world).await, 5, "S39: nothing goes there");
}

async fn s9_s25_the_other_connection_is_asked_by_this_journey_and_while_it_is_enabled(world: &World) {
    let mut device = Device::new(1);
    owner(world, &mut device).await;
    let (browser, page) = asked(world).await;
    let address = to_beta(&browser, &page, &at_beta()).await;
    let mixed_up = back(&browser, &address.replace("/beta/", "/acme/")).await;
    assert_eq!(mixed_up.number(), "1005", "S25: {mixed_up:?}");
    let other = world.browser();
    let elsewhere = back(&other, &address).await;
    assert!(elsewhere.parameter("code").is_none(), "S26: {elsewhere:?}");

    let state = url::Url::parse(&format!("http://localhost{address}")).expect("an address");
    let state = state
        .query_pairs()
        .find(|(name, _)| name == "state")
        .expect("a state")
        .1;
    let aborted = back(
        &browser,
        &format!("/federation/beta/callback?error=access_denied&state={state}"),
    )
    .await;
    assert_eq!(aborted.number(), "1104", "{aborted:?}");
    assert!(
        aborted.body.contains(&format!("href=\"{}\"", page.address)),
        "a way back: {aborted:?}"
    );
    let again = browser.get(&page.address).await;
    assert!(again.body.contains("<h1>Is this your account?</h1>"), "{again:?}");

    let older = to_beta(&browser, &again, &at_beta()).await;
    let address = to_beta(&browser, &again, &at_beta()).await;
    let stale = back(&browser, &older).await;
    assert!(
        stale.parameter("code").is_none(),
        "S24: a later journey takes its place: {stale:?}"
    );
    world.change("beta", |beta| beta.enabled = false).await;
    let late = back(&browser, &address).await;
    assert_eq!(late.number(), "1105", "S9: {late:?}");
    world.change("beta", |beta| beta.enabled = true).await;
    let address = to_beta(&browser, &again, &at_beta()).await;
    world.change("acme", |acme| acme.enabled = false).await;
    let late = back(&browser, &address).await;
    assert_eq!(late.number(), "1105", "S9: {late:?}");
    assert_eq!(links(world).await.len(), 1, "nothing is linked");
}

async fn an_account_without_any_way_is_refused_and_on_record(world: &World) {
    let closed = doorward_server::mail::Mail::open(&doorward_server::config::MailSettings::None).expect("opens");
    let world = &world.with_mail(closed).await;
    let draft = json!({"username": "owner", "email": OWNER, "email_verified": true});
    assert_eq!(call(world, "POST", "/users", draft).await.status, StatusCode::CREATED);
    let browser = world.browser();
    let refused = browser.federated(&at_acme()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.number()),
        (409, "1202"),
        "{refused:?}"
    );
    let told = world.details(AuditAction::SignInRefused).await;
    assert_eq!(told[0]["reason"], "account_exists");
    world.person("two", Some(("two@example.com", true)), PASSWORD).await;
    let page = browser.federated(&Persona::verified("two", "two@example.com")).await;
    assert!(!page.body.contains("email_otp"), "no mail can be sent: {page:?}");
}
