//! Codes by email: to whom, how often, and what happens when the mail server does not take them.

use std::collections::HashSet;
use std::net::SocketAddr;

use doorward_domain::audit::AuditAction;
use doorward_server::config::MailSettings;
use doorward_server::mail::{self, Letter, Mail, worker};
use doorward_storage::outbox::{self, MailState};
use http::StatusCode;
use serde_json::json;

use crate::factors;
use crate::provider::Persona;
use crate::smtp::{Behaviour, MailServer};
use crate::world::{Browser, Seen, World};

crate::on_both!(
    a_code_goes_to_the_address_of_the_account,
    s39_an_unverified_address_gets_no_code,
    s39_the_address_a_provider_asserts_only_where_the_connection_allows,
    s45_guesses_and_mails_are_counted,
    a_code_is_good_for_ten_minutes_and_this_browser,
    a_choice_sends_nothing_by_itself,
    a_mail_is_taken_once,
    f23_a_mail_server_that_is_away_delays_the_mail,
    f23_a_mail_server_that_is_gone_leaves_the_other_factors,
    f24_a_refused_mail_is_in_the_audit_log,
);

/// Lets the server send what waits, and reads the newest letter.
pub async fn newest(world: &World) -> Option<Letter> {
    worker::send_due(&world.state).await.expect("sends");
    let mails = outbox::newest(world.state.store.read(), 1).await.expect("reads");
    mails
        .first()
        .and_then(|newest| mail::letter(&world.state.keyring, newest))
}

pub async fn count(world: &World) -> usize {
    outbox::newest(world.state.store.read(), 100)
        .await
        .expect("reads")
        .len()
}

pub fn code(letter: &Letter) -> String {
    let line = letter.text.lines().find(|line| line.starts_with("    "));
    line.expect("a code").trim().to_owned()
}

pub async fn enter(browser: &Browser<'_>, page: &Seen, code: &str) -> Seen {
    browser
        .submit(page, &[("option", "email_otp"), ("mail_code", code)])
        .await
}

async fn ask(browser: &Browser<'_>, page: &Seen) -> Seen {
    browser
        .submit(page, &[("option", "email_otp"), ("decision", "send")])
        .await
}

async fn bank(world: &World) {
    world
        .application("bank", json!([["password", "connection:acme"], ["email_otp"]]))
        .await;
}

pub async fn clerk<'w>(world: &'w World) -> (Browser<'w>, Seen) {
    let browser = world.browser();
    let page = browser.password_to("bank", "clerk", "a good password").await;
    (browser, page)
}

async fn a_code_goes_to_the_address_of_the_account(world: &World) {
    bank(world).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let (browser, page) = clerk(world).await;
    assert!(
        page.body.contains("We have sent a code to c•••@example.com"),
        "{page:?}"
    );
    browser.get(&page.address).await;
    assert_eq!(count(world).await, 1, "loading the page again sends no other");
    let letter = newest(world).await.expect("a letter");
    assert_eq!(letter.to, "clerk@example.com");
    assert_eq!(letter.subject, "Your code for bank");
    let wrong = enter(&browser, &page, "not it").await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("not right or too old"), "{wrong:?}");
    let done = enter(&browser, &page, &format!(" {} ", code(&letter))).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");

    let again = enter(&browser, &page, &code(&letter)).await;
    assert!(again.parameter("code").is_none(), "S45: a code works once: {again:?}");
}

async fn s39_an_unverified_address_gets_no_code(world: &World) {
    bank(world).await;
    let address = Some(("clerk@example.com", false));
    world.person("clerk", address, "a good password").await;
    let (_, page) = clerk(world).await;
    assert_eq!(page.number(), "1210", "S39: {page:?}");
    assert_eq!(count(world).await, 0);

    let unverified = Persona::unverified("one", "one@example.com");
    let page = world.browser().federated_to("bank", &unverified).await;
    assert_eq!(page.number(), "1210", "S39: {page:?}");
    assert_eq!(count(world).await, 0);

    world
        .application("safe", json!([["password"], ["totp", "email_otp"]]))
        .await;
    let browser = world.browser();
    let page = browser.password_to("safe", "clerk", "a good password").await;
    assert!(page.body.contains("Set up your authenticator app"), "{page:?}");
    assert!(!page.body.contains("email_otp"), "S39: not offered: {page:?}");
    let forced = ask(&browser, &page).await;
    assert!(!forced.body.contains("We have sent a code"), "S39: {forced:?}");
    assert_eq!(count(world).await, 0, "S39: nothing goes there");
}

async fn s39_the_address_a_provider_asserts_only_where_the_connection_allows(world: &World) {
    bank(world).await;
    world.change("acme", |acme| acme.jit.enabled = false).await;
    let persona = Persona::verified("one", "one@example.com");
    let page = world.browser().federated_to("bank", &persona).await;
    assert_eq!(page.number(), "1206", "an account is needed: {page:?}");

    world.change("acme", |acme| acme.otp_to_asserted_email = true).await;
    let unverified = Persona::unverified("two", "two@example.com");
    let page = world.browser().federated_to("bank", &unverified).await;
    assert_eq!(page.number(), "1206", "S39: {page:?}");

    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    let letter = newest(world).await.expect("a letter");
    assert_eq!(letter.to, "one@example.com");
    let done = enter(&browser, &page, &code(&letter)).await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(world.accounts().await, 0, "nobody got an account");

    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    let letter = newest(world).await.expect("a letter");
    world.change("acme", |acme| acme.otp_to_asserted_email = false).await;
    let late = enter(&browser, &page, &code(&letter)).await;
    assert_eq!(
        late.number(),
        "1210",
        "S9: what is not allowed any more stops: {late:?}"
    );
}

async fn s45_guesses_and_mails_are_counted(world: &World) {
    bank(world).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let (browser, page) = clerk(world).await;
    for _ in 1..5 {
        ask(&browser, &page).await;
    }
    assert_eq!(count(world).await, 5);
    let refused = browser
        .submit(&page, &[("option", "email_otp"), ("decision", "send")])
        .await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{refused:?}");
    assert!(
        refused.body.contains("No further mail can be sent at the moment"),
        "{refused:?}"
    );
    assert!(
        refused.body.contains("name=\"mail_code\""),
        "the code of the newest one still works: {refused:?}"
    );
    assert_eq!(count(world).await, 5, "nobody's mailbox is flooded");
    let right = code(&newest(world).await.expect("a letter"));
    for _ in 0..10 {
        enter(&browser, &page, "000000").await;
    }
    let refused = enter(&browser, &page, &right).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "S45: {refused:?}");
    assert!(refused.body.contains("Too many tries"), "{refused:?}");
}

async fn a_code_is_good_for_ten_minutes_and_this_browser(world: &World) {
    bank(world).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let (browser, page) = clerk(world).await;
    let first = code(&newest(world).await.expect("a letter"));
    let (other, its_page) = clerk(world).await;
    let stolen = enter(&other, &its_page, &first).await;
    assert_eq!(stolen.status, StatusCode::UNAUTHORIZED, "{stolen:?}");
    world.clock.advance(10 * 60);
    let late = enter(&browser, &page, &first).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "{late:?}");
    ask(&browser, &page).await;
    let done = enter(&browser, &page, &code(&newest(world).await.expect("another"))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn a_choice_sends_nothing_by_itself(world: &World) {
    world
        .application("bank", json!([["password"], ["totp", "email_otp"]]))
        .await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let (browser, page) = clerk(world).await;
    assert_eq!(count(world).await, 0);
    assert!(page.body.contains("Email a code to c•••@example.com"), "{page:?}");
    let page = ask(&browser, &page).await;
    let done = enter(&browser, &page, &code(&newest(world).await.expect("a letter"))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn a_mail_is_taken_once(world: &World) {
    bank(world).await;
    for number in 0..8 {
        let name = format!("clerk{number}");
        let address = format!("{name}@example.com");
        world.person(&name, Some((&address, true)), "a good password").await;
        let browser = world.browser();
        let page = browser.authorize("bank", "").await;
        browser.password(&page, &name, "a good password").await;
    }
    let (store, now) = (&world.state.store, world.state.now());
    let (one, two) = tokio::join!(outbox::take_due(store, now), outbox::take_due(store, now));
    let taken: Vec<_> = [one.expect("takes"), two.expect("takes")]
        .into_iter()
        .flatten()
        .map(|mail| mail.id.to_string())
        .collect();
    assert_eq!(taken.len(), 8, "by whom does not matter");
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 8, "none twice");
}

pub fn through(server: &MailServer) -> Mail {
    through_address(server.address)
}

fn through_address(address: SocketAddr) -> Mail {
    let settings = MailSettings::Smtp {
        url: doorward_domain::secret::SecretText::new(format!("smtp://{address}")),
        from: "no-reply@example.com".to_owned(),
    };
    Mail::open(&settings).expect("opens")
}

/// The same world, whose mail goes through a server.
pub async fn with_server(world: &World, server: &MailServer) -> World {
    let world = world.with_mail(through(server)).await;
    bank(&world).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    world
}

async fn f23_a_mail_server_that_is_away_delays_the_mail(world: &World) {
    let server = MailServer::start(Behaviour::Busy).await;
    let world = &with_server(world, &server).await;
    let (browser, page) = clerk(world).await;
    worker::send_due(&world.state).await.expect("tries");
    let page = browser.get(&page.address).await;
    assert!(
        page.body.contains("We have sent a code"),
        "one try is no delay: {page:?}"
    );
    world.clock.advance(6);
    worker::send_due(&world.state).await.expect("tries");
    let page = browser.get(&page.address).await;
    assert!(page.body.contains("takes longer than usual"), "F23: {page:?}");

    server.behave(Behaviour::Take);
    world.clock.advance(30);
    worker::send_due(&world.state).await.expect("sends");
    let text = server.taken().pop().expect("F23: the mail was not lost");
    assert!(text.contains("To: clerk@example.com"), "{text}");
    let code = text.lines().find_map(|line| line.strip_prefix("    ")).expect("a code");
    let done = enter(&browser, &page, code.trim()).await;
    assert!(done.parameter("code").is_some(), "F23: {done:?}");

    server.behave(Behaviour::Busy);
    let (browser, page) = clerk(world).await;
    for _ in 0..12 {
        worker::send_due(&world.state).await.expect("tries");
        world.clock.advance(60);
    }
    let page = browser.get(&page.address).await;
    assert!(
        page.body.contains("could not be delivered"),
        "F23: it expires: {page:?}"
    );
    assert_eq!(server.taken().len(), 1);
}

async fn f24_a_refused_mail_is_in_the_audit_log(world: &World) {
    for behaviour in [Behaviour::Refuse, Behaviour::RefuseText] {
        refused(world, behaviour).await;
    }
}

async fn refused(world: &World, behaviour: Behaviour) {
    let server = MailServer::start(behaviour).await;
    let world = &with_server(world, &server).await;
    let (browser, page) = clerk(world).await;
    worker::send_due(&world.state).await.expect("tries");
    let page = browser.get(&page.address).await;
    assert!(page.body.contains("could not be delivered"), "F24: {page:?}");
    let told = world.events(AuditAction::MailNotDelivered).await;
    assert_eq!(told.len(), 1, "F24: an administrator sees it: {told:?}");
    assert_eq!(told[0].detail, json!({"reason": "refused", "attempts": 1}));
    let clerk = world.services.users.find("clerk").await.expect("found");
    assert_eq!(told[0].account, Some(clerk.summary.id));
    let written = format!("{told:?}");
    assert!(!written.contains("example.com"), "no address in the log: {written}");
}

async fn f23_a_mail_server_that_is_gone_leaves_the_other_factors(world: &World) {
    // Nothing listens there any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("an address");
    let world = &world.with_mail(through_address(gone)).await;
    world
        .application("safe", json!([["password"], ["totp", "email_otp"]]))
        .await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let browser = world.browser();
    let page = browser.password_to("safe", "clerk", "a good password").await;
    let key = factors::key(&page);
    ask(&browser, &page).await;
    worker::send_due(&world.state).await.expect("tries");
    let mails = outbox::newest(world.state.store.read(), 1).await.expect("reads");
    assert_eq!(mails[0].state, MailState::Waiting, "F23: it is tried again");
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "F23: the app works: {done:?}");
}
