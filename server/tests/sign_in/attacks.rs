//! Rows of security.md and of the fault table, through the whole router.

use axum::body::Body;
use doorward_domain::audit::AuditAction;
use doorward_server::signin::unproven;
use http::{Request, header};
use serde_json::json;

use crate::erased::rows;
use crate::provider::Persona;
use crate::world::World;

#[path = "../../crates/oidc/tests/protocol/tricky.rs"]
mod tricky;

crate::on_both!(
    s24_s26_f21_a_callback_works_once_and_in_its_own_browser,
    s24_of_many_answers_to_one_request_one_counts,
    f4_a_bad_key_set_is_told_and_the_last_good_one_kept,
    s25_s28_f7_answers_of_others_are_refused,
    s33_f6_clocks_may_differ_a_little,
    f6_no_connection_accepts_clocks_further_apart,
    s7_s48_forged_forms_are_refused,
    s30_the_console_sends_nobody_elsewhere,
    f26_what_is_too_large_is_refused,
);

async fn s24_s26_f21_a_callback_works_once_and_in_its_own_browser(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let away = browser.authorize("portal", "").await;
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let elsewhere = world.browser().get(&back).await;
    assert_eq!(
        (elsewhere.status.as_u16(), elsewhere.number()),
        (400, "1005"),
        "S26, F21"
    );
    let kept = browser.cookies_now();
    assert!(browser.get(&back).await.parameter("code").is_some());
    let session = browser.cookies.lock().expect("cookies")["dw_session"].clone();
    browser.set_cookies(kept);
    let replayed = browser.get(&back).await;
    let replayed = browser.follow(replayed).await;
    let told = (replayed.location.is_none(), replayed.number());
    assert_eq!(
        told,
        (true, "1103"),
        "S24: the provider takes its code once: {replayed:?}"
    );
    assert_eq!(world.accounts().await, 1);
    let browser = world.browser();
    browser
        .cookies
        .lock()
        .expect("cookies")
        .insert("dw_session".into(), session.clone());
    browser.federated(&persona).await.code();
    assert_ne!(
        browser.cookies.lock().expect("cookies")["dw_session"],
        session,
        "S26: a new session id"
    );
}

async fn s24_of_many_answers_to_one_request_one_counts(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let away = browser.authorize("portal", "").await;
    let away = away.sent_to();
    // Each with a code that the provider takes.
    let answers: Vec<String> = (0..8).map(|_| world.provider.sign_in(away, &persona)).collect();
    let all = answers.iter().map(|answer| browser.get(answer));
    let seen = futures::future::join_all(all).await;
    let codes = seen.iter().filter(|seen| seen.parameter("code").is_some()).count();
    assert_eq!(codes, 1, "S24: {seen:?}");
    assert!(seen.iter().all(|seen| !seen.status.is_server_error()), "S24: {seen:?}");
    assert_eq!(world.accounts().await, 1, "S24");
}

async fn f4_a_bad_key_set_is_told_and_the_last_good_one_kept(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    world.browser().federated(&persona).await.code();
    world.provider.publish_instead_of_keys(json!({"keys": "none"}));
    let forged = Persona {
        unknown_key: true,
        ..persona.clone()
    };
    let refused = world.browser().federated(&forged).await;
    assert_eq!(refused.number(), "1103", "F4, S29: {refused:?}");
    world.browser().federated(&persona).await.code();
    unproven::write(&world.state).await;
    let told = world.events(AuditAction::DocumentKept).await;
    assert_eq!(told.len(), 1, "F4: an administrator hears of it");
    assert_eq!(told[0].detail["document"], "key set");
    assert!(told[0].connection.is_some());
}

async fn s25_s28_f7_answers_of_others_are_refused(world: &World) {
    world.connection("beta", json!({})).await;
    let good = || Persona::verified("one", "one@example.com");
    for (case, persona) in [
        (
            "another client's token",
            Persona {
                audience: "somebody-else".into(),
                ..good()
            },
        ),
        (
            "another issuer",
            Persona {
                issuer: "https://evil.example.com".into(),
                ..good()
            },
        ),
        (
            "a replayed token",
            Persona {
                nonce: Some("another".into()),
                ..good()
            },
        ),
    ] {
        let seen = world.browser().federated(&persona).await;
        assert_eq!(
            (seen.status.as_u16() / 100 != 3, seen.number()),
            (true, "1103"),
            "{case}: {seen:?}"
        );
    }
    let browser = world.browser();
    let away = browser.authorize("portal", "").await;
    let back = world.provider.sign_in(away.sent_to(), &good());
    let calls = world.provider.calls();
    let mixed = browser.get(&back.replace("/acme/", "/beta/")).await;
    let mixed = browser.follow(mixed).await;
    assert!(
        mixed.location.is_none(),
        "S25: an answer at another connection's address"
    );
    let named = browser.get(&format!("{back}&iss=https%3A%2F%2Fevil.example.com")).await;
    let named = browser.follow(named).await;
    assert_eq!(named.number(), "1103", "S25, RFC 9207");
    assert_eq!(
        world.provider.calls(),
        calls,
        "S25: no code is handed to any token endpoint"
    );
    assert_eq!(world.accounts().await, 0);
}

async fn s33_f6_clocks_may_differ_a_little(world: &World) {
    for (seconds, accepted) in [(30, true), (-30, true), (120, false), (600, false), (-600, false)] {
        let mut persona = Persona::verified("one", "one@example.com");
        persona.clock_seconds = seconds;
        let seen = world.browser().federated(&persona).await;
        assert_eq!(
            seen.parameter("code").is_some(),
            accepted,
            "F6: {seconds} seconds: {seen:?}"
        );
    }
}

async fn f6_no_connection_accepts_clocks_further_apart(world: &World) {
    for (seconds, status) in [(120, 200), (121, 422)] {
        let patch = json!({"oidc": {"clock_skew_seconds": seconds}});
        let saved = crate::api::call(world, "PATCH", "/connections/acme", patch).await;
        assert_eq!(saved.status.as_u16(), status, "F6: {seconds}: {saved:?}");
    }
    let mut persona = Persona::verified("one", "one@example.com");
    for (seconds, accepted) in [(110, true), (-110, true), (130, false)] {
        persona.clock_seconds = seconds;
        let seen = world.browser().federated(&persona).await;
        assert_eq!(seen.parameter("code").is_some(), accepted, "F6: {seconds}: {seen:?}");
    }
}

async fn s7_s48_forged_forms_are_refused(world: &World) {
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    for csrf in ["", "AAAA"] {
        let seen = browser
            .post(&page.address, &[("csrf", csrf), ("option", "connection:acme")])
            .await;
        assert_eq!(seen.number(), "1008", "{csrf}");
    }
    let cross = Request::post(&page.address)
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty());
    assert_eq!(world.send(cross.expect("a request")).await.status(), 403);
    let foreign = Request::post(&page.address)
        .header(header::ORIGIN, "https://evil.example.com")
        .body(Body::empty());
    assert_eq!(world.send(foreign.expect("a request")).await.status(), 403);
}

async fn s30_the_console_sends_nobody_elsewhere(_: &World) {
    use doorward_server::signin::console::checked_return_to;
    for bad in [
        "https://evil.example.com",
        "//evil.example.com",
        "/\\evil.example.com",
        "/console//evil.example.com",
        "/console/../evil",
        "/console\r\nx: y",
        "javascript:alert(1)",
        "/consoleevil",
        "/console/%\\",
        "\u{202e}/console",
        "/console/<x>",
        "",
        "/",
        "console",
    ]
    .iter()
    .chain(tricky::TRICKY)
    {
        assert_eq!(checked_return_to(Some(bad)), "/console", "S30: {bad:?}");
    }
    assert_eq!(checked_return_to(Some("/console/users?q=a")), "/console/users?q=a");
}

async fn f26_what_is_too_large_is_refused(world: &World) {
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    let huge = "x".repeat(1 << 20);
    let seen = browser.post(&page.address, &[("csrf", &huge)]).await;
    assert_eq!(
        (seen.status.as_u16(), seen.number()),
        (413, "1009"),
        "F26: a page of ours says so: {seen:?}"
    );
    for (many, status) in [(5_000, 400), (100_000, 413)] {
        let fields: Vec<(String, String)> = (0..many).map(|n| (format!("f{n}"), "x".into())).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let seen = browser.post(&page.address, &fields).await;
        assert_eq!(seen.status, status, "F26: {many} fields");
    }
    assert_eq!(
        browser
            .get(&format!("/oauth2/authorize?x={}", "y".repeat(20_000)))
            .await
            .status,
        414
    );
    let long = browser
        .authorize("payroll", &format!("&login_hint={}", "h".repeat(400)))
        .await;
    assert_eq!(long.parameter("error").as_deref(), Some("invalid_request"));
}

/// With just-in-time provisioning off nothing of the person is anywhere in the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jit_off_leaves_no_value_of_the_person_anywhere() {
    let world = World::sqlite().await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let code = world.browser().federated(&marked()).await.code();
    let (_, tokens) = world.redeem("portal", &code).await;
    let (_, claims) = world.userinfo(tokens["access_token"].as_str().expect("a token")).await;
    assert_eq!(
        claims["email"],
        json!("marker-address@example.com"),
        "the application gets it"
    );
    nothing_marked_in(&world);
}

/// Nor where second factors are kept without a profile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_factors_leave_no_value_of_the_person_anywhere() {
    let world = World::sqlite().await;
    let second = ["totp", "backup_code", "email_otp", "passkey"];
    world.application("bank", json!([["connection:acme"], second])).await;
    world
        .application("vault", json!([["connection:acme"], ["totp"], ["passkey"]]))
        .await;
    world
        .change("acme", |acme| {
            acme.jit.enabled = false;
            acme.factors_without_account = true;
        })
        .await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &marked()).await;
    let key = crate::factors::key(&page);
    let noting = crate::factors::enter(&browser, &page, &crate::factors::code(&world, &key)).await;
    let done = crate::backup_codes::keep(&browser, &noting).await;
    assert_eq!(world.redeem("bank", &done.code()).await.0, 200);
    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("vault", &marked()).await;
    let page = crate::factors::enter(&browser, &page, &crate::factors::code(&world, &key)).await;
    let options = crate::device::options(&page, "creation");
    assert_eq!(
        options["user"]["name"], "marker-address@example.com",
        "the device gets it"
    );
    let made = crate::device::Device::new(1).make(&options);
    let done = browser
        .submit(&page, &[("option", "passkey"), ("new_passkey", &made)])
        .await;
    assert_eq!(world.redeem("vault", &done.code()).await.0, 200);
    nothing_marked_in(&world);
}

/// Somebody whose values are easy to find.
fn marked() -> Persona {
    let claims = json!({
        "email": "marker-address@example.com", "email_verified": true, "given_name": "Markername",
        "preferred_username": "markeruser",
    });
    Persona::new("markersubject", claims)
}

fn nothing_marked_in(world: &World) {
    let folder = world.folder.as_ref().expect("SQLite").path();
    for file in std::fs::read_dir(folder).expect("the folder") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("the file");
        for value in ["marker-address", "Markername", "markeruser", "markersubject"] {
            let found = bytes
                .windows(value.len())
                .any(|window| window.eq_ignore_ascii_case(value.as_bytes()));
            assert!(!found, "{value} is in {}", path.display());
        }
    }
}

/// The database is locked when the provider's answer has been verified: the person gets a page whose retry goes on
/// where it stopped, without the provider.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_f13_a_retry_completes_without_starting_again() {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};
    let world = World::sqlite().await;
    let browser = world.browser();
    let away = browser.authorize("portal", "").await;
    let persona = Persona::verified("one", "one@example.com");
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let file = world.folder.as_ref().expect("SQLite").path().join("doorward.db");
    let mut options = ConnectOptions::new(format!("sqlite:{}", file.display()));
    options.max_connections(1);
    let tool = Database::connect(options).await.expect("connects");
    let before = rows(&world).await;
    tool.execute_unprepared("BEGIN IMMEDIATE").await.expect("locks");
    let stopped = browser.get(&back).await;
    assert_eq!(rows(&world).await, before, "F13: nothing half written");
    assert_eq!(
        (stopped.status.as_u16(), stopped.number()),
        (503, "1301"),
        "F13: {stopped:?}"
    );
    let (csrf, sealed) = (stopped.field("csrf"), stopped.field("sealed"));
    assert!(!stopped.body.contains("one@example.com"), "what is carried is sealed");
    tool.execute_unprepared("ROLLBACK").await.expect("unlocks");
    let page = away_page(&browser);
    let form = [("csrf", csrf.as_str()), ("sealed", sealed.as_str())];
    let elsewhere = world.browser().post(&page, &form).await;
    assert_eq!(elsewhere.number(), "1005", "only in its own browser");
    world.clock.advance(10 * 60 - 1);
    let done = browser.post(&page, &form).await;
    assert_eq!(world.redeem("portal", &done.code()).await.0, 200, "F10");
    assert_eq!(world.accounts().await, 1);
}

/// Where the retry of the browser's only transaction posts to.
fn away_page(browser: &crate::world::Browser<'_>) -> String {
    let cookies = browser.cookies.lock().expect("cookies");
    let name = cookies
        .keys()
        .find_map(|name| name.strip_prefix("dw_txn_"))
        .expect("a transaction");
    format!("/signin/txn_{name}/resume")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f9_without_a_database_the_process_lives_and_says_so() {
    let world = World::unreachable().await;
    for (address, want) in [
        ("/health/live", 200),
        ("/health/ready", 503),
        ("/oauth2/jwks", 503),
        ("/console", 503),
    ] {
        assert_eq!(world.browser().get(address).await.status, want, "F9: {address}");
    }
}
