//! What people may do to their own account, and what they prove before.

use chrono::Duration;

use crate::Timestamp;
use crate::account::{Attribute, AttributeSource};
use crate::assurance::{Evidence, who};
use crate::connection::Connection;
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::id::ConnectionId;

/// How long a proof is good for sensitive changes of the person's own account.
pub const PROOF_LIFE: Duration = Duration::minutes(5);

/// How long it is good for such changes in the console, where one often follows another.
pub const CONSOLE_PROOF_LIFE: Duration = Duration::minutes(15);

/// Attributes that the person may write themself. Not the address, which identifies them and has to be verified, and
/// nothing of the organisation's own, by which applications may decide what somebody may do.
pub const EDITABLE: [&str; 9] = [
    "given_name",
    "family_name",
    "name",
    "middle_name",
    "nickname",
    "birthdate",
    "website",
    "locale",
    "zoneinfo",
];

/// What an account can sign in with, and confirm it with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    pub has_password: bool,
    /// The enabled connections that the account is linked to, one entry for each link.
    pub links: Vec<AuthOption>,
    pub has_app: bool,
    pub passkeys: usize,
    /// Backup codes that still work; `None` without any set.
    pub codes_left: Option<u8>,
    /// Whether a code can be mailed to a verified address of the person.
    pub has_mailbox: bool,
}

/// What is set up or added after the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    App,
    Passkey,
    /// New backup codes.
    Codes,
    Link(AuthOption),
}

impl Holdings {
    /// Whether the account has anything to confirm its person with.
    #[must_use]
    pub fn has_second(&self) -> bool {
        self.has_app || self.passkeys > 0 || self.codes_left.is_some()
    }

    /// Whether something of ours confirms the person without backup codes, so that new codes can be made beside it.
    #[must_use]
    pub fn may_have_codes(&self) -> bool {
        self.has_app || self.passkeys > 0
    }

    /// Whether the app or a passkey may go: something must stay that shows who sets up the next one, or a stolen first
    /// factor would do (S38).
    #[must_use]
    pub fn may_take_factor(&self) -> bool {
        usize::from(self.has_app) + self.passkeys > 1 || self.codes_left.is_some_and(|left| left > 0)
    }

    /// Whether a passkey may go: another way to sign in must remain as well. Nobody signs in with an app or a code alone.
    #[must_use]
    pub fn may_take_passkey(&self) -> bool {
        self.may_take_factor() && (self.has_password || !self.links.is_empty() || self.passkeys > 1)
    }

    /// Whether a link through this option may go: another way to sign in must remain.
    #[must_use]
    pub fn may_unlink(&self, through: Option<&AuthOption>) -> bool {
        let usable = self.links.len() - usize::from(through.is_some_and(|one| self.links.contains(one)));
        self.has_password || self.passkeys > 0 || usable > 0
    }

    /// Whether a code by email is all that can show who they are. Beside anything else it would be the weaker way.
    fn has_only_mailbox(&self) -> bool {
        self.has_mailbox && !self.has_password && self.links.is_empty() && self.passkeys == 0
    }

    fn firsts(&self) -> Step {
        let mut options: Vec<AuthOption> = self.has_password.then_some(AuthOption::Password).into_iter().collect();
        for link in &self.links {
            if !options.contains(link) {
                options.push(link.clone());
            }
        }
        // A passkey says who somebody is only where nothing else does: beside another way it is the second factor.
        if options.is_empty() {
            options.push(if self.has_only_mailbox() {
                AuthOption::EmailOtp
            } else {
                AuthOption::Passkey
            });
        }
        Step { options }
    }

    fn seconds(&self, with_codes: bool) -> Option<Step> {
        let only_passkeys = !self.has_password && self.links.is_empty();
        let mut options = Vec::new();
        if self.passkeys > 0 && !only_passkeys {
            options.push(AuthOption::Passkey);
        }
        // Where only backup codes are left they stand beside the app that they can set up again.
        if self.has_app || (options.is_empty() && self.codes_left.is_some() && self.passkeys == 0) {
            options.push(AuthOption::Totp);
        }
        if with_codes && self.codes_left.is_some() && !options.is_empty() {
            options.push(AuthOption::BackupCode);
        }
        (!options.is_empty()).then_some(Step { options })
    }

    /// The flow in which the person proves who they are: with a first factor, and a second one where the account has one.
    #[must_use]
    pub fn proof(&self) -> SignInFlow {
        let steps = std::iter::once(self.firsts()).chain(self.seconds(true));
        SignInFlow {
            steps: steps.collect(),
            script: None,
        }
    }

    /// The flow that ends with an addition.
    #[must_use]
    pub fn adding(&self, addition: &Addition) -> SignInFlow {
        let only = |option: AuthOption| Step { options: vec![option] };
        let mut steps = vec![self.firsts()];
        match addition {
            // With the backup codes that are all that is left, setting up the app is the proof itself.
            Addition::App if !self.may_have_codes() => steps.push(only(AuthOption::Totp)),
            Addition::App => steps.extend(self.seconds(true).into_iter().chain([only(AuthOption::Totp)])),
            Addition::Passkey => steps.extend(self.seconds(true).into_iter().chain([only(AuthOption::Passkey)])),
            // A backup code makes no others: whoever finds one would live on them. Who has passkeys alone shows one again:
            // this step is never taken over from the session.
            Addition::Codes => {
                let mut step = self.seconds(false).unwrap_or(only(AuthOption::Passkey));
                step.options.push(AuthOption::BackupCode);
                steps.push(step);
            }
            Addition::Link(option) => steps.extend(self.seconds(true).into_iter().chain([only(option.clone())])),
        }
        SignInFlow { steps, script: None }
    }
}

/// The flow by which people come to their own account.
#[must_use]
pub fn entry<'a>(connections: impl Iterator<Item = &'a Connection>) -> SignInFlow {
    let connections = connections
        .filter(|connection| connection.enabled)
        .map(|connection| AuthOption::Connection(connection.handle.clone()));
    let options = [AuthOption::Password, AuthOption::Passkey]
        .into_iter()
        .chain(connections);
    SignInFlow {
        steps: vec![Step {
            options: options.collect(),
        }],
        script: None,
    }
}

/// The pieces of a session that are younger than `life`, so that they count for a sensitive change.
#[must_use]
pub fn recent(evidence: &[Evidence], life: Duration, now: Timestamp) -> Vec<Evidence> {
    evidence
        .iter()
        .filter(|piece| now - piece.proved() < life)
        .cloned()
        .collect()
}

/// Whether a session allows a sensitive change: the person has just shown who they are, and confirmed it where the
/// account has something to confirm it with. A code that went to a mailbox is not that, nor is a provider's word. It
/// says who somebody is where it is all they have, whatever they came in with before.
#[must_use]
pub fn is_proven(evidence: &[Evidence], have: &Holdings, life: Duration, now: Timestamp) -> bool {
    let recent = recent(evidence, life, now);
    let by_mail = have.has_only_mailbox() && recent.iter().any(|piece| piece.option == AuthOption::EmailOtp);
    (by_mail || who(evidence).any(|piece| now - piece.proved() < life))
        && (!have.has_second() || recent.iter().any(|piece| is_own_second(&piece.option)))
}

/// Whether a provider's word shows anew who somebody is. One that says when they proved it there has to name a recent
/// moment. One that does not say was asked to have them prove it now, and is believed: many say nothing of it.
#[must_use]
pub fn is_fresh(proved_at: Option<Timestamp>, now: Timestamp) -> bool {
    proved_at.is_none_or(|at| now - at < PROOF_LIFE)
}

fn is_own_second(option: &AuthOption) -> bool {
    matches!(option, AuthOption::Passkey | AuthOption::Totp | AuthOption::BackupCode)
}

/// Whether the person may write an attribute: one of theirs that no linked provider owns.
#[must_use]
pub fn may_edit(name: &str, current: Option<&Attribute>, linked: &[ConnectionId]) -> bool {
    let owner = match current.map(|attribute| &attribute.source) {
        Some(AttributeSource::Connection { connection }) => Some(connection),
        Some(AttributeSource::Administrator | AttributeSource::Api | AttributeSource::Person) | None => None,
    };
    EDITABLE.contains(&name) && owner.is_none_or(|connection| !linked.contains(connection))
}

#[cfg(test)]
mod tests;
