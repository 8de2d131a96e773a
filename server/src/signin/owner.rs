//! Whose second factors a step uses: those of an account, or of somebody without one whose connection keeps them.

use doorward_domain::Claims;
use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::engine::{Denial, Person};
use doorward_domain::holder::{FactorHolder, FactorOwner};
use doorward_domain::id::ConnectionId;
use doorward_storage::sign_in::{AccountWrite, HolderWrite};
use doorward_storage::{Contested, StorageError};
use serde_json::Value;

use super::fault::SignInFault;
use super::finish::Effects;
use super::hop::Hop;

/// Somebody whose second factors are used or enrolled.
pub(super) struct Owner {
    pub id: FactorOwner,
    pub sub: String,
    pub status: AccountStatus,
    pub claims: Claims,
    /// What an app or a device shows for them.
    pub name: String,
    pub display_name: String,
    /// Of somebody without an account: where they come from, and whether anything is kept for them yet.
    held: Option<(ConnectionId, bool)>,
}

/// What the person's second factors are bound to. What was allowed when they came in may not be any more (S9).
///
/// # Errors
/// `Denied` where nothing is kept for people without an account; `NotOffered`.
pub(super) fn owner_of(hop: &Hop, person: &Person) -> Result<FactorOwner, SignInFault> {
    if let Person::PassThrough { key, .. } = person {
        let connection = hop.snapshot.connection(&key.connection);
        if !connection.is_some_and(|connection| connection.factors_without_account) {
            return Err(SignInFault::Denied(Denial::NeedsAccount, None));
        }
    }
    person.factor_owner().ok_or(SignInFault::NotOffered)
}

/// Whether somebody without an account has enrolled their first factor, or got an account, in another sign-in
/// meanwhile. This one knows nothing of it and cannot go on; a new one asks for what there is.
pub(super) fn began_elsewhere(fault: &SignInFault, person: Option<&Person>) -> bool {
    let exists = |error: &StorageError| error.contested() == Some(Contested::FactorExists);
    matches!(fault, SignInFault::Storage(error) if exists(error)) && matches!(person, Some(Person::PassThrough { .. }))
}

impl Owner {
    /// The owner as the look-up has found it: the account, or whether there is a holder.
    ///
    /// # Errors
    /// `Expired` when the account is gone.
    pub fn found(person: &Person, account: Option<Account>, is_held: bool) -> Result<Self, SignInFault> {
        match person {
            Person::Account { .. } => account.map(Self::of_account).ok_or(SignInFault::Expired),
            Person::PassThrough {
                key,
                sub,
                claims,
                holder,
                ..
            } => {
                let holder = holder.clone().ok_or(SignInFault::NotOffered)?;
                let named = |names: &[&str]| {
                    let mut found = names
                        .iter()
                        .filter_map(|name| claims.get(*name).and_then(Value::as_str));
                    found.next().unwrap_or_default().to_owned()
                };
                Ok(Self {
                    id: FactorOwner::Holder(holder),
                    sub: sub.clone(),
                    status: AccountStatus::Active,
                    claims: claims.clone(),
                    name: named(&["email", "preferred_username", "name"]),
                    display_name: named(&["name", "preferred_username", "email"]),
                    held: Some((key.connection.clone(), is_held)),
                })
            }
        }
    }

    /// The owner that is an account.
    pub fn of_account(account: Account) -> Self {
        Self {
            claims: account.claims(),
            display_name: account.display_name().to_owned(),
            id: FactorOwner::Account(account.id),
            sub: account.sub,
            status: account.status,
            name: account.username,
            held: None,
        }
    }

    /// Refuses an account that is disabled or locked.
    ///
    /// # Errors
    /// `Denied`.
    pub fn check_active(&self) -> Result<(), SignInFault> {
        match self.status {
            AccountStatus::Active => Ok(()),
            AccountStatus::Disabled | AccountStatus::Locked => {
                Err(SignInFault::Denied(Denial::NotActive(self.status), None))
            }
        }
    }

    /// An event about them.
    pub fn event(&self, hop: &Hop, action: AuditAction, detail: Value) -> AuditEvent {
        AuditEvent {
            account: self.id.account().cloned(),
            connection: self.held.as_ref().map(|(connection, _)| connection.clone()),
            sub: Some(self.sub.clone()),
            detail,
            ..hop.event(action)
        }
    }

    /// What is written when they have used or enrolled a factor, beside the factor itself.
    pub fn used(&self, hop: &Hop) -> Effects {
        let (account, holder) = match (&self.id, &self.held) {
            (FactorOwner::Holder(holder), Some((connection, false))) => {
                let new = FactorHolder {
                    id: holder.clone(),
                    connection: connection.clone(),
                    sub: self.sub.clone(),
                    created_at: hop.now,
                    last_used_at: hop.now,
                };
                (None, HolderWrite::Insert(Box::new(new)))
            }
            (FactorOwner::Holder(holder), _) => {
                let (holder, at) = (holder.clone(), hop.now);
                (None, HolderWrite::Use { holder, at })
            }
            (FactorOwner::Account(account), _) => {
                let (account, at) = (account.clone(), hop.now);
                (Some(AccountWrite::Use { account, at }), HolderWrite::None)
            }
        };
        Effects {
            account,
            holder,
            ..Effects::default()
        }
    }
}
