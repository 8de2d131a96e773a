//! Who is signing in.

use serde::{Deserialize, Serialize};

use crate::Claims;
use crate::account::verified_email;
use crate::connection::Connection;
use crate::flow::AuthOption;
use crate::holder::FactorOwner;
use crate::id::AccountId;
use crate::subject::LinkKey;

/// The person a sign-in has recognised. All its steps are passed by the same one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Person {
    /// Somebody with an account.
    #[serde(rename = "a")]
    Account {
        #[serde(rename = "i")]
        id: AccountId,
        #[serde(rename = "s")]
        sub: String,
        /// With just-in-time provisioning off: what the provider sent now, for the application and not for the profile.
        #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
        fresh: Option<Claims>,
        /// Whether the account has a verified address, to which codes may go.
        #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
        mailbox: bool,
    },
    /// Somebody who has none and gets none: the claims go straight to the application.
    #[serde(rename = "p")]
    PassThrough {
        #[serde(rename = "k")]
        key: LinkKey,
        #[serde(rename = "s")]
        sub: String,
        #[serde(rename = "c")]
        claims: Claims,
        /// Whether codes may go to the address in `claims`: the provider says it is verified, and the connection allows
        /// it (S39).
        #[serde(rename = "m", default, skip_serializing_if = "std::ops::Not::not")]
        mailbox: bool,
        /// What their second factors are bound to, where the connection keeps them without an account.
        #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
        holder: Option<AccountId>,
    },
}

impl Person {
    /// Somebody who comes through a connection and gets no account. `mapped` is what they bring along; `holder` says what
    /// their second factors are or would be bound to, if the connection keeps any.
    #[must_use]
    pub fn passing(
        key: LinkKey,
        sub: String,
        mapped: Claims,
        connection: &Connection,
        holder: impl FnOnce() -> AccountId,
    ) -> Self {
        Self::PassThrough {
            key,
            sub,
            mailbox: connection.mails_to_asserted_address() && verified_email(&mapped).is_some(),
            claims: mapped,
            holder: connection.factors_without_account.then(holder),
        }
    }

    /// Somebody with an account who comes through a connection. `known` is what the account holds then; with
    /// provisioning off the profile stays as it is, and what was `mapped` now goes to the application.
    #[must_use]
    pub fn with_account(id: AccountId, sub: String, known: &Claims, mapped: &Claims, connection: &Connection) -> Self {
        Self::Account {
            id,
            sub,
            fresh: (!connection.jit.enabled).then(|| mapped.clone()),
            mailbox: verified_email(known).is_some(),
        }
    }

    /// The stable opaque value that applications know the person by.
    #[must_use]
    pub fn sub(&self) -> &str {
        match self {
            Self::Account { sub, .. } | Self::PassThrough { sub, .. } => sub,
        }
    }

    /// The person's account, if there is one.
    #[must_use]
    pub fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Account { id, .. } => Some(id),
            Self::PassThrough { .. } => None,
        }
    }

    /// Whose second factors they use; `None` where none are kept for them.
    #[must_use]
    pub fn factor_owner(&self) -> Option<FactorOwner> {
        match self {
            Self::Account { id, .. } => Some(FactorOwner::Account(id.clone())),
            Self::PassThrough { holder, .. } => holder.clone().map(FactorOwner::Holder),
        }
    }

    /// Whether a second factor or another step's option can work for them (design.md §3).
    #[must_use]
    pub fn can_use(&self, option: &AuthOption) -> bool {
        match (option, self) {
            // It says who somebody is, and does not confirm somebody who is known.
            (AuthOption::EmailLink, _) => false,
            (AuthOption::EmailOtp, Self::Account { mailbox, .. } | Self::PassThrough { mailbox, .. }) => *mailbox,
            (_, Self::Account { .. }) => true,
            (_, Self::PassThrough { holder, .. }) => {
                !option.needs_account() || (holder.is_some() && option.works_with_kept_factors())
            }
        }
    }

    /// Claims that live only as long as this sign-in and what stems from it.
    #[must_use]
    pub fn passing_claims(&self) -> Option<&Claims> {
        match self {
            Self::Account { fresh, .. } => fresh.as_ref(),
            Self::PassThrough { claims, .. } => Some(claims),
        }
    }

    /// Adds claims that the person gave for this sign-in only. `false` when there is a profile to write them to.
    pub(crate) fn take_for_this_sign_in(&mut self, answers: &Claims) -> bool {
        let claims = match self {
            Self::Account { fresh: None, .. } => return false,
            Self::Account {
                fresh: Some(claims), ..
            }
            | Self::PassThrough { claims, .. } => claims,
        };
        claims.extend(answers.clone());
        true
    }

    /// Whether both are the same person. Somebody without an account is never somebody with one.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Account { id, .. }, Self::Account { id: other, .. }) => id == other,
            (Self::PassThrough { key, .. }, Self::PassThrough { key: other, .. }) => key == other,
            (Self::Account { .. }, Self::PassThrough { .. }) | (Self::PassThrough { .. }, Self::Account { .. }) => {
                false
            }
        }
    }
}
