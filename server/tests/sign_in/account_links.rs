//! Links on a person's own account page: begun by a form, removed while another way in remains.

use doorward_domain::audit::AuditAction;

use crate::account::{PASSWORD, clerk, open};
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    s7_a_provider_is_linked_by_a_form_and_in_one_browser,
    a_link_goes_while_another_way_in_remains,
    identities_of_one_provider_are_told_apart,
);

async fn s7_a_provider_is_linked_by_a_form_and_in_one_browser(world: &World) {
    let (browser, page) = clerk(world).await;
    let persona = Persona::unverified("one", "clerk@example.com");
    let asked = browser.get("/account/links?option=connection:acme").await;
    assert_eq!(asked.location.as_deref(), Some("/account"), "S7: a GET starts no link");
    let start = [("option", "connection:acme")];
    let away = browser.send(&page, "/account/links", &start).await;
    let state = away.parameter("state").expect("sent to the provider at once");
    let refused = format!("/federation/acme/callback?error=access_denied&state={state}");
    let stopped = open(&browser, &refused).await;
    let (step, _) = stopped.address.split_once("/stopped").expect("the page of the refusal");
    let asked = open(&browser, step).await;
    assert!(asked.body.contains("<h1>Link Acme</h1>"), "what it is for: {asked:?}");
    let away = browser.submit(&asked, &start).await;
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let before = world.state.store.counters().commits;
    let linked = browser.get(&back).await;
    let commits = world.state.store.counters().commits - before;
    assert_eq!(commits, 2, "S46: the link with its event, then the letter about it");
    let linked = browser.follow(linked).await;
    assert!(linked.body.contains("The sign-in is linked."), "{linked:?}");
    assert_eq!(world.events(AuditAction::Linked).await.len(), 1, "S46");
    assert_eq!(world.accounts().await, 1);
    let other = world.browser();
    let seen = other.federated(&persona).await;
    assert!(seen.parameter("code").is_some(), "{seen:?}");
    assert_eq!(world.accounts().await, 1, "the same account");

    world.person("other", None, PASSWORD).await;
    let strange = world.browser();
    let page = open(&strange, "/account").await;
    let page = strange.password(&page, "other", PASSWORD).await;
    let away = strange.send(&page, "/account/links", &start).await;
    let refused = strange.back(&away, &persona).await;
    assert_eq!((refused.status.as_u16(), refused.number()), (409, "1235"));

    // Another person signs in to the browser while the first one is at the provider.
    let page = open(&strange, "/account").await;
    let away = strange.send(&page, "/account/links", &start).await;
    let page = strange.authorize("payroll", "&prompt=login").await;
    strange.password(&page, "clerk", PASSWORD).await;
    let newcomer = Persona::verified("two", "two@example.com");
    let back = world.provider.sign_in(away.sent_to(), &newcomer);
    let refused = strange.get(&back).await;
    let refused = strange.follow(refused).await;
    assert_eq!(
        (refused.status.as_u16(), refused.number()),
        (403, "1010"),
        "S7: {refused:?}"
    );
    assert_eq!(world.events(AuditAction::Linked).await.len(), 1);
}

async fn a_link_goes_while_another_way_in_remains(world: &World) {
    let persona = Persona::verified("one", "clerk@example.com");
    let browser = world.browser();
    let page = open(&browser, "/account").await;
    let page = browser.through(&page, &persona).await;
    assert!(page.body.contains("<h1>Your account</h1>"), "{page:?}");
    assert!(page.body.contains("from Acme"), "who the name comes from: {page:?}");
    assert!(page.body.contains("your only way to sign in"), "{page:?}");
    let page = open(&browser, "/account/password").await;
    let set = browser
        .send(&page, "/account/password", &[("password", "another good one")])
        .await;
    assert!(set.body.contains("Your password is changed."), "{set:?}");
    let (_, rest) = set.body.split_once("href=\"/account/links/").expect("a link to unlink");
    let path = format!("/account/links/{}", rest.split('"').next().expect("an end"));
    let question = open(&browser, &path).await;
    assert!(question.body.contains("Unlink Acme?"), "{question:?}");
    let out = browser.send(&question, &path, &[]).await;
    assert!(
        out.address.starts_with("/signin/"),
        "what was signed in through it has ended: {out:?}"
    );
    assert_eq!(world.events(AuditAction::Unlinked).await.len(), 1);
}

async fn identities_of_one_provider_are_told_apart(world: &World) {
    let (browser, mut page) = clerk(world).await;
    for subject in ["first", "second"] {
        let away = browser
            .send(&page, "/account/links", &[("option", "connection:acme")])
            .await;
        page = browser
            .back(&away, &Persona::unverified(subject, "clerk@example.com"))
            .await;
        assert!(page.body.contains("The sign-in is linked."), "{page:?}");
    }
    for subject in ["first", "second"] {
        let told = format!("known there as {subject}");
        assert!(page.body.contains(&told), "{page:?}");
        let label = format!("aria-label=\"Unlink Acme ({told})\"");
        let (before, _) = page.body.split_once(&label).expect("a link with its own name");
        let (_, path) = before.rsplit_once("href=\"").expect("an address");
        let path = path.split('"').next().expect("an end");
        let question = open(&browser, path).await;
        assert!(question.body.contains(&told), "{question:?}");
    }
}
