//! The language of pages: the one an application asks for, and before it the one a person has chosen.

use axum::body::Body;
use http::{Request, header};

use crate::requests::clerk;
use crate::world::{Seen, World};

crate::on_both!(
    core_3_1_2_1_pages_speak_the_language_asked_for,
    pages_of_errors_are_shown_again_in_another_language,
    a_language_that_was_chosen_stays,
);

async fn core_3_1_2_1_pages_speak_the_language_asked_for(world: &World) {
    let browser = clerk(world).await;
    for (locales, language, words) in [
        ("fr-CA+fr+en", "fr", "Choisissez un compte"),
        ("xx+de", "de", "Konto wählen"),
        ("xx", "en", "Choose an account"),
    ] {
        let more = format!("&prompt=select_account&ui_locales={locales}");
        let page = browser.authorize("payroll", &more).await;
        assert!(
            page.body.contains(&format!("lang=\"{language}\"")),
            "{locales}: {page:?}"
        );
        assert!(page.body.contains(words), "{locales}: {page:?}");
    }
}

async fn pages_of_errors_are_shown_again_in_another_language(world: &World) {
    let browser = world.browser();
    for (address, german) in [
        ("/nowhere?a=1", "/nowhere?a=1&ui_locales=de"),
        ("/federation/acme/callback", "/federation/acme/callback?ui_locales=de"),
        ("/signin/gone?ui_locales=fr", "/signin/gone?ui_locales=de"),
        (
            "/oauth2/authorize?client_id=nobody&ui_locales=fr&state=s",
            "/oauth2/authorize?client_id=nobody&state=s&ui_locales=de",
        ),
        (
            "/oauth2/logout?client_id=nobody",
            "/oauth2/logout?client_id=nobody&ui_locales=de",
        ),
    ] {
        let page = browser.get(address).await;
        let link = format!("href=\"{}\"", german.replace('&', "&amp;"));
        assert!(page.body.contains(&link), "{address}: {page:?}");
        let other = browser.get(german).await;
        assert!(other.status.is_client_error(), "{address}: {other:?}");
        assert_eq!(
            (other.status, other.number()),
            (page.status, page.number()),
            "{address}"
        );
        assert!(other.body.contains("<html lang=\"de\""), "{address}: {other:?}");
    }
    // A form of a sign-in that is not open here: its address shows the same.
    let open = browser.authorize("payroll", "").await;
    let stranger = world.browser();
    let posted = stranger.post(&open.address, &[("option", "password")]).await;
    assert_eq!(posted.number(), "1005", "{posted:?}");
    let (path, _) = open.address.split_once('?').unwrap_or((&open.address, ""));
    let german = format!("{path}?ui_locales=de");
    assert!(posted.body.contains(&format!("href=\"{german}\"")), "{posted:?}");
    let other = stranger.get(&german).await;
    assert_eq!((other.status, other.number()), (posted.status, posted.number()));
    // A form that stops a sign-in: what it was told has an address of its own.
    let forged = browser.post(&open.address, &[("csrf", "forged")]).await;
    assert_eq!((forged.status.as_u16(), forged.number()), (403, "1008"), "{forged:?}");
    let (_, german) = forged.body.split_once("hreflang=\"en\"").expect("languages");
    let (_, german) = german.split_once("href=\"").expect("a link");
    let german = german.split('"').next().expect("an end").replace("&amp;", "&");
    assert!(german.ends_with("&ui_locales=de"), "{german}");
    let other = browser.get(&german).await;
    assert_eq!((other.status, other.number()), (forged.status, forged.number()));
    assert!(other.body.contains("<html lang=\"de\""), "{other:?}");
    // A link would lose what was posted, ask for a provider's answer twice, or lead to another host.
    let posted = browser.post("/signin/gone", &[("option", "password")]).await;
    let answered = browser.get("/federation/acme/callback?state=unknown&code=c").await;
    let elsewhere = browser.get("//evil.example/nowhere").await;
    for page in [posted, answered, elsewhere] {
        assert!(page.status.is_client_error() && !page.number().is_empty(), "{page:?}");
        assert!(!page.body.contains("ui_locales="), "{page:?}");
    }
}

async fn a_language_that_was_chosen_stays(world: &World) {
    let browser = world.browser();
    let kept = |seen: &Seen| {
        let mut set = seen.headers.get_all(header::SET_COOKIE).iter();
        let cookie = set.find(|value| value.as_bytes().starts_with(b"dw_language="));
        cookie.map(|value| value.to_str().expect("text").to_owned())
    };
    let speaks = |seen: &Seen, language: &str| seen.body.contains(&format!("<html lang=\"{language}\""));
    for address in [
        "/oauth2/authorize?client_id=nobody&ui_locales=fr",
        "/oauth2/nothing?ui_locales=fr",
        "/nowhere?ui_locales=xx",
        "/account",
    ] {
        let seen = browser.get(address).await;
        assert_eq!(kept(&seen), None, "{address} chooses nothing: {seen:?}");
    }
    let elsewhere = Request::get("/nowhere?ui_locales=fr").header("sec-fetch-site", "cross-site");
    let elsewhere = world.send(elsewhere.body(Body::empty()).expect("a request")).await;
    assert!(!elsewhere.headers().contains_key(header::SET_COOKIE), "{elsewhere:?}");

    let chosen = browser.get("/nowhere?ui_locales=de").await;
    let cookie = "dw_language=de; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000";
    assert_eq!(kept(&chosen).as_deref(), Some(cookie));
    let page = browser.authorize("payroll", "&ui_locales=fr").await;
    assert!(speaks(&page, "de"), "before what the application asks for: {page:?}");
    let refused = browser.password(&page, "nobody", "not the password").await;
    assert!(speaks(&refused, "de"), "{refused:?}");
    for address in ["/account", "/console/sign-in", "/nowhere?ui_locales=xx"] {
        let seen = browser.get(address).await;
        let seen = browser.follow(seen).await;
        assert!(speaks(&seen, "de"), "{address}: {seen:?}");
    }
    let french = browser.get(&format!("{}?ui_locales=fr", page.address)).await;
    assert!(speaks(&french, "fr"), "the link of a page goes first: {french:?}");
    assert!(speaks(&browser.get("/nowhere").await, "fr"));
}
