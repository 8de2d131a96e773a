//! A link or a code by email as first factor: to whom, where it works, and what a scanner or a stranger can do with it.

use std::collections::BTreeSet;

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
    s26_another_browser_is_told_what_to_do,
    s24_of_two_uses_at_once_one_wins,
    s24_what_was_used_signs_nobody_in_again,
    s20_nobody_learns_who_has_an_account,
    s45_guesses_and_mails_are_limited,
    s38_a_mail_alone_sets_up_no_other_factor,
    s2_an_address_that_is_not_verified_gets_no_mail,
    s35_a_code_that_confirmed_somebody_without_an_account_is_no_first_factor,
    a_script_hears_of_a_wrong_code,
    f23_the_mail_leaves_through_the_mail_server,
    without_a_mail_server_it_cannot_be_saved,
    what_is_no_address_or_too_long_is_refused,
);

/// The options of the step, each with a mail of its own.
const WAYS: [&str; 2] = ["email_link", "email_otp"];

async fn set_up(world: &World) {
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

async fn ask(browser: &Browser<'_>, page: &Seen, address: &str) -> Seen {
    ask_for(browser, page, "email_link", address).await
}

pub async fn enter_as(browser: &Browser<'_>, page: &Seen, option: &str, code: &str) -> Seen {
    let address = page.address.split("/mailed").next().expect("a path");
    browser
        .send(page, address, &[("option", option), ("mail_code", code)])
        .await
}

async fn enter(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    enter_as(browser, page, "email_link", code).await
}

async fn mails(world: &World) -> usize {
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

async fn link(world: &World) -> (String, String) {
    let letter = newest(world).await.expect("a mail");
    assert_eq!(letter.to, "clerk@example.com");
    path_in(&letter.text)
}

/// The code of the newest mail, whatever was asked for.
async fn code(world: &World, option: &str) -> String {
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
        late.get(&path).await,
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

async fn s26_another_browser_is_told_what_to_do(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let sent = ask(&browser, &page, "clerk@example.com").await;
    let (path, code) = link(world).await;
    let other = world.browser();
    let told = other.get(&path).await;
    assert_eq!((told.status.as_u16(), told.number()), (400, "1236"));
    let stolen = other
        .submit(&sent, &[("option", "email_link"), ("mail_code", code.as_str())])
        .await;
    assert_eq!(stolen.number(), "1005", "S26: {stolen:?}");
    let own = other.authorize("door", "").await;
    let own = ask(&other, &own, "clerk@example.com").await;
    assert_eq!(
        enter(&other, &own, &code).await.status,
        StatusCode::UNAUTHORIZED,
        "S27: the code of another sign-in"
    );
    let done = enter(&browser, &sent, &code).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn s24_of_two_uses_at_once_one_wins(world: &World) {
    set_up(world).await;
    for option in WAYS {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let sent = ask_for(&browser, &page, option, "clerk@example.com").await;
        let code = code(world, option).await;
        let csrf = sent.field("csrf");
        let form = [
            ("csrf", csrf.as_str()),
            ("option", option),
            ("mail_code", code.as_str()),
        ];
        let uses = (0..8).map(|_| browser.post(&sent.address, &form));
        let all = futures::future::join_all(uses).await;
        let codes: BTreeSet<_> = all.iter().filter_map(|seen| seen.parameter("code")).collect();
        assert_eq!(codes.len(), 1, "S24: {option}: {all:?}");
        assert!(
            all.iter().all(|seen| !seen.status.is_server_error()),
            "S24: {option}: {all:?}"
        );
    }
}

async fn s24_what_was_used_signs_nobody_in_again(world: &World) {
    set_up(world).await;
    for option in WAYS {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let sent = ask_for(&browser, &page, option, "clerk@example.com").await;
        let code = code(world, option).await;
        let kept = browser.cookies.lock().expect("cookies").clone();
        let done = enter_as(&browser, &sent, option, &code).await;
        world.redeem("door", &done.code()).await;
        *browser.cookies.lock().expect("cookies") = kept;
        let again = enter_as(&browser, &sent, option, &code).await;
        assert_eq!(again.number(), "1006", "S24: {option}: {again:?}");
    }
}

async fn s20_nobody_learns_who_has_an_account(world: &World) {
    set_up(world).await;
    world
        .person("loose", Some(("loose@example.com", false)), "a good password")
        .await;
    for option in WAYS {
        let mut pages = vec![];
        for address in ["clerk@example.com", "other@example.com", "loose@example.com"] {
            let browser = world.browser();
            let page = browser.authorize("door", "").await;
            let before = world.state.store.counters();
            let sent = ask_for(&browser, &page, option, address).await;
            let after = world.state.store.counters();
            let wrong = enter_as(&browser, &sent, option, "00000000").await;
            let hide = |page: &Seen| {
                let csrf = page.field("csrf");
                let path = sent.address.clone();
                page.body.replace(address, "…").replace(&csrf, "…").replace(&path, "…")
            };
            pages.push((
                sent.status,
                hide(&sent),
                wrong.status,
                hide(&wrong),
                after.commits - before.commits,
            ));
        }
        assert_eq!(pages[0], pages[1], "S20: {option}: an unknown address");
        assert_eq!(pages[0], pages[2], "S20: {option}: one that is not verified");
    }
    assert_eq!(mails(world).await, WAYS.len());
}

async fn s45_guesses_and_mails_are_limited(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    for address in ["clerk@example.com", "nobody@example.com"] {
        for option in WAYS.into_iter().cycle().take(5) {
            assert_eq!(ask_for(&browser, &page, option, address).await.status, StatusCode::OK);
        }
        for option in WAYS {
            let sixth = ask_for(&browser, &page, option, address).await;
            assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS, "S45: {address}, {option}");
        }
    }
    assert_eq!(mails(world).await, 5);
    for option in WAYS {
        world.clock.advance(16 * 60);
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        let sent = ask_for(&browser, &page, option, "clerk@example.com").await;
        let code = code(world, option).await;
        for _ in 0..10 {
            let wrong = enter_as(&browser, &sent, option, "00000000").await;
            assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "S45: {option}");
        }
        let right = enter_as(&browser, &sent, option, &code).await;
        assert_eq!(
            right.status,
            StatusCode::TOO_MANY_REQUESTS,
            "S45: {option}: even the right one"
        );
    }
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

async fn what_is_no_address_or_too_long_is_refused(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let long = format!("{}@example.com", "a".repeat(5_000));
    for address in ["", "clerk", "@example.com", "a@b@c", &long] {
        let refused = ask(&browser, &page, address).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{address}: {refused:?}");
        assert!(refused.body.contains("Enter an email address like"), "{refused:?}");
        assert!(refused.body.len() < 20_000, "what was typed does not fill the page");
    }
    let sent = ask(&browser, &page, "clerk@example.com").await;
    for typed in ["", "0", "0000 0000 0000", &"1".repeat(10_000)] {
        let wrong = enter(&browser, &sent, typed).await;
        assert!(wrong.status.is_client_error(), "{typed}: {wrong:?}");
    }
    let huge = "1".repeat(100_000);
    let wrong = enter(&browser, &sent, &huge).await;
    assert_eq!(wrong.status, StatusCode::PAYLOAD_TOO_LARGE);
    let (path, _) = link(world).await;
    for query in [
        "",
        "?code=",
        "?code=%3Cscript%3E",
        &format!("?code={}", "1".repeat(2_000)),
    ] {
        let (base, _) = path.split_once('?').expect("a query");
        let seen = browser.get(&format!("{base}{query}")).await;
        assert_eq!(
            seen.location.as_deref(),
            Some(sent.address.as_str()),
            "{query}: {seen:?}"
        );
    }
}
