//! Fills a database with people who have signed in before.

use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Utc};
use doorward_domain::account::{Account, AccountStatus, Attribute, AttributeSource, Link, Origin, Role};
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::subject::LinkKey;
use doorward_storage::{StorageError, Store, account, connection, link};
use doorward_vault::{Keyring, MasterKey};
use serde_json::json;

use crate::server::Installation;

/// Accounts in one database transaction.
const BATCH: u64 = 2_000;

/// Adds people numbered from `from` to `to`, linked to the connection `upstream`. Their subjects are `old-<number>`.
///
/// # Errors
/// Those of the database.
pub async fn add(installation: &Installation, from: u64, to: u64, issuer: &str) -> Result<()> {
    let master = MasterKey::load_or_create(&installation.folder.path().join("secret.key"))?;
    let keyring = Arc::new(Keyring::with_former(&master, &[]));
    let store = Store::open(&installation.database_url, keyring).await?;
    let upstream = connection::find_by_handle(store.read(), &"upstream".parse()?).await?;
    let upstream = upstream
        .map(|found| found.id)
        .ok_or_else(|| anyhow::anyhow!("no connection"))?;
    #[expect(clippy::disallowed_methods, reason = "the time of made-up accounts")]
    let now = Utc::now();
    for first in (from..to).step_by(usize::try_from(BATCH)?) {
        let (upstream, issuer) = (upstream.clone(), issuer.to_owned());
        let written: Result<(), StorageError> = store
            .write(move |tx| {
                Box::pin(async move {
                    for number in first..to.min(first + BATCH) {
                        let (account, link) = person(number, &upstream, &issuer, now);
                        account::insert(tx, &account, None).await?;
                        link::insert(tx, &link).await?;
                    }
                    Ok(())
                })
            })
            .await;
        written?;
    }
    store.close().await?;
    Ok(())
}

fn person(number: u64, upstream: &ConnectionId, issuer: &str, now: DateTime<Utc>) -> (Account, Link) {
    let subject = format!("old-{number}");
    let mut random = [0; 16];
    random[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    random[8..].copy_from_slice(&number.to_be_bytes());
    let id = AccountId::from_random(random);
    let source = AttributeSource::Connection {
        connection: upstream.clone(),
    };
    let attribute = |value: serde_json::Value| Attribute {
        value,
        source: source.clone(),
        at: now,
    };
    let attributes = [
        ("email", json!(format!("{subject}@example.com"))),
        ("email_verified", json!(true)),
        ("name", json!("A Person")),
        ("given_name", json!("A")),
        ("family_name", json!("Person")),
        ("locale", json!("en")),
    ];
    let account = Account {
        id: id.clone(),
        sub: format!("sub-of-{number}"),
        username: format!("{subject}@example.com"),
        status: AccountStatus::Active,
        role: Role::Person,
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), attribute(value)))
            .collect(),
        origin: Origin::Connection {
            connection: upstream.clone(),
        },
        created_at: now,
        updated_at: now,
        last_sign_in_at: Some(now),
        version: 1,
    };
    let link = Link {
        key: LinkKey {
            connection: upstream.clone(),
            issuer: issuer.to_owned(),
            subject,
        },
        account: id,
        created_at: now,
        last_used_at: None,
    };
    (account, link)
}
