//! Passkeys: enrolled within the sign-in that asks for one, used as second factor and as first.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_app::hosted::page::passkey::SCRIPT;
use http::StatusCode;
use serde_json::json;

use crate::device::{Device, find_options, options};
use crate::factors::claims_of;
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    one_is_enrolled_and_used_as_second_factor,
    one_says_who_somebody_is,
    it_is_enrolled_during_the_first_federated_sign_in,
    a_person_without_an_account_is_stopped,
);

pub async fn send(browser: &Browser<'_>, page: &Seen, used: &str, made: &str, name: &str) -> Seen {
    let form = [
        ("option", "passkey"),
        ("passkey", used),
        ("new_passkey", made),
        ("passkey_name", name),
    ];
    browser.submit(page, &form).await
}

pub async fn answer(browser: &Browser<'_>, page: &Seen, device: &mut Device) -> Seen {
    let used = device.answer(&options(page, "request"));
    send(browser, page, &used, "", "").await
}

pub async fn by_password(browser: &Browser<'_>, application: &str, name: &str) -> Seen {
    browser.password_to(application, name, "a good password").await
}

/// Two people, an application that asks for a passkey second, and one that asks for nothing else.
pub async fn set_up(world: &World) {
    world.application("bank", json!([["password"], ["passkey"]])).await;
    world.application("door", json!([["passkey", "password"]])).await;
    world
        .person("clerk", Some(("clerk@example.com", true)), "a good password")
        .await;
    world.person("other", None, "a good password").await;
}

/// Signs in once and enrols.
pub async fn enrol(world: &World, name: &str, device: &mut Device) {
    let browser = world.browser();
    let page = by_password(&browser, "bank", name).await;
    let made = device.make(&options(&page, "creation"));
    let done = send(&browser, &page, "", &made, "").await;
    assert!(done.parameter("code").is_some(), "{done:?}");
}

async fn one_is_enrolled_and_used_as_second_factor(world: &World) {
    set_up(world).await;
    let browser = world.browser();
    let mut device = Device::new(1);
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(page.body.contains("<h1>Set up a passkey</h1>"), "{page:?}");
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    let hash = STANDARD.encode(doorward_vault::sha256(SCRIPT.as_bytes()));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{policy}");
    let asked = options(&page, "creation");
    assert_eq!(
        (&asked["rp"]["id"], &asked["attestation"]),
        (&json!("localhost"), &json!("none"))
    );
    assert_eq!(asked["excludeCredentials"], json!([]));
    assert!(
        !asked["user"]["id"].as_str().expect("a handle").contains("acc_"),
        "opaque"
    );
    let again = browser.get(&page.address).await;
    assert_eq!(options(&again, "creation"), asked, "the page can be loaded again");
    let done = send(&browser, &page, "", &device.make(&asked), "My phone").await;
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "S36");
    assert_eq!(claims["amr"], json!(["pwd", "pop", "user", "mfa"]));

    device.verifies = false;
    let browser = world.browser();
    let page = by_password(&browser, "bank", "clerk").await;
    assert!(page.body.contains("<h1>Confirm it is you</h1>"), "{page:?}");
    let asked = options(&page, "request");
    assert_eq!(
        asked["allowCredentials"],
        json!([{"type": "public-key", "id": device.id()}])
    );
    assert_eq!(asked["userVerification"], "preferred");
    let done = answer(&browser, &page, &mut device).await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["pwd", "pop", "user", "mfa"]));
}

async fn one_says_who_somebody_is(world: &World) {
    set_up(world).await;
    let mut device = Device::new(1);
    device.synced = true;
    enrol(world, "clerk", &mut device).await;
    let browser = world.browser();
    let page = browser.authorize("door", "").await;
    let asked = options(&page, "request");
    assert_eq!(
        (&asked["allowCredentials"], &asked["userVerification"]),
        (&json!([]), &json!("required"))
    );
    assert_eq!(find_options(&page, "creation"), None, "nobody is known");
    let done = answer(&browser, &page, &mut device).await;
    let (status, tokens) = world.redeem("door", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = claims_of(&tokens);
    assert_eq!(claims["acr"], "urn:doorward:acr:2", "held, by a verified person");
    assert_eq!(claims["amr"], json!(["pop", "swk", "user", "mfa"]));
    let user = world.services.users.find("clerk").await.expect("found");
    assert_eq!(claims["sub"], user.summary.sub);

    for (case, spoil) in [
        (
            "the person is not verified",
            (|device| device.verifies = false) as fn(&mut Device),
        ),
        ("it says not whose it is", Device::forget_user),
    ] {
        let browser = world.browser();
        let page = browser.authorize("door", "").await;
        spoil(&mut device);
        let refused = answer(&browser, &page, &mut device).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{case}");
        assert!(
            refused.body.contains("This passkey could not be confirmed"),
            "{case}: {refused:?}"
        );
        device.verifies = true;
    }
}

async fn it_is_enrolled_during_the_first_federated_sign_in(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["passkey"]]))
        .await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    let page = browser.federated_to("bank", &persona).await;
    assert_eq!(world.accounts().await, 1, "the account is there before the second step");
    let made = Device::new(1).make(&options(&page, "creation"));
    let done = send(&browser, &page, "", &made, "").await;
    let (_, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(claims_of(&tokens)["amr"], json!(["fed", "pop", "user", "mfa"]));
}

async fn a_person_without_an_account_is_stopped(world: &World) {
    world
        .application("bank", json!([["connection:acme"], ["passkey"]]))
        .await;
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let browser = world.browser();
    let persona = Persona::verified("one", "one@example.com");
    let stopped = browser.federated_to("bank", &persona).await;
    assert_eq!(stopped.number(), "1206", "{stopped:?}");
    assert_eq!(world.accounts().await, 0);
}
