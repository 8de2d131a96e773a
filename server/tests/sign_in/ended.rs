//! What takes rights away takes all of them, and at once: sessions, codes, tokens, and what is under way (S16, S34).

use http::StatusCode;
use serde_json::{Value, json};

use crate::account;
use crate::api::{call, get};
use crate::device::{Device, options};
use crate::provider::Persona;
use crate::world::{Browser, World};
use crate::{factors, imported};

crate::on_both!(
    s34_every_way_to_end_it_ends_every_token,
    s34_a_person_without_an_account_ends_with_the_connection,
    s34_what_an_import_switches_off_ends_what_it_has_begun,
    s16_a_sign_in_under_way_ends_with_the_old_password,
    s6_s16_a_proof_under_way_ends_with_the_old_password,
    s16_a_sign_in_under_way_ends_with_the_link,
    s16_a_change_under_way_ends_with_the_old_password,
);

/// An application that is called with the tokens of the others, and asks whether they are good.
const API: &str = "api";

pub async fn api(world: &World) {
    world.application(API, json!([["password"]])).await;
}

/// A signed-in browser, and everything the application holds of it.
pub struct SignedIn<'w> {
    pub browser: Browser<'w>,
    application: String,
    access: String,
    refresh: String,
    unused_code: String,
}

impl<'w> SignedIn<'w> {
    pub async fn new(world: &'w World, application: &str, persona: &Persona) -> Self {
        let browser = world.browser();
        let code = browser.federated_to(application, persona).await.code();
        let (status, tokens) = world.redeem(application, &code).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        let unused_code = browser.authorize(application, "&prompt=none").await.code();
        Self {
            application: application.to_owned(),
            access: text("access_token"),
            refresh: text("refresh_token"),
            unused_code,
            browser,
        }
    }

    /// What still works.
    pub async fn left(&self, world: &World) -> Vec<&'static str> {
        let mut left = vec![];
        if world.userinfo(&self.access).await.0 == StatusCode::OK {
            left.push("access token");
        }
        if world.introspect(API, &self.access).await["active"] == true {
            left.push("an active access token");
        }
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.refresh.as_str()),
        ];
        if world.token(&self.application, &form).await.0 == StatusCode::OK {
            left.push("refresh token");
        }
        if world.redeem(&self.application, &self.unused_code).await.0 == StatusCode::OK {
            left.push("code");
        }
        let silent = self.browser.authorize(&self.application, "&prompt=none").await;
        if silent.parameter("code").is_some() {
            left.push("session");
        }
        left
    }
}

/// Every way to end what somebody has. `person` is the address of their account.
async fn end(world: &World, way: &str, person: &str, connection: &str, application: &str) {
    let user = format!("/users/{person}");
    let answer = match way {
        "account disabled" => call(world, "PATCH", &user, json!({"status": "disabled"})).await,
        "account deleted" => call(world, "DELETE", &user, Value::Null).await,
        "new password" => call(world, "PATCH", &user, json!({"password": "another good password"})).await,
        "another role" => call(world, "PATCH", &user, json!({"role": "administrator"})).await,
        "signed out everywhere" => call(world, "POST", &format!("{user}/sign-out"), Value::Null).await,
        "unlinked" => call(world, "DELETE", &unlink(world, person).await, Value::Null).await,
        "factor reset" => call(world, "DELETE", &format!("{user}/factors/totp"), Value::Null).await,
        "connection off" => {
            let path = format!("/connections/{connection}");
            call(world, "PATCH", &path, json!({"enabled": false})).await
        }
        "connection deleted" => {
            world.change_flow(application, json!([["password"]])).await;
            call(world, "DELETE", &format!("/connections/{connection}"), Value::Null).await
        }
        "application off" => {
            let path = format!("/applications/{application}");
            call(world, "PATCH", &path, json!({"enabled": false})).await
        }
        "application deleted" => call(world, "DELETE", &format!("/applications/{application}"), Value::Null).await,
        other => panic!("no such way: {other}"),
    };
    assert!(answer.status.is_success(), "{way}: {answer:?}");
}

/// The address that takes a person's only link away.
pub async fn unlink(world: &World, person: &str) -> String {
    let link = get(world, &format!("/users/{person}")).await.body["links"][0].clone();
    let text = |name: &str| link[name].as_str().expect("a text").to_owned();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("connection", &text("connection"))
        .append_pair("issuer", &text("issuer"))
        .append_pair("subject", &text("subject"))
        .finish();
    format!("/users/{person}/links?{query}")
}

/// Gives a person an authenticator app, in a browser of its own.
async fn enrol(world: &World, connection: &str, application: &str, persona: &Persona) {
    let strict = format!("{application}-strict");
    let steps = json!([[format!("connection:{connection}")], ["totp"]]);
    world.application(&strict, steps).await;
    let browser = world.browser();
    let page = browser.federated_to(&strict, persona).await;
    let done = factors::enter(&browser, &page, &factors::code(world, &factors::key(&page))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn s34_every_way_to_end_it_ends_every_token(world: &World) {
    api(world).await;
    for (number, way) in [
        "account disabled",
        "account deleted",
        "new password",
        "another role",
        "signed out everywhere",
        "unlinked",
        "factor reset",
        "connection off",
        "connection deleted",
        "application off",
        "application deleted",
    ]
    .into_iter()
    .enumerate()
    {
        let (connection, application) = (format!("way-{number}"), format!("app-{number}"));
        let person = format!("person-{number}@example.com");
        world.connection(&connection, json!({})).await;
        let steps = json!([[format!("connection:{connection}")]]);
        world.application(&application, steps).await;
        let persona = Persona::verified(&format!("subject-{number}"), &person);
        if way == "factor reset" {
            enrol(world, &connection, &application, &persona).await;
        }
        let signed_in = SignedIn::new(world, &application, &persona).await;
        assert_eq!(world.introspect(API, &signed_in.access).await["active"], true, "{way}");
        end(world, way, &person, &connection, &application).await;
        let left = signed_in.left(world).await;
        assert!(left.is_empty(), "S34: {way} leaves {left:?}");
    }
}

async fn s34_a_person_without_an_account_ends_with_the_connection(world: &World) {
    api(world).await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let signed_in = SignedIn::new(world, "portal", &Persona::verified("one", "one@example.com")).await;
    assert_eq!(world.accounts().await, 0);
    for enabled in [false, true] {
        let patch = json!({"enabled": enabled});
        let answer = call(world, "PATCH", "/connections/acme", patch).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let left = signed_in.left(world).await;
        assert!(left.is_empty(), "S34: enabled {enabled}, and there is {left:?}");
    }
}

async fn s34_what_an_import_switches_off_ends_what_it_has_begun(world: &World) {
    api(world).await;
    let persona = Persona::verified("one", "one@example.com");
    // Off and on again: what has ended stays so. The person stays signed in where another application is switched off.
    for (handle, stays) in [("acme", &[][..]), ("portal", &["session"][..])] {
        let signed_in = SignedIn::new(world, "portal", &persona).await;
        for enabled in [false, true] {
            let import = imported::plan(world, |document| {
                let items = match handle {
                    "acme" => &mut document.connections,
                    _ => &mut document.applications,
                };
                imported::item(items, handle)["enabled"] = enabled.into();
            });
            import.await.expect("fits").save().await.expect("saved");
        }
        assert_eq!(signed_in.left(world).await, stays, "S34: {handle}");
    }
}

async fn s16_a_sign_in_under_way_ends_with_the_old_password(world: &World) {
    world.application("bank", json!([["password"], ["totp"]])).await;
    world.person("clerk", None, "the old password").await;
    let owner = world.browser();
    let page = owner.password_to("bank", "clerk", "the old password").await;
    let key = factors::key(&page);
    let done = factors::enter(&owner, &page, &factors::code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    world.clock.advance(60);
    let thief = world.browser();
    let page = thief.authorize("bank", "").await;
    let under_way = thief.password(&page, "clerk", "the old password").await;
    assert!(under_way.body.contains("Confirm it is you"), "{under_way:?}");
    world.clock.advance(60);
    let patch = json!({"password": "the new password"});
    assert_eq!(call(world, "PATCH", "/users/clerk", patch).await.status, StatusCode::OK);
    let stopped = factors::enter(&thief, &under_way, &factors::code(world, &key)).await;
    assert_eq!(
        (stopped.number(), stopped.location.as_ref()),
        ("1004", None),
        "S16: {stopped:?}"
    );
    let silent = owner.authorize("bank", "&prompt=none").await;
    assert!(
        silent.parameter("code").is_none(),
        "S16: the session is over: {silent:?}"
    );
    let page = owner.password_to("bank", "clerk", "the new password").await;
    let done = factors::enter(&owner, &page, &factors::code(world, &key)).await;
    assert!(
        done.parameter("code").is_some(),
        "the owner is in, and the code was not used up: {done:?}"
    );
}

async fn s6_s16_a_proof_under_way_ends_with_the_old_password(world: &World) {
    let address = Some(("owner@example.com", true));
    world.person("owner", address, "the old password").await;
    let browser = world.browser();
    let persona = Persona::verified("one", "owner@example.com");
    let asked = browser.federated(&persona).await;
    world.clock.advance(60);
    let patch = json!({"password": "the new password"});
    assert_eq!(call(world, "PATCH", "/users/owner", patch).await.status, StatusCode::OK);
    let csrf = asked.field("csrf");
    for (password, status) in [("the old password", 401), ("the new password", 400)] {
        let form = [("csrf", csrf.as_str()), ("option", "password"), ("password", password)];
        let seen = browser.post(&format!("{}/proof", asked.address), &form).await;
        assert_eq!(
            (seen.status.as_u16(), seen.location.as_ref()),
            (status, None),
            "S6: {seen:?}"
        );
    }
    let user = get(world, "/users/owner").await.body;
    assert_eq!(user["links"], json!([]), "S6: nothing is linked");
}

async fn s16_a_sign_in_under_way_ends_with_the_link(world: &World) {
    world.application("bank", json!([["connection:acme"], ["totp"]])).await;
    let persona = Persona::verified("one", "one@example.com");
    let browser = world.browser();
    let page = browser.federated_to("bank", &persona).await;
    world.clock.advance(60);
    let path = unlink(world, "one@example.com").await;
    assert_eq!(call(world, "DELETE", &path, Value::Null).await.status, StatusCode::OK);
    let code = factors::code(world, &factors::key(&page));
    let stopped = factors::enter(&browser, &page, &code).await;
    assert_eq!(
        (stopped.number(), stopped.location.as_ref()),
        ("1004", None),
        "S16: {stopped:?}"
    );
    let user = get(world, "/users/one@example.com").await.body;
    assert_eq!(user["factors"], json!([]), "S16: and enrols nothing");
}

async fn s16_a_change_under_way_ends_with_the_old_password(world: &World) {
    const OLD: &str = "the old password";
    world.person("clerk", Some(("clerk@example.com", true)), OLD).await;
    let come_in = async || {
        let browser = world.browser();
        let page = account::open(&browser, "/account").await;
        let page = browser.password(&page, "clerk", OLD).await;
        assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
        (browser, page)
    };
    // An attacker who knows the old password is about to add an app, a passkey and a link.
    let (with_app, page) = come_in().await;
    let app = with_app.send(&page, "/account/app", &[]).await;
    let (with_key, page) = come_in().await;
    let passkey = with_key.send(&page, "/account/passkeys", &[]).await;
    let made = Device::new(1).make(&options(&passkey, "creation"));
    let (with_link, page) = come_in().await;
    let away = with_link
        .send(&page, "/account/links", &[("option", "connection:acme")])
        .await;

    world.clock.advance(60);
    let patch = json!({"password": "a new password"});
    assert_eq!(call(world, "PATCH", "/users/clerk", patch).await.status, StatusCode::OK);
    let code = factors::code(world, &factors::key(&app));
    let late = [
        factors::enter(&with_app, &app, &code).await,
        with_key
            .submit(&passkey, &[("option", "passkey"), ("new_passkey", &made)])
            .await,
        with_link
            .back(&away, &Persona::verified("attacker", "attacker@example.com"))
            .await,
    ];
    for seen in &late {
        assert!(!seen.body.contains("<h1>Your account</h1>"), "S16: {seen:?}");
    }
    let user = get(world, "/users/clerk").await.body;
    for held in ["factors", "passkeys", "links", "sessions"] {
        assert!(user[held].as_array().is_none_or(Vec::is_empty), "S16: {held}: {user}");
    }
}
