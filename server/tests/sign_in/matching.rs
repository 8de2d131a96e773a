//! Whose account it is: what a provider asserts never opens what somebody else has (S1, S2, S3, S11, S12).

use doorward_domain::jit::LinkPolicy;
use serde_json::{Value, json};

use crate::api::get;
use crate::factors::claims_of;
use crate::jit::{links_told, sub};
use crate::provider::{ISSUER, Persona};
use crate::world::World;

crate::on_both!(
    s1_s2_s12_an_address_links_nobody_unless_both_sides_verified_it,
    s11_an_address_that_looks_like_another_opens_no_account,
    s3_the_same_subject_of_another_issuer_is_somebody_else,
    s12_a_subject_that_is_new_at_a_known_provider_proves_itself,
);

async fn s1_s2_s12_an_address_links_nobody_unless_both_sides_verified_it(world: &World) {
    for (number, policy) in [LinkPolicy::Prove, LinkPolicy::VerifiedEmail].into_iter().enumerate() {
        world.change("acme", |connection| connection.jit.linking = policy).await;
        let (squatter, victim) = (format!("squatter-{number}"), format!("victim-{number}"));
        let address = format!("{victim}@example.com");
        world
            .person(&squatter, Some((&address, false)), "the attacker knows this")
            .await;
        let before = world.accounts().await;
        let through = sub(world, &Persona::verified(&victim, &address)).await;
        assert_eq!(world.accounts().await, before + 1, "S1: {policy:?}: not merged");
        let account = get(world, &format!("/users/{squatter}")).await.body;
        assert_eq!(account["links"], json!([]), "S1: {policy:?}: {account}");
        assert_ne!(account["sub"], through, "S1: {policy:?}");
    }
    let there = world.accounts().await;
    world
        .person("owner", Some(("owner@example.com", true)), "a password of the owner")
        .await;
    for (index, verified) in [
        Value::Null,
        json!(false),
        json!("false"),
        json!("true"),
        json!(0),
        json!(1),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = json!({"email": "owner@example.com", "email_verified": verified});
        sub(world, &Persona::new(&format!("stranger-{index}"), claims)).await;
        assert_eq!(
            world.accounts().await,
            there + 2 + index,
            "S2: {verified} links nothing"
        );
    }
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::Never)
        .await;
    let seen = world
        .browser()
        .federated(&Persona::verified("reissued", "victim-0@example.com"))
        .await;
    assert_eq!(
        (seen.status.as_u16(), seen.number()),
        (409, "1202"),
        "S12: a new subject opens no old account"
    );
}

async fn s11_an_address_that_looks_like_another_opens_no_account(world: &World) {
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::VerifiedEmail)
        .await;
    world
        .person("owner", Some(("pop@example.com", true)), "a password of the owner")
        .await;
    sub(world, &Persona::verified("twin", "рор@example.com")).await;
    assert_eq!(world.accounts().await, 2, "Cyrillic letters make another mailbox");
    sub(world, &Persona::verified("same", "pop@example.com")).await;
    assert_eq!(world.accounts().await, 2, "the same mailbox is linked");
}

async fn s3_the_same_subject_of_another_issuer_is_somebody_else(world: &World) {
    const ELSEWHERE: &str = "https://other.example.com";
    let at = |path: &str| format!("{ISSUER}/{path}");
    // The endpoints are those of the one provider there is; what it signs names another issuer.
    let typed = json!({
        "issuer": ELSEWHERE, "client_id": "doorward", "client_secret": "hush",
        "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("jwks"),
    });
    world.connection("gamma", json!({"oidc": typed.clone()})).await;
    world.application("counter", json!([["connection:gamma"]])).await;
    let here = Persona::verified("one", "one@example.com");
    let there = Persona {
        issuer: ELSEWHERE.into(),
        ..here.clone()
    };
    let known = sub(world, &here).await;
    for (policy, answer) in [(LinkPolicy::Never, "1202"), (LinkPolicy::Prove, "")] {
        world.change("gamma", |gamma| gamma.jit.linking = policy).await;
        let seen = world.browser().federated_to("counter", &there).await;
        assert!(seen.parameter("code").is_none(), "S3: {policy:?}: {seen:?}");
        assert!(answer.is_empty() || seen.number() == answer, "S3: {policy:?}: {seen:?}");
        assert_eq!(
            (world.accounts().await, links_told(world).await),
            (1, 1),
            "S3: {policy:?}"
        );
    }
    world.change("gamma", |gamma| gamma.jit.enabled = false).await;
    let done = world.browser().federated_to("counter", &there).await;
    let (_, tokens) = world.redeem("counter", &done.code()).await;
    assert_ne!(claims_of(&tokens)["sub"], known, "S3: another `sub`");

    // The very connection is pointed at another issuer: its subjects are other people.
    world
        .change("acme", |acme| {
            acme.oidc = serde_json::from_value(typed).expect("settings")
        })
        .await;
    let seen = world.browser().federated(&there).await;
    assert!(seen.parameter("code").is_none(), "S3: {seen:?}");
    assert_eq!((world.accounts().await, links_told(world).await), (1, 1), "S3");
}

async fn s12_a_subject_that_is_new_at_a_known_provider_proves_itself(world: &World) {
    world
        .change("acme", |connection| connection.jit.linking = LinkPolicy::VerifiedEmail)
        .await;
    world
        .connection("beta", json!({"jit": {"linking": "verified_email"}}))
        .await;
    world.application("counter", json!([["connection:beta"]])).await;
    let before = sub(world, &Persona::verified("first", "owner@example.com")).await;
    let asked = world
        .browser()
        .federated(&Persona::verified("reissued", "owner@example.com"))
        .await;
    assert!(asked.parameter("code").is_none(), "S12: {asked:?}");
    assert!(asked.body.contains("/proof"), "S12: {asked:?}");
    assert_eq!(links_told(world).await, 1, "S12: nothing is linked in silence");
    let elsewhere = Persona::verified("first", "owner@example.com");
    let done = world.browser().federated_to("counter", &elsewhere).await;
    let (_, tokens) = world.redeem("counter", &done.code()).await;
    assert_eq!(
        crate::factors::claims_of(&tokens)["sub"],
        before,
        "another connection is linked at once"
    );
}
