//! The flows an application had.

use doorward_domain::application::Application;
use doorward_domain::audit::Actor;
use doorward_domain::flow::{SignInFlow, VERSION_LIMIT};
use doorward_domain::id::AccountId;
use doorward_storage::flow_version::{self, FlowVersion};
use doorward_storage::{Contested, StorageError, Store, application};
use serde_json::json;

use crate::configuration::sample_application;
use crate::fixtures::at;
use crate::stage::{Stage, on_both};

on_both!(
    each_flow_is_kept_with_who_saved_it,
    the_newest_are_kept,
    a_flow_that_nobody_recorded_is_kept_when_it_is_replaced,
    what_is_not_saved_is_no_version,
);

fn administrator() -> Actor {
    Actor::Administrator {
        account: AccountId::from_random([7; 16]),
    }
}

fn scripted(source: &str) -> SignInFlow {
    let flow = json!({"steps": [{"options": ["password"]}, {"options": ["totp"]}], "script": source});
    serde_json::from_value(flow).expect("a flow")
}

async fn insert(store: &Store, one: &Application) {
    let one = one.clone();
    let saved: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::insert(tx, &one, &Actor::Api).await }))
        .await;
    saved.expect("inserts");
}

async fn update(store: &Store, one: &mut Application, change: impl FnOnce(&mut Application)) {
    change(one);
    one.version += 1;
    one.updated_at = doorward_domain::truncate(at(one.version));
    let next = one.clone();
    let saved: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::update(tx, &next, &administrator()).await }))
        .await;
    saved.expect("saves");
}

async fn versions(store: &Store, of: &Application) -> Vec<FlowVersion> {
    flow_version::list(store.read(), &of.id).await.expect("lists")
}

async fn each_flow_is_kept_with_who_saved_it(stage: &Stage) {
    let store = &stage.store;
    let mut payroll = sample_application("payroll");
    let first = payroll.flow.clone();
    insert(store, &payroll).await;
    update(store, &mut payroll, |one| one.name = "Wages".into()).await;
    update(store, &mut payroll, |one| one.flow = scripted("one")).await;
    update(store, &mut payroll, |one| one.enabled = false).await;
    update(store, &mut payroll, |one| one.flow = first.clone()).await;
    let kept = versions(store, &payroll).await;
    let shown: Vec<_> = kept
        .iter()
        .map(|one| (one.version, &one.flow, one.by.clone()))
        .collect();
    let (one, by) = (scripted("one"), administrator());
    assert_eq!(
        shown,
        [
            (5, &first, Some(by.clone())),
            (3, &one, Some(by)),
            (1, &first, Some(Actor::Api)),
        ],
        "what is no change of the flow is no version"
    );
    assert_eq!(kept[1].saved_at, doorward_domain::truncate(at(3)));
    let other = sample_application("other");
    assert_eq!(versions(store, &other).await, []);

    let (id, version) = (payroll.id.clone(), payroll.version);
    let gone: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::delete(tx, &id, version).await }))
        .await;
    gone.expect("deletes");
    assert_eq!(stage.rows("flow_version").await, 0, "they go with the application");
}

async fn the_newest_are_kept(stage: &Stage) {
    let store = &stage.store;
    let kept_at_most = i64::from(VERSION_LIMIT);
    let (mut payroll, other) = (sample_application("payroll"), sample_application("other"));
    insert(store, &payroll).await;
    insert(store, &other).await;
    for number in 0..kept_at_most + 5 {
        update(store, &mut payroll, |one| {
            one.flow = scripted(&format!("version {number}"))
        })
        .await;
    }
    let kept: Vec<i64> = versions(store, &payroll).await.iter().map(|one| one.version).collect();
    let want: Vec<i64> = (0..kept_at_most).map(|back| payroll.version - back).collect();
    assert_eq!(kept, want);
    assert_eq!(versions(store, &other).await.len(), 1, "each application has its own");
    assert_eq!(stage.rows("flow_version").await, kept_at_most + 1);
}

async fn a_flow_that_nobody_recorded_is_kept_when_it_is_replaced(stage: &Stage) {
    let store = &stage.store;
    let mut payroll = sample_application("payroll");
    let first = payroll.flow.clone();
    insert(store, &payroll).await;
    // As an application that was saved before there was such a table.
    stage.sql("DELETE FROM flow_version").await;
    update(store, &mut payroll, |one| one.name = "Wages".into()).await;
    assert_eq!(versions(store, &payroll).await, []);
    update(store, &mut payroll, |one| one.flow = scripted("one")).await;
    let kept = versions(store, &payroll).await;
    let shown: Vec<_> = kept.iter().map(|one| (one.version, one.by.clone())).collect();
    assert_eq!(shown, [(3, Some(administrator())), (2, None)]);
    assert_eq!(kept[1].flow, first);
}

async fn what_is_not_saved_is_no_version(stage: &Stage) {
    let store = &stage.store;
    let payroll = sample_application("payroll");
    insert(store, &payroll).await;
    let mut late = payroll.clone();
    (late.flow, late.version) = (scripted("late"), 7);
    let refused: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { application::update(tx, &late, &Actor::Api).await }))
        .await;
    assert_eq!(refused.expect_err("late").contested(), Some(Contested::Version));
    assert_eq!(versions(store, &payroll).await.len(), 1);
}
