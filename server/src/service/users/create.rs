//! New accounts, by an administrator, a program or the command line.

use doorward_app::api::error::ConsoleError;
use doorward_app::api::user::{UserDraft, UserView};
use doorward_domain::account::{Account, AccountStatus, Attributes, Origin};
use doorward_domain::audit::{Actor, AuditAction};
use doorward_domain::canonical::lookup_key;
use doorward_domain::id::AccountId;
use doorward_domain::invalid::Check;
use doorward_storage::{Contested, StorageError, account, audit};
use doorward_vault::PasswordHashingError;
use serde_json::json;

use super::Service;
use super::attributes::{Writer, check_username};
use crate::log::chain;
use crate::service::core::Core;
use crate::service::password_policy;
use crate::service::refusal::{Outcome, Refusal};

/// An account made of a draft, and the hash of its password.
pub async fn new_account(core: &Core, actor: &Actor, draft: UserDraft) -> Outcome<(Account, Option<String>)> {
    let now = core.now();
    let mut check = Check::default();
    let email = draft.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
    let username = draft
        .username
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .or(email);
    match username {
        Some(username) => check_username(username, &mut check),
        None => check.fault("/username", "Enter a username or an email address."),
    }
    let username = username.unwrap_or_default().to_owned();
    let (writer, mut attributes) = (Writer::new(actor, now), Attributes::new());
    if email.is_some() || draft.email_verified {
        writer.email(&mut attributes, email, draft.email_verified, &mut check);
    }
    writer.apply(&mut attributes, draft.attributes, &mut check);
    if let Some(password) = &draft.password {
        let names = [username.as_str()].into_iter().chain(email);
        check.take("/password", password_policy::check(password.expose(), names));
    }
    check.finish()?;
    let hash = match &draft.password {
        Some(password) => Some(hash(core, password.expose()).await?),
        None => None,
    };
    let made = Account {
        id: AccountId::from_random(core.random.id()),
        sub: core.random.text::<24>(),
        username,
        status: AccountStatus::Active,
        role: draft.role,
        attributes,
        origin: origin(actor),
        created_at: now,
        updated_at: now,
        last_sign_in_at: None,
        version: 1,
    };
    check_address(core, &made).await?;
    Ok((made, hash))
}

/// What is one person's username is nobody else's address, be it verified or not (S10). Of verified ones the database
/// makes sure.
///
/// # Errors
/// `Taken`, those of the database.
pub async fn check_address(core: &Core, account: &Account) -> Outcome<()> {
    let email = account.attributes.get("email").and_then(|email| email.value.as_str());
    let Some(email) = email.filter(|_| account.owned_address().is_none()) else {
        return Ok(());
    };
    let key = lookup_key(email);
    let holder = account::find_by_identifier(core.store.read(), &key).await?;
    match holder.filter(|holder| holder.id != account.id && lookup_key(&holder.username) == key) {
        Some(_) => Err(Refusal::Console(ConsoleError::Taken {
            field: "/email".to_owned(),
        })),
        None => Ok(()),
    }
}

fn origin(actor: &Actor) -> Origin {
    match actor {
        Actor::Administrator { account } => Origin::Administrator { by: account.clone() },
        Actor::Api => Origin::Api,
        Actor::System | Actor::Person => Origin::SetUp,
    }
}

/// Hashes a password in the bounded pool.
pub async fn hash(core: &Core, password: &str) -> Outcome<String> {
    core.hasher.hash(password).await.map_err(|error: PasswordHashingError| {
        tracing::error!(error = chain(&error), "a password could not be hashed");
        Refusal::Console(ConsoleError::Unavailable)
    })
}

/// Which field a taken login identifier belongs to: the address when the username is free for this account.
pub async fn blame(core: &Core, account: &Account, error: Refusal) -> Refusal {
    let Refusal::Storage(StorageError::Conflict {
        what: Contested::LoginIdentifier,
    }) = &error
    else {
        return error;
    };
    let key = lookup_key(&account.username);
    let holder = account::find_by_identifier(core.store.read(), &key).await;
    let username_is_taken = matches!(holder, Ok(Some(holder)) if holder.id != account.id);
    let field = if username_is_taken { "/username" } else { "/email" };
    Refusal::Console(ConsoleError::Taken {
        field: field.to_owned(),
    })
}

impl Service {
    pub(super) async fn insert(&self, actor: &Actor, draft: UserDraft) -> Outcome<UserView> {
        let (made, hash) = new_account(&self.core, actor, draft).await?;
        let detail = json!({"role": made.role});
        let event = self.event(actor, AuditAction::AccountCreated, &made.id, detail);
        let stored = made.clone();
        let write = self.core.store.write(move |tx| {
            Box::pin(async move {
                account::insert(tx, &stored, hash.as_deref()).await?;
                audit::insert(tx, &event).await?;
                Ok::<_, Refusal>(())
            })
        });
        if let Err(error) = write.await {
            return Err(blame(&self.core, &made, error).await);
        }
        self.view(made).await
    }
}
