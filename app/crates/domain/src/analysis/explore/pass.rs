//! Follows what passing a step brings with it: an address or none, a provider's word or none, an account or none.

use super::Explorer;
use super::path::Path;
use crate::analysis::ConnectionFacts;
use crate::analysis::picture::How;
use crate::analysis::reach::{Fact, Reach};
use crate::analysis::seen::Stop;
use crate::engine::{Choosing, Denial, SignIn};
use crate::expectation::Persona;
use crate::flow::{AuthOption, Step};
use crate::text::{Handle, either};

/// What the world decides about somebody who passes a step; `None` where it makes no difference.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    /// Whether they have a verified address.
    pub(super) mailbox: Option<bool>,
    /// Whether their provider says that it checked a second factor that is trusted.
    pub(super) word: Option<bool>,
}

impl Brought {
    fn told(self) -> impl Iterator<Item = &'static str> {
        let mailbox = self.mailbox.map(|has| {
            if has {
                "has a verified email address"
            } else {
                "has no verified email address"
            }
        });
        let word = self.word.map(|said| {
            if said {
                "the provider confirms a second factor that is trusted"
            } else {
                "the provider confirms no second factor that is trusted"
            }
        });
        mailbox.into_iter().chain(word)
    }
}

impl Explorer<'_> {
    /// The person passes a step with an option. `None` when they cannot. Whether somebody who comes in has a verified
    /// address, and whether their provider says that it checked a second factor, is up to the world.
    pub(super) fn pass(&mut self, choosing: &Choosing, option: &AuthOption, path: Path) -> Option<Reach> {
        if self.persona.is_some_and(|persona| persona.lacks(option)) {
            return None;
        }
        let mut ways = Vec::new();
        for &mailbox in self.mailboxes(option, &path) {
            ways.push((mailbox.into(), self.pass_with(choosing, option, &path, mailbox)));
        }
        Reach::depends(Fact::Mailbox, ways)
    }

    fn pass_with(
        &mut self,
        choosing: &Choosing,
        option: &AuthOption,
        path: &Path,
        mailbox: Option<bool>,
    ) -> Option<Reach> {
        let of_word = |word: Option<bool>, explorer: &mut Self| {
            let brought = Brought { mailbox, word };
            explorer.pass_as(choosing, option, path.clone(), brought)
        };
        let words = self.words(option, path);
        let Some(handle) = option.connection().filter(|_| words.len() > 1) else {
            return of_word(words.first().copied().flatten(), self);
        };
        let ways = words.iter().map(|&word| (word.into(), of_word(word, self)));
        Reach::depends(Fact::Word(handle.clone()), ways.collect())
    }

    fn mailboxes(&self, option: &AuthOption, path: &Path) -> &'static [Option<bool>] {
        // Whoever comes in by a mail has a verified address.
        if path.taken.is_empty() && !option.is_mail() && self.may_get_codes(option) {
            if self.persona == Some(&Persona::NewWithoutEmail) {
                return &[Some(false)];
            }
            &[Some(true), Some(false)]
        } else {
            &[None]
        }
    }

    /// A provider says the same each time it is asked on one path.
    fn words(&self, option: &AuthOption, path: &Path) -> &'static [Option<bool>] {
        let trusts = |handle: &Handle| self.facts(handle).is_some_and(|facts| facts.trusts_factors);
        let Some(handle) = option.connection().filter(|handle| trusts(handle)) else {
            return &[None];
        };
        match path.words.iter().find(|(known, _)| known == handle) {
            Some((_, true)) => &[Some(true)],
            Some((_, false)) => &[Some(false)],
            None if self.flow.steps.iter().any(Step::only_confirms) => &[Some(true), Some(false)],
            None => &[None],
        }
    }

    /// Whether people who come in by this option could be sent a code by email, and the flow sends any.
    fn may_get_codes(&self, option: &AuthOption) -> bool {
        let facts = option.connection().and_then(|handle| self.facts(handle));
        let reaches =
            |facts: &ConnectionFacts| facts.jit || facts.otp_to_asserted_email || facts.factors_without_account;
        self.flow.offers(&AuthOption::EmailOtp) && facts.is_none_or(reaches)
    }

    fn pass_as(&mut self, choosing: &Choosing, option: &AuthOption, mut path: Path, brought: Brought) -> Option<Reach> {
        let (next, linked) = self.passed(choosing, option, &path, brought)?;
        self.note_passed(choosing.step() + 1, option, &mut path, brought);
        if let SignIn::Denied(denied) = &next {
            if denied.reason == Denial::NeedsAccount {
                path.story.push(self.asked(denied.step));
            } else if denied.reason == Denial::NoVerifiedAddress {
                let number = denied.step + 1;
                path.story.push(format!("is to get a code by email in step {number}"));
            }
            return self.follow(next, path);
        }
        if !linked {
            return self.follow(next, path);
        }
        // Whether the account is linked to this connection is up to the world.
        let mut through = path.clone();
        self.answered(&mut through, None, "has an account that is linked to it");
        let through = self.follow(next, through);
        self.told(&mut path, None, "has no account that is linked to it");
        let unlinked = self.stop(Stop::Closed(choosing.step() + 1), &path);
        let ways = vec![(true.into(), through), (false.into(), Some(unlinked))];
        Reach::depends(Fact::Linked(option.connection()?.clone()), ways)
    }

    /// The step becomes a part of the path, with what the world decided about the person.
    fn note_passed(&mut self, number: u32, option: &AuthOption, path: &mut Path, brought: Brought) {
        let first = path.taken.is_empty();
        path.taken.push((number, option.clone()));
        path.story.push(self.told_of(option, first));
        self.stepped(path, number, How::Passed, &self.name(option));
        for told in brought.told() {
            self.told(path, None, told);
        }
        let facts = option.connection().and_then(|handle| self.facts(handle));
        if let (Some(facts), Some(word)) = (facts, brought.word) {
            path.words.retain(|(known, _)| *known != facts.handle);
            path.words.push((facts.handle.clone(), word));
        }
        if first && let Some(facts) = facts.filter(|facts| !facts.jit) {
            path.story.push(without_account(facts).to_owned());
        }
    }

    fn told_of(&self, option: &AuthOption, first: bool) -> String {
        let name = self.name(option);
        match (option, first) {
            (AuthOption::Password, true) => "signs in with a password".to_owned(),
            (_, true) => format!("signs in with {name}"),
            (_, false) => format!("confirms with {name}"),
        }
    }

    fn asked(&self, step: u32) -> String {
        let options = self.flow.steps.get(step as usize).map_or(&[][..], |step| &step.options);
        let asked: Vec<String> = options.iter().map(|option| self.name(option)).collect();
        format!(
            "is asked in step {} for {}, which needs an account",
            step + 1,
            either(&asked)
        )
    }
}

fn without_account(facts: &ConnectionFacts) -> &'static str {
    if facts.factors_without_account {
        "has no account, but second factors are kept"
    } else {
        "has no account, because just-in-time provisioning is off"
    }
}
