//! The audit log.

use doorward_domain::audit::AuditAction;
use doorward_domain::id::{ApplicationId, ConnectionId};
use doorward_storage::audit::{self, Filter, Search};
use doorward_storage::{StorageError, Store};
use serde_json::json;

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    lists_and_counts,
    a_line_of_several_ends_is_found_by_each_request,
    what_is_deleted_keeps_its_name
);

async fn add(store: &Store, action: AuditAction, sub: &'static str, seconds: i64) {
    let mut one = event(action, None, sub, seconds);
    one.detail = json!({"fields": ["jit"]});
    let added: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { audit::insert(tx, &one).await }))
        .await;
    added.expect("adds");
}

async fn a_line_of_several_ends_is_found_by_each_request(stage: &Stage) {
    let store = &stage.store;
    for (reason, first, second) in [
        ("provider_answered_wrongly", "req_a1", "req_b2"),
        // A reason that stands for one end alone: what else its line names is no request.
        ("needs_account", "req_c3", "req_d4"),
    ] {
        let mut line = event(AuditAction::SignInRefused, None, reason, 1);
        line.detail = json!({"reason": reason, "request": first, "requests": [first, second]});
        let added: Result<(), StorageError> = store
            .write(move |tx| Box::pin(async move { audit::insert(tx, &line).await }))
            .await;
        added.expect("adds");
    }
    for (text, want) in [
        ("req_a1", 1),
        ("req_b2", 1),
        ("req_c3", 1),
        ("req_d4", 0),
        ("req_b", 0),
        ("req_%", 0),
        ("requests", 0),
        ("req_b2\",\"", 0),
    ] {
        let search = Search {
            text: text.to_owned(),
            ..Search::default()
        };
        for filter in [
            Filter {
                request: Some(text.to_owned()),
                ..Filter::default()
            },
            Filter {
                search: Some(search),
                ..Filter::default()
            },
        ] {
            let found = audit::list(store.read(), &filter, None, 50).await.expect(text);
            assert_eq!(found.items.len(), want, "{text}");
        }
    }
}

async fn what_is_deleted_keeps_its_name(stage: &Stage) {
    let store = &stage.store;
    let of = |number: u8| ConnectionId::from_random([number; 16]);
    for (number, action, detail) in [
        (
            1,
            AuditAction::ConnectionDeleted,
            json!({"handle": "acme", "name": "Acme"}),
        ),
        (2, AuditAction::ConnectionDeleted, json!({"handle": "before"})),
        (3, AuditAction::ConnectionChanged, json!({"name": "no deletion"})),
    ] {
        let mut line = event(action, None, "s", i64::from(number));
        (line.connection, line.application, line.detail) = (Some(of(number)), None, detail);
        let added: Result<(), StorageError> = store
            .write(move |tx| Box::pin(async move { audit::insert(tx, &line).await }))
            .await;
        added.expect("adds");
    }
    let mut line = event(AuditAction::ApplicationDeleted, None, "s", 4);
    (line.connection, line.detail) = (None, json!({"handle": "payroll", "name": "Payroll"}));
    let added: Result<(), StorageError> = store
        .write(move |tx| Box::pin(async move { audit::insert(tx, &line).await }))
        .await;
    added.expect("adds");
    let read = store.read();
    let names = audit::names_of_deleted(read, &[of(1), of(2), of(3)], &[application()]).await;
    let mut names: Vec<(String, String)> = names.expect("reads").into_iter().collect();
    names.sort();
    let mut want = vec![
        (of(1).to_string(), "Acme".to_owned()),
        (of(2).to_string(), "before".to_owned()),
        (application().to_string(), "Payroll".to_owned()),
    ];
    want.sort();
    assert_eq!(names, want);
    let one = audit::names_of_deleted(read, &[of(1)], &[]).await.expect("reads");
    assert_eq!(one.len(), 1);
    assert!(audit::names_of_deleted(read, &[], &[]).await.expect("reads").is_empty());
}

async fn lists_and_counts(stage: &Stage) {
    let store = &stage.store;
    for (sub, seconds) in [("a", 1), ("a", 2), ("b", 3), ("c", 4)] {
        add(store, AuditAction::SignedIn, sub, seconds).await;
    }
    add(store, AuditAction::SignInRefused, "d", 5).await;
    let first = audit::list(store.read(), &Filter::default(), None, 3)
        .await
        .expect("lists");
    assert_eq!(first.items.len(), 3);
    assert_eq!(first.items[0].action, AuditAction::SignInRefused, "newest first");
    assert_eq!(first.items[0].detail, json!({"fields": ["jit"]}));
    let second = audit::list(store.read(), &Filter::default(), first.next.as_ref(), 3)
        .await
        .expect("lists");
    assert_eq!((second.items.len(), second.next), (2, None));
    let none = ApplicationId::from_random([9; 16]);
    for (case, filter, want) in [
        (
            "action",
            Filter {
                actions: vec![AuditAction::SignedIn],
                ..Filter::default()
            },
            4,
        ),
        (
            "connection",
            Filter {
                connection: Some(connection()),
                ..Filter::default()
            },
            5,
        ),
        (
            "application",
            Filter {
                application: Some(none.clone()),
                ..Filter::default()
            },
            0,
        ),
        (
            "times",
            Filter {
                since: Some(at(2)),
                until: Some(at(4)),
                ..Filter::default()
            },
            2,
        ),
    ] {
        assert_eq!(
            audit::list(store.read(), &filter, None, 50)
                .await
                .expect(case)
                .items
                .len(),
            want,
            "{case}"
        );
    }
    for (case, application, since, want) in [
        ("people", None, 0, 3),
        ("since", None, 3, 2),
        ("elsewhere", Some(&none), 0, 0),
        ("here", Some(&application()), 0, 3),
    ] {
        let people = audit::sign_ins_through(store.read(), &connection(), application, at(since))
            .await
            .expect(case);
        assert_eq!(people, want, "{case}");
    }
    assert_eq!(
        audit::count_since(store.read(), AuditAction::SignedIn, at(2))
            .await
            .expect("counts"),
        3
    );
}
