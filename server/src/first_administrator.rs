//! The first administrator: from the configuration, by the one-time link that the start prints, or, for a
//! demonstration, one with a password of its own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::account::{Account, AccountStatus, Attribute, AttributeSource, Attributes, Origin, Role};
use doorward_domain::audit::{Actor, AuditAction, AuditEvent};
use doorward_domain::canonical::lookup_key;
use doorward_domain::id::{AccountId, AuditEventId};
use doorward_domain::secret::SecretText;
use doorward_storage::{StorageError, Tx, account, administration, audit};
use doorward_vault::{Keyring, Purpose};
use serde_json::json;

use crate::config::FirstAdministrator;
use crate::state::AppState;

/// Address of the demonstration's administrator.
const DEMO_EMAIL: &str = "admin@example.com";

/// Where the one-time link leads.
pub const SET_UP_PATH: &str = "/set-up";

/// How the first administrator signs in.
#[derive(Debug)]
pub enum SignInHint {
    /// With what the operator configured, or with what was set before.
    Known,
    /// With these; a demonstration tells them.
    Demo { email: String, password: SecretText },
    /// Nobody can yet: whoever opens the link with this token makes one.
    Link { token: String },
    /// Nobody can yet: the address that was to administer is that of an account which may not.
    Taken { email: String },
}

/// The first administrator could not be made.
#[derive(Debug, thiserror::Error)]
pub enum FirstAdministratorError {
    #[error("the database refused the first administrator")]
    Storage(#[from] StorageError),
    #[error("the first administrator's password could not be hashed")]
    Hashing(#[from] doorward_vault::PasswordHashingError),
    #[error(
        "the first administrator's address belongs to an account; doorward admin reset-password lets it administer"
    )]
    Taken,
}

/// Makes the first administrator if there is none.
///
/// # Errors
/// Those of the database and of hashing.
pub async fn ensure(state: &AppState) -> Result<SignInHint, FirstAdministratorError> {
    let wanted = match &state.config.first_administrator {
        Some(configured) => configured.clone(),
        None if state.config.demo => demo(state),
        None if exists(state).await? => return Ok(SignInHint::Known),
        None => {
            return Ok(SignInHint::Link {
                token: set_up_token(&state.keyring),
            });
        }
    };
    if !exists(state).await? {
        match create(state, &wanted).await {
            Ok(()) => {}
            // Another node made the same one this moment.
            Err(FirstAdministratorError::Taken) if exists(state).await? => {}
            Err(FirstAdministratorError::Taken) => return Ok(SignInHint::Taken { email: wanted.email }),
            Err(error) => return Err(error),
        }
    }
    let is_demo = state.config.first_administrator.is_none();
    if is_demo && opens(state, &wanted).await? {
        return Ok(SignInHint::Demo {
            email: wanted.email,
            password: wanted.password,
        });
    }
    Ok(SignInHint::Known)
}

/// Whether somebody administers with this address and password: the database may be older than the demonstration, or the
/// password another one by now.
async fn opens(state: &AppState, wanted: &FirstAdministrator) -> Result<bool, FirstAdministratorError> {
    let found = account::find_by_identifier(state.store.read(), &lookup_key(&wanted.email)).await?;
    let administers = |one: &Account| one.role == Role::Administrator && one.status == AccountStatus::Active;
    let Some(found) = found.filter(administers) else {
        return Ok(false);
    };
    let stored = account::find_password_hash(state.store.read(), &found.id).await?;
    Ok(state.hasher.verify(wanted.password.expose(), stored.as_deref()).await?)
}

/// Whether anybody can administer.
///
/// # Errors
/// Those of the database.
pub async fn exists(state: &AppState) -> Result<bool, StorageError> {
    Ok(administration::count_administrators(state.store.read()).await? > 0)
}

/// Derived from the master secret, so that every node takes the link of every other; it works while
/// [`exists`] is false.
fn set_up_token(keyring: &Keyring) -> String {
    URL_SAFE_NO_PAD.encode(keyring.mac(Purpose::Page, &[b"the one-time set-up link"]))
}

/// Whether a token is the one of the set-up link. Compares in constant time.
#[must_use]
pub fn is_set_up_token(keyring: &Keyring, token: &str) -> bool {
    doorward_vault::equal(token.as_bytes(), set_up_token(keyring).as_bytes())
}

/// Derived from the master secret: the same at each start, and another one in each data directory.
fn demo(state: &AppState) -> FirstAdministrator {
    let secret = state
        .keyring
        .mac(Purpose::Page, &[b"the demonstration's administrator"]);
    let password = SecretText::new(URL_SAFE_NO_PAD.encode(&secret[..12]));
    FirstAdministrator {
        email: DEMO_EMAIL.to_owned(),
        password,
    }
}

/// Makes an administrator.
///
/// # Errors
/// `Taken` when the address is somebody's; those of the database and of hashing.
pub async fn create(state: &AppState, wanted: &FirstAdministrator) -> Result<(), FirstAdministratorError> {
    let hash = state.hasher.hash(wanted.password.expose()).await?;
    let (account, event) = rows(state, wanted);
    let inserted = state
        .store
        .write(move |tx| Box::pin(async move { insert(tx, &account, &hash, &event).await }))
        .await;
    taken(inserted)
}

/// Makes the first administrator from the set-up page; leaves everything as it is when there is one by now, also when
/// two people open the link at the same moment.
///
/// # Errors
/// `Taken` when the address is that of somebody who may not administer; those of the database and of hashing.
pub async fn set_up(state: &AppState, wanted: &FirstAdministrator) -> Result<(), FirstAdministratorError> {
    let hash = state.hasher.hash(wanted.password.expose()).await?;
    let (account, event) = rows(state, wanted);
    let inserted = state
        .store
        .write(move |tx| {
            Box::pin(async move {
                // It updates one row: on PostgreSQL the second of two waits here for the first.
                if administration::keeps_administrator(tx).await? {
                    return Ok(());
                }
                insert(tx, &account, &hash, &event).await
            })
        })
        .await;
    match taken(inserted) {
        // The other of the two wrote the same address.
        Err(FirstAdministratorError::Taken) if exists(state).await? => Ok(()),
        made => made,
    }
}

async fn insert(tx: &Tx, account: &Account, hash: &str, event: &AuditEvent) -> Result<(), StorageError> {
    account::insert(tx, account, Some(hash)).await?;
    audit::insert(tx, event).await
}

fn taken(inserted: Result<(), StorageError>) -> Result<(), FirstAdministratorError> {
    match inserted {
        Err(StorageError::Conflict { .. }) => Err(FirstAdministratorError::Taken),
        inserted => Ok(inserted?),
    }
}

/// The rows of a new administrator.
fn rows(state: &AppState, wanted: &FirstAdministrator) -> (Account, AuditEvent) {
    let now = state.now();
    let attribute = |value| Attribute {
        value,
        source: AttributeSource::Administrator,
        at: now,
    };
    let attributes = Attributes::from([
        ("email".to_owned(), attribute(json!(wanted.email))),
        ("email_verified".to_owned(), attribute(json!(true))),
    ]);
    let account = Account {
        id: AccountId::from_random(state.random.id()),
        sub: state.random.text::<16>(),
        username: wanted.email.clone(),
        status: AccountStatus::Active,
        role: Role::Administrator,
        attributes,
        origin: Origin::SetUp,
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
        version: 1,
    };
    let event = AuditEvent {
        id: AuditEventId::from_random(state.random.id()),
        at: now,
        action: AuditAction::AccountCreated,
        actor: Actor::System,
        account: Some(account.id.clone()),
        application: None,
        connection: None,
        sub: Some(account.sub.clone()),
        detail: serde_json::Value::Null,
    };
    (account, event)
}
