//! Logout asked for by an application (OpenID Connect RP-Initiated Logout 1.0).

use crate::stage::*;

on_both!(
    at_once_for_the_person_named,
    s26_otherwise_the_person_is_asked,
    whoever_stays_is_led_to_the_account,
    posted_by_another_site,
    refused,
    s30_no_tricky_address_is_gone_to,
);

#[path = "../../crates/oidc/tests/protocol/tricky.rs"]
mod tricky;

struct SignedIn {
    cookie: String,
    tokens: Answer,
}

async fn signed_in(stage: &Stage) -> SignedIn {
    let account = stage.person().await;
    let (key, cookie) = stage.session(&account).await;
    let code = stage
        .grant(Given {
            session: Some(key),
            ..Given::by(account)
        })
        .await;
    SignedIn {
        cookie,
        tokens: stage.exchange(&code).await,
    }
}

fn address(fields: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    format!("/oauth2/logout?{query}")
}

async fn is_over(stage: &Stage, person: &SignedIn) -> bool {
    stage.refresh(&person.tokens.text("refresh_token")).await.status == 400
}

/// The value of a field of a page's form.
fn field(page: &Answer, name: &str) -> String {
    let start = page
        .text
        .split(&format!("name=\"{name}\" value=\""))
        .nth(1)
        .expect("a field");
    start.split('"').next().expect("a value").to_owned()
}

async fn at_once_for_the_person_named(stage: &Stage) {
    let person = signed_in(stage).await;
    let hint = person.tokens.text("id_token");
    stage.advance(3600);
    let address = address(&[
        ("id_token_hint", &hint),
        ("post_logout_redirect_uri", BYE),
        ("state", "s 1"),
    ]);
    let answer = stage.get(&address, &[("cookie", &person.cookie)]).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "https://app.example.com/bye?state=s+1"),
        "expired is fine"
    );
    assert!(
        answer.header("set-cookie").starts_with("dw_session=;") && answer.header("set-cookie").contains("Max-Age=0")
    );
    assert!(
        is_over(stage, &person).await,
        "what was granted in the session ends with it"
    );
    let again = stage.get(&address, &[("cookie", &person.cookie)]).await;
    assert_eq!(again.status, 303, "once more does no harm");
}

async fn s26_otherwise_the_person_is_asked(stage: &Stage) {
    let person = signed_in(stage).await;
    let cookie = [("cookie", person.cookie.as_str())];
    let address = address(&[("client_id", "payroll"), ("post_logout_redirect_uri", BYE)]);
    let question = stage.get(&address, &cookie).await;
    assert_eq!(question.status, 303);
    let page = stage.get(question.header("location"), &cookie).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    let (csrf, sealed) = (field(&page, "csrf"), field(&page, "sealed"));
    let forged = stage
        .post("/sign-out", &cookie, &[("sealed", &sealed), ("decision", "confirm")])
        .await;
    assert_eq!(forged.status, 403, "without our token");
    let stay = stage
        .post(
            "/sign-out",
            &cookie,
            &[("csrf", &csrf), ("sealed", &sealed), ("decision", "cancel")],
        )
        .await;
    assert_eq!((stay.status, stay.header("location")), (303, BYE));
    let refreshed = stage.refresh(&person.tokens.text("refresh_token")).await;
    assert_eq!(refreshed.status, 200, "still signed in");
    let done = stage
        .post(
            "/sign-out",
            &cookie,
            &[("csrf", &csrf), ("sealed", &sealed), ("decision", "confirm")],
        )
        .await;
    assert_eq!((done.status, done.header("location")), (303, BYE));
    assert_eq!(stage.refresh(&refreshed.text("refresh_token")).await.status, 400);
}

async fn whoever_stays_is_led_to_the_account(stage: &Stage) {
    let person = signed_in(stage).await;
    let cookie = [("cookie", person.cookie.as_str())];
    let question = stage.get("/oauth2/logout", &cookie).await;
    let page = stage.get(question.header("location"), &cookie).await;
    let (csrf, sealed) = (field(&page, "csrf"), field(&page, "sealed"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("sealed", sealed.as_str()),
        ("decision", "cancel"),
    ];
    let stay = stage.post("/sign-out", &cookie, &fields).await;
    assert_eq!((stay.status, stay.header("location")), (303, "/account"));
    assert!(!is_over(stage, &person).await, "still signed in");
}

async fn posted_by_another_site(stage: &Stage) {
    let person = signed_in(stage).await;
    let hint = person.tokens.text("id_token");
    // Such a form comes without our cookie.
    let posted = stage
        .post(
            "/oauth2/logout",
            &[],
            &[("id_token_hint", &hint), ("post_logout_redirect_uri", BYE)],
        )
        .await;
    assert_eq!(posted.status, 303);
    assert!(posted.header("location").starts_with("/sign-out?request="));
    assert!(
        !posted.header("location").contains(&hint),
        "the token leaves the address"
    );
    let answer = stage
        .get(posted.header("location"), &[("cookie", &person.cookie)])
        .await;
    assert_eq!((answer.status, answer.header("location")), (303, BYE));
    assert!(is_over(stage, &person).await);
}

async fn s30_no_tricky_address_is_gone_to(stage: &Stage) {
    for uri in tricky::TRICKY {
        let uri = uri.replace("/cb", "/bye");
        let fields = [("client_id", "payroll"), ("post_logout_redirect_uri", uri.as_str())];
        let answer = stage.get(&address(&fields), &[]).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "S30: {uri:?}");
    }
}

async fn refused(stage: &Stage) {
    let person = signed_in(stage).await;
    let hint = person.tokens.text("id_token");
    let access = person.tokens.text("access_token");
    for (case, fields) in [
        (
            "s30 not registered",
            vec![
                ("client_id", "payroll"),
                ("post_logout_redirect_uri", "https://evil.example.com/"),
            ],
        ),
        (
            "one more letter",
            vec![
                ("client_id", "payroll"),
                ("post_logout_redirect_uri", "https://app.example.com/bye2"),
            ],
        ),
        ("nobody named", vec![("post_logout_redirect_uri", BYE)]),
        (
            "another client_id",
            vec![("id_token_hint", &hint), ("client_id", "spa")],
        ),
        ("unknown client_id", vec![("client_id", "nobody")]),
        ("an access token as hint", vec![("id_token_hint", &access)]),
    ] {
        let answer = stage.get(&address(&fields), &[("cookie", &person.cookie)]).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{case}");
        assert!(answer.text.contains("1303"), "{case}");
    }
    let stale = stage.get("/sign-out?request=AAAA", &[("cookie", &person.cookie)]).await;
    assert_eq!(stale.status, 400);
    assert!(!is_over(stage, &person).await);
    let nowhere = stage.get("/signed-out", &[]).await;
    assert_eq!(nowhere.status, 200);
    assert!(nowhere.text.contains("href=\"/account\""), "a way on: {}", nowhere.text);
    let alone = stage.get("/oauth2/logout", &[]).await;
    assert_eq!((alone.status, alone.header("location")), (303, "/signed-out"));
}
