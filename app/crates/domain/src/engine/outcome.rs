//! How a sign-in ends.

use serde::{Deserialize, Serialize};

use super::{Person, SignIn};
use crate::account::AccountStatus;
use crate::assurance::Evidence;
use crate::jit::JitDenial;
use crate::script::Limit;
use crate::{Claims, Timestamp};

/// Every step of the path has evidence. Made by the engine alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Completed {
    /// One piece for each step, in the order in which they were passed.
    #[serde(rename = "e")]
    pub evidence: Vec<Evidence>,
    #[serde(rename = "w")]
    pub person: Person,
    /// The steps a script asked for, counted from 0, in their order; `None` where all steps run.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<u32>>,
    /// Attributes the person filled in that belong into their profile.
    #[serde(rename = "t", default, skip_serializing_if = "Claims::is_empty")]
    pub to_store: Claims,
}

impl Completed {
    /// When the person last proved something.
    #[must_use]
    pub fn auth_time(&self) -> Option<Timestamp> {
        crate::assurance::auth_time(&self.evidence)
    }
}

/// Nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denied {
    pub reason: Denial,
    /// The step at which it ended, counted from 0.
    pub step: u32,
}

impl Denied {
    pub(super) fn end(reason: Denial, step: u32) -> SignIn {
        SignIn::Denied(Self { reason, step })
    }
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Denial {
    /// Another account owns the asserted address and linking is `never`.
    AccountExists,
    /// The account is disabled or locked.
    NotActive(AccountStatus),
    /// The identity was erased, and an administrator keeps it out (S50).
    KeptOut,
    /// A later step was passed by somebody else than the first.
    AnotherPerson,
    /// The step needs an account and the person has none: it fails closed (design.md §3).
    NeedsAccount,
    /// The step sends a code by email, and the account has no verified address (S39).
    NoVerifiedAddress,
    /// A passkey's counter went back: there may be a copy of it (Web Authentication Level 3 §6.1.1).
    PasskeyCopied,
    /// The step would have to enrol a factor, and the account has others that were not used (S38).
    EnrolmentRefused,
    /// No option of a step is left for this person.
    NoOptionLeft,
    /// The application's script refuses the person.
    ByScript,
    /// The application's script failed, and nobody is let through then (S40).
    ScriptFailed(ScriptFault),
    /// The script comes to its end, and nobody has said who they are; or a step is without evidence although the path
    /// seemed to be over, which cannot happen. Nobody gets in.
    Incomplete,
}

/// Why a script said nothing that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScriptFault {
    /// It threw, or is no script.
    Broken,
    Limit(Limit),
    /// It asked for a step that the flow does not have.
    NoSuchStep,
    /// The version that this sign-in began with is gone.
    Gone,
}

impl Denial {
    /// One of each kind, for what must have an answer to all of them.
    pub const KINDS: [Self; 12] = [
        Self::AccountExists,
        Self::NotActive(AccountStatus::Locked),
        Self::KeptOut,
        Self::AnotherPerson,
        Self::NeedsAccount,
        Self::NoVerifiedAddress,
        Self::PasskeyCopied,
        Self::EnrolmentRefused,
        Self::NoOptionLeft,
        Self::ByScript,
        Self::ScriptFailed(ScriptFault::Gone),
        Self::Incomplete,
    ];

    /// The stable word in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountExists => "account_exists",
            Self::NotActive(_) => "account_not_active",
            Self::KeptOut => "kept_out",
            Self::AnotherPerson => "another_person",
            Self::NeedsAccount => "needs_account",
            Self::NoVerifiedAddress => "no_verified_address",
            Self::PasskeyCopied => "passkey_copied",
            Self::EnrolmentRefused => "enrolment_refused",
            Self::NoOptionLeft => "no_option_left",
            Self::ByScript => "refused_by_script",
            Self::ScriptFailed(_) => "script_failed",
            Self::Incomplete => "incomplete",
        }
    }
}

impl From<JitDenial> for Denial {
    fn from(denial: JitDenial) -> Self {
        match denial {
            JitDenial::AccountExists => Self::AccountExists,
            JitDenial::NotActive(status) => Self::NotActive(status),
            JitDenial::KeptOut => Self::KeptOut,
        }
    }
}
