//! The person proves that the account which owns the asserted address is theirs (S5, S6).

use serde::{Deserialize, Serialize};

use super::federation::Federated;
use super::progress::{Demands, Progress};
use super::{Person, Refused, SignIn};
use crate::account::verified_email;
use crate::connection::Connection;
use crate::id::AccountId;
use crate::subject::LinkKey;
use crate::{Claims, Timestamp};

/// A link that waits for proof. It holds the account and the provider's answer together, so a proof given here can
/// link this subject to this account and nothing else; the transaction around it is bound to one browser and ends once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitingProof {
    #[serde(rename = "a")]
    pub(super) account: AccountId,
    #[serde(rename = "f")]
    pub(super) federated: Federated,
}

/// The account is the person's: what is to be linked.
#[derive(Debug, Clone, PartialEq)]
pub struct Proved {
    account: AccountId,
    federated: Federated,
}

impl AwaitingProof {
    /// The account that must be proven.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The answer that would be linked.
    #[must_use]
    pub fn federated(&self) -> &Federated {
        &self.federated
    }

    /// What has been achieved so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        self.federated.progress()
    }

    /// Accepts a proof for `account`.
    ///
    /// # Errors
    /// `Expired`; `AnotherAccount` when the proof is for somebody else.
    pub fn prove(self, account: &AccountId, now: Timestamp) -> Result<Proved, Refused> {
        self.progress().check_alive(now)?;
        if *account != self.account {
            return Err(Refused::AnotherAccount);
        }
        Ok(Proved {
            account: self.account,
            federated: self.federated,
        })
    }
}

impl Proved {
    /// What is linked to what.
    #[must_use]
    pub fn link(&self) -> (LinkKey, &AccountId) {
        (self.federated.link_key(), &self.account)
    }

    /// The provider's answer.
    #[must_use]
    pub fn federated(&self) -> &Federated {
        &self.federated
    }

    /// Passes the federated step as the account, now that it is linked.
    ///
    /// # Errors
    /// `Expired`.
    pub fn pass(
        self,
        sub: String,
        known: &Claims,
        connection: &Connection,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        let person = Person::Account {
            id: self.account,
            sub,
            fresh: None,
            mailbox: verified_email(known).is_some(),
        };
        self.federated.pass(person, known, connection, demands, now)
    }
}
