//! A link or a code by email as first factor: where it works, and what it alone does not open.

use doorward_app::api::connection::SaveMode;
use doorward_domain::audit::Actor;
use doorward_server::config::MailSettings;
use doorward_server::mail::{Mail, worker};
use doorward_storage::outbox;
use http::StatusCode;
use serde_json::json;

use crate::mail::{newest, through};
use crate::provider::Persona;
use crate::smtp::{Behaviour, MailServer};
use crate::world::{Browser, CALLBACK, Seen, World};

crate::on_both!(
    a_link_signs_in_where_it_was_asked_for,
    a_code_signs_in_where_it_was_asked_for,
    s38_a_mail_alone_sets_up_no_other_factor,
    s2_an_address_that_is_not_verified_gets_no_mail,
    s35_a_code_that_confirmed_somebody_without_an_account_is_no_first_factor,
    a_script_hears_of_a_wrong_code,
    f23_the_mail_leaves_through_the_mail_server,
    without_a_mail_server_it_cannot_be_saved,
);

/// The options of the step, each with a mail of its own.
pub const WAYS: [&str; 2] = ["email_link", "email_otp"];

pub async fn set_up(world: &World) {
    world
        .application("door", json!([["email_link", "email_otp", "password"]]))
        .await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
}

pub async fn ask_for(browser: &Browser<'_>, page: &Seen, option: &str, address: &str) -> Seen {
    // Mails are told apart by when they were written.
    browser.world.clock.advance(1);
    browser
        .submit(page, &[("option", option), ("decision", "send"), ("email", address)])
        .await
}

pub async fn ask(browser: &Browser<'_>, page: &Seen, address: &str) -> Seen {
    ask_for(browser, page, "email_link", address).await
}

pub async fn enter_as(browser: &Browser<'_>, page: &Seen, option: &str, code: &str) -> Seen {
    let address = page.address.split("/mailed").next().expect("a path");
    browser
        .send(page, address, &[("option", option), ("mail_code", code)])
        .await
}

pub async fn enter(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    enter_as(browser, page, "email_link", code).await
}

pub async fn mails(world: &World) -> usize {
    outbox::newest(world.state.store.read(), 100)
        .await
        .expect("reads")
        .len()
}

/// The path of the link in a mail, and its code.
fn path_in(text: &str) -> (String, String) {
    let line = text.lines().find(|line| line.starts_with("    ")).expect("a link");
    let path = line.trim().strip_prefix("http://localhost:8080").expect("ours");
    let code = path.split_once("code=").expect("a code").1.to_owned();
    assert!(text.contains(&format!("there: {code}")), "{text}");
    (path.to_owned(), code)
}

pub async fn link(world: &World) -> (String, String) {
    let letter = newest(world).await.expect("a mail");
    assert_eq!(letter.to, "clerk@example.com");
    path_in(&letter.text)
}

/// The code of the newest mail, whatever was asked for.
pub async fn code(world: &World, option: &str) -> String {
    if option == "email_link" {
        return link(world).await.1;
    }
    let letter = newest(world).await.expect("a mail");
    assert!(!letter.text.contains("http"), "no link beside a code: {letter:?}");
    crate::mail::code(&letter)
}

async fn a_link_signs_in_where_it_was_asked_for(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let none = ask(&browser, &page, "not an address").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST, "{none:?}");
    let sent = ask(&browser, &page, "Clerk@Example.com").await;
    assert!(sent.body.contains("a mail is on its way"), "{sent:?}");
    let (path, code) = link(world).await;
    let opened = browser.get(&path).await;
    assert!(opened.body.contains("Sign in with this link?"), "{opened:?}");
    assert!(opened.location.is_none(), "opening it signs nobody in");
    let done = enter(&browser, &opened, &code).await;
    let (status, tokens) = world.redeem("door", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = crate::factors::claims_of(&tokens);
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("urn:doorward:acr:1"), &json!(["otp"])),
        "S36"
    );
    let again = browser.authorize("door", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");
    assert_ne!(browser.get(&path).await.status, StatusCode::OK, "it is used");
    let late = world.browser();
    let page = late.authorize("door", "").await;
    let sent = ask(&late, &page, "clerk@example.com").await;
    let (path, code) = link(world).await;
    world.clock.advance(599);
    let in_time = late.get(&path).await;
    world.clock.advance(2);
    let pressed = [
        ("option", "email_link"),
        ("decision", "open"),
        ("mail_code", code.as_str()),
    ];
    let refusals = [
        late.follow(late.get(&path).await).await,
        late.send(&in_time, &sent.address, &pressed).await,
    ];
    for refused in refusals {
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
        assert!(refused.body.contains("This link is too old"), "{refused:?}");
        assert!(!refused.body.contains("This code"), "nobody typed one: {refused:?}");
    }
    assert!(in_time.body.contains("Sign in with this link?"), "{in_time:?}");
    assert_eq!(in_time.field("decision"), "open");
    assert_eq!(
        enter(&late, &sent, &code).await.status,
        StatusCode::UNAUTHORIZED,
        "too old"
    );
}

async fn a_code_signs_in_where_it_was_asked_for(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let sent = ask_for(&browser, &page, "email_otp", "clerk@example.com").await;
    assert!(sent.body.contains("a mail with a code is on its way"), "{sent:?}");
    let code = code(world, "email_otp").await;
    let as_link = enter(&browser, &sent, &code).await;
    assert_eq!(as_link.status, StatusCode::UNAUTHORIZED, "it is no link: {as_link:?}");
    let done = enter_as(&browser, &sent, "email_otp", &format!(" {code} ")).await;
    let (status, tokens) = world.redeem("door", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = crate::factors::claims_of(&tokens);
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("urn:doorward:acr:1"), &json!(["otp"])),
        "S36"
    );
    let again = browser.authorize("door", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");

    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let sent = ask_for(&browser, &page, "email_otp", "clerk@example.com").await;
    let code = self::code(world, "email_otp").await;
    world.clock.advance(600);
    let late = enter_as(&browser, &sent, "email_otp", &code).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "too old: {late:?}");
}

async fn s38_a_mail_alone_sets_up_no_other_factor(world: &World) {
    set_up(world).await;
    world
        .application(
            "bank",
            json!([["password", "email_link", "email_otp"], ["totp", "passkey"]]),
        )
        .await;
    crate::factors::enrol(world, "bank").await;
    world.clock.advance(60);
    for option in WAYS {
        let browser = world.browser();
        let page = browser.authorize("bank", "").await;
        let sent = ask_for(&browser, &page, option, "clerk@example.com").await;
        let code = code(world, option).await;
        let second = enter_as(&browser, &sent, option, &code).await;
        assert!(second.body.contains("Confirm it is you"), "S35: {second:?}");
        assert!(!second.body.contains("class=\"key\""), "S38: {second:?}");
        assert!(
            second.body.contains("name=\"passkey_code\""),
            "S38: {option}: a code of the app first: {second:?}"
        );
    }
}

async fn s2_an_address_that_is_not_verified_gets_no_mail(world: &World) {
    set_up(world).await;
    world
        .person("loose", Some(("loose@example.com", false)), "a good password")
        .await;
    world.person("named@example.com", None, "a good password").await;
    for option in WAYS {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        for address in ["loose@example.com", "named@example.com"] {
            let sent = ask_for(&browser, &page, option, address).await;
            assert!(sent.body.contains("is on its way"), "S20: {sent:?}");
        }
    }
    assert_eq!(mails(world).await, 0, "S2, S10");
}

/// A provider's person without an account gets codes at the address it asserts; at another application that takes codes
/// as first factor they are nobody.
async fn s35_a_code_that_confirmed_somebody_without_an_account_is_no_first_factor(world: &World) {
    set_up(world).await;
    world
        .application("bank", json!([["connection:acme"], ["email_otp"]]))
        .await;
    world.application("club", json!([["email_otp"]])).await;
    world
        .change("acme", |acme| {
            acme.jit.enabled = false;
            acme.otp_to_asserted_email = true;
        })
        .await;
    let browser = world.browser();
    let page = browser
        .federated_to("bank", &Persona::verified("one", "one@example.com"))
        .await;
    let code = crate::mail::code(&newest(world).await.expect("a mail"));
    let done = enter_as(&browser, &page, "email_otp", &code).await;
    assert_eq!(world.redeem("bank", &done.code()).await.0, 200);
    let again = browser.authorize("bank", "").await;
    assert!(again.parameter("code").is_some(), "single sign-on: {again:?}");
    let club = browser.authorize("club", "").await;
    assert!(club.parameter("code").is_none(), "S35: {club:?}");
    assert!(club.body.contains("name=\"email\""), "S35: {club:?}");
}

async fn a_script_hears_of_a_wrong_code(world: &World) {
    let script = "var onLoginRequest = function (context) {
        executeStep(1, { authenticationOptions: [{ authenticator: 'email-otp-authenticator' }] }, {
            onFail: function () { executeStep(1, { authenticationOptions: [{ authenticator: 'BasicAuthenticator' }] }, {}); }
        });
    };";
    world
        .scripted("gate", json!([["email_otp", "email_link", "password"]]), script)
        .await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    let browser = world.browser();
    let page = browser.authorize("gate", "").await;
    assert!(!page.body.contains("value=\"email_link\""), "narrowed: {page:?}");
    let sent = ask_for(&browser, &page, "email_otp", "clerk@example.com").await;
    let other = enter_as(&browser, &sent, "email_otp", "00000000").await;
    assert!(!other.body.contains("mail_code"), "the script goes on: {other:?}");
    let done = browser.password(&other, "clerk", "a good password").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn f23_the_mail_leaves_through_the_mail_server(world: &World) {
    let server = MailServer::start(Behaviour::Busy).await;
    let world = &world.with_mail(through(&server)).await;
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let sent = ask(&browser, &page, "clerk@example.com").await;
    assert!(sent.body.contains("a mail is on its way"), "{sent:?}");
    worker::send_due(&world.state).await.expect("tries");
    assert_eq!(server.taken().len(), 0);
    server.behave(Behaviour::Take);
    world.clock.advance(30);
    worker::send_due(&world.state).await.expect("sends");
    let text = server.taken().pop().expect("F23: the mail was not lost");
    assert!(text.contains("To: clerk@example.com"), "{text}");
    assert!(text.contains("/mailed?code="), "{text}");
}

async fn without_a_mail_server_it_cannot_be_saved(world: &World) {
    let closed = Mail::open(&MailSettings::None).expect("opens");
    let world = &world.with_mail(closed).await;
    for option in WAYS {
        let draft = json!({
            "handle": "door", "name": "door", "redirect_uris": [CALLBACK],
            "flow": {"steps": [{"options": [option]}]},
        });
        let saved = world
            .services
            .applications
            .create(&Actor::Api, draft, SaveMode::Save)
            .await;
        let refused = saved.expect_err("no mail can leave");
        assert!(format!("{refused:?}").contains("DOORWARD_SMTP_URL"), "{refused:?}");
    }
}
