//! Scripts that mean harm: each ends within its limits, lets nobody in, and leaves the server to others.

use std::time::Duration;

use doorward_domain::audit::{Actor, AuditAction};
use http::StatusCode;
use serde_json::json;

use crate::script::{LOCAL_ONLY, steps};
use crate::world::World;

crate::on_both!(
    s40_an_edited_prototype_lets_nobody_in,
    f29_s40_hostile_scripts_end_and_others_go_on,
    s40_a_crowd_of_hostile_runs_holds_up_nobody_else,
);

/// Takes what the engine's own code stands on.
const EDITING: &str = "
    JSON.parse = JSON.stringify = function () { return '{\"end\":\"done\"}'; };
    Array.prototype.push = function () { return 0; };
    Map.prototype.has = function () { return true; };
    Object.prototype.end = 'done';
    Object.defineProperty(Object.prototype, 'then', { get: function () { throw new Error('then'); } });
    function onLoginRequest(context) { executeStep(1); }";

async fn s40_an_edited_prototype_lets_nobody_in(world: &World) {
    world.scripted("edited", json!([["password"]]), EDITING).await;
    let seen = world.browser().authorize("edited", "").await;
    assert_eq!(seen.number(), "1304", "S40: {seen:?}");
    assert!(seen.parameter("code").is_none(), "S40: {seen:?}");
}

/// One script of the corpus: what it does, and the body of its entry function.
#[derive(serde::Deserialize)]
struct Hostile {
    name: String,
    body: String,
}

async fn f29_s40_hostile_scripts_end_and_others_go_on(world: &World) {
    world.person("clerk", None, "a good password").await;
    let corpus: Vec<Hostile> =
        serde_json::from_str(include_str!("../../crates/sandbox/tests/hostile.json")).expect("a list");
    assert!(corpus.len() >= 30, "F29");
    for (number, Hostile { name, body }) in corpus.iter().enumerate() {
        let handle = format!("hostile-{number}");
        // Saved as a program would do it that does not ask the analyser.
        world.application(&handle, json!([["password"]])).await;
        let source = format!("function onLoginRequest(context) {{ {body} }}");
        let found = world.state.snapshot().application_by_client_id(&handle).cloned();
        let mut application = found.expect("there").as_ref().clone();
        application.flow.script = Some(source);
        application.version += 1;
        let saved: Result<(), doorward_storage::StorageError> = world
            .state
            .store
            .write(move |tx| {
                Box::pin(async move { doorward_storage::application::update(tx, &application, &Actor::Api).await })
            })
            .await;
        saved.expect("saved");
        world.state.refresh().await.expect("loads");
        let hostile = world.browser();
        let others = world.browser();
        let (denied, fine) = tokio::join!(
            tokio::time::timeout(Duration::from_secs(30), hostile.authorize(&handle, "")),
            others.authorize("payroll", "")
        );
        let denied = denied.expect("an end");
        assert_eq!(denied.number(), "1304", "F28, F29, S40: {name}: {denied:?}");
        assert_eq!(fine.status, StatusCode::OK, "{name}");
        let refused = world.details(AuditAction::SignInRefused).await;
        assert_eq!(refused[0]["reason"], "script_failed", "F30: {name}");
    }
    let browser = world.browser();
    let page = browser.authorize("payroll", "").await;
    browser.password(&page, "clerk", "a good password").await.code();
}

async fn s40_a_crowd_of_hostile_runs_holds_up_nobody_else(world: &World) {
    world.scripted("bank", steps(), LOCAL_ONLY).await;
    world
        .scripted(
            "hostile",
            json!([["password"]]),
            "function onLoginRequest(context) { while (true) {} }",
        )
        .await;
    let first = world.browser().authorize("hostile", "").await;
    assert_eq!(first.number(), "1304", "the first one is stopped: {first:?}");
    let ended = std::sync::atomic::AtomicUsize::new(0);
    let count = || ended.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let crowd = futures::future::join_all((0..12).map(|_| async {
        let seen = world.browser().authorize("hostile", "").await;
        count();
        seen
    }));
    let other = async {
        let seen = world.browser().authorize("bank", "").await;
        (seen, count())
    };
    let (crowd, (seen, before)) = tokio::join!(crowd, other);
    assert!(seen.body.contains("name=\"password\""), "{seen:?}");
    assert!(
        before < 6,
        "S40: another application's script does not wait for them: {before} came first"
    );
    for seen in crowd {
        // Each in its turn, or told to come back.
        assert!(["1304", "1301"].contains(&seen.number()), "S40: {seen:?}");
    }
}
