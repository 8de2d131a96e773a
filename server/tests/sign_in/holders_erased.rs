//! Second factors without a profile are listed, and erased: by administrators, and when nobody uses them.

use doorward_domain::audit::AuditAction;
use http::StatusCode;
use serde_json::{Value, json};

use crate::api::{call, get};
use crate::factors::{code, enter, key};
use crate::holders::{at_the_step, bank, enrol, kept, one};
use crate::provider::Persona;
use crate::world::World;

crate::on_both!(
    an_administrator_sees_and_erases_them,
    what_nobody_uses_is_erased,
    the_own_page_says_what_is_kept,
);

async fn an_administrator_sees_and_erases_them(world: &World) {
    bank(world, &["totp"]).await;
    let path = "/connections/acme/factor-holders";
    let none = get(world, path).await;
    assert_eq!(none.body, json!({"items": [], "total": 0, "kept_days": 180}));
    let browser = world.browser();
    let old = enrol(world, &browser).await;
    world.clock.advance(60);
    let other = Persona::verified("two", "two@example.com");
    let second = world.browser();
    let page = second.federated_to("bank", &other).await;
    let done = enter(&second, &page, &code(world, &key(&page))).await;
    assert!(done.parameter("code").is_some(), "{done:?}");

    let first = get(world, &format!("{path}?limit=1")).await;
    assert_eq!(first.body["total"], 2);
    let cursor = first.body["next_cursor"].as_str().expect("another page");
    let rest = get(world, &format!("{path}?limit=1&cursor={cursor}")).await;
    let listed = [&first.body["items"][0], &rest.body["items"][0]];
    assert!(rest.body.get("next_cursor").is_none(), "{rest:?}");
    let enrolled = world.events(AuditAction::FactorEnrolled).await;
    let sub = enrolled[1].sub.clone().expect("of the first person");
    let of_first = listed.iter().find(|held| held["sub"] == sub).expect("the first person");
    assert_eq!(
        (&of_first["factors"], &of_first["passkeys"]),
        (&json!(["totp"]), &json!(0))
    );
    let id = of_first["id"].as_str().expect("an id");

    for wrong in ["acc_00000000000000000000000000", "nobody"] {
        let answer = call(world, "DELETE", &format!("{path}/{wrong}"), Value::Null).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let erased = call(world, "DELETE", &format!("{path}/{id}"), Value::Null).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{erased:?}");
    let again = browser.authorize("bank", "&prompt=none").await;
    assert_eq!(again.parameter("error").as_deref(), Some("login_required"), "S34");
    let told = world.events(AuditAction::FactorsErased).await;
    assert_eq!((&told[0].sub, &told[0].detail), (&Some(sub), &json!({"erased": 1})));
    world.clock.advance(60);
    let page = at_the_step(world).await;
    assert_ne!(key(&page), old, "enrols anew");

    let all = call(world, "DELETE", path, Value::Null).await;
    assert_eq!((all.status, &all.body), (StatusCode::OK, &json!({"erased": 1})));
    let told = world.events(AuditAction::FactorsErased).await;
    assert_eq!((told.len(), &told[0].sub), (2, &None));
    assert_eq!(
        call(world, "DELETE", path, Value::Null).await.body,
        json!({"erased": 0})
    );
}

async fn what_nobody_uses_is_erased(world: &World) {
    bank(world, &["totp"]).await;
    let key = enrol(world, &world.browser()).await;
    let day = 24 * 3600;
    let tidy = async || {
        let now = world.state.now();
        let kept = chrono::Duration::from_std(world.state.config.factors_kept).expect("days");
        let deleted = doorward_storage::housekeeping::delete_ended(&world.state.store, now, now - kept).await;
        deleted.expect("deletes");
        kept_now(world).await
    };
    world.clock.advance(179 * day);
    assert_eq!(tidy().await, 1);
    let browser = world.browser();
    let page = browser.federated_to("bank", &one()).await;
    let done = enter(&browser, &page, &code(world, &key)).await;
    assert!(done.parameter("code").is_some(), "{done:?}");
    world.clock.advance(179 * day);
    assert_eq!(tidy().await, 1, "counted from the last use");
    world.clock.advance(day);
    assert_eq!(tidy().await, 0);
    let page = at_the_step(world).await;
    assert!(page.body.contains("class=\"key\""), "enrols anew: {page:?}");
}

async fn the_own_page_says_what_is_kept(world: &World) {
    bank(world, &["totp"]).await;
    let browser = world.browser();
    enrol(world, &browser).await;
    let page = crate::account::open(&browser, "/account").await;
    for said in [
        "<h1>Only your second factors are kept</h1>",
        "when you sign in through Acme, this is kept:",
        "<li>Authenticator app</li>",
        "It is erased after",
    ] {
        assert!(page.body.contains(said), "{said}: {page:?}");
    }
    assert!(!page.body.contains("<li>Passkey</li>"), "{page:?}");
}

async fn kept_now(world: &World) -> usize {
    kept(world).await.len()
}
