//! What strangers, scanners and impatient people do with a link or a code by email.

use std::collections::BTreeSet;

use http::StatusCode;

use crate::by_mail::{WAYS, ask, ask_for, code, enter, enter_as, link, mails, set_up};
use crate::world::{Browser, Seen, World};

crate::on_both!(
    s26_another_browser_is_told_what_to_do,
    s24_many_uses_at_once_make_one_code,
    s24_what_was_used_signs_nobody_in_again,
    s20_nobody_learns_who_has_an_account,
    s45_guesses_and_mails_are_limited,
    what_is_no_address_or_too_long_is_refused,
);

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

/// A browser that has asked for a code or a link, the page after that, and what was sent.
async fn sent<'w>(world: &'w World, option: &str) -> (Browser<'w>, Seen, String) {
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let page = ask_for(&browser, &page, option, "clerk@example.com").await;
    (browser, page, code(world, option).await)
}

async fn s24_many_uses_at_once_make_one_code(world: &World) {
    set_up(world).await;
    for option in WAYS {
        let (browser, sent, code) = sent(world, option).await;
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
        let (browser, sent, code) = sent(world, option).await;
        let kept = browser.cookies_now();
        let done = enter_as(&browser, &sent, option, &code).await;
        world.redeem("door", &done.code()).await;
        browser.set_cookies(kept);
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
            let field = format!("name=\"email\" type=\"email\" value=\"{address}\"");
            assert!(sixth.body.contains(&field), "what was typed stays: {sixth:?}");
            assert!(
                sixth.body.contains("No further mail can be sent at the moment"),
                "{address}, {option}: {sixth:?}"
            );
        }
    }
    assert_eq!(mails(world).await, 5);
    for option in WAYS {
        world.clock.advance(16 * 60);
        let (browser, sent, code) = sent(world, option).await;
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
