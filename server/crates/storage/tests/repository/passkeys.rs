//! Passkeys and what guards them.

use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, FactorId};
use doorward_domain::passkey::Passkey;
use doorward_storage::sign_in::{self, AccountWrite, Completion, PasskeyWrite};
use doorward_storage::{Contested, StorageError, Store, account, passkey};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(several_per_account, s38_the_first_is_free_once, counters_only_grow);

fn key_of(account: &AccountId, number: u8) -> Passkey {
    Passkey {
        id: FactorId::from_random([number; 16]),
        owner: FactorOwner::Account(account.clone()),
        credential_id: vec![number; 64],
        name: format!("Passkey {number}"),
        public_key: vec![1, 2, number],
        counter: 0,
        synced: number.is_multiple_of(2),
        created_at: doorward_domain::truncate(at(i64::from(number))),
        last_used_at: None,
    }
}

async fn write(store: &Store, write: PasskeyWrite) -> Result<(), StorageError> {
    let completion = Completion {
        passkeys: vec![write],
        ..Completion::default()
    };
    sign_in::complete(store, completion).await
}

async fn enrol(store: &Store, passkey: &Passkey, is_first: bool) -> Result<(), StorageError> {
    let passkey = Box::new(passkey.clone());
    write(store, PasskeyWrite::Enrol { passkey, is_first }).await
}

async fn person(store: &Store, name: &str) -> AccountId {
    let new = account(name);
    let completion = Completion {
        account: AccountWrite::Create(Box::new(new.clone())),
        ..Completion::default()
    };
    sign_in::complete(store, completion).await.expect("created");
    new.id
}

async fn several_per_account(stage: &Stage) {
    let store = &stage.store;
    let (anna, berta) = (person(store, "anna").await, person(store, "berta").await);
    let both = [key_of(&anna, 1), key_of(&anna, 2)];
    for passkey in &both {
        enrol(store, passkey, false).await.expect("enrolled");
    }
    let found = passkey::look_up(store.read(), &FactorOwner::Account(anna.clone()))
        .await
        .expect("looked up");
    assert_eq!(found.passkeys, both);
    assert_eq!(found.account.map(|account| account.username), Some("anna".to_owned()));
    assert!(!found.has_other);
    let owner = passkey::find_owner(store.read(), &[2; 64]).await.expect("looked up");
    let owner = owner.expect("somebody's");
    assert_eq!(
        (owner.passkey, owner.account.map(|account| account.id)),
        (both[1].clone(), Some(anna.clone()))
    );
    assert_eq!(
        passkey::find_owner(store.read(), &[3; 64]).await.expect("looked up"),
        None
    );
    let taken = Passkey {
        credential_id: vec![1; 64],
        ..key_of(&berta, 3)
    };
    let error = enrol(store, &taken, false).await.expect_err("taken");
    assert_eq!(error.contested(), Some(Contested::PasskeyTaken));
    let (id, own) = (berta.clone(), both[0].id.clone());
    let removed: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { passkey::delete(tx, &id, &own).await }))
        .await;
    assert!(!removed.expect("answered"), "of another account");
    let id = anna.clone();
    let gone: Result<bool, StorageError> = store
        .write(move |tx| Box::pin(async move { account::delete(tx, &id).await }))
        .await;
    assert!(gone.expect("deleted"));
    assert_eq!(stage.rows("passkey").await, 0, "they go with their account");
}

async fn s38_the_first_is_free_once(stage: &Stage) {
    let store = &stage.store;
    let anna = person(store, "anna").await;
    enrol(store, &key_of(&anna, 1), true).await.expect("enrolled");
    let error = enrol(store, &key_of(&anna, 2), true).await.expect_err("a second");
    assert_eq!(error.contested(), Some(Contested::FactorExists), "S38");
    enrol(store, &key_of(&anna, 2), false).await.expect("with the first");
    let berta = person(store, "berta").await;
    enrol(store, &key_of(&berta, 3), true).await.expect("another account");
}

async fn counters_only_grow(stage: &Stage) {
    let store = &stage.store;
    let anna = person(store, "anna").await;
    let id = key_of(&anna, 1).id;
    enrol(store, &key_of(&anna, 1), true).await.expect("enrolled");
    for (counter, works) in [
        (0, true),
        (0, true),
        (5, true),
        (5, false),
        (4, false),
        (0, false),
        (6, true),
    ] {
        let used = PasskeyWrite::Use {
            passkey: id.clone(),
            counter,
            at: at(9),
        };
        let written = write(store, used).await;
        assert_eq!(written.is_ok(), works, "{counter}: {written:?}");
        if let Err(error) = written {
            assert_eq!(error.contested(), Some(Contested::FactorUsed));
        }
    }
    let found = passkey::look_up(store.read(), &FactorOwner::Account(anna.clone()))
        .await
        .expect("looked up");
    assert_eq!(found.passkeys[0].counter, 6);
    assert_eq!(found.passkeys[0].last_used_at, Some(doorward_domain::truncate(at(9))));
}
