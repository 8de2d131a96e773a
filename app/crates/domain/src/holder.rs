//! Holders: what second factors are bound to while somebody has no account (design.md §3).
//!
//! A holder says nothing about a person but the opaque `sub` that applications know them by. It is kept for as long as
//! its factors are used, and an account that is made later takes its place, with its id.

use crate::Timestamp;
use crate::id::{AccountId, ConnectionId};

/// How long a holder is kept after its factors were used last, in days, unless the operator says otherwise.
pub const KEPT_DAYS: u32 = 180;

/// Whose factors they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactorOwner {
    Account(AccountId),
    /// Nobody's account yet. The id is the one that the account takes when it is made, so what was sealed for it opens
    /// and what a device stores about it stays right.
    Holder(AccountId),
}

impl FactorOwner {
    /// What factors are sealed for.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        match self {
            Self::Account(id) | Self::Holder(id) => id,
        }
    }

    /// The account, if there is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account(id) => Some(id),
            Self::Holder(_) => None,
        }
    }
}

/// Somebody's second factors without a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorHolder {
    pub id: AccountId,
    pub connection: ConnectionId,
    /// What applications know the person by; derived from the provider's subject and tells nothing of it.
    pub sub: String,
    pub created_at: Timestamp,
    /// When a factor was used or enrolled last.
    pub last_used_at: Timestamp,
}
