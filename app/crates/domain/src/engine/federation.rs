//! The browser is at a provider, and what its answer becomes.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::outcome::Denial;
use super::progress::{Demands, Passing, Progress};
use super::proof::AwaitingProof;
use super::{Person, Refused, SignIn};
use crate::assurance::{Evidence, Upstream};
use crate::connection::Connection;
use crate::flow::AuthOption;
use crate::id::{AccountId, ConnectionId};
use crate::jit::{AttributeSync, Found, JitOutcome, Owner};
use crate::secret::SecretText;
use crate::subject::{LinkKey, VerifiedAssertion};
use crate::text::Handle;
use crate::{Claims, Timestamp};

/// How long after the person proved something to their provider its word for a second factor counts here: as long as a
/// sign-in with two factors lasts (NIST SP 800-63B §4.2.3).
const CHECK_COUNTS: TimeDelta = TimeDelta::hours(12);

/// What must be remembered about a journey to a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outbound {
    #[serde(rename = "c")]
    pub connection: ConnectionId,
    #[serde(rename = "h")]
    pub handle: Handle,
    /// What the provider gives back; binds its answer to this browser (S26).
    #[serde(rename = "t")]
    pub state: SecretText,
    /// What the ID token must repeat (OpenID Connect Core §3.1.3.7 step 11).
    #[serde(rename = "n")]
    pub nonce: SecretText,
    /// PKCE (RFC 7636).
    #[serde(rename = "v")]
    pub code_verifier: SecretText,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
}

/// The browser is at a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitingFederation {
    #[serde(rename = "s")]
    pub(super) step: u32,
    #[serde(rename = "o")]
    pub(super) outbound: Outbound,
    #[serde(flatten)]
    pub(super) progress: Progress,
}

/// A provider's verified answer to this transaction, before it is known what it becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Federated {
    #[serde(rename = "s")]
    step: u32,
    #[serde(rename = "h")]
    handle: Handle,
    #[serde(rename = "v")]
    assertion: VerifiedAssertion,
    #[serde(rename = "r")]
    received_at: Timestamp,
    #[serde(flatten)]
    progress: Progress,
}

/// What an answer becomes: [`JitOutcome`] with regard to the steps before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    SignIn {
        account: AccountId,
        sync: Option<AttributeSync>,
    },
    PassThrough,
    Provision,
    Link(AccountId),
    AskForProof(AccountId),
    Deny(Denial),
}

impl AwaitingFederation {
    /// The journey that was begun.
    #[must_use]
    pub fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// What has been achieved so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The person came back without the provider's answer and chooses again.
    #[must_use]
    pub fn turn_back(self) -> Choosing {
        Choosing::new(self.step, self.progress)
    }

    /// Accepts the provider's answer to *this* transaction. State, nonce and PKCE have been checked against
    /// [`Self::outbound`] by the federation code, and nothing else makes an assertion.
    ///
    /// # Errors
    /// `Expired` at or after the end of the transaction; `AnotherConnection` for an answer of another connection (S25).
    pub fn receive(self, assertion: VerifiedAssertion, now: Timestamp) -> Result<Federated, Refused> {
        self.progress.check_alive(now)?;
        if assertion.connection != self.outbound.connection {
            return Err(Refused::AnotherConnection);
        }
        let Self {
            step,
            outbound,
            progress,
        } = self;
        Ok(Federated {
            step,
            handle: outbound.handle,
            assertion,
            received_at: now,
            progress,
        })
    }
}

impl Federated {
    /// What the provider vouched for.
    #[must_use]
    pub fn assertion(&self) -> &VerifiedAssertion {
        &self.assertion
    }

    /// The key under which this person is linked.
    #[must_use]
    pub fn link_key(&self) -> LinkKey {
        self.assertion.link_key()
    }

    /// When it reached us.
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// The handle of the connection.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What has been achieved before.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Back to the choice, when nothing came of the answer.
    #[must_use]
    pub fn turn_back(self) -> Choosing {
        Choosing::new(self.step, self.progress)
    }

    /// Decides what the answer becomes: the table of design.md §2.1, and that a later step is passed by the person of
    /// the first. Nothing has been written for anybody who is refused here.
    #[must_use]
    pub fn resolve(
        &self,
        connection: &Connection,
        linked: Option<Found>,
        owner: Option<Owner>,
        is_kept_out: bool,
    ) -> Resolution {
        let expected = self.progress.person();
        let outcome = connection.jit.decide(linked, owner, is_kept_out);
        match (outcome, expected) {
            (JitOutcome::Deny(denial), _) => Resolution::Deny(denial.into()),
            (JitOutcome::SignIn { account, sync }, None) => Resolution::SignIn { account, sync },
            (JitOutcome::SignIn { account, sync }, Some(person)) if person.account() == Some(&account) => {
                Resolution::SignIn { account, sync }
            }
            (JitOutcome::PassThrough, None) => Resolution::PassThrough,
            (JitOutcome::PassThrough, Some(Person::PassThrough { key, .. })) if *key == self.link_key() => {
                Resolution::PassThrough
            }
            (JitOutcome::Provision, None) => Resolution::Provision,
            (JitOutcome::Link(account), None) => Resolution::Link(account),
            (JitOutcome::AskForProof(account), None) => Resolution::AskForProof(account),
            (
                JitOutcome::SignIn { .. }
                | JitOutcome::PassThrough
                | JitOutcome::Provision
                | JitOutcome::Link(_)
                | JitOutcome::AskForProof(_),
                Some(_),
            ) => Resolution::Deny(Denial::AnotherPerson),
        }
    }

    /// Passes the step as a person. `known` are their claims as they are now, after provisioning or synchronisation.
    ///
    /// # Errors
    /// `Expired`.
    pub fn pass(
        self,
        person: Person,
        known: &Claims,
        connection: &Connection,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        self.progress.check_alive(now)?;
        let evidence = self.evidence(connection);
        let remote = Some(self.assertion.claims.clone());
        let required = required_of(connection);
        Ok(self.progress.pass(
            Passing {
                step: self.step,
                evidence,
                person,
                required,
                known,
                remote,
            },
            demands,
        ))
    }

    /// Asks the person to prove that an account is theirs before it is linked.
    ///
    /// # Errors
    /// `Expired`.
    pub fn await_proof(self, account: AccountId, now: Timestamp) -> Result<AwaitingProof, Refused> {
        self.progress.check_alive(now)?;
        Ok(AwaitingProof {
            account,
            federated: self,
            outbound: None,
        })
    }

    fn evidence(&self, connection: &Connection) -> Evidence {
        let VerifiedAssertion {
            acr,
            amr,
            auth_time,
            session_mark,
            ..
        } = &self.assertion;
        let is_fresh = auth_time.is_none_or(|proved| self.received_at - proved <= CHECK_COUNTS);
        Evidence {
            option: AuthOption::Connection(self.handle.clone()),
            at: self.received_at,
            proved_at: auth_time.filter(|proved| *proved < self.received_at),
            connection: Some(self.assertion.connection.clone()),
            upstream_amr: amr.clone(),
            upstream_acr: acr.clone(),
            upstream: if is_fresh && connection.trusts(acr.as_deref(), amr) {
                Upstream::Trusted
            } else {
                Upstream::Untrusted
            },
            key: None,
            upstream_session: session_mark.clone(),
        }
    }
}

fn required_of(connection: &Connection) -> Vec<String> {
    connection
        .attributes
        .iter()
        .filter(|rule| rule.required)
        .map(|rule| rule.to.clone())
        .collect()
}
