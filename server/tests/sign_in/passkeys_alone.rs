//! An account that is signed in to with passkeys and nothing else.

use http::StatusCode;
use serde_json::{Value, json};

use crate::account::open;
use crate::api::call;
use crate::backup_codes::{keep, shown};
use crate::device::{Device, options};
use crate::ended::unlink;
use crate::passkeys::{answer, send};
use crate::provider::Persona;
use crate::world::{Browser, Seen, World};

crate::on_both!(
    backup_codes_are_made_with_a_passkey,
    s38_a_new_passkey_makes_no_backup_codes,
    the_last_one_stays,
);

const PERSON: &str = "one@example.com";

/// Enrols the device at the first federated sign-in, then takes the link away, and comes in with the passkey.
async fn come_in<'w>(world: &'w World, device: &mut Device) -> (Browser<'w>, Seen) {
    let steps = json!([["connection:acme"], ["passkey"]]);
    world.application("bank", steps).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &Persona::verified("one", PERSON)).await;
    let made = device.make(&options(&page, "creation"));
    send(&browser, &page, "", &made, "Phone").await.code();
    let gone = call(world, "DELETE", &unlink(world, PERSON).await, Value::Null).await;
    assert!(gone.status.is_success(), "{gone:?}");
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let page = answer(&browser, &page, device).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    (browser, page)
}

async fn backup_codes_are_made_with_a_passkey(world: &World) {
    let mut device = Device::new(1);
    let (browser, page) = come_in(world, &mut device).await;
    let asked = browser.send(&page, "/account/codes", &[]).await;
    assert!(
        asked.body.contains("<h1>Confirm it is you</h1>") && !asked.body.contains("backup_code"),
        "a fresh proof, and no app: {asked:?}"
    );
    let codes = answer(&browser, &asked, &mut device).await;
    assert_eq!(shown(&codes).len(), 10);
    let page = keep(&browser, &codes).await;
    assert!(page.body.contains("10 are left"), "{page:?}");

    world.clock.advance(301);
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let asked = answer(&browser, &asked, &mut device).await;
    let again = answer(&browser, &asked, &mut device).await;
    assert_ne!(
        shown(&again),
        shown(&codes),
        "new ones, after the old proof is given anew"
    );
}

async fn s38_a_new_passkey_makes_no_backup_codes(world: &World) {
    let mut device = Device::new(1);
    let (browser, page) = come_in(world, &mut device).await;
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let made = Device::new(2).make(&options(&asked, "creation"));
    let refused = send(&browser, &asked, "", &made, "Thief").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
}

async fn the_last_one_stays(world: &World) {
    let mut device = Device::new(1);
    let (browser, page) = come_in(world, &mut device).await;
    let asked = browser.send(&page, "/account/codes", &[]).await;
    let codes = answer(&browser, &asked, &mut device).await;
    let page = keep(&browser, &codes).await;
    assert!(
        page.body
            .contains("This is your only way to sign in, so it cannot be removed."),
        "{page:?}"
    );
    assert!(!page.body.contains("/remove"), "{page:?}");
    let user = world.services.users.find(PERSON).await.expect("found");
    let path = format!("/account/passkeys/{}/remove", user.passkeys[0].id);
    let refused = browser.send(&page, &path, &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{refused:?}");
}
