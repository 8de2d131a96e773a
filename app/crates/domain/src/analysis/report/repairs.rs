//! What mends a finding.

use super::Reporter;
use crate::finding::Repair;
use crate::flow::AuthOption;
use crate::script::{Skips, Spared, edits};
use crate::text::Handle;

impl Reporter<'_> {
    pub(super) fn repairs(&self, entry: &AuthOption, step: u32) -> Vec<Repair> {
        let Some(connection) = entry.connection() else {
            return vec![];
        };
        let mut repairs = vec![Repair::TurnOnJit {
            connection: connection.clone(),
        }];
        let asserts = self
            .facts(connection)
            .is_some_and(|facts| facts.otp_to_asserted_email || facts.factors_without_account);
        if self.options(step).contains(&AuthOption::EmailOtp) && !asserts {
            repairs.push(Repair::SendCodesToAssertedAddress {
                connection: connection.clone(),
            });
        }
        let kept = self
            .facts(connection)
            .is_some_and(|facts| facts.factors_without_account);
        let enrols = |option: &AuthOption| matches!(option, AuthOption::Totp | AuthOption::Passkey);
        if self.options(step).iter().any(enrols) && !kept {
            repairs.push(Repair::KeepFactorsWithoutAccount {
                connection: connection.clone(),
            });
        }
        // Whoever can pass the step is asked for it still: that comes before what spares them too.
        repairs.extend(self.skip_without_account(connection, step));
        repairs.extend(self.skip_step(connection, step));
        repairs.extend(self.remove_step(step));
        repairs
    }

    /// `None` where the script cannot be changed so.
    pub(super) fn skip_step(&self, connection: &Handle, step: u32) -> Option<Repair> {
        Some(Repair::SkipStep {
            connection: connection.clone(),
            step,
            script: Skips::with(self.flow, connection, step, Spared::Everybody)?,
        })
    }

    /// The same, for those who have no account.
    fn skip_without_account(&self, connection: &Handle, step: u32) -> Option<Repair> {
        Some(Repair::SkipStepWithoutAccount {
            connection: connection.clone(),
            step,
            script: Skips::with(self.flow, connection, step, Spared::WithoutAccount)?,
        })
    }

    /// `None` for the only step, and where the script hangs on it.
    pub(super) fn remove_step(&self, step: u32) -> Option<Repair> {
        let script = match &self.flow.script {
            None => None,
            Some(source) => Some(edits::remove_step(source, step)?),
        };
        (self.flow.steps.len() > 1).then_some(Repair::RemoveStep { step, script })
    }

    /// `None` where there is no script.
    pub(super) fn remove_script(&self) -> Option<Repair> {
        self.flow.script.as_ref().map(|_| Repair::RemoveScript)
    }

    /// People whom the script ends: everybody takes every step again, or they are not offered their way, where there is
    /// another one to begin.
    pub(super) fn ended_by_script(&self, entry: &AuthOption) -> Vec<Repair> {
        let has_other = self.options(1).len() > 1;
        let remove = entry.connection().filter(|_| has_other).map(|_| Repair::RemoveOption {
            step: 1,
            option: entry.to_string(),
        });
        self.remove_script().into_iter().chain(remove).collect()
    }

    /// People who find nothing in a step that they can use: they do not take it, nobody does, or it offers more.
    pub(super) fn closed_to(&self, entry: &AuthOption, step: u32) -> Vec<Repair> {
        let narrows = |source: &String| source.contains("authenticationOptions");
        let is_narrowed = self.flow.script.as_ref().is_some_and(narrows);
        let mails = self.options(step).contains(&AuthOption::EmailOtp);
        let script = self.remove_script().filter(|_| is_narrowed || step == 1);
        let app = (mails && !self.options(step).contains(&AuthOption::Totp)).then(|| offer_app(step));
        let skip = entry
            .connection()
            .and_then(|connection| self.skip_step(connection, step));
        let remove = self.remove_step(step).filter(|_| step > 1);
        [script, app, skip, remove].into_iter().flatten().collect()
    }
}

/// An authenticator app needs no address.
pub(super) fn offer_app(step: u32) -> Repair {
    Repair::AddOption {
        step,
        option: AuthOption::Totp.to_string(),
    }
}
