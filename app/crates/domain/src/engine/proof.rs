//! The person proves that the account which owns the asserted address is theirs (S5, S6).

use serde::{Deserialize, Serialize};

use super::federation::{Federated, Outbound};
use super::progress::{Demands, Progress};
use super::{Person, Refused, SignIn};
use crate::account::verified_email;
use crate::connection::Connection;
use crate::id::AccountId;
use crate::subject::{LinkKey, VerifiedAssertion};
use crate::{Claims, Timestamp};

/// A link that waits for proof. It holds the account and the provider's answer together, so a proof given here can
/// link this subject to this account and nothing else; the transaction around it is bound to one browser and ends once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitingProof {
    #[serde(rename = "a")]
    pub(super) account: AccountId,
    #[serde(rename = "f")]
    pub(super) federated: Federated,
    /// The journey to another provider whose answer may be the proof, while the person is there.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub(super) outbound: Option<Box<Outbound>>,
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

    /// The journey that was begun to another provider.
    #[must_use]
    pub fn outbound(&self) -> Option<&Outbound> {
        self.outbound.as_deref()
    }

    /// Sends the person to another provider, to be told from there who they are. A later journey takes the place of
    /// one before.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` for the connection that is to be linked: it has said all it can.
    pub fn leave(self, outbound: Outbound, now: Timestamp) -> Result<Self, Refused> {
        self.progress().check_alive(now)?;
        if outbound.connection == self.federated.assertion().connection {
            return Err(Refused::NotOffered);
        }
        Ok(Self {
            outbound: Some(Box::new(outbound)),
            ..self
        })
    }

    /// Accepts another provider's answer as proof. `linked` is the account that the answer's identity is linked to
    /// now: it must be this very account (S5).
    ///
    /// # Errors
    /// `Expired`; `NotOffered` without a journey; `AnotherConnection` (S25); `AnotherAccount` for an identity that is
    /// linked to another account or to none.
    pub fn receive(
        self,
        assertion: &VerifiedAssertion,
        linked: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<Proved, Refused> {
        let outbound = self.outbound.as_deref().ok_or(Refused::NotOffered)?;
        if outbound.connection != assertion.connection {
            return Err(Refused::AnotherConnection);
        }
        let account = linked.cloned().ok_or(Refused::AnotherAccount)?;
        self.prove(&account, now)
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
