//! Second factors of people without an account.

use doorward_domain::factor::{Factor, FactorKind};
use doorward_domain::holder::{FactorHolder, FactorOwner};
use doorward_domain::id::{AccountId, ConnectionId, FactorId};
use doorward_domain::passkey::Passkey;
use doorward_storage::housekeeping::delete_ended;
use doorward_storage::sign_in::{self, AccountWrite, Completion, FactorWrite, HolderWrite, PasskeyWrite, SessionWrite};
use doorward_storage::{Contested, Store, factor, holder, passkey, session};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(
    factors_are_bound_to_a_holder,
    an_account_takes_them_over,
    s38_nothing_is_held_beside_an_account,
    an_administrator_erases_them,
    they_end_when_nobody_uses_them,
);

/// The connection that the others belong to.
pub async fn connected(stage: &Stage) {
    let id = connection();
    let sql = format!(
        "INSERT INTO connection (id, handle, display_name, enabled, template, settings, created_at, updated_at, version) \
         VALUES ('{id}', 'acme', 'Acme', TRUE, 'oidc', '{{}}', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', 1)"
    );
    stage.sql(&sql).await;
}

fn new_holder(number: u8, seconds: i64) -> FactorHolder {
    FactorHolder {
        id: AccountId::from_random([number; 16]),
        connection: connection(),
        sub: format!("sub-{number}"),
        created_at: doorward_domain::truncate(at(seconds)),
        last_used_at: doorward_domain::truncate(at(seconds)),
    }
}

fn app_of(owner: FactorOwner, number: u8) -> Factor {
    Factor {
        id: FactorId::from_random([number; 16]),
        owner,
        kind: FactorKind::Totp,
        sealed_secret: vec![number],
        last_counter: 1,
        created_at: doorward_domain::truncate(at(0)),
        last_used_at: None,
    }
}

fn passkey_of(owner: FactorOwner, number: u8) -> Passkey {
    Passkey {
        id: FactorId::from_random([number + 100; 16]),
        owner,
        credential_id: vec![number; 16],
        name: "Passkey 1".into(),
        public_key: vec![1],
        counter: 0,
        synced: false,
        created_at: doorward_domain::truncate(at(0)),
        last_used_at: None,
    }
}

fn owner_of(holder: &FactorHolder) -> FactorOwner {
    FactorOwner::Holder(holder.id.clone())
}

fn enrolment(holder: &FactorHolder, number: u8) -> Completion {
    Completion {
        holder: HolderWrite::Insert(Box::new(holder.clone())),
        factors: vec![FactorWrite::Enrol(Box::new(app_of(owner_of(holder), number)))],
        passkeys: vec![PasskeyWrite::Enrol {
            passkey: Box::new(passkey_of(owner_of(holder), number)),
            is_first: true,
        }],
        ..Completion::default()
    }
}

async fn held(store: &Store, number: u8, seconds: i64) -> FactorHolder {
    let holder = new_holder(number, seconds);
    sign_in::complete(store, enrolment(&holder, number))
        .await
        .expect("enrolled");
    holder
}

async fn look_up(store: &Store, owner: &FactorOwner) -> factor::FactorLookUp {
    factor::look_up(store.read(), owner, FactorKind::Totp, "key", at(0))
        .await
        .expect("looked up")
}

async fn found(store: &Store, sub: &str) -> Option<AccountId> {
    let found = sign_in::look_up(store.read(), &link_key("s-1"), None, None, &[sub.to_owned()]).await;
    found.expect("looked up").holder
}

async fn factors_are_bound_to_a_holder(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let unknown = look_up(store, &owner_of(&new_holder(1, 0))).await;
    assert!(!unknown.is_held && unknown.factor.is_none() && unknown.account.is_none());
    let holder = held(store, 1, 0).await;
    let owner = owner_of(&holder);
    let known = look_up(store, &owner).await;
    assert!(known.is_held && known.has_passkey && known.account.is_none());
    assert_eq!(known.factor, Some(app_of(owner.clone(), 1)));
    let keys = passkey::look_up(store.read(), &owner).await.expect("looked up");
    assert!(keys.is_held && keys.has_app && keys.account.is_none());
    assert_eq!(keys.passkeys, [passkey_of(owner.clone(), 1)]);
    assert_eq!(found(store, "sub-1").await, Some(holder.id.clone()));
    assert_eq!(found(store, "sub-2").await, None);
    let whole = holder::find_by_sub(store.read(), "sub-1").await.expect("found");
    let want = holder::Holding {
        holder: holder.clone(),
        factors: vec![FactorKind::Totp],
        passkeys: 1,
    };
    assert_eq!(whole, Some(want));
    assert_eq!(holder::find_by_sub(store.read(), "sub-2").await.expect("found"), None);
    for (case, completion) in [
        ("the same again", enrolment(&holder, 2)),
        (
            "the same person in another browser",
            enrolment(
                &FactorHolder {
                    sub: "sub-1".into(),
                    ..new_holder(3, 0)
                },
                3,
            ),
        ),
    ] {
        let refused = sign_in::complete(store, completion).await.expect_err(case);
        assert_eq!(refused.contested(), Some(Contested::FactorExists), "{case}");
    }
    let used = |holder: &FactorHolder| Completion {
        holder: HolderWrite::Use {
            holder: holder.id.clone(),
            at: at(9),
        },
        ..Completion::default()
    };
    sign_in::complete(store, used(&holder)).await.expect("used");
    let gone = sign_in::complete(store, used(&new_holder(7, 0)))
        .await
        .expect_err("erased meanwhile");
    assert_eq!(gone.contested(), Some(Contested::FactorUsed));
    let page = holder::list(store.read(), &connection(), None, 10)
        .await
        .expect("listed");
    let listed = &page.items[0];
    assert_eq!(listed.holder.last_used_at, doorward_domain::truncate(at(9)));
    assert_eq!((&listed.factors[..], listed.passkeys), (&[FactorKind::Totp][..], 1));
    assert_eq!(stage.rows("account").await, 0);
}

async fn an_account_takes_them_over(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let holder = held(store, 1, 0).await;
    let other = held(store, 2, 0).await;
    let mut anna = account("anna");
    (anna.id, anna.sub) = (holder.id.clone(), holder.sub.clone());
    let completion = Completion {
        account: AccountWrite::Create(Box::new(anna.clone())),
        holder: HolderWrite::BecomeAccount(holder.id.clone()),
        link: Some(link("s-1", &anna.id)),
        ..Completion::default()
    };
    sign_in::complete(store, completion).await.expect("provisioned");
    let owner = FactorOwner::Account(anna.id.clone());
    let known = look_up(store, &owner).await;
    assert_eq!(known.factor, Some(app_of(owner.clone(), 1)));
    assert!(known.has_passkey && known.account.is_some());
    let keys = passkey::look_up(store.read(), &owner).await.expect("looked up");
    assert_eq!(keys.passkeys, [passkey_of(owner, 1)]);
    assert_eq!(found(store, &holder.sub).await, None, "the holder is gone");
    assert!(
        look_up(store, &owner_of(&other)).await.factor.is_some(),
        "nobody else's"
    );
    assert_eq!((stage.rows("factor").await, stage.rows("passkey").await), (2, 2));
}

async fn s38_nothing_is_held_beside_an_account(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    let mut anna = account("anna");
    let late = new_holder(1, 0);
    anna.sub = late.sub.clone();
    signed_in(store, &anna, "s-1").await;
    let refused = sign_in::complete(store, enrolment(&late, 1))
        .await
        .expect_err("has an account meanwhile");
    assert_eq!(refused.contested(), Some(Contested::FactorExists));
    for table in ["factor_holder", "factor", "passkey"] {
        assert_eq!(stage.rows(table).await, 0, "{table}");
    }
    let erased = Completion {
        holder: HolderWrite::Erase(held(store, 2, 0).await.id),
        ..Completion::default()
    };
    sign_in::complete(store, erased).await.expect("linked");
    assert_eq!(stage.rows("factor").await, 0);
}

async fn an_administrator_erases_them(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    for number in 1..=3 {
        held(store, number, i64::from(number)).await;
    }
    let signed = session(None, "sub-1");
    let completion = Completion {
        session: SessionWrite::Insert(Box::new(signed.clone())),
        grant: Some(grant(&signed)),
        ..Completion::default()
    };
    sign_in::complete(store, completion).await.expect("signed in");
    let first = holder::list(store.read(), &connection(), None, 2)
        .await
        .expect("listed");
    let subs: Vec<&str> = first.items.iter().map(|held| held.holder.sub.as_str()).collect();
    assert_eq!(subs, ["sub-3", "sub-2"], "the last used first");
    let second = holder::list(store.read(), &connection(), first.next.as_ref(), 2)
        .await
        .expect("listed");
    assert_eq!((second.items.len(), second.next), (1, None));
    let erase = |connection: ConnectionId, number: u8| {
        store.write(move |tx| {
            Box::pin(async move {
                let id = AccountId::from_random([number; 16]);
                holder::erase(tx, &connection, &id, at(5)).await
            })
        })
    };
    let stranger = ConnectionId::from_random([9; 16]);
    assert_eq!(
        erase(stranger, 1).await.expect("answered"),
        None,
        "of another connection"
    );
    assert_eq!(erase(connection(), 1).await.expect("answered"), Some("sub-1".into()));
    assert_eq!(erase(connection(), 1).await.expect("answered"), None);
    let open = session::find(store.read(), &signed.key, at(6)).await.expect("reads");
    assert_eq!(open, None, "whoever held the factor may be signed in");
    assert_eq!(holder::count(store.read(), &connection()).await.expect("counted"), 2);
    let all: u64 = store
        .write(|tx| Box::pin(async move { holder::erase_all(tx, &connection(), at(5)).await }))
        .await
        .expect("erased");
    assert_eq!(
        (all, stage.rows("factor").await, stage.rows("passkey").await),
        (2, 0, 0)
    );
}

async fn they_end_when_nobody_uses_them(stage: &Stage) {
    let store = &stage.store;
    connected(stage).await;
    held(store, 1, 10).await;
    held(store, 2, 20).await;
    assert_eq!(delete_ended(store, at(1_000), at(9)).await.expect("deletes"), 0);
    assert_eq!(delete_ended(store, at(1_000), at(10)).await.expect("deletes"), 1);
    assert_eq!(found(store, "sub-2").await, Some(AccountId::from_random([2; 16])));
    assert_eq!((stage.rows("factor").await, stage.rows("passkey").await), (1, 1));
}
