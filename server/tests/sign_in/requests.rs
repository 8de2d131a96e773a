//! What an application may ask for in its authorization request (OpenID Connect Core §3.1.2.1, §5.5, RFC 9207), through
//! the whole router.

use doorward_storage::session;
use http::StatusCode;
use serde_json::{Value, json};

use crate::factors::claims_of;
use crate::provider::Persona;
use crate::world::{Browser, CALLBACK, Seen, World};

crate::on_both!(
    core_3_1_2_1_select_account_asks_whom_to_go_on_as,
    core_3_1_2_1_another_account_can_be_used,
    core_3_1_2_1_select_account_goes_on_only_with_what_is_good_enough,
    core_3_1_2_1_what_the_provider_is_asked,
    core_3_1_2_1_a_hint_names_the_one_person_who_will_do,
    core_5_5_1_1_levels_asked_for,
    core_5_5_single_claims,
    form_post_2_answers_and_errors_come_by_form,
    core_3_1_2_1_a_posted_request_finds_the_session,
);

const PASSWORD: &str = "a good password";

pub async fn clerk(world: &World) -> Browser<'_> {
    for name in ["clerk", "other"] {
        let address = format!("{name}@example.com");
        world.person(name, Some((&address, true)), PASSWORD).await;
    }
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    browser.password(&page, "clerk", PASSWORD).await.code();
    browser
}

/// Sends the form of the page on which accounts are chosen.
async fn choose(browser: &Browser<'_>, page: &Seen, field: &str, value: &str) -> Seen {
    let csrf = page.field("csrf");
    let seen = browser.post(&page.address, &[("csrf", &csrf), (field, value)]).await;
    browser.follow(seen).await
}

/// What the page calls the account to go on with.
fn key(page: &Seen) -> String {
    let (_, rest) = page.body.split_once("name=\"account\" value=\"").expect("an account");
    rest.split('"').next().expect("an end").to_owned()
}

async fn sub(world: &World, code: &str) -> Value {
    let (status, tokens) = world.redeem("payroll", code).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    claims_of(&tokens)["sub"].clone()
}

fn error(seen: &Seen) -> Option<String> {
    assert_eq!(seen.parameter("state").as_deref(), Some("s"), "{seen:?}");
    assert_eq!(
        seen.parameter("iss").as_deref(),
        Some("http://localhost:8080"),
        "RFC 9207: {seen:?}"
    );
    seen.parameter("error")
}

async fn core_3_1_2_1_select_account_asks_whom_to_go_on_as(world: &World) {
    let nobody = world.browser().authorize("payroll", "&prompt=select_account").await;
    assert!(
        nobody.body.contains("name=\"password\""),
        "nothing to choose from: {nobody:?}"
    );
    let browser = clerk(world).await;
    let before = browser.authorize("payroll", "&prompt=none").await.code();
    let page = browser.authorize("payroll", "&prompt=select_account").await;
    assert!(page.address.ends_with("/account"), "{page:?}");
    assert!(
        page.body.contains("Choose an account") && page.body.contains("clerk@example.com"),
        "{page:?}"
    );
    let session = session_key(world, &browser).await;
    assert!(
        !page.body.contains(&session),
        "the page names the session by nothing that opens it"
    );
    let forged = browser
        .post(&page.address, &[("csrf", "x"), ("account", &key(&page))])
        .await;
    assert_eq!(forged.number(), "1008", "{forged:?}");
    let done = choose(&browser, &page, "account", &key(&page)).await;
    assert_eq!(error(&done), None, "{done:?}");
    let (before, after) = (sub(world, &before).await, sub(world, &done.code()).await);
    assert_eq!(before, after, "the same person");
    let again = browser.get(&page.address).await;
    assert!(
        again.location.is_none() && again.parameter("code").is_none(),
        "once: {again:?}"
    );
    let cancelled = browser.authorize("payroll", "&prompt=select_account").await;
    let cancelled = choose(&browser, &cancelled, "decision", "cancel").await;
    assert_eq!(error(&cancelled).as_deref(), Some("access_denied"));
    let silent = browser.authorize("payroll", "&prompt=none+select_account").await;
    assert_eq!(error(&silent).as_deref(), Some("invalid_request"));
}

/// The name under which the database knows the browser's session, as text.
async fn session_key(world: &World, browser: &Browser<'_>) -> String {
    let user = world.services.users.find("clerk").await.expect("found");
    let sessions = session::list_of_account(world.state.store.read(), &user.summary.id, world.state.now()).await;
    assert_eq!(sessions.expect("listed").len(), 1);
    browser.cookies.lock().expect("cookies")["dw_session"].clone()
}

async fn core_3_1_2_1_another_account_can_be_used(world: &World) {
    let browser = clerk(world).await;
    let silent = async || browser.authorize("payroll", "&prompt=none").await.code();
    let before = sub(world, &silent().await).await;
    let left = silent().await;
    let page = browser.authorize("payroll", "&prompt=select_account").await;
    let asked = choose(&browser, &page, "decision", "other").await;
    assert!(asked.body.contains("name=\"password\""), "{asked:?}");
    let done = browser.password(&asked, "other", PASSWORD).await;
    assert_ne!(before, sub(world, &done.code()).await, "another person");
    let (status, _) = world.redeem("payroll", &left).await;
    assert_eq!(
        status,
        StatusCode::BAD_REQUEST,
        "what the other session has begun ends with it"
    );
    let page = browser.authorize("payroll", "&prompt=select_account").await;
    assert!(
        page.body.contains("other@example.com") && !page.body.contains("clerk@"),
        "{page:?}"
    );
}

async fn core_3_1_2_1_select_account_goes_on_only_with_what_is_good_enough(world: &World) {
    let browser = clerk(world).await;
    world.clock.advance(100);
    for (case, application, more) in [
        ("too long ago", "payroll", "&prompt=select_account&max_age=60"),
        ("to authenticate anew", "payroll", "&prompt=login+select_account"),
    ] {
        let page = browser.authorize(application, more).await;
        let asked = choose(&browser, &page, "account", &key(&page)).await;
        assert!(asked.body.contains("name=\"password\""), "{case}: {asked:?}");
    }
    let page = browser.authorize("portal", "&prompt=select_account").await;
    let away = choose(&browser, &page, "account", &key(&page)).await;
    let to = away.location.expect("its flow asks for a provider");
    assert!(
        to.starts_with("https://idp.example.com/") && !to.contains("prompt="),
        "{to}"
    );

    let page = browser.authorize("payroll", "&prompt=select_account").await;
    let ended = world
        .services
        .users
        .sign_out_everywhere(&doorward_domain::audit::Actor::Api, "clerk", None)
        .await;
    ended.expect("signed out");
    let asked = choose(&browser, &page, "account", &key(&page)).await;
    assert!(
        !asked.body.contains("name=\"account\""),
        "signed out meanwhile: {asked:?}"
    );
    let asked = choose(&browser, &asked, "decision", "other").await;
    assert!(asked.body.contains("name=\"password\""), "{asked:?}");
}

async fn core_3_1_2_1_what_the_provider_is_asked(world: &World) {
    for (more, want) in [
        ("", None),
        ("&prompt=login", Some("login")),
        ("&prompt=select_account", Some("select_account")),
        ("&prompt=select_account+login", Some("login select_account")),
        ("&prompt=consent", None),
    ] {
        let away = world.browser().authorize("portal", more).await;
        assert_eq!(away.parameter("prompt").as_deref(), want, "{more}");
    }
    let away = world
        .browser()
        .authorize("portal", "&max_age=60&ui_locales=de+fr&login_hint=anna")
        .await;
    for (name, want) in [("max_age", "60"), ("ui_locales", "de fr"), ("login_hint", "anna")] {
        assert_eq!(away.parameter(name).as_deref(), Some(want), "{name}");
    }
}

async fn core_3_1_2_1_a_hint_names_the_one_person_who_will_do(world: &World) {
    let browser = clerk(world).await;
    let code = browser.authorize("payroll", "&prompt=none").await.code();
    let (_, tokens) = world.redeem("payroll", &code).await;
    let hint = tokens["id_token"].as_str().expect("an ID token").to_owned();
    let hinted = |more: &str| format!("&id_token_hint={hint}{more}");
    let same = browser.authorize("payroll", &hinted("&prompt=none")).await;
    assert_eq!(error(&same), None, "{same:?}");
    world.clock.advance(3_600);
    let old = browser.authorize("payroll", &hinted("&prompt=none")).await;
    assert_eq!(
        error(&old),
        None,
        "one that has expired still names its person: {old:?}"
    );
    let page = browser.authorize("payroll", "&prompt=login").await;
    browser.password(&page, "other", PASSWORD).await.code();
    let another = browser.authorize("payroll", &hinted("&prompt=none")).await;
    assert_eq!(
        error(&another).as_deref(),
        Some("login_required"),
        "somebody else is signed in"
    );
    let asked = browser.authorize("payroll", &hinted("")).await;
    let another = browser.password(&asked, "other", PASSWORD).await;
    assert_eq!(
        error(&another).as_deref(),
        Some("login_required"),
        "somebody else signed in"
    );
    let foreign = browser.authorize("portal", &hinted("&prompt=none")).await;
    assert_eq!(
        error(&foreign).as_deref(),
        Some("invalid_request"),
        "a hint of another application"
    );
    let wrong = browser.authorize("payroll", "&id_token_hint=x.y.z").await;
    assert_eq!(error(&wrong).as_deref(), Some("invalid_request"));
}

pub fn claims_parameter(claims: &Value) -> String {
    let text: String = url::form_urlencoded::byte_serialize(claims.to_string().as_bytes()).collect();
    format!("&claims={text}")
}

async fn core_5_5_1_1_levels_asked_for(world: &World) {
    let browser = clerk(world).await;
    let level = |essential: bool| {
        let acr = json!({"essential": essential, "values": ["urn:doorward:acr:2"]});
        claims_parameter(&json!({"id_token": {"acr": acr}}))
    };
    for (case, more) in [
        ("acr_values is a wish", "&acr_values=urn:doorward:acr:2".to_owned()),
        ("a claim that is not essential too", level(false)),
    ] {
        let code = browser
            .authorize("payroll", &format!("{more}&prompt=none"))
            .await
            .code();
        let (_, tokens) = world.redeem("payroll", &code).await;
        assert_eq!(
            claims_of(&tokens)["acr"],
            "urn:doorward:acr:1",
            "{case}: what was reached is told"
        );
    }
    let silent = browser
        .authorize("payroll", &format!("{}&prompt=none", level(true)))
        .await;
    assert_eq!(error(&silent).as_deref(), Some("login_required"));
    let page = browser.authorize("payroll", &level(true)).await;
    let done = browser.password(&page, "clerk", PASSWORD).await;
    assert_eq!(error(&done).as_deref(), Some("unmet_authentication_requirements"));
    let other = claims_parameter(&json!({"id_token": {"sub": {"value": "somebody-else"}}}));
    let silent = browser.authorize("payroll", &format!("{other}&prompt=none")).await;
    assert_eq!(
        error(&silent).as_deref(),
        Some("login_required"),
        "a sub asked for by value"
    );
}

async fn core_5_5_single_claims(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    browser.federated(&persona).await.code();
    let asked = json!({"id_token": {"given_name": {"essential": true}, "auth_time": null, "shoe_size": {"essential": true}},
        "userinfo": {"nickname": null}, "unknown": {"x": null}});
    let more = format!("{}&prompt=none&scope=openid", claims_parameter(&asked));
    let twice = browser.authorize("portal", &more).await;
    assert_eq!(
        error(&twice).as_deref(),
        Some("invalid_request"),
        "a parameter that stands twice: {twice:?}"
    );
    let more = format!("{}&prompt=none", claims_parameter(&asked));
    let code = browser.authorize("portal", &more).await.code();
    let (_, tokens) = world.redeem("portal", &code).await;
    let claims = claims_of(&tokens);
    assert_eq!(claims["given_name"], "Anna", "{claims}");
    assert!(
        claims["auth_time"].is_i64() && claims["shoe_size"].is_null(),
        "{claims}"
    );
    assert_eq!(claims["nonce"], "n", "{claims}");
}

async fn form_post_2_answers_and_errors_come_by_form(world: &World) {
    let browser = clerk(world).await;
    let done = browser
        .authorize("payroll", "&prompt=none&response_mode=form_post")
        .await;
    assert!(done.body.contains("<h1>You are signed in</h1>"), "{done:?}");
    assert_eq!(
        (done.status, done.location.as_ref()),
        (StatusCode::OK, None),
        "{done:?}"
    );
    assert!(done.body.contains(&format!("action=\"{CALLBACK}\"")), "{done:?}");
    assert_eq!(done.headers["cache-control"], "no-store");
    let policy = done.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("script-src 'sha256-"), "{policy}");
    assert_eq!(
        (done.field("state"), done.field("iss")),
        ("s".into(), "http://localhost:8080".into())
    );
    assert_eq!(world.redeem("payroll", &done.field("code")).await.0, StatusCode::OK);
    let stranger = world.browser();
    let refused = stranger
        .authorize("payroll", "&prompt=none&response_mode=form_post")
        .await;
    assert!(refused.body.contains("<h1>You were not signed in</h1>"), "{refused:?}");
    assert_eq!(refused.field("error"), "login_required");
    assert_eq!(
        (refused.field("state"), refused.field("iss")),
        ("s".into(), "http://localhost:8080".into())
    );
    let fragment = stranger.authorize("payroll", "&response_mode=fragment").await;
    assert_eq!(error(&fragment).as_deref(), Some("invalid_request"));
}

async fn core_3_1_2_1_a_posted_request_finds_the_session(world: &World) {
    let browser = clerk(world).await;
    let challenge = doorward_oidc::token::pkce::challenge(crate::world::VERIFIER);
    let form = [
        ("client_id", "payroll"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s"),
        ("prompt", "none"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let same_site = browser.post("/oauth2/authorize", &form).await;
    assert_eq!(error(&browser.follow(same_site).await), None);
    // From a page of the application the browser sends no cookie that is `SameSite=Lax`; to a redirect it does.
    let cookies = std::mem::take(&mut *browser.cookies.lock().expect("cookies"));
    let seen = browser.post("/oauth2/authorize", &form).await;
    browser.set_cookies(cookies);
    assert_eq!(error(&browser.follow(seen).await), None);
}
