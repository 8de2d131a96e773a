//! Scripts that have letters sent, and that say who comes.

use serde_json::json;

use crate::mail::newest;
use crate::world::{Browser, World};

crate::on_both!(
    a_letter_goes_to_the_verified_address_once,
    s45_letters_of_scripts_are_counted,
    nobody_gets_mail_before_a_step_is_passed,
    a_script_says_who_comes,
);

const AFTER: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        var user = context.currentKnownSubject;
        Log.info(sendEmail(user, 'UnseenDeviceLogin', {}), sendEmail(user, 'new_device', {}));
    } });
}";

async fn sign_in(browser: &Browser<'_>, name: &str) {
    let page = browser.authorize("bank", "&prompt=login").await;
    browser.password(&page, name, "a good password").await.code();
}

async fn count(world: &World) -> usize {
    let all = doorward_storage::outbox::newest(world.state.store.read(), 100).await;
    all.expect("reads").len()
}

async fn a_letter_goes_to_the_verified_address_once(world: &World) {
    world.scripted("bank", json!([["password"]]), AFTER).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    let unverified = Some(("other@example.com", false));
    world.person("other", unverified, "a good password").await;
    sign_in(&world.browser(), "other").await;
    assert_eq!(count(world).await, 0, "an address nobody verified gets nothing");
    sign_in(&world.browser(), "clerk").await;
    assert_eq!(count(world).await, 1, "once in a sign-in");
    let letter = newest(world).await.expect("a letter");
    assert_eq!(letter.to, "clerk@example.com");
    assert_eq!(letter.subject, "A new device signed in to bank");
    assert!(letter.text.contains("UTC"), "{letter:?}");
}

async fn s45_letters_of_scripts_are_counted(world: &World) {
    world.scripted("bank", json!([["password"]]), AFTER).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    for _ in 0..7 {
        sign_in(&world.browser(), "clerk").await;
    }
    assert_eq!(count(world).await, 5, "S45: nobody's mailbox is flooded");
}

async fn nobody_gets_mail_before_a_step_is_passed(world: &World) {
    let script = "
    function onLoginRequest(context) {
        var user = getUniqueUserWithClaimValues({ emailaddress: context.request.params.login_hint[0] }, context);
        Log.info(user !== null && sendEmail(user, 'sign_in'));
        executeStep(1);
    }";
    world.scripted("bank", json!([["password"]]), script).await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
    world.browser().authorize("bank", "&login_hint=clerk@example.com").await;
    assert_eq!(count(world).await, 0, "whoever starts a sign-in sends nobody mail");
}

async fn a_script_says_who_comes(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { authenticatorParams: {
            common: { username: 'clerk' }, federated: { acme: { login_hint: 'clerk@acme.example', color: 'red' } }
        } }, {});
    }";
    world
        .scripted("bank", json!([["password", "connection:acme"]]), script)
        .await;
    let browser = world.browser();
    let page = browser.authorize("bank", "&login_hint=somebody").await;
    assert!(page.body.contains("value=\"clerk\""), "{page:?}");
    let away = browser.submit(&page, &[("option", "connection:acme")]).await;
    assert!(away.sent_to().contains("login_hint=clerk%40acme.example"), "{away:?}");
}
