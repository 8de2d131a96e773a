//! Seals of the audit log (S46).

use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_storage::audit_seal::{self, Checked, Fault, Noted, Seal};
use doorward_storage::{StorageError, Store, account, audit};
use futures::future::join_all;
use tokio::sync::oneshot;

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    s46_events_are_sealed_in_batches,
    s46_an_event_that_comes_late_is_sealed_with_the_next,
    s46_two_who_seal_at_once_make_one_chain,
    s46_each_fault_is_named,
    s46_old_seals_go_with_their_events,
    s46_an_erasure_leaves_the_chain_whole,
);

fn happened(second: i64) -> AuditEvent {
    event(AuditAction::SignedIn, None, "anna", second)
}

async fn write(store: &Store, events: Vec<AuditEvent>) {
    let written: Result<(), StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                for event in &events {
                    audit::insert(tx, event).await?;
                }
                Ok(())
            })
        })
        .await;
    written.expect("written");
}

async fn seal(store: &Store) -> Option<Seal> {
    audit_seal::seal(store, at(100)).await.expect("answers")
}

async fn verify(store: &Store, hashes: &[String]) -> (Checked, Vec<Fault>) {
    verify_behind(store, None, hashes).await
}

async fn verify_behind(store: &Store, deleted: Option<&String>, hashes: &[String]) -> (Checked, Vec<Fault>) {
    let noted = Noted {
        hashes: hashes.to_vec(),
        deleted: deleted.cloned(),
    };
    let mut faults = Vec::new();
    let checked = audit_seal::verify(store.read(), &noted, |fault| faults.push(fault)).await;
    (checked.expect("reads"), faults)
}

/// Nothing is wrong, and so many events are sealed.
#[track_caller]
fn is_whole((checked, faults): (Checked, Vec<Fault>), events: usize) {
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!((checked.events, checked.waiting), (events, 0), "{checked:?}");
}

async fn s46_events_are_sealed_in_batches(stage: &Stage) {
    let store = &stage.store;
    assert_eq!(seal(store).await, None, "nothing to seal");
    is_whole(verify(store, &[]).await, 0);
    write(store, (0..1_003).map(happened).collect()).await;
    let (checked, faults) = verify(store, &[]).await;
    assert_eq!((checked.waiting, checked.waiting_since), (1_003, Some(happened(0).at)));
    assert!(faults.is_empty(), "what waits is no fault: {faults:?}");
    let mut sealed = Vec::new();
    while let Some(seal) = seal(store).await {
        sealed.push((seal.number, seal.count(), seal.is_full()));
    }
    assert_eq!(sealed, [(1, 500, true), (2, 500, true), (3, 3, false)]);
    let (checked, faults) = verify(store, &[]).await;
    assert_eq!(checked.span, Some((happened(0).at, happened(1_002).at)));
    assert_eq!(
        (checked.seals, checked.newest.clone().map(|(number, _)| number)),
        (3, Some(3))
    );
    is_whole((checked, faults), 1_003);
}

async fn s46_an_event_that_comes_late_is_sealed_with_the_next(stage: &Stage) {
    let store = &stage.store;
    write(store, vec![happened(5)]).await;
    assert_eq!(seal(store).await.map(|seal| seal.count()), Some(1));
    write(store, vec![happened(1), happened(9)]).await;
    assert_eq!(seal(store).await.map(|seal| seal.count()), Some(2));
    is_whole(verify(store, &[]).await, 3);
}

/// A transaction that was begun before a seal ends after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s46_a_transaction_that_ends_late_holds_up_no_seal() {
    let stage = Stage::postgres().await;
    let (store, other) = (&stage.store, stage.another().await);
    let (begun, has_begun) = oneshot::channel();
    let (end, may_end) = oneshot::channel::<()>();
    let late = tokio::spawn(async move {
        let written: Result<(), StorageError> = other
            .write(move |tx| {
                Box::pin(async move {
                    audit::insert(tx, &happened(1)).await?;
                    begun.send(()).ok();
                    may_end.await.ok();
                    Ok(())
                })
            })
            .await;
        other.close().await.expect("closes");
        written
    });
    has_begun.await.expect("begun");
    write(store, vec![happened(5)]).await;
    assert_eq!(seal(store).await.map(|seal| seal.count()), Some(1));
    end.send(()).expect("waits");
    late.await.expect("no panic").expect("written");
    assert_eq!(seal(store).await.map(|seal| seal.count()), Some(1));
    is_whole(verify(store, &[]).await, 2);
    stage.remove().await;
}

async fn s46_two_who_seal_at_once_make_one_chain(stage: &Stage) {
    let (one, two) = (stage.store.clone(), stage.another().await);
    for round in 1..=20 {
        write(&one, (0..3).map(happened).collect()).await;
        let both = (0..4).map(|n| if n % 2 == 0 { seal(&one) } else { seal(&two) });
        let won = join_all(both).await.into_iter().flatten().count();
        assert_eq!(won, 1, "round {round}: one is first, the others find that");
        assert_eq!(stage.rows("audit_seal").await, round);
    }
    is_whole(verify(&two, &[]).await, 60);
    two.close().await.expect("closes");
}

async fn s46_each_fault_is_named(stage: &Stage) {
    let store = &stage.store;
    let mut ids = Vec::new();
    for second in 1..=3 {
        let event = happened(second);
        ids.push(event.id.to_string());
        write(store, vec![event]).await;
        seal(store).await.expect("a seal");
    }
    for table in ["audit_event", "audit_seal"] {
        stage
            .sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"))
            .await;
    }
    let (first, second, third) = (ids[0].clone(), ids[1].clone(), ids[2].clone());
    let copied = "id, at, action, actor, detail, seal";
    let missing = |event: &str, seal: i64| Fault::EventMissing {
        event: event.to_owned(),
        seal,
    };
    let added = |event: &str, seal: i64| Fault::EventAdded {
        event: event.to_owned(),
        seal,
    };
    for (sql, want) in [
        (
            format!("UPDATE audit_event SET reason = 'other' WHERE id = '{first}'"),
            vec![Fault::EventChanged {
                event: first.clone(),
                seal: 1,
            }],
        ),
        (
            format!("DELETE FROM audit_event WHERE id = '{second}'"),
            vec![missing(&second, 2)],
        ),
        (
            format!(
                "INSERT INTO audit_event ({copied}) SELECT 'evt_other', at, action, actor, detail, seal \
                 FROM audit_event WHERE id = '{first}'"
            ),
            vec![added("evt_other", 1)],
        ),
        (
            format!("UPDATE audit_event SET seal = 2 WHERE id = '{first}'"),
            vec![missing(&first, 1), added(&first, 2)],
        ),
        (
            format!("UPDATE audit_event SET seal = 1 WHERE id = '{second}'"),
            vec![added(&second, 1), missing(&second, 2)],
        ),
        (
            format!("UPDATE audit_event SET seal = NULL WHERE id = '{first}'"),
            vec![missing(&first, 1)],
        ),
        (
            format!("UPDATE audit_event SET seal = 9 WHERE id = '{third}'"),
            vec![missing(&third, 3), added(&third, 9)],
        ),
        (
            format!("UPDATE audit_event SET seal = -1 WHERE id = '{first}'"),
            vec![added(&first, -1), missing(&first, 1)],
        ),
        (
            "UPDATE audit_seal SET previous = 'other' WHERE number = 1".to_owned(),
            vec![Fault::SealChanged { seal: 1 }, Fault::SealReplaced { seal: 1 }],
        ),
        (
            "UPDATE audit_seal SET hash = 'other' WHERE number = 2".to_owned(),
            vec![Fault::SealChanged { seal: 2 }, Fault::SealReplaced { seal: 3 }],
        ),
        (
            "DELETE FROM audit_seal WHERE number < 3".to_owned(),
            vec![Fault::SealsMissing { first: 1, last: 2 }],
        ),
        (
            "DELETE FROM audit_seal WHERE number = 2".to_owned(),
            vec![Fault::SealsMissing { first: 2, last: 2 }],
        ),
        (
            "DELETE FROM audit_seal WHERE number = 3".to_owned(),
            vec![added(&third, 3)],
        ),
        (
            "UPDATE audit_seal SET number = -1 WHERE number = 3".to_owned(),
            vec![
                Fault::SealChanged { seal: -1 },
                Fault::SealAdded { seal: -1 },
                missing(&third, -1),
                added(&third, 3),
            ],
        ),
    ] {
        stage.sql(&sql).await;
        let (checked, faults) = verify(store, &[]).await;
        assert_eq!(faults, want, "{sql}");
        assert_eq!(checked.faults, want.len(), "{sql}");
        for table in ["audit_event", "audit_seal"] {
            stage.sql(&format!("DELETE FROM {table}")).await;
            stage
                .sql(&format!("INSERT INTO {table} SELECT * FROM kept_{table}"))
                .await;
        }
    }
    is_whole(verify(store, &[]).await, 3);
}

async fn s46_old_seals_go_with_their_events(stage: &Stage) {
    let store = &stage.store;
    let mut hashes = Vec::new();
    for second in 1..=4 {
        write(store, vec![happened(second)]).await;
        hashes.push(seal(store).await.expect("a seal").hash);
    }
    is_whole(verify(store, &hashes).await, 4);
    let elsewhere = |hash: &String| Fault::BeginsElsewhere { hash: hash.clone() };
    let (_, faults) = verify_behind(store, Some(&hashes[1]), &[]).await;
    assert_eq!(faults, [elsewhere(&hashes[1])], "it is still there");
    stage.sql("DELETE FROM audit_event WHERE seal <= 2").await;
    stage.sql("DELETE FROM audit_seal WHERE number <= 2").await;
    is_whole(verify_behind(store, Some(&hashes[1]), &hashes[2..]).await, 2);
    let (gone, unknown) = (Fault::SealsMissing { first: 1, last: 2 }, |hash: &String| {
        Fault::HashMissing { hash: hash.clone() }
    });
    assert_eq!(
        verify(store, &[]).await.1,
        std::slice::from_ref(&gone),
        "nobody said that they go"
    );
    let (_, faults) = verify(store, &hashes[1..]).await;
    assert_eq!(
        faults,
        [gone.clone(), unknown(&hashes[1])],
        "what must be there may not go"
    );
    let (_, faults) = verify_behind(store, Some(&hashes[0]), &[]).await;
    assert_eq!(faults, [gone, elsewhere(&hashes[0])], "more went than that");
    write(store, vec![happened(5)]).await;
    assert_eq!(seal(store).await.map(|seal| seal.number), Some(5), "the chain goes on");
    is_whole(verify_behind(store, Some(&hashes[1]), &hashes[2..]).await, 3);
    for table in ["audit_event", "audit_seal"] {
        stage.sql(&format!("DELETE FROM {table}")).await;
    }
    let (_, faults) = verify(store, &hashes[3..]).await;
    assert_eq!(faults, [unknown(&hashes[3])], "an empty log");
}

async fn s46_an_erasure_leaves_the_chain_whole(stage: &Stage) {
    let store = &stage.store;
    let known = account("anna");
    signed_in(store, &known, "s-1").await;
    seal(store).await.expect("a seal");
    let (id, told) = (
        known.id.clone(),
        event(AuditAction::AccountDeleted, Some(&known.id), "", 9),
    );
    let gone: Result<bool, StorageError> = store
        .write(move |tx| {
            Box::pin(async move {
                audit::insert(tx, &told).await?;
                account::delete(tx, &id).await
            })
        })
        .await;
    assert!(gone.expect("deletes"));
    seal(store).await.expect("a seal");
    is_whole(verify(store, &[]).await, 3);
}
