//! The table of design.md §2.1, and who may never be taken for whom.

use doorward_domain::audit::AuditAction;
use doorward_domain::jit::{AttributeSync, LinkPolicy};
use doorward_storage::StorageError;
use serde_json::{Value, json};

use crate::api::get;
use crate::factors::claims_of;
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    on_and_new_creates_an_account_with_the_stable_sub,
    off_and_linked_passes_fresh_claims_on_and_writes_no_profile,
    s15_an_address_typed_on_the_way_is_in_no_account,
    never_refuses_and_verified_email_links,
    s5_s6_prove_links_once_and_only_the_subject_that_asked,
    s46_each_link_has_one_event,
    s44_nobody_is_revived_and_nothing_is_erased,
);

/// Signs somebody in, and what the application knows them by.
pub async fn sub(world: &World, persona: &Persona) -> String {
    let code = world.browser().federated(persona).await.code();
    let (status, tokens) = world.redeem("portal", &code).await;
    assert_eq!(status, 200, "{tokens}");
    let (_, claims) = world.userinfo(tokens["access_token"].as_str().expect("a token")).await;
    claims["sub"].as_str().expect("sub").to_owned()
}

async fn on_and_new_creates_an_account_with_the_stable_sub(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    world.change("acme", |connection| connection.jit.enabled = false).await;
    let passing = sub(world, &persona).await;
    assert_eq!(world.accounts().await, 0, "off: nobody is created");
    world.change("acme", |connection| connection.jit.enabled = true).await;
    assert_eq!(sub(world, &persona).await, passing, "sub stays when JIT is turned on");
    assert_eq!(world.accounts().await, 1);
    assert_eq!(sub(world, &persona).await, passing, "the same account again");
    world.change("acme", |connection| connection.jit.enabled = false).await;
    assert_eq!(sub(world, &persona).await, passing, "recognised while off");
    assert_eq!(world.accounts().await, 1);
}

/// What is kept of the only account, without the times of its last use.
async fn profile(world: &World) -> Value {
    let page = get(world, "/users").await.body;
    let users = page["items"].as_array().expect("items");
    assert_eq!(users.len(), 1, "{page}");
    let id = users[0]["id"].as_str().expect("an id");
    let mut user = get(world, &format!("/users/{id}")).await.body;
    let fields = user.as_object_mut().expect("an object");
    fields.remove("last_sign_in_at");
    // A session for each browser, and when the link was used last.
    fields.remove("sessions").expect("sessions");
    user["links"][0]["last_used_at"].take();
    user
}

async fn off_and_linked_passes_fresh_claims_on_and_writes_no_profile(world: &World) {
    let persona = |given: &str, email: &str, more: Value| {
        let mut claims = json!({"email": email, "email_verified": true, "given_name": given});
        let fields = claims.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        Persona::new("one", claims)
    };
    let first = persona("Anna", "anna@example.com", json!({"family_name": "Older"}));
    let account_sub = sub(world, &first).await;
    let before = profile(world).await;
    assert_eq!(before["attributes"]["given_name"]["value"], "Anna", "{before}");
    assert_eq!(before["attributes"]["family_name"]["value"], "Older", "{before}");

    for sync in [
        AttributeSync::PreserveLocal,
        AttributeSync::OverrideAll,
        AttributeSync::None,
    ] {
        world
            .change("acme", |connection| {
                connection.jit.enabled = false;
                connection.jit.attribute_sync = sync;
            })
            .await;
        let unchanged = before.clone();
        world.clock.advance(60);
        // Another name, another address, one attribute more and one less.
        let fresh = persona("Berta", "berta@example.com", json!({"name": "Berta Bee"}));
        let code = world.browser().federated(&fresh).await.code();
        let (status, tokens) = world.redeem("portal", &code).await;
        assert_eq!(status, 200, "{sync:?}: {tokens}");
        is_fresh(&claims_of(&tokens), &account_sub, "the ID token");
        let access = tokens["access_token"].as_str().expect("a token");
        is_fresh(&world.userinfo(access).await.1, &account_sub, "userinfo");

        world.clock.advance(60);
        let refresh = tokens["refresh_token"].as_str().expect("a token");
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let (status, tokens) = world.token("portal", &form).await;
        assert_eq!(status, 200, "{sync:?}: {tokens}");
        is_fresh(&claims_of(&tokens), &account_sub, "the ID token after a refresh");
        let access = tokens["access_token"].as_str().expect("a token");
        is_fresh(
            &world.userinfo(access).await.1,
            &account_sub,
            "userinfo after a refresh",
        );

        assert_eq!(
            profile(world).await,
            unchanged,
            "{sync:?}: nothing of the profile is written"
        );
    }

    // The same claims with JIT on do write: what was compared can change.
    world
        .change("acme", |connection| {
            connection.jit.enabled = true;
            connection.jit.attribute_sync = AttributeSync::PreserveLocal;
        })
        .await;
    sub(world, &persona("Berta", "berta@example.com", json!({}))).await;
    assert_eq!(profile(world).await["attributes"]["given_name"]["value"], "Berta");
}

/// What the application gets is what the provider says now, of the account it was linked to.
#[track_caller]
fn is_fresh(claims: &Value, sub: &str, case: &str) {
    assert_eq!(claims["sub"], sub, "{case}: {claims}");
    for (name, want) in [
        ("given_name", json!("Berta")),
        ("name", json!("Berta Bee")),
        ("email", json!("berta@example.com")),
        ("email_verified", json!(true)),
        ("family_name", Value::Null),
    ] {
        assert_eq!(claims[name], want, "{case}: {name}: {claims}");
    }
}

async fn s15_an_address_typed_on_the_way_is_in_no_account(world: &World) {
    const TYPED: &str = "typed@example.com";
    let browser = world.browser();
    let page = browser.authorize("payroll", &format!("&login_hint={TYPED}")).await;
    let wrong = browser.password(&page, TYPED, "a guess at a password").await;
    assert_eq!(wrong.status, 401, "typed into the form, beside the buttons");
    let form = [
        ("option", "connection:acme"),
        ("username", TYPED),
        ("email", TYPED),
        ("attribute.email", TYPED),
        ("login_hint", TYPED),
    ];
    let away = browser.submit(&page, &form).await;
    let persona = Persona::verified("one", "asserted@example.com");
    let back = world.provider.sign_in(away.sent_to(), &persona);
    let seen = browser.get(&format!("{back}&email={TYPED}&login_hint={TYPED}")).await;
    let code = browser.follow(seen).await.code();
    let (_, tokens) = world.redeem("payroll", &code).await;
    assert_eq!(claims_of(&tokens)["email"], "asserted@example.com", "S15");
    let user = profile(world).await;
    assert_eq!(
        user["attributes"]["email"]["value"], "asserted@example.com",
        "S15: {user}"
    );
    assert!(
        !user.to_string().contains("typed"),
        "S15: only the asserted one: {user}"
    );

    // Nor does what was typed open or link anything: it stays free for whoever owns it.
    world
        .person("owner", Some((TYPED, true)), "a password of the owner")
        .await;
    assert_eq!(world.accounts().await, 2, "S15");
}

async fn never_refuses_and_verified_email_links(world: &World) {
    world
        .person("owner", Some(("owner@example.com", true)), "a password of the owner")
        .await;
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::Never)
        .await;
    let persona = Persona::verified("one", "Owner@Example.com");
    let before = world.state.store.counters().commits;
    let seen = world.browser().federated(&persona).await;
    assert_eq!(seen.number(), "1202");
    let commits = world.state.store.counters().commits - before;
    assert_eq!(commits, 1, "nothing is written but the line of the audit log");
    assert_eq!(world.accounts().await, 1);
    let refused = world.details(AuditAction::SignInRefused).await;
    assert_eq!(refused[0]["reason"], "account_exists");
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::VerifiedEmail)
        .await;
    sub(world, &persona).await;
    assert_eq!(world.accounts().await, 1, "linked at once");
}

async fn s5_s6_prove_links_once_and_only_the_subject_that_asked(world: &World) {
    world
        .person("owner", Some(("owner@example.com", true)), "a password of the owner")
        .await;
    world
        .person("other", Some(("other@example.com", true)), "a password of another")
        .await;
    let persona = Persona::verified("one", "owner@example.com");
    let browser = world.browser();
    let asked = browser.federated(&persona).await;
    assert!(asked.address.contains("/signin/"), "asked for proof: {asked:?}");
    assert!(
        !asked.body.contains("owner@example.com"),
        "the account is only recalled"
    );
    let action = format!("{}/proof", asked.address);
    let csrf = asked.field("csrf");
    let form = |password: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("option", "password".to_owned()),
            ("password", password.to_owned()),
        ]
    };
    let pairs = |form: &[(&'static str, String); 3]| form.clone();
    let post = async |password| {
        let form = pairs(&form(password));
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&action, &form).await
    };
    assert_eq!(
        post("a password of another").await.status,
        401,
        "S5: somebody else's proof"
    );
    let kept = browser.cookies_now();
    let linked = post("a password of the owner").await;
    world.redeem("portal", &linked.code()).await;
    assert_eq!(world.accounts().await, 2, "linked, not created");
    browser.set_cookies(kept);
    let again = post("a password of the owner").await;
    assert_eq!(again.location, None, "S6: the proof is used up: {again:?}");
    assert!(
        world.browser().federated(&persona).await.parameter("code").is_some(),
        "the link works"
    );
    let stranger = Persona::verified("two", "owner@example.com");
    assert!(
        world.browser().federated(&stranger).await.location.is_none(),
        "S5: another subject is asked anew"
    );
}

pub async fn links_told(world: &World) -> usize {
    world.events(AuditAction::Linked).await.len()
}

async fn s46_each_link_has_one_event(world: &World) {
    // One in a hundred first sign-ins also takes a portion of the connection's quota (S49).
    sub(world, &Persona::verified("zero", "zero@example.com")).await;
    let person = Persona::verified("one", "one@example.com");
    let before = world.state.store.counters().commits;
    world.browser().federated(&person).await.code();
    assert_eq!(
        world.state.store.counters().commits - before,
        1,
        "S46: all in one commit"
    );
    assert_eq!(links_told(world).await, 2, "S46: created together with its account");
    sub(world, &person).await;
    assert_eq!(links_told(world).await, 2, "S46: used, not made");
    world
        .person("owner", Some(("owner@example.com", true)), "a password of the owner")
        .await;
    let browser = world.browser();
    let asked = browser.federated(&Persona::verified("two", "owner@example.com")).await;
    assert_eq!(links_told(world).await, 2, "S46: asked for, not made");
    let form = [("option", "password"), ("password", "a password of the owner")];
    let proved = browser.send(&asked, &format!("{}/proof", asked.address), &form).await;
    assert!(proved.parameter("code").is_some(), "{proved:?}");
    assert_eq!(links_told(world).await, 3, "S46: proved");
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::VerifiedEmail)
        .await;
    world
        .person("third", Some(("third@example.com", true)), "a password of the third")
        .await;
    let before = world.state.store.counters().commits;
    let third = world
        .browser()
        .federated(&Persona::verified("three", "third@example.com"))
        .await;
    assert!(third.parameter("code").is_some(), "{third:?}");
    assert_eq!(
        world.state.store.counters().commits - before,
        1,
        "S46: link and event in one commit"
    );
    assert_eq!(links_told(world).await, 4, "S46: linked by the verified address");
}

async fn s44_nobody_is_revived_and_nothing_is_erased(world: &World) {
    let persona = Persona::verified("one", "one@example.com");
    sub(world, &persona).await;
    sub(world, &Persona::new("one", json!({"given_name": "Anna"}))).await;
    let page = world.services.users.list(Default::default()).await.expect("listed");
    let user = serde_json::to_value(&page.items[0]).expect("json");
    assert!(
        user.to_string().contains("one@example.com"),
        "S44: a missing claim is no delete: {user}"
    );
    let id: doorward_domain::id::AccountId = user["id"].as_str().expect("id").parse().expect("an id");
    let now = world.state.now();
    let disabled: Result<_, StorageError> = world
        .state
        .store
        .write(move |tx| Box::pin(async move { doorward_storage::account::disable(tx, &id, now).await }))
        .await;
    disabled.expect("disabled");
    let seen = world.browser().federated(&persona).await;
    assert_eq!((seen.status.as_u16(), seen.number()), (403, "1201"), "S44: not revived");
}
