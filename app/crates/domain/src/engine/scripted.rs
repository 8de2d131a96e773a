//! The script says what comes next.

use serde::{Deserialize, Serialize};

use super::choosing::Choosing;
use super::outcome::{Denial, Denied, ScriptFault};
use super::progress::{Demands, Progress};
use super::prompting::Prompting;
use super::{Person, Refused, SignIn};
use crate::script::{Event, Question, RunEnd, StepOutcome, StepRequest};
use crate::{Claims, Timestamp, script_form};

/// Something has happened, and the script has not said yet what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitingScript {
    #[serde(flatten)]
    progress: Progress,
    /// What is known of the person, to see at the end whether something is missing.
    #[serde(rename = "k", default, skip_serializing_if = "Claims::is_empty")]
    known: Claims,
}

/// What a run's end leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Proceeded {
    Next(Box<SignIn>),
    /// Find it out, [`AwaitingScript::tell`], run again.
    Ask(Box<AwaitingScript>, Question),
}

impl AwaitingScript {
    pub(super) fn begin(progress: Progress) -> Self {
        Self::new(progress, Claims::new())
    }

    pub(super) fn new(progress: Progress, known: Claims) -> Self {
        Self { progress, known }
    }

    /// What has been achieved so far, with the script's events.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What is known of the person.
    #[must_use]
    pub fn known(&self) -> &Claims {
        &self.known
    }

    /// Answers a question of the script.
    #[must_use]
    pub fn tell(mut self, question: Question, answer: serde_json::Value) -> Self {
        self.progress.tell(Event::Told(question, answer));
        self
    }

    /// Answers a question of the script that makes the person an account's owner ([`crate::script_link`]): yes, where
    /// they came without an account, else no.
    #[must_use]
    pub fn associate(mut self, question: Question, person: Person) -> Self {
        let is_theirs = self.progress.become_account(person);
        self.tell(question, is_theirs.into())
    }

    /// Does what the script's run ended with.
    ///
    /// # Errors
    /// `Expired`.
    pub fn proceed(self, end: RunEnd, demands: &Demands<'_>, now: Timestamp) -> Result<Proceeded, Refused> {
        self.progress.check_alive(now)?;
        let step = u32::try_from(self.progress.passed().len()).unwrap_or(u32::MAX);
        let denied = |reason| Proceeded::Next(Box::new(Denied::end(reason, step)));
        Ok(match end {
            RunEnd::Step(request) => Proceeded::Next(Box::new(self.take(request, demands))),
            RunEnd::Ask { question, .. } if question.call == script_form::QUESTION => {
                match Prompting::begin(self, question) {
                    Some(prompting) => Proceeded::Next(Box::new(SignIn::Prompting(prompting))),
                    None => denied(Denial::ScriptFailed(ScriptFault::Broken)),
                }
            }
            RunEnd::Ask { question, .. } => Proceeded::Ask(Box::new(self), question),
            RunEnd::Done => Proceeded::Next(Box::new(self.progress.finish(demands, &self.known))),
            RunEnd::Fail { .. } | RunEnd::SendError { .. } => denied(Denial::ByScript),
            RunEnd::Broken { .. } => denied(Denial::ScriptFailed(ScriptFault::Broken)),
            RunEnd::Limit { limit } => denied(Denial::ScriptFailed(ScriptFault::Limit(limit))),
        })
    }

    fn take(mut self, request: StepRequest, demands: &Demands<'_>) -> SignIn {
        let number = request.step;
        let Some(step) = number
            .checked_sub(1)
            .filter(|step| (*step as usize) < demands.flow.steps.len())
        else {
            return Denied::end(Denial::ScriptFailed(ScriptFault::NoSuchStep), number);
        };
        let on_fail = request.on_fail;
        self.progress.ask_for(request);
        self.progress = self.progress.take_word(demands.flow, step);
        if self.progress.request().is_none() {
            return SignIn::AwaitingScript(self);
        }
        if !self.progress.usable(demands.flow, step).is_empty() {
            return SignIn::Choosing(Choosing::new(step, self.progress));
        }
        if on_fail {
            let SignIn::AwaitingScript(heard) = self.progress.stepped(step, StepOutcome::Fail) else {
                return Denied::end(Denial::Incomplete, step);
            };
            return SignIn::AwaitingScript(Self::new(heard.progress, self.known));
        }
        Denied::end(self.progress.why_stuck(demands.flow, step), step)
    }
}
