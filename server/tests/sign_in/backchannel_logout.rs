//! Whoever is logged out at their provider is logged out here (OpenID Connect Back-Channel Logout 1.0; S34).

use axum::body::Body;
use doorward_domain::audit::{Actor, AuditAction};
use doorward_server::clock::Clock;
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::api::call;
use crate::ended::{SignedIn, api};
use crate::factors;
use crate::provider::{ISSUER, Persona};
use crate::world::{World, text};

crate::on_both!(
    s34_whoever_is_logged_out_at_the_provider_is_logged_out_here,
    s34_a_person_without_an_account_is_logged_out,
    s34_where_one_session_ended_the_others_stay,
    s34_a_session_is_remembered_through_a_second_factor,
    s34_what_was_begun_without_the_provider_stays,
    s24_a_logout_token_counts_once,
    s28_s29_what_is_no_logout_token_ends_nothing,
    nobody_learns_who_is_signed_in,
    a_session_of_the_provider_costs_no_statement,
);

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// What a signed-in person has.
const ALL: [&str; 5] = [
    "access token",
    "an active access token",
    "refresh token",
    "code",
    "session",
];

fn one() -> Persona {
    Persona::verified("one", "one@example.com")
}

/// What a provider writes into a logout token; `about` names whom.
fn claims(world: &World, jti: &str, about: &Value) -> Value {
    let now = world.clock.now().timestamp();
    let mut claims = json!({
        "iss": ISSUER, "aud": "doorward", "iat": now, "exp": now + 120, "jti": jti, "events": {EVENT: {}},
    });
    let about = about.as_object().expect("an object").clone();
    claims.as_object_mut().expect("an object").extend(about);
    claims
}

fn token(world: &World, jti: &str, about: &Value) -> String {
    world.provider.sign("logout+jwt", &claims(world, jti, about), true)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn post(world: &World, handle: &str, kind: &str, body: String) -> Answer {
    let address = format!("/federation/{handle}/backchannel-logout");
    let request = Request::post(address).header(header::CONTENT_TYPE, kind);
    let response = world.send(request.body(Body::from(body)).expect("a request")).await;
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: text(response).await,
    }
}

async fn send(world: &World, handle: &str, token: &str) -> Answer {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    post(world, handle, "application/x-www-form-urlencoded", form).await
}

/// The provider logs somebody out.
pub async fn log_out(world: &World, jti: &str, about: &Value) {
    let answer = send(world, "acme", &token(world, jti, about)).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""), "{jti}");
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "§2.8: {jti}");
}

#[track_caller]
fn check_refused(answer: &Answer, status: u16, case: &str) {
    assert_eq!(answer.status.as_u16(), status, "{case}: {}", answer.body);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "§2.8: {case}");
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body["error"], "invalid_request", "{case}");
    assert!(body["error_description"].is_string(), "{case}");
}

async fn s34_whoever_is_logged_out_at_the_provider_is_logged_out_here(world: &World) {
    api(world).await;
    let signed_in = SignedIn::new(world, "portal", &one()).await;
    let elsewhere = SignedIn::new(world, "portal", &one()).await;
    let other = SignedIn::new(world, "portal", &Persona::verified("two", "two@example.com")).await;
    let before = world.state.store.counters();
    log_out(world, "1", &json!({"sub": "one"})).await;
    let after = world.state.store.counters();
    assert_eq!(after.commits - before.commits, 1, "all of it or nothing");
    for signed_in in [signed_in, elsewhere] {
        let left = signed_in.left(world).await;
        assert!(left.is_empty(), "S34: {left:?}");
    }
    assert_eq!(other.left(world).await, ALL, "somebody else");
    let told = world.events(AuditAction::SignedOut).await;
    assert_eq!(told.len(), 1, "S46: one event, in the same commit");
    assert_eq!(told[0].detail, json!({"by": "provider", "sessions": 2}), "{told:?}");
    assert_eq!(told[0].actor, Actor::System, "{told:?}");
    assert!(told[0].account.is_some() && told[0].connection.is_some(), "{told:?}");
    let again = SignedIn::new(world, "portal", &one()).await;
    assert_eq!(again.left(world).await, ALL, "whoever signs in again is in");
}

async fn s34_a_person_without_an_account_is_logged_out(world: &World) {
    api(world).await;
    world.change("acme", |acme| acme.jit.enabled = false).await;
    let signed_in = SignedIn::new(world, "portal", &one()).await;
    let other = SignedIn::new(world, "portal", &Persona::verified("two", "two@example.com")).await;
    assert_eq!(world.accounts().await, 0);
    log_out(world, "1", &json!({"sub": "one"})).await;
    let left = signed_in.left(world).await;
    assert!(left.is_empty(), "S34: {left:?}");
    assert_eq!(other.left(world).await, ALL, "somebody else");
}

async fn s34_where_one_session_ended_the_others_stay(world: &World) {
    api(world).await;
    // The same provider once more: its sessions are another connection's business.
    world.connection("beta", json!({})).await;
    for jit in [true, false] {
        world.change("acme", |acme| acme.jit.enabled = jit).await;
        let subject = format!("jit-{jit}");
        let email = format!("{subject}@example.com");
        let persona = |session: &str| Persona::verified(&subject, &email).in_session(session);
        let mut signed_in = Vec::new();
        for session in ["s-1", "s-2", "s-3"] {
            signed_in.push(SignedIn::new(world, "portal", &persona(session)).await);
        }
        let about = json!({"sub": subject, "sid": "s-1"});
        let answer = send(world, "beta", &token(world, &format!("beta-{jit}"), &about)).await;
        assert_eq!(answer.status, StatusCode::OK);
        log_out(
            world,
            &format!("nobody-{jit}"),
            &json!({"sub": "another", "sid": "s-1"}),
        )
        .await;
        log_out(world, &format!("unknown-{jit}"), &json!({"sub": subject, "sid": "s-9"})).await;
        log_out(world, &format!("both-{jit}"), &about).await;
        log_out(world, &format!("sid-{jit}"), &json!({"sid": "s-2"})).await;
        for (session, want) in signed_in.iter().zip([&[][..], &[][..], &ALL[..]]) {
            assert_eq!(session.left(world).await, want, "S34: JIT {jit}");
        }
    }
    assert_eq!(
        world.events(AuditAction::SignedOut).await.len(),
        4,
        "only what ended is told"
    );
}

async fn s34_a_session_is_remembered_through_a_second_factor(world: &World) {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &one().in_session("s-1")).await;
    let done = factors::enter(&browser, &page, &factors::code(world, &factors::key(&page))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    let silent = async || browser.authorize("bank", "&prompt=none").await.parameter("code");
    assert!(silent().await.is_some());
    log_out(world, "1", &json!({"sid": "s-1"})).await;
    assert!(silent().await.is_none(), "S34");
}

async fn s34_what_was_begun_without_the_provider_stays(world: &World) {
    const PASSWORD: &str = "another good password";
    api(world).await;
    world.browser().federated(&one()).await.code();
    let changed = call(world, "PATCH", "/users/one@example.com", json!({"password": PASSWORD})).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    world.clock.advance(60);
    let own = world.browser();
    let page = own.authorize("payroll", "").await;
    let code = own.password(&page, "one@example.com", PASSWORD).await.code();
    let (_, tokens) = world.redeem("payroll", &code).await;
    let through = SignedIn::new(world, "payroll", &one()).await;
    log_out(world, "1", &json!({"sub": "one"})).await;
    let left = through.left(world).await;
    assert!(left.is_empty(), "S34: {left:?}");
    let access = tokens["access_token"].as_str().expect("a token");
    assert_eq!(world.userinfo(access).await.0, StatusCode::OK, "begun with a password");
    let silent = own.authorize("payroll", "&prompt=none").await;
    assert!(silent.parameter("code").is_some(), "begun with a password: {silent:?}");
}

async fn s24_a_logout_token_counts_once(world: &World) {
    api(world).await;
    SignedIn::new(world, "portal", &one()).await;
    let used = token(world, "1", &json!({"sub": "one"}));
    assert_eq!(send(world, "acme", &used).await.status, StatusCode::OK);
    let signed_in = SignedIn::new(world, "portal", &one()).await;
    check_refused(&send(world, "acme", &used).await, 400, "S24: the same token");
    let same = token(world, "1", &json!({"sub": "one", "sid": "s-1"}));
    check_refused(
        &send(world, "acme", &same).await,
        400,
        "S24: another token of that name",
    );
    assert_eq!(signed_in.left(world).await, ALL);
    world.clock.advance(300);
    check_refused(&send(world, "acme", &used).await, 400, "S33: later");
}

async fn s28_s29_what_is_no_logout_token_ends_nothing(world: &World) {
    api(world).await;
    let signed_in = SignedIn::new(world, "portal", &one()).await;
    let good = claims(world, "1", &json!({"sub": "one"}));
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        world.provider.sign("logout+jwt", &claims, true)
    };
    let unsigned = {
        let signed = world.provider.sign("logout+jwt", &good, true);
        let payload = signed.split('.').nth(1).expect("a payload").to_owned();
        // {"alg":"none"}
        format!("eyJhbGciOiJub25lIn0.{payload}.")
    };
    let id_token = world.provider.issued().pop().expect("an ID token");
    let now = world.clock.now().timestamp();
    for (case, token) in [
        ("another issuer", changed("iss", json!("https://evil.example.com"))),
        ("S28: for another client", changed("aud", json!("somebody-else"))),
        ("a nonce", changed("nonce", json!("n"))),
        ("no logout", changed("events", json!({}))),
        ("nobody", changed("sub", Value::Null)),
        ("no name", changed("jti", Value::Null)),
        ("S33: old", changed("iat", json!(now - 400))),
        ("S33: expired", changed("exp", json!(now - 61))),
        ("S29: unsigned", unsigned),
        ("S29: a stranger's key", world.provider.sign("logout+jwt", &good, false)),
        ("S28: an access token", world.provider.sign("at+jwt", &good, true)),
        ("S28: an ID token", id_token),
        ("nothing", String::new()),
    ] {
        check_refused(&send(world, "acme", &token).await, 400, case);
    }
    let form = "application/x-www-form-urlencoded";
    for (case, handle, kind, body, status) in [
        ("no token", "acme", form, "a=b".to_owned(), 400),
        ("no form", "acme", "application/json", "{}".to_owned(), 400),
        ("twice", "acme", form, "logout_token=a&logout_token=b".to_owned(), 400),
        (
            "too large",
            "acme",
            form,
            format!("logout_token={}", "a".repeat(70_000)),
            413,
        ),
        ("nowhere", "unknown", form, "logout_token=a".to_owned(), 404),
        ("no handle", "%20", form, "logout_token=a".to_owned(), 404),
    ] {
        check_refused(&post(world, handle, kind, body).await, status, case);
    }
    world.connection("off", json!({"enabled": false})).await;
    check_refused(&send(world, "off", &changed("jti", json!("2"))).await, 400, "disabled");
    assert_eq!(signed_in.left(world).await, ALL, "S34: and everybody stays signed in");
    assert_eq!(world.events(AuditAction::SignedOut).await, []);
    let unchanged = world.provider.sign("logout+jwt", &good, true);
    let answer = send(world, "acme", &unchanged).await;
    assert_eq!(answer.status, StatusCode::OK, "what was refused has not used it up");
}

async fn nobody_learns_who_is_signed_in(world: &World) {
    world.browser().federated(&one()).await.code();
    for subject in ["one", "one", "nobody"] {
        let about = json!({"sub": subject});
        let jti = world.clock.now().timestamp().to_string();
        log_out(world, &jti, &about).await;
        world.clock.advance(1);
    }
}

async fn a_session_of_the_provider_costs_no_statement(world: &World) {
    let statements = async |persona: Persona| {
        let before = world.state.store.counters().statements;
        world.browser().federated(&persona).await.code();
        world.state.store.counters().statements - before
    };
    statements(one()).await;
    let without = statements(one()).await;
    assert_eq!(statements(one().in_session("s-1")).await, without);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f9_without_a_database_the_provider_is_told_to_try_again() {
    let world = World::unreachable().await;
    let answer = send(&world, "acme", "a.b.c").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "F9");
    assert_eq!(answer.headers[header::RETRY_AFTER], "1", "F9");
}
