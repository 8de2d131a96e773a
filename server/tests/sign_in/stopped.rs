//! Answers of providers, and ends by a script, that lead to no sign-in: the page that says so can be loaded again, and leads
//! back.

use std::collections::HashMap;

use http::StatusCode;
use serde_json::json;
use url::Url;

use crate::factors;
use crate::provider::Persona;
use crate::world::{CALLBACK, Seen, World};

crate::on_both!(
    a_refusal_at_the_provider_is_shown_again,
    a_refusal_is_shown_in_its_browser_alone,
    a_refusal_that_leaves_no_way_leads_back_to_the_application,
    what_a_script_ends_at_a_later_step_says_so,
    what_a_script_ends_after_a_form_leads_back_to_the_application,
    a_step_that_is_taken_away_leads_back_to_the_application,
    a_broken_script_offers_no_way_that_ends_the_same,
);

const PASSWORD: &str = "a good password";

/// Where the provider sends a browser back to whose person says no there.
fn no(away: &Seen) -> String {
    let state = away.parameter("state").expect("a state");
    format!("/federation/acme/callback?error=access_denied&state={state}")
}

/// The id of the request that the page tells.
fn request(seen: &Seen) -> &str {
    let told = seen.body.split("<dd>").nth(2).unwrap_or_default();
    told.split('<').next().unwrap_or_default()
}

fn told(seen: &Seen) -> (u16, &str, &str) {
    (seen.status.as_u16(), seen.number(), request(seen))
}

async fn a_refusal_at_the_provider_is_shown_again(world: &World) {
    world.person("clerk", None, PASSWORD).await;
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let away = browser.submit(&page, &[("option", "connection:acme")]).await;
    let counted = || {
        let counters = world.state.store.counters();
        (counters.statements, counters.commits)
    };
    let before = counted();
    let answered = browser.get(&no(&away)).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER, "{answered:?}");
    let id = answered.headers["x-request-id"].to_str().expect("text").to_owned();
    let stopped = browser.follow(answered).await;
    assert_eq!(told(&stopped), (403, "1104", id.as_str()), "{stopped:?}");
    let again = browser.get(&stopped.address).await;
    assert_eq!(told(&again), told(&stopped), "{again:?}");

    let german = format!("{}&ui_locales=de", stopped.address);
    let link = format!("href=\"{}\"", german.replace('&', "&amp;"));
    assert!(stopped.body.contains(&link), "{stopped:?}");
    let german = browser.get(&german).await;
    assert!(german.body.contains("<html lang=\"de\""), "{german:?}");
    assert_eq!(told(&german), told(&stopped), "{german:?}");

    let used = browser.get(&no(&away)).await;
    let used = browser.follow(used).await;
    assert_eq!(used.number(), "1006", "S24: {used:?}");
    let again = browser.get(&used.address).await;
    assert_eq!(told(&again), told(&used), "{again:?}");
    assert_eq!(counted(), before, "a refusal asks nothing of the database");

    let done = browser.password(&page, "clerk", PASSWORD).await;
    assert!(done.parameter("code").is_some(), "another way leads on: {done:?}");
    let over = browser.get(&stopped.address).await;
    assert_eq!(over.number(), "1005", "with the sign-in it is over: {over:?}");
    for said in [
        "Vielleicht ist sie schon abgeschlossen",
        "href=\"/account\"",
        "Zu Ihrem Konto",
    ] {
        assert!(over.body.contains(said), "{said}: {over:?}");
    }
}

async fn a_refusal_is_shown_in_its_browser_alone(world: &World) {
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let away = browser.submit(&page, &[("option", "connection:acme")]).await;
    let answered = browser.get(&no(&away)).await;
    let stopped = browser.follow(answered).await;
    let elsewhere = world.browser().get(&stopped.address).await;
    assert_eq!(elsewhere.number(), "1005", "{elsewhere:?}");
    let (_, sealed) = stopped.address.split_once('?').expect("what it says");
    let other = browser.authorize("payroll", "").await;
    for forged in ["sealed=", "sealed=AQID", sealed] {
        let seen = browser.get(&format!("{}/stopped?{forged}", other.address)).await;
        assert_eq!(seen.location, Some(other.address.clone()), "{forged}: {seen:?}");
    }
}

async fn a_refusal_that_leaves_no_way_leads_back_to_the_application(world: &World) {
    world
        .application("vault", json!([["connection:acme"], ["password"]]))
        .await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let away = browser.authorize("vault", "").await;
    let stopped = browser.back(&away, &Persona::verified("one", "one@example.com")).await;
    assert_eq!(
        (stopped.status.as_u16(), stopped.number()),
        (403, "1206"),
        "{stopped:?}"
    );
    assert!(!stopped.body.contains("connection:acme"), "{stopped:?}");
    let (sign_in, _) = stopped.address.split_once("/stopped").expect("a page of its own");
    let back = browser.send(&stopped, sign_in, &[("decision", "cancel")]).await;
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"), "{back:?}");
    assert_eq!(back.parameter("state").as_deref(), Some("s"), "{back:?}");
    assert!(
        stopped.body.contains("name=\"decision\" value=\"cancel\""),
        "{stopped:?}"
    );
}

/// Where a link of the page leads into the application.
fn way_back(seen: &Seen) -> Option<Url> {
    let mut links = seen.body.split("href=\"").skip(1);
    let link = links.find(|rest| rest.starts_with(CALLBACK))?.split('"').next()?;
    Url::parse(&link.replace("&amp;", "&")).ok()
}

/// The row of the sign-in goes with it, so the page says all there is by itself.
async fn what_a_script_ends_at_a_later_step_says_so(world: &World) {
    let script = "function onLoginRequest(context) { executeStep(1, { onSuccess: function (context) {
        executeStep(2, { onUserAbort: function (context) { sendError(null, {}); } });
    } }); }";
    world
        .scripted("vault", json!([["password"], ["connection:acme"]]), script)
        .await;
    world.person("clerk", None, PASSWORD).await;
    let browser = world.browser();
    let page = browser.authorize("vault", "").await;
    let page = browser.password(&page, "clerk", PASSWORD).await;
    let away = browser.submit(&page, &[("option", "connection:acme")]).await;
    let answered = browser.get(&no(&away)).await;
    let stopped = browser.follow(answered).await;
    assert_eq!(
        (stopped.status.as_u16(), stopped.number()),
        (403, "1209"),
        "{stopped:?}"
    );
    let german = format!("{}&ui_locales=de", stopped.address);
    let link = format!("href=\"{}\"", german.replace('&', "&amp;"));
    assert!(stopped.body.contains(&link), "{stopped:?}");
    let german = browser.get(&german).await;
    assert!(german.body.contains("Zurück zu vault"), "{german:?}");
    for seen in [&stopped, &german] {
        assert_eq!(told(seen), told(&stopped), "{seen:?}");
        assert!(!seen.body.contains("connection:acme"), "no way is left: {seen:?}");
        let back = way_back(seen).unwrap_or_else(|| panic!("a way back: {seen:?}"));
        let said: HashMap<String, String> = back.query_pairs().into_owned().collect();
        assert_eq!(
            (said["error"].as_str(), said["state"].as_str()),
            ("access_denied", "s"),
            "{back}"
        );
    }
    let elsewhere = world.browser().get(&stopped.address).await;
    assert_eq!(elsewhere.number(), "1005", "{elsewhere:?}");
}

/// The same after a form, and for an application that takes its answers by form.
async fn what_a_script_ends_after_a_form_leads_back_to_the_application(world: &World) {
    let script = "function onLoginRequest(context) {
        executeStep(1);
        executeStep(2, { onFail: function (context) { sendError(null, {}); } });
    }";
    world.scripted("vault", json!([["password"], ["totp"]]), script).await;
    world.person("clerk", None, PASSWORD).await;
    for (mode, by_form) in [("", false), ("&response_mode=form_post", true)] {
        let browser = world.browser();
        let page = browser.authorize("vault", mode).await;
        let page = browser.password(&page, "clerk", PASSWORD).await;
        let stopped = factors::enter(&browser, &page, "000000").await;
        assert_eq!(stopped.number(), "1209", "{stopped:?}");
        assert!(stopped.body.contains("Back to vault"), "{stopped:?}");
        assert!(stopped.body.contains("ui_locales=de"), "{stopped:?}");
        assert_eq!(way_back(&stopped).is_none(), by_form, "{stopped:?}");
        let action = format!("action=\"{CALLBACK}\"");
        assert_eq!(stopped.body.contains(&action), by_form, "{stopped:?}");
        if by_form {
            assert_eq!(stopped.field("error"), "access_denied");
            assert_eq!(stopped.field("state"), "s");
        }
    }
}

async fn a_step_that_is_taken_away_leads_back_to_the_application(world: &World) {
    world.application("vault", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, PASSWORD).await;
    let browser = world.browser();
    let page = browser.password_to("vault", "clerk", PASSWORD).await;
    assert!(page.body.contains("name=\"code\""), "{page:?}");
    world.change_flow("vault", json!([["password"]])).await;
    let pressed = browser.submit(&page, &[("option", "totp"), ("code", "123456")]).await;
    let again = browser.get(&page.address).await;
    for stopped in [&pressed, &again] {
        assert_eq!(
            (stopped.status.as_u16(), stopped.number()),
            (403, "1211"),
            "{stopped:?}"
        );
        assert!(
            stopped.body.contains("name=\"decision\" value=\"cancel\""),
            "{stopped:?}"
        );
    }
    let back = browser.submit(&again, &[("decision", "cancel")]).await;
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"), "{back:?}");
}

async fn a_broken_script_offers_no_way_that_ends_the_same(world: &World) {
    let script = "function onLoginRequest(context) { executeStep(1, { onSuccess: function (context) {
        nowhere.to.be.found();
    } }); }";
    world
        .scripted("vault", json!([["password", "connection:acme"]]), script)
        .await;
    world.person("clerk", None, PASSWORD).await;
    let browser = world.browser();
    let stopped = browser.password_to("vault", "clerk", PASSWORD).await;
    assert_eq!(
        (stopped.status.as_u16(), stopped.number()),
        (500, "1304"),
        "{stopped:?}"
    );
    let leads_on = ["connection:acme", "Sign in another way"].map(|way| stopped.body.contains(way));
    assert_eq!(leads_on, [false, false], "{stopped:?}");
    let back = browser.submit(&stopped, &[("decision", "cancel")]).await;
    assert_eq!(back.parameter("error").as_deref(), Some("access_denied"), "{back:?}");
}
