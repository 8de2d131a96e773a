//! The sign-in engine: what one run of a flow has achieved and what comes next.
//!
//! Owns the states of a transaction and the moves between them. Must not know cookies, rows or pages: whoever calls a
//! move has done the checking it names (a password, a provider's answer) and stores the state it returns. A sign-in
//! passes through as (`AwaitingScript` →) `Choosing` → `AwaitingFederation` → [`Federated`] → (`AwaitingProof` |
//! the next step) → (`AwaitingAttributes`) → `Completed`. Between a choice and the next step stands `Noting` where backup
//! codes were made, and before a choice `Prompting` where the script shows a form. A move is a method on the state it starts from, so a password form cannot advance a transaction that
//! waits for something else.
//!
//! There is one notion of completion, [`driver::covers`]; nothing but [`progress::Progress`] makes a [`Completed`], and
//! it asks that first (S35).

mod attributes;
mod choosing;
pub mod driver;
mod federation;
pub mod known;
mod limits;
mod noting;
mod outcome;
mod person;
pub mod progress;
mod prompting;
mod proof;
mod scripted;

use serde::{Deserialize, Serialize};

pub use attributes::{AnswerFault, AwaitingAttributes};
pub use choosing::{Choosing, FactorAccepted, PasskeyAccepted, PasswordAccepted};
pub use driver::{Next, covers, covers_for, decide, still_covers};
pub use federation::{AwaitingFederation, Federated, Outbound, Resolution};
pub use limits::{MailWish, WrongCode};
pub use noting::Noting;
pub use outcome::{Completed, Denial, Denied, ScriptFault};
pub use person::Person;
pub use progress::{Demands, Passed, Progress};
pub use prompting::Prompting;
pub use proof::{AwaitingProof, Proved};
pub use scripted::{AwaitingScript, Proceeded};

use crate::Timestamp;

/// Where a transaction stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SignIn {
    /// The script has to say what comes next.
    #[serde(rename = "s")]
    AwaitingScript(AwaitingScript),
    /// The person fills in a form of the script.
    #[serde(rename = "q")]
    Prompting(Prompting),
    /// The person chooses one of the options of a step.
    #[serde(rename = "c")]
    Choosing(Choosing),
    /// The browser is at a provider.
    #[serde(rename = "f")]
    AwaitingFederation(AwaitingFederation),
    /// The person notes backup codes.
    #[serde(rename = "n")]
    Noting(Noting),
    /// The person proves that the account which owns the asserted address is theirs.
    #[serde(rename = "p")]
    AwaitingProof(AwaitingProof),
    /// The person fills in what the provider did not send.
    #[serde(rename = "a")]
    AwaitingAttributes(AwaitingAttributes),
    /// Every step of the path has evidence.
    #[serde(rename = "d")]
    Completed(Completed),
    /// Nobody is signed in.
    #[serde(rename = "x")]
    Denied(Denied),
}

impl SignIn {
    /// Begins a run of a flow whose steps run in order.
    #[must_use]
    pub fn begin(expires_at: Timestamp) -> Self {
        Self::Choosing(Choosing::new(0, Progress::begin(expires_at, None)))
    }

    /// Begins a run of a flow whose script decides. The run keeps this version of the script to its end.
    #[must_use]
    pub fn begin_with_script(expires_at: Timestamp, version: String) -> Self {
        Self::AwaitingScript(AwaitingScript::begin(Progress::begin(expires_at, Some(version))))
    }

    /// What has been achieved so far; `None` once it is over.
    #[must_use]
    pub fn progress(&self) -> Option<&Progress> {
        match self {
            Self::AwaitingScript(state) => Some(state.progress()),
            Self::Prompting(state) => Some(state.progress()),
            Self::Choosing(state) => Some(&state.progress),
            Self::AwaitingFederation(state) => Some(&state.progress),
            Self::Noting(state) => Some(state.progress()),
            Self::AwaitingProof(state) => Some(state.progress()),
            Self::AwaitingAttributes(state) => Some(&state.progress),
            Self::Completed(_) | Self::Denied(_) => None,
        }
    }

    /// Whether somebody has proven something, so that the transaction is worth a row.
    #[must_use]
    pub fn has_proof(&self) -> bool {
        match self {
            Self::AwaitingScript(_) | Self::Prompting(_) | Self::Choosing(_) | Self::AwaitingFederation(_) => {
                self.progress().is_some_and(|progress| !progress.passed().is_empty())
            }
            Self::Noting(_) | Self::AwaitingProof(_) | Self::AwaitingAttributes(_) | Self::Completed(_) => true,
            Self::Denied(_) => false,
        }
    }
}

/// A move that cannot be made; the transaction stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// At or after `expires_at`.
    #[error("the transaction has expired")]
    Expired,
    /// The step does not offer this option, or not any more.
    #[error("the step does not offer this option")]
    NotOffered,
    /// The assertion is from another connection than the browser was sent to (S25).
    #[error("the assertion is from another connection")]
    AnotherConnection,
    /// The proof is for another account than the one asked for (S5).
    #[error("the proof is for another account")]
    AnotherAccount,
}
