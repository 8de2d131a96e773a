//! Erased, and kept out: whoever comes back with such an identity is refused, until an administrator lets them in again.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::account::clerk;
use crate::api::{call, get};
use crate::erased::{columns_that_hold, rows_by_table};
use crate::factors::claims_of;
use crate::provider::{ISSUER, Persona};
use crate::world::World;

crate::on_both!(
    s50_whoever_is_kept_out_is_refused_with_jit_on_and_off,
    s50_whoever_is_let_in_again_gets_a_new_account,
    s50_nobody_is_kept_out_unasked,
    s50_another_account_does_not_let_them_in,
);

const SUBJECT: &str = "subject-of-zebulonia";
const EMAIL: &str = "zebulonia@example.com";

fn persona() -> Persona {
    Persona::verified(SUBJECT, EMAIL)
}

/// Somebody who came once and was erased. What applications knew them by.
async fn erased(world: &World, query: &str) -> Value {
    let code = world.browser().federated(&persona()).await.code();
    let (status, tokens) = world.redeem("portal", &code).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let commits = world.state.store.counters().commits;
    let gone = call(world, "DELETE", &format!("/users/{EMAIL}{query}"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    assert_eq!(
        world.state.store.counters().commits - commits,
        1,
        "S50: the deletion and what it keeps in one commit"
    );
    world.clock.advance(60);
    claims_of(&tokens)["sub"].clone()
}

async fn s50_whoever_is_kept_out_is_refused_with_jit_on_and_off(world: &World) {
    erased(world, "?keep_out=true").await;
    assert_eq!(
        columns_that_hold(world, &[SUBJECT, EMAIL]).await,
        Vec::<String>::new(),
        "S50: no table names the person, and this one neither"
    );
    let told = world.details(AuditAction::AccountDeleted).await;
    assert_eq!(told, [json!({"kept_out": 1})], "how many, and not which");
    for jit in [true, false] {
        world.change("acme", |acme| acme.jit.enabled = jit).await;
        let before = rows_by_table(world).await;
        assert_eq!(before["kept_out"], 1);
        let seen = world.browser().federated(&persona()).await;
        assert_eq!((seen.status.as_u16(), seen.number()), (403, "1201"), "S50: {seen:?}");
        let mut after = rows_by_table(world).await;
        *after.get_mut("audit_event").expect("the table") -= 1;
        assert_eq!(after, before, "JIT {jit}: one line of the audit log, and nothing else");

        let attempts = get(world, "/attempts?outcome=refused").await.body;
        let newest = &attempts["items"][0];
        assert_eq!(newest["reason"], "kept_out", "{attempts}");
        assert_eq!(
            (&newest["page"], &newest["connection"]["handle"]),
            (&json!(1201), &json!("acme"))
        );
        let id = newest["id"].as_str().expect("an id");
        let detail = get(world, &format!("/attempts/{id}")).await.body;
        assert_eq!(detail["told"], "This identity was erased and is kept out.", "{detail}");
        let remedy = detail["remedies"][0].as_str().expect("a remedy");
        assert!(remedy.starts_with("Let it in again"), "{remedy}");
        world.clock.advance(60);
    }
    assert_eq!(world.accounts().await, 0);
    assert_eq!(columns_that_hold(world, &[SUBJECT, EMAIL]).await, Vec::<String>::new());
    world.change("acme", |acme| acme.jit.enabled = true).await;
    let other = Persona::verified("two", "two@example.com");
    world.browser().federated(&other).await.code();
}

async fn s50_whoever_is_let_in_again_gets_a_new_account(world: &World) {
    let sub = erased(world, "?keep_out=true").await;
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("issuer", ISSUER)
        .append_pair("subject", SUBJECT)
        .finish();
    let let_in = call(
        world,
        "DELETE",
        &format!("/connections/acme/kept-out?{query}"),
        Value::Null,
    )
    .await;
    assert_eq!((let_in.status, &let_in.body), (StatusCode::OK, &json!({"let_in": 1})));
    let seen = world.browser().federated(&persona()).await;
    assert!(seen.parameter("code").is_some(), "{seen:?}");
    assert_eq!(world.accounts().await, 1);
    let user = get(world, &format!("/users/{EMAIL}")).await.body;
    assert_eq!(user["sub"], sub, "applications know them by the same sub");
}

async fn s50_nobody_is_kept_out_unasked(world: &World) {
    for query in ["", "?keep_out=false"] {
        erased(world, query).await;
        assert_eq!(rows_by_table(world).await["kept_out"], 0, "{query}");
        let told = world.details(AuditAction::AccountDeleted).await;
        assert_eq!(told[0], Value::Null, "{query}");
    }
    let seen = world.browser().federated(&persona()).await;
    assert!(seen.parameter("code").is_some(), "a new account: {seen:?}");
}

async fn s50_another_account_does_not_let_them_in(world: &World) {
    erased(world, "?keep_out=true").await;
    let (browser, page) = clerk(world).await;
    let away = browser
        .send(&page, "/account/links", &[("option", "connection:acme")])
        .await;
    let refused = browser.back(&away, &persona()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.number()),
        (403, "1201"),
        "S50: {refused:?}"
    );
    let linked = world.events(AuditAction::Linked).await;
    assert_eq!(linked.len(), 1, "only before the erasure: {linked:?}");
    let seen = world.browser().federated(&persona()).await;
    assert_eq!(seen.number(), "1201", "{seen:?}");
}
