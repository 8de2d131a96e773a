//! What the tests share.

use std::time::Duration;

use chrono::TimeDelta;
use doorward_domain::Timestamp;
use doorward_domain::account::{Account, AccountStatus, Attribute, AttributeSource, Attributes, Link, Origin, Role};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::id::{AccountId, ApplicationId, AuditEventId, ConnectionId, GrantId, TransactionId};
use doorward_domain::subject::LinkKey;
use doorward_storage::grant::NewGrant;
use doorward_storage::session::NewSession;
use doorward_storage::sign_in::{AccountWrite, Completion, SessionWrite};
use doorward_storage::{StorageError, Store, account, sign_in};
use doorward_vault::random;
use serde_json::{Value, json};

/// A fixed moment and seconds after it.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 123_456_000).expect("a moment") + TimeDelta::seconds(seconds)
}

pub fn connection() -> ConnectionId {
    ConnectionId::from_random([1; 16])
}

pub fn application() -> ApplicationId {
    ApplicationId::from_random([2; 16])
}

pub fn attribute(value: Value) -> Attribute {
    Attribute {
        value,
        source: AttributeSource::Connection {
            connection: connection(),
        },
        at: doorward_domain::truncate(at(0)),
    }
}

pub fn attributes(email: &str, verified: bool) -> Attributes {
    [
        ("email", json!(email)),
        ("email_verified", json!(verified)),
        ("name", json!("Sample Person")),
    ]
    .map(|(name, value)| (name.to_owned(), attribute(value)))
    .into()
}

pub fn account(name: &str) -> Account {
    Account {
        id: AccountId::from_random(random()),
        sub: format!("sub-{name}"),
        username: name.to_owned(),
        status: AccountStatus::Active,
        role: Role::Person,
        attributes: attributes(&format!("{name}@example.com"), true),
        origin: Origin::Connection {
            connection: connection(),
        },
        created_at: doorward_domain::truncate(at(0)),
        updated_at: doorward_domain::truncate(at(0)),
        last_sign_in_at: None,
        version: 1,
    }
}

pub fn link_key(subject: &str) -> LinkKey {
    LinkKey {
        connection: connection(),
        issuer: "https://idp.example.com".into(),
        subject: subject.into(),
    }
}

pub fn link(subject: &str, account: &AccountId) -> Link {
    Link {
        key: link_key(subject),
        account: account.clone(),
        created_at: at(0),
        last_used_at: None,
    }
}

pub fn session(account: Option<&AccountId>, sub: &str) -> NewSession {
    NewSession {
        key: random::<32>().to_vec(),
        account: account.cloned(),
        sub: sub.into(),
        sealed_person: None,
        evidence: Vec::new(),
        user_agent: "Browser/1.0".into(),
        created_at: at(0),
        expires_at: at(36_000),
    }
}

pub fn grant(session: &NewSession) -> NewGrant {
    NewGrant {
        id: GrantId::from_random(random()),
        transaction: TransactionId::from_random(random()),
        application: application(),
        session: Some(session.key.clone()),
        account: session.account.clone(),
        sub: session.sub.clone(),
        code_hash: Some(random::<32>().to_vec()),
        code_expires_at: Some(at(60)),
        request: json!({"scope": "openid"}).to_string(),
        sealed_claims: None,
        refresh_expires_at: Some(at(30_000)),
        ends_at: at(30_000),
        created_at: at(0),
    }
}

pub fn event(action: AuditAction, account: Option<&AccountId>, sub: &str, seconds: i64) -> AuditEvent {
    AuditEvent {
        id: AuditEventId::from_random(random()),
        at: doorward_domain::truncate(at(seconds)),
        action,
        actor: Actor::Person,
        account: account.cloned(),
        application: Some(application()),
        connection: Some(connection()),
        sub: Some(sub.into()),
        detail: Value::Null,
    }
}

/// What the first sign-in of a subject writes.
pub fn first(new: Account, subject: &str) -> Completion {
    let session = session(Some(&new.id), &new.sub);
    Completion {
        link: Some(link(subject, &new.id)),
        grant: Some(grant(&session)),
        audit: vec![
            event(AuditAction::AccountProvisioned, Some(&new.id), &new.sub, 0),
            event(AuditAction::SignedIn, Some(&new.id), &new.sub, 0),
        ],
        session: SessionWrite::Insert(Box::new(session)),
        account: AccountWrite::Create(Box::new(new)),
        ..Completion::default()
    }
}

/// What a later sign-in writes.
pub fn returning(known: &Account) -> Completion {
    let session = session(Some(&known.id), &known.sub);
    Completion {
        account: AccountWrite::Use {
            account: known.id.clone(),
            at: at(5),
        },
        grant: Some(grant(&session)),
        session: SessionWrite::Insert(Box::new(session)),
        audit: vec![event(AuditAction::SignedIn, Some(&known.id), &known.sub, 5)],
        ..Completion::default()
    }
}

pub fn grant_of(completion: &Completion) -> NewGrant {
    completion.grant.clone().expect("a grant")
}

pub fn session_of(completion: &Completion) -> NewSession {
    match &completion.session {
        SessionWrite::Insert(new) | SessionWrite::Replace { new, .. } => (**new).clone(),
        SessionWrite::None | SessionWrite::Continue { .. } => panic!("no new session"),
    }
}

/// Inserts an account.
pub async fn insert(store: &Store, new: &Account) {
    let new = new.clone();
    store
        .write(move |tx| Box::pin(async move { account::insert(tx, &new, None).await }))
        .await
        .expect("inserts");
}

/// Signs somebody in for the first time, and answers what was written.
pub async fn signed_in(store: &Store, new: &Account, subject: &str) -> Completion {
    let completion = first(new.clone(), subject);
    sign_in::complete(store, completion.clone()).await.expect("signs in");
    completion
}

/// Asks until the database is no longer busy, as whoever is told so does: on a loaded machine a crowd may wait longer
/// for a connection than it is allowed to (F12), and nothing of what was refused is written.
pub async fn until_answered<T, Asked>(ask: impl Fn() -> Asked) -> Result<T, StorageError>
where
    Asked: Future<Output = Result<T, StorageError>>,
{
    for _ in 0..20 {
        match ask().await {
            Err(StorageError::Busy) => tokio::time::sleep(Duration::from_millis(50)).await,
            answered => return answered,
        }
    }
    Err(StorageError::Busy)
}
