//! Scripts that link a provider's identity to an account of ours.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::factors;
use crate::provider::Persona;
use crate::world::{Seen, World};

crate::on_both!(
    an_identity_is_linked_once_and_its_owner_is_the_account,
    s46_a_link_of_a_script_has_one_event_and_is_written_with_its_step,
    what_is_not_linked,
    a_script_that_ends_the_sign_in_links_nothing,
    what_is_kept_without_an_account_goes_with_a_link_after_its_step,
    what_was_kept_before_goes_with_the_link,
);

/// Links whoever came without an account to `clerk`, and asks for an app then.
const LINKS: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        var linked = doAssociationWithLocalUser(context.steps[1].subject, 'clerk', 'carbon.super', 'PRIMARY');
        Log.info('linked ' + linked + ' ' + (context.currentKnownSubject.username));
        if (linked) { executeStep(2); }
    } });
}";

async fn set_up(world: &World, script: &str) {
    world.change("acme", |acme| acme.jit.enabled = false).await;
    world
        .scripted("bank", json!([["connection:acme"], ["totp"]]), script)
        .await;
    let address = Some(("clerk@example.com", true));
    world.person("clerk", address, "a good password").await;
}

fn somebody() -> Persona {
    Persona::verified("one", "one@example.com")
}

async fn links(world: &World, user: &str) -> Vec<Value> {
    let user = get(world, &format!("/users/{user}")).await.body;
    user["links"].as_array().expect("links").clone()
}

async fn log_of_newest(world: &World) -> String {
    world.details(AuditAction::SignedIn).await[0]["log"].to_string()
}

async fn sub_of(world: &World, done: &Seen) -> Value {
    let (status, tokens) = world.redeem("bank", &done.code()).await;
    assert_eq!(status, 200, "{tokens}");
    let claims = factors::claims_of(&tokens);
    claims["sub"].clone()
}

async fn an_identity_is_linked_once_and_its_owner_is_the_account(world: &World) {
    set_up(world, LINKS).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &somebody()).await;
    assert_eq!(links(world, "clerk").await.len(), 1, "written with the step");
    let key = factors::key(&page);
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    let clerk = get(world, "/users/clerk").await.body;
    assert_eq!(sub_of(world, &done).await, clerk["sub"], "they are the account's owner");
    assert!(log_of_newest(world).await.contains("linked true clerk"));
    assert!(clerk.to_string().contains("totp"), "the app is the account's: {clerk}");
    assert!(
        !clerk.to_string().contains("one@example.com"),
        "the profile stays as it is: {clerk}"
    );

    world.clock.advance(60);
    let browser = world.browser();
    let page = browser.federated_to("bank", &somebody()).await;
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(
        done.parameter("code").is_some(),
        "the link works, and is there already: {done:?}"
    );
    assert_eq!(links(world, "clerk").await.len(), 1);
    assert_eq!(world.events(AuditAction::Linked).await.len(), 1, "S46");
    assert_eq!(world.accounts().await, 1);
}

async fn s46_a_link_of_a_script_has_one_event_and_is_written_with_its_step(world: &World) {
    set_up(world, LINKS).await;
    let browser = world.browser();
    let away = browser.authorize("bank", "").await;
    let back = world.provider.sign_in(away.sent_to(), &somebody());
    let before = world.state.store.counters().commits;
    let page = browser.get(&back).await;
    assert_eq!(world.state.store.counters().commits - before, 1, "S43: one commit");
    browser.follow(page).await;
    let told = world.details(AuditAction::Linked).await;
    assert_eq!((told.len(), &told[0]["by"]), (1, &json!("script")), "S46: {told:?}");
}

async fn what_is_not_linked(world: &World) {
    set_up(world, LINKS).await;
    let refused = async |case: &str| {
        let done = world.browser().federated_to("bank", &somebody()).await;
        assert!(done.parameter("code").is_some(), "{case}: {done:?}");
        assert!(log_of_newest(world).await.contains("linked false"), "{case}");
        assert_eq!(world.events(AuditAction::Linked).await, [], "{case}: nothing is linked");
    };
    world
        .change("acme", |acme| {
            acme.jit.linking = doorward_domain::jit::LinkPolicy::Never
        })
        .await;
    refused("the connection never links").await;
    world
        .change("acme", |acme| {
            acme.jit.linking = doorward_domain::jit::LinkPolicy::Prove
        })
        .await;
    let disabled = json!({"status": "disabled"});
    assert_eq!(
        call(world, "PATCH", "/users/clerk", disabled).await.status,
        StatusCode::OK
    );
    refused("the account is disabled").await;
    assert!(
        call(world, "DELETE", "/users/clerk", Value::Null)
            .await
            .status
            .is_success()
    );
    refused("the account is gone").await;
    world
        .person("other", Some(("clerk@example.com", true)), "a good password")
        .await;
    refused("an account with another name").await;
    world
        .person("clerk", Some(("one@example.com", false)), "the attacker knows this")
        .await;
    refused("S1: an account whose address nobody has verified").await;
    let deleted = call(world, "DELETE", "/users/clerk", Value::Null).await;
    assert!(deleted.status.is_success(), "{deleted:?}");

    world.person("clerk", None, "a good password").await;
    world.change("acme", |acme| acme.jit.enabled = true).await;
    let done = world.browser().federated_to("bank", &somebody()).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert!(
        log_of_newest(world).await.contains("linked false"),
        "another account has the identity"
    );
    assert_eq!(links(world, "clerk").await.len(), 0, "no link is taken away or doubled");
    world.change("acme", |acme| acme.jit.enabled = false).await;
    let done = world.browser().federated_to("bank", &somebody()).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(links(world, "clerk").await.len(), 0, "nor with provisioning off");
}

async fn a_script_that_ends_the_sign_in_links_nothing(world: &World) {
    let script = "
    function onLoginRequest(context) {
        executeStep(1, { onSuccess: function (context) {
            if (doAssociationWithLocalUser(context.currentKnownSubject, 'clerk', '', '')) { fail(); }
        } });
    }";
    set_up(world, script).await;
    let refused = world.browser().federated_to("bank", &somebody()).await;
    assert_eq!(
        refused.parameter("error").as_deref(),
        Some("access_denied"),
        "{refused:?}"
    );
    assert_eq!(links(world, "clerk").await.len(), 0);
    assert_eq!(world.events(AuditAction::Linked).await, []);
}

/// Links after the second factor, which somebody without an account has passed by then.
const LINKS_LATE: &str = "
function onLoginRequest(context) {
    executeStep(1, { onSuccess: function (context) {
        executeStep(2, { onSuccess: function (context) {
            Log.info('linked ' + doAssociationWithLocalUser(context.currentKnownSubject, 'clerk', '', ''));
        } });
    } });
}";

async fn kept(world: &World) -> u64 {
    let holders = get(world, "/connections/acme/factor-holders").await.body;
    holders["total"].as_u64().unwrap_or_else(|| panic!("{holders}"))
}

async fn keep_factors(world: &World) {
    world.change("acme", |acme| acme.factors_without_account = true).await;
}

async fn what_is_kept_without_an_account_goes_with_a_link_after_its_step(world: &World) {
    set_up(world, LINKS_LATE).await;
    keep_factors(world).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &somebody()).await;
    let key = factors::key(&page);
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    let clerk = get(world, "/users/clerk").await.body;
    assert_eq!(sub_of(world, &done).await, clerk["sub"], "they are the account's owner");
    assert_eq!(links(world, "clerk").await.len(), 1);
    assert_eq!(kept(world).await, 0, "nothing is kept beside the account");
    assert_eq!(clerk["factors"], json!([]), "nor is the app the account's: {clerk}");
    let enrolled = world.events(AuditAction::FactorEnrolled).await;
    assert_eq!(enrolled, [], "nothing is told that is not there");

    let page = world.browser().federated_to("bank", &somebody()).await;
    assert!(
        page.body.contains("class=\"key\""),
        "the account has no app yet: {page:?}"
    );
}

async fn what_was_kept_before_goes_with_the_link(world: &World) {
    // The account is not there yet when they come for the first time.
    world.change("acme", |acme| acme.jit.enabled = false).await;
    world
        .scripted("bank", json!([["connection:acme"], ["totp"]]), LINKS_LATE)
        .await;
    keep_factors(world).await;
    let browser = world.browser();
    let page = browser.federated_to("bank", &somebody()).await;
    let key = factors::key(&page);
    let done = factors::enter(&browser, &page, &factors::code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    assert_eq!(kept(world).await, 1);

    world.person("clerk", None, "a good password").await;
    world.clock.advance(60);
    let (one_tab, other) = (world.browser(), world.browser());
    let page = one_tab.federated_to("bank", &somebody()).await;
    let late = other.federated_to("bank", &somebody()).await;
    let code = factors::code(world, &key);
    let done = factors::enter(&one_tab, &page, &code).await;
    assert!(
        done.parameter("code").is_some(),
        "the kept app counts in its step: {done:?}"
    );
    assert_eq!((kept(world).await, links(world, "clerk").await.len()), (0, 1));
    assert_eq!(world.events(AuditAction::Linked).await.len(), 1, "S46");
    let used = factors::enter(&other, &late, &code).await;
    assert!(used.parameter("code").is_none(), "S45: it worked once: {used:?}");
}
