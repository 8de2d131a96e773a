//! The person chooses an option of a step.

use serde::{Deserialize, Serialize};

use super::federation::{AwaitingFederation, Outbound};
use super::noting::Noting;
use super::outcome::{Denial, Denied};
use super::progress::{Demands, Passing, Progress};
use super::{Person, Refused, SignIn};
use crate::account::AccountStatus;
use crate::assurance::{Evidence, KeyUse, Upstream};
use crate::flow::{AuthOption, SignInFlow};
use crate::holder::FactorOwner;
use crate::id::AccountId;
use crate::script::{StepOutcome, StepRequest};
use crate::{Claims, Timestamp};

/// The person chooses one of the options of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choosing {
    /// Place in the flow, counted from 0.
    #[serde(rename = "s")]
    pub(super) step: u32,
    /// Wrong codes so far, where the script has a limit for them.
    #[serde(rename = "wrong", default, skip_serializing_if = "is_zero")]
    pub(super) wrong_codes: u32,
    #[serde(flatten)]
    pub(super) progress: Progress,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A second factor that the person has just used. Whoever makes one has checked it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorAccepted {
    pub option: AuthOption,
    /// Whose factor it is.
    pub person: Person,
    /// What is known of the person.
    pub claims: Claims,
}

fn flow_offers(flow: &SignInFlow, step: u32, request: Option<&StepRequest>, option: &AuthOption) -> bool {
    let kept = request.is_none_or(|request| request.keeps(option));
    let step = flow.steps.get(step as usize);
    kept && step.is_some_and(|step| step.options.contains(option))
}

/// The right password of an account, or the code of a mail that went to its address. Whoever makes one has checked it.
#[derive(Debug, Clone, PartialEq)]
pub struct PasswordAccepted {
    pub account: AccountId,
    pub sub: String,
    pub status: AccountStatus,
    /// What is known of the person.
    pub claims: Claims,
    /// Whether the account has a verified address, to which codes may go.
    pub mailbox: bool,
}

/// A passkey of a person that was used or made just now. Whoever makes one has checked it.
#[derive(Debug, Clone, PartialEq)]
pub struct PasskeyAccepted {
    pub owner: FactorOwner,
    pub sub: String,
    pub status: AccountStatus,
    /// What is known of the person.
    pub claims: Claims,
    /// Whether the account has a verified address, to which codes may go.
    pub mailbox: bool,
    pub key: KeyUse,
}

impl Choosing {
    pub(super) fn new(step: u32, progress: Progress) -> Self {
        Self {
            step,
            wrong_codes: 0,
            progress,
        }
    }

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
        self.progress.usable(flow, self.step)
    }

    /// What the script does when this step is not passed; `None` where the steps run in order.
    #[must_use]
    pub fn request(&self) -> Option<&StepRequest> {
        self.progress.request()
    }

    /// Ends the step without success, for the script to decide. `None` when it does not want to: the person tries again.
    #[must_use]
    pub fn give_up(self, outcome: StepOutcome) -> Option<SignIn> {
        let request = self.progress.request()?;
        let wanted = match outcome {
            StepOutcome::Success => false,
            StepOutcome::Fail => request.on_fail,
            StepOutcome::Abort => request.on_abort,
        };
        wanted.then(|| self.progress.stepped(self.step, outcome))
    }

    /// Passes a federated step as a person who is known to be the one: what the explorer of the analyser does in the
    /// place of [`super::Federated::pass`].
    pub(crate) fn pass_as(
        self,
        piece: Evidence,
        person: Person,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(&piece.option, demands.flow)?;
        Ok(self.pass(piece, person, &Claims::new(), demands))
    }

    /// Passes the step with something that was proven before in this browser's session: single sign-on.
    ///
    /// # Errors
    /// `Expired`, `NotOffered`; also when the script wants it proven anew.
    pub fn take_over(
        self,
        piece: Evidence,
        person: Person,
        known: &Claims,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        self.progress.check_alive(now)?;
        if self.request().is_some_and(|request| request.force) {
            return Err(Refused::NotOffered);
        }
        // Nobody is known before the first step, and a second factor of the session may come in its place.
        let offered = flow_offers(demands.flow, self.step, self.request(), &piece.option);
        // Nothing but the provider can say who somebody without an account is.
        let needs_provider = self.progress.person().is_none() && person.account().is_none();
        let says_who = !needs_provider || piece.option.connection().is_some();
        if !offered || !says_who || piece.upstream == Upstream::Confirms {
            return Err(Refused::NotOffered);
        }
        Ok(self.pass(piece, person, known, demands))
    }

    /// Passes the step with the first of some pieces that does for it, and takes that one away. `None` where none does.
    #[must_use]
    pub fn take_over_any(
        &self,
        pieces: &mut Vec<Evidence>,
        person: &Person,
        known: &Claims,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Option<SignIn> {
        let (index, next) = pieces.iter().enumerate().find_map(|(index, piece)| {
            let taken = self
                .clone()
                .take_over(piece.clone(), person.clone(), known, demands, now);
            Some((index, taken.ok()?))
        })?;
        pieces.remove(index);
        Some(next)
    }

    /// Enters a piece of evidence for this step.
    pub(super) fn pass(self, evidence: Evidence, person: Person, known: &Claims, demands: &Demands<'_>) -> SignIn {
        let passing = Passing {
            step: self.step,
            evidence,
            person,
            required: vec![],
            known,
            remote: None,
        };
        self.progress.pass(passing, demands)
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

    /// The person whom a second factor of this step would confirm; asked before one is checked.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` when the step has no such option, this person cannot use it, or nobody is known yet.
    pub fn check_factor_offered(
        &self,
        option: &AuthOption,
        flow: &SignInFlow,
        now: Timestamp,
    ) -> Result<&Person, Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(option, flow)?;
        let known = self.progress.person();
        known.filter(|_| option.is_code()).ok_or(Refused::NotOffered)
    }

    /// Passes the step with a second factor.
    ///
    /// # Errors
    /// As [`Self::check_factor_offered`]; `AnotherAccount` for a factor of somebody else.
    pub fn confirm(self, accepted: FactorAccepted, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        let person = self.check_factor_offered(&accepted.option, demands.flow, now)?.clone();
        if !person.is_same(&accepted.person) {
            return Err(Refused::AnotherAccount);
        }
        let evidence = Evidence::of_ours(accepted.option, now);
        Ok(self.pass(evidence, person, &accepted.claims, demands))
    }

    /// The step is confirmed with a second factor, but before it is passed the person notes backup codes.
    ///
    /// # Errors
    /// As [`Self::confirm`].
    pub fn note(self, accepted: FactorAccepted, flow: &SignInFlow, now: Timestamp) -> Result<Noting, Refused> {
        let person = self.check_factor_offered(&accepted.option, flow, now)?;
        if !person.is_same(&accepted.person) {
            return Err(Refused::AnotherAccount);
        }
        Ok(Noting {
            choosing: self,
            option: accepted.option,
            key: None,
            at: now,
            claims: accepted.claims,
        })
    }

    /// Passes the step with a password.
    ///
    /// # Errors
    /// `Expired`, `NotOffered`.
    pub fn accept(self, accepted: PasswordAccepted, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        self.check_password_offered(demands.flow, now)?;
        Ok(self.accept_as(AuthOption::Password, accepted, demands, now))
    }

    /// Whether this step takes a link or a code by email now that says who somebody is; asked before a mail is sent or a
    /// code is checked.
    ///
    /// # Errors
    /// `Expired`; `NotOffered`, also when somebody is known by then.
    pub fn check_mail_offered(&self, option: &AuthOption, flow: &SignInFlow, now: Timestamp) -> Result<(), Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(option, flow)?;
        if option.is_mail() && self.progress.person().is_none() {
            Ok(())
        } else {
            Err(Refused::NotOffered)
        }
    }

    /// Passes the step with what came by email and says who it is.
    ///
    /// # Errors
    /// As [`Self::check_mail_offered`].
    pub fn accept_mail(
        self,
        option: AuthOption,
        accepted: PasswordAccepted,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        self.check_mail_offered(&option, demands.flow, now)?;
        Ok(self.accept_as(option, accepted, demands, now))
    }

    fn accept_as(
        self,
        option: AuthOption,
        accepted: PasswordAccepted,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> SignIn {
        if accepted.status != AccountStatus::Active {
            return Denied::end(Denial::NotActive(accepted.status), self.step);
        }
        let evidence = Evidence::of_ours(option, now);
        let person = Person::Account {
            id: accepted.account,
            sub: accepted.sub,
            fresh: None,
            mailbox: accepted.mailbox,
        };
        self.pass(evidence, person, &accepted.claims, demands)
    }

    /// Whether this step takes a passkey now, and whom it would confirm: `None` where it says who somebody is.
    ///
    /// # Errors
    /// `Expired`, `NotOffered`.
    pub fn check_passkey_offered(&self, flow: &SignInFlow, now: Timestamp) -> Result<Option<&Person>, Refused> {
        self.progress.check_alive(now)?;
        self.check_offered(&AuthOption::Passkey, flow)?;
        Ok(self.progress.person())
    }

    /// The step is confirmed with a passkey, but before it is passed the person notes backup codes.
    ///
    /// # Errors
    /// As [`Self::check_passkey_offered`]; `AnotherAccount` for a passkey of somebody else, or while nobody is known.
    pub fn note_passkey(self, accepted: PasskeyAccepted, flow: &SignInFlow, now: Timestamp) -> Result<Noting, Refused> {
        let person = self.check_passkey_offered(flow, now)?;
        if person.and_then(Person::factor_owner).as_ref() != Some(&accepted.owner) {
            return Err(Refused::AnotherAccount);
        }
        Ok(Noting {
            choosing: self,
            option: AuthOption::Passkey,
            key: Some(accepted.key),
            at: now,
            claims: accepted.claims,
        })
    }

    /// Passes the step with a passkey.
    ///
    /// # Errors
    /// As [`Self::check_passkey_offered`]; `AnotherAccount` for a passkey of somebody else; `NotOffered` when it is to say
    /// who somebody is and its device has not verified them, for then it is only a thing that anybody may have found.
    pub fn accept_passkey(
        self,
        accepted: PasskeyAccepted,
        demands: &Demands<'_>,
        now: Timestamp,
    ) -> Result<SignIn, Refused> {
        let person = match (self.check_passkey_offered(demands.flow, now)?, accepted.owner) {
            (Some(known), owner) if known.factor_owner().as_ref() == Some(&owner) => known.clone(),
            (Some(_), _) => return Err(Refused::AnotherAccount),
            // Nothing but the provider can say who somebody without an account is.
            (None, FactorOwner::Holder(_)) => return Err(Refused::NotOffered),
            (None, FactorOwner::Account(_)) if !accepted.key.verified => return Err(Refused::NotOffered),
            (None, FactorOwner::Account(id)) => Person::Account {
                id,
                sub: accepted.sub,
                fresh: None,
                mailbox: accepted.mailbox,
            },
        };
        if accepted.status != AccountStatus::Active {
            return Ok(Denied::end(Denial::NotActive(accepted.status), self.step));
        }
        Ok(self.pass(Evidence::of_key(accepted.key, now), person, &accepted.claims, demands))
    }
}
