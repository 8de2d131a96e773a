//! Whom an assertion may be about.

use doorward_domain::account::AccountStatus;
use doorward_domain::canonical::lookup_key;
use doorward_domain::jit::Owner;
use doorward_storage::sign_in::{self, Address};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(looks_up_everything_at_once);

async fn looks_up_everything_at_once(stage: &Stage) {
    let store = &stage.store;
    let anna = account("anna");
    signed_in(store, &anna, "s-anna").await;
    let mut by_name = account("named");
    by_name.username = "name@example.com".into();
    by_name.attributes = attributes("name@example.com", false);
    by_name.status = AccountStatus::Locked;
    insert(store, &by_name).await;
    let owned = Address::Owned(Owner {
        account: anna.id.clone(),
        status: AccountStatus::Active,
        has_other_subject: true,
    });
    for (case, subject, address, username, linked, want, taken) in [
        ("nobody", "x", None, None, false, Address::Free, false),
        ("linked", "s-anna", None, None, true, Address::Free, false),
        (
            "S11: another subject",
            "S-anna",
            None,
            None,
            false,
            Address::Free,
            false,
        ),
        (
            "owned",
            "x",
            Some("Anna@example.com"),
            Some("new"),
            false,
            owned.clone(),
            false,
        ),
        (
            "linked and owned by the same",
            "s-anna",
            Some("anna@example.com"),
            None,
            true,
            owned.clone(),
            false,
        ),
        (
            "a username is no ownership",
            "x",
            Some("name@example.com"),
            None,
            false,
            Address::UsernameOf(by_name.id.clone()),
            false,
        ),
        ("username taken", "x", None, Some("ANNA"), false, Address::Free, true),
        (
            "address is the username",
            "x",
            Some("anna@example.com"),
            Some("anna@example.com"),
            false,
            owned,
            true,
        ),
    ] {
        let (address, username) = (address.map(lookup_key), username.map(lookup_key));
        let found = sign_in::look_up(
            store.read(),
            &link_key(subject),
            address.as_ref(),
            username.as_ref(),
            &[],
        )
        .await
        .expect(case);
        assert_eq!(
            found.linked.as_ref().map(|a| &a.id),
            linked.then_some(&anna.id),
            "{case}"
        );
        assert_eq!((found.address, found.username_taken), (want, taken), "{case}");
    }
}
