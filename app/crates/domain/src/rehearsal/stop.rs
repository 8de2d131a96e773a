//! A stop of a rehearsal: what the step offers this person, and what follows from their choice.

use super::run::{Run, SUBJECT, ours};
use super::{Choice, Offer, Stop};
use crate::account::{AccountStatus, verified_email};
use crate::assurance::{Evidence, KeyUse};
use crate::engine::{
    Choosing, FactorAccepted, PasskeyAccepted, PasswordAccepted, Person, Progress, Prompting, Refused, SignIn,
};
use crate::factor::may_enrol;
use crate::flow::AuthOption;
use crate::holder::FactorOwner;
use crate::script::StepOutcome;

impl Run<'_> {
    pub(super) fn stop(&mut self, choosing: &Choosing) {
        let offers = choosing.options(self.flow).into_iter();
        let offers = offers.map(|option| self.offer(option, choosing.progress())).collect();
        let (may_fail, may_abort) = choosing
            .request()
            .map_or((false, false), |request| (request.on_fail, request.on_abort));
        let notes = std::mem::take(&mut self.notes);
        self.told_lines += notes.log.len();
        self.stops.push(Stop {
            step: choosing.step() + 1,
            offers,
            form: None,
            may_fail,
            may_abort,
            chosen: None,
            script: self.flow.script.is_some().then_some(notes),
            followed: vec![],
        });
    }

    /// A form of the script is a page of its own, before the step that comes next.
    pub(super) fn stop_at_form(&mut self, prompting: &Prompting) {
        let notes = std::mem::take(&mut self.notes);
        self.told_lines += notes.log.len();
        let passed = prompting.progress().passed().len();
        self.stops.push(Stop {
            step: u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1),
            offers: vec![],
            form: Some(prompting.form()),
            may_fail: false,
            may_abort: false,
            chosen: None,
            script: Some(notes),
            followed: vec![],
        });
    }

    pub(super) fn fill_in(&self, prompting: Prompting, choice: &Choice) -> Result<SignIn, Refused> {
        match choice {
            Choice::Send(typed) => {
                let checked = prompting.form().check(|name| typed.get(name).map(String::as_str));
                prompting.send(&checked.map_err(|_| Refused::NotOffered)?, self.now)
            }
            Choice::Skip => prompting.skip(self.now),
            Choice::Pass(_) | Choice::Fail | Choice::Abort => Err(Refused::NotOffered),
        }
    }

    /// How this person finds an option.
    fn offer(&self, option: &AuthOption, progress: &Progress) -> Offer {
        let passed: Vec<Evidence> = progress.passed().iter().map(|passed| passed.evidence.clone()).collect();
        let may_set_up = may_enrol(!self.person.enrolled.is_empty(), &passed);
        let has_app = self.person.enrolled.contains(&AuthOption::Totp);
        let holds = |factor: &AuthOption| self.person.enrolled.contains(factor) && !self.person.lost.contains(factor);
        let (works, note) = match option {
            _ if self.person.lost.contains(option) => (false, Some("cannot use it now")),
            AuthOption::Connection(handle) => match self.connection(handle) {
                None => (false, Some("the connection is gone")),
                Some(connection) if !connection.enabled => (false, Some("the connection is disabled")),
                Some(_) => (true, None),
            },
            AuthOption::Password => match self.person.has_password {
                true => (true, None),
                false => (false, Some("has no password")),
            },
            AuthOption::EmailLink | AuthOption::EmailOtp if progress.person().is_none() => self.by_mail(),
            AuthOption::Totp if self.person.enrolled.contains(option) => (true, None),
            AuthOption::Passkey if self.person.enrolled.contains(option) => (true, None),
            // With a passkey nobody has set up, nobody says who they are.
            AuthOption::Passkey if passed.is_empty() => (false, Some("has no passkey")),
            AuthOption::Totp | AuthOption::Passkey if may_set_up => (true, Some("is set up now")),
            // A code of another factor shows who sets one up (S38).
            AuthOption::Totp if holds(&AuthOption::BackupCode) => (true, Some("is set up with a backup code")),
            AuthOption::Passkey if holds(&AuthOption::Totp) => (true, Some("is set up with a code of the app")),
            AuthOption::Passkey if !has_app && holds(&AuthOption::BackupCode) => {
                (true, Some("is set up with a backup code"))
            }
            AuthOption::Totp | AuthOption::Passkey => (false, Some("has set up another factor")),
            AuthOption::EmailLink | AuthOption::EmailOtp => (true, None),
            AuthOption::BackupCode if self.person.enrolled.contains(option) => (true, None),
            AuthOption::BackupCode => (false, Some("has no backup codes")),
        };
        Offer {
            option: option.clone(),
            note: note.map(str::to_owned),
            works,
        }
    }

    /// How this person finds a mail that says who they are.
    fn by_mail(&self) -> (bool, Option<&'static str>) {
        if !self.person.has_account {
            (false, Some("has no account"))
        } else if verified_email(&self.person.claims).is_none() {
            (false, Some("has no verified address"))
        } else if self.person.status != AccountStatus::Active {
            (false, Some("gets no mail while the account is not active"))
        } else {
            (true, None)
        }
    }

    pub(super) fn choose(&mut self, choosing: Choosing, choice: &Choice) -> Result<SignIn, Refused> {
        let option = match choice {
            Choice::Fail => return choosing.give_up(StepOutcome::Fail).ok_or(Refused::NotOffered),
            Choice::Abort => return choosing.give_up(StepOutcome::Abort).ok_or(Refused::NotOffered),
            Choice::Send(_) | Choice::Skip => return Err(Refused::NotOffered),
            Choice::Pass(option) => option,
        };
        if !self.offer(option, choosing.progress()).works {
            return Err(Refused::NotOffered);
        }
        match option {
            AuthOption::Connection(handle) => self.federate(choosing, handle),
            AuthOption::Password => choosing.accept(self.accepted(), &self.demands(), self.now),
            AuthOption::EmailLink | AuthOption::EmailOtp if choosing.progress().person().is_none() => {
                choosing.accept_mail(option.clone(), self.accepted(), &self.demands(), self.now)
            }
            AuthOption::EmailLink => Err(Refused::NotOffered),
            AuthOption::Passkey => self.use_passkey(choosing),
            AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => self.confirm(choosing, option),
        }
    }

    fn accepted(&self) -> PasswordAccepted {
        PasswordAccepted {
            account: ours(),
            sub: SUBJECT.to_owned(),
            status: self.person.status,
            claims: self.person.claims.clone(),
            mailbox: verified_email(&self.person.claims).is_some(),
        }
    }

    fn use_passkey(&mut self, choosing: Choosing) -> Result<SignIn, Refused> {
        let known = choosing.progress().person().and_then(Person::factor_owner);
        let accepted = PasskeyAccepted {
            owner: known.unwrap_or_else(|| FactorOwner::Account(ours())),
            sub: SUBJECT.to_owned(),
            status: self.person.status,
            claims: self.person.claims.clone(),
            mailbox: verified_email(&self.person.claims).is_some(),
            key: KeyUse {
                verified: true,
                synced: false,
            },
        };
        let next = choosing.accept_passkey(accepted, &self.demands(), self.now)?;
        if !self.person.enrolled.contains(&AuthOption::Passkey) {
            self.person.enrolled.push(AuthOption::Passkey);
        }
        Ok(next)
    }

    fn confirm(&mut self, choosing: Choosing, option: &AuthOption) -> Result<SignIn, Refused> {
        let person = choosing.progress().person().cloned().ok_or(Refused::NotOffered)?;
        let step = self.flow.steps.get(choosing.step() as usize);
        let makes_codes = step.is_some_and(|step| step.options.contains(&AuthOption::BackupCode))
            && !self.person.enrolled.contains(&AuthOption::BackupCode);
        let accepted = FactorAccepted {
            option: option.clone(),
            person,
            claims: self.person.claims.clone(),
        };
        let next = choosing.confirm(accepted, &self.demands(), self.now)?;
        if *option == AuthOption::Totp && !self.person.enrolled.contains(option) {
            self.person.enrolled.push(option.clone());
        }
        if makes_codes {
            self.person.enrolled.push(AuthOption::BackupCode);
            self.follow("is shown backup codes to keep");
        }
        Ok(next)
    }
}
