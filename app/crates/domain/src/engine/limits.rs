//! Limits that a script has for the codes of a step.

use super::SignIn;
use super::choosing::Choosing;
use crate::flow::AuthOption;
use crate::script::StepOutcome;

/// What a wrong code does to a step.
#[derive(Debug, Clone, PartialEq)]
pub enum WrongCode {
    /// The person tries again, and nothing is remembered.
    Again,
    /// The person tries again, and the next state counts it.
    Counted(SignIn),
    /// The step has failed, for the script to decide.
    Failed(SignIn),
}

/// What a script makes of the wish for one more code by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailWish {
    Granted,
    Refused,
    EndsStep,
}

impl Choosing {
    /// Takes a wrong code of an option. A script that wants to hear of failures hears of the first, or of that which its
    /// limit names.
    #[must_use]
    pub fn miss(mut self, option: &AuthOption) -> WrongCode {
        let hears = self.request().filter(|request| request.on_fail);
        let limit = hears.and_then(|request| request.code_limits(option).failures);
        self.wrong_codes += 1;
        if limit.is_some_and(|limit| self.wrong_codes < limit) {
            return WrongCode::Counted(SignIn::Choosing(self));
        }
        self.give_up(StepOutcome::Fail)
            .map_or(WrongCode::Again, WrongCode::Failed)
    }

    /// What becomes of the wish for one more code by mail, after so many that were sent.
    #[must_use]
    pub fn allows_mail(&self, sent: u32) -> MailWish {
        let limits = self.request().map(|request| request.code_limits(&AuthOption::EmailOtp));
        let limits = limits.unwrap_or_default();
        match limits.resends {
            Some(resends) if sent > resends && limits.resends_end => MailWish::EndsStep,
            Some(resends) if sent > resends => MailWish::Refused,
            Some(_) | None => MailWish::Granted,
        }
    }
}
