//! Lists of accounts: pages and searches.

use doorward_domain::account::AccountStatus;
use doorward_storage::account::{self, Filter};

use crate::fixtures::*;
use crate::stage::{Stage, on_both};

on_both!(pages_and_searches);

async fn pages_and_searches(stage: &Stage) {
    let store = &stage.store;
    for number in 0..7 {
        let mut one = account(&format!("person{number}"));
        one.created_at = doorward_domain::truncate(at(number / 2));
        insert(store, &one).await;
    }
    let mut wild = account("per_cent%");
    wild.status = AccountStatus::Disabled;
    wild.created_at = doorward_domain::truncate(at(100));
    insert(store, &wild).await;
    let everybody = Filter::default();
    let (mut seen, mut place, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = account::list(store.read(), &everybody, place.as_ref(), 3)
            .await
            .expect("lists");
        seen.extend(page.items.into_iter().map(|a| a.username));
        pages += 1;
        place = page
            .next
            .map(|next| next.to_string().parse().expect("a cursor survives an address"));
        if place.is_none() {
            break;
        }
    }
    assert_eq!((pages, seen.len()), (3, 8));
    assert_eq!(seen[0], "per_cent%", "newest first");
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), 8, "nobody twice");
    for (text, want) in [
        ("PERSON3", 1),
        ("sample", 8),
        ("_cent%", 1),
        ("%", 1),
        ("_", 1),
        ("nobody", 0),
        (" ", 8),
    ] {
        let filter = Filter {
            text: Some(text.into()),
            ..Filter::default()
        };
        let page = account::list(store.read(), &filter, None, 50).await.expect("lists");
        assert_eq!(page.items.len(), want, "{text}");
    }
    let disabled = Filter {
        status: Some(AccountStatus::Disabled),
        ..Filter::default()
    };
    assert_eq!(
        account::list(store.read(), &disabled, None, 50)
            .await
            .expect("lists")
            .items
            .len(),
        1
    );
    let linked = Filter {
        connection: Some(connection()),
        ..Filter::default()
    };
    assert_eq!(
        account::list(store.read(), &linked, None, 50)
            .await
            .expect("lists")
            .items
            .len(),
        0
    );
}
