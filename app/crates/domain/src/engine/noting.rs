//! The person notes the backup codes that were just made.

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::progress::{Demands, Progress};
use super::{Refused, SignIn};
use crate::assurance::{Evidence, KeyUse};
use crate::flow::AuthOption;
use crate::{Claims, Timestamp};

/// A second factor was right, and backup codes were made with it. They are shown until the person goes on, and never
/// again; they count from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noting {
    #[serde(flatten)]
    pub(super) choosing: Choosing,
    #[serde(rename = "o")]
    pub(super) option: AuthOption,
    /// What a passkey has shown, where it was one.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<KeyUse>,
    /// When the factor was proven.
    #[serde(rename = "t")]
    pub(super) at: Timestamp,
    /// What is known of the person.
    #[serde(rename = "k", default, skip_serializing_if = "Claims::is_empty")]
    pub(super) claims: Claims,
}

impl Noting {
    /// What has been achieved so far, without the step that is confirmed.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        self.choosing.progress()
    }

    /// The factor that was right.
    #[must_use]
    pub fn option(&self) -> &AuthOption {
        &self.option
    }

    /// When it was.
    #[must_use]
    pub fn proven_at(&self) -> Timestamp {
        self.at
    }

    /// The person has noted the codes: passes the step.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` when the step offers the factor no more.
    pub fn go_on(self, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        let (person, evidence) = match self.key {
            Some(key) => {
                let person = self.choosing.check_passkey_offered(demands.flow, now)?;
                let person = person.ok_or(Refused::NotOffered)?;
                (person.clone(), Evidence::of_key(key, self.at))
            }
            None => {
                let person = self.choosing.check_factor_offered(&self.option, demands.flow, now)?;
                (person.clone(), Evidence::of_ours(self.option, self.at))
            }
        };
        Ok(self.choosing.pass(evidence, person, &self.claims, demands))
    }
}
