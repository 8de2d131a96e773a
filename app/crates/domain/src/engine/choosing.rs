//! The person chooses an option of a step.

use serde::{Deserialize, Serialize};

use super::federation::{AwaitingFederation, Outbound};
use super::outcome::{Denial, Denied};
use super::progress::{Demands, Passing, Progress};
use super::{Person, Refused, SignIn};
use crate::account::AccountStatus;
use crate::assurance::Evidence;
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::id::AccountId;
use crate::{Claims, Timestamp};

/// The person chooses one of the options of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choosing {
    /// Place in the flow, counted from 0.
    #[serde(rename = "s")]
    pub(super) step: u32,
    #[serde(flatten)]
    pub(super) progress: Progress,
}

/// A second factor that an account has enrolled and the person has just used. Whoever makes one has checked it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorAccepted {
    pub option: AuthOption,
    pub account: AccountId,
    /// What is known of the person.
    pub claims: Claims,
}

/// The right password of an account. Whoever makes one has checked it.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordAccepted {
    pub account: AccountId,
    pub sub: String,
    pub status: AccountStatus,
    /// What is known of the person.
    pub claims: Claims,
}

impl Choosing {
    /// The step's place in the flow, counted from 0.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// What has been achieved so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The options this person can use. Somebody known to have no account is not offered what needs one.
    #[must_use]
    pub fn options<'a>(&self, flow: &'a SignInFlow) -> Vec<&'a AuthOption> {
        let without_account = matches!(self.progress.person(), Some(Person::PassThrough { .. }));
        let all = flow
            .steps
            .get(self.step as usize)
            .map(|step: &Step| step.options.iter());
        all.into_iter()
            .flatten()
            .filter(|option| !without_account || !option.needs_account())
            .collect()
    }

    fn check_offered(&self, option: &AuthOption, flow: &SignInFlow) -> Result<(), Refused> {
        if self.options(flow).contains(&option) {
            Ok(())
        } else {
            Err(Refused::NotOffered)
        }
    }

    /// Sends the person to a provider. The caller has checked that the connection may be used.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` when the step does not name the connection.
    pub fn leave(self, outbound: Outbound, flow: &SignInFlow, now: Timestamp) -> Result<AwaitingFederation, Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(&AuthOption::Connection(outbound.handle.clone()), flow)?;
        Ok(AwaitingFederation {
            step: self.step,
            outbound,
            progress: self.progress,
        })
    }

    /// Whether this step takes a password now; asked before one is checked.
    ///
    /// # Errors
    /// `Expired`, `NotOffered`.
    pub fn check_password_offered(&self, flow: &SignInFlow, now: Timestamp) -> Result<(), Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(&AuthOption::Password, flow)
    }

    /// The account that a second factor of this step would confirm; asked before one is checked.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` when the step has no such option or nobody with an account is known yet.
    pub fn check_factor_offered(
        &self,
        option: &AuthOption,
        flow: &SignInFlow,
        now: Timestamp,
    ) -> Result<&AccountId, Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(option, flow)?;
        let known = self.progress.person().and_then(Person::account);
        known.filter(|_| option.is_second()).ok_or(Refused::NotOffered)
    }

    /// Passes the step with a second factor.
    ///
    /// # Errors
    /// As [`Self::check_factor_offered`]; `AnotherAccount` for a factor of somebody else.
    pub fn confirm(self, accepted: FactorAccepted, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        if *self.check_factor_offered(&accepted.option, demands.flow, now)? != accepted.account {
            return Err(Refused::AnotherAccount);
        }
        let Some(person) = self.progress.person().cloned() else {
            return Err(Refused::NotOffered);
        };
        let evidence = Evidence {
            option: accepted.option,
            at: now,
            connection: None,
            upstream_amr: vec![],
        };
        let passing = Passing {
            step: self.step,
            evidence,
            person,
            required: vec![],
            known: &accepted.claims,
        };
        Ok(self.progress.pass(passing, demands))
    }

    /// Passes the step with a password.
    ///
    /// # Errors
    /// `Expired`, `NotOffered`.
    pub fn accept(self, accepted: PasswordAccepted, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        self.check_password_offered(demands.flow, now)?;
        if accepted.status != AccountStatus::Active {
            return Ok(Denied::end(Denial::NotActive(accepted.status), self.step));
        }
        let evidence = Evidence {
            option: AuthOption::Password,
            at: now,
            connection: None,
            upstream_amr: vec![],
        };
        let person = Person::Account {
            id: accepted.account,
            sub: accepted.sub,
            fresh: None,
        };
        let passing = Passing {
            step: self.step,
            evidence,
            person,
            required: vec![],
            known: &accepted.claims,
        };
        Ok(self.progress.pass(passing, demands))
    }
}
