//! What is worth telling of the paths: who was asked for what, who was stopped, what the script did.

use super::Explorer;
use super::path::Path;
use crate::analysis::picture::How;
use crate::analysis::seen::{Skipped, Stop, Thrown};
use crate::assurance::Upstream;
use crate::engine::{Denial, Denied, ScriptFault, SignIn};
use crate::flow::AuthOption;
use crate::script::{Event, Limit, RunEnd, StepOutcome, StepRequest};
use crate::script_http;

impl Explorer<'_> {
    pub(super) fn note_nobody_known(&mut self, path: &Path) {
        let known = &mut self.seen.nobody_known;
        if known.as_ref().is_none_or(|known| path.story.len() < known.story.len()) {
            *known = Some(path.stopped());
        }
    }

    pub(super) fn note_ended(&mut self, path: &Path) {
        if let Some(entry) = &path.entry {
            self.seen.ways.note_ended(entry, &path.passed, path.stopped());
        }
    }

    /// Who is stopped by a step has been asked for what it offers.
    pub(super) fn note_denied(&mut self, denied: Denied, path: &Path) {
        let needs = matches!(denied.reason, Denial::NeedsAccount | Denial::NoVerifiedAddress);
        if needs || denied.reason == Denial::NoOptionLeft {
            self.seen.taken_steps.insert(denied.step + 1);
        }
        let Some(step) = self.flow.steps.get(denied.step as usize).filter(|_| needs) else {
            return;
        };
        let kept = |option: &&AuthOption| path.request.as_ref().is_none_or(|request| request.keeps(option));
        let asked: Vec<AuthOption> = step.options.iter().filter(kept).cloned().collect();
        self.note_asked(denied.step + 1, &asked, path);
    }

    pub(super) fn note_asked(&mut self, step: u32, options: &[AuthOption], path: &Path) {
        if let Some(entry) = &path.entry {
            for option in options {
                self.seen.ways.note_asked(entry, (step, option.clone()), path.stopped());
            }
        }
    }

    pub(super) fn stop_of(&mut self, denied: Denied, path: &Path) -> Stop {
        match denied.reason {
            Denial::NeedsAccount => Stop::NeedsAccount(denied.step + 1),
            Denial::NoVerifiedAddress => Stop::NoAddress(denied.step + 1),
            Denial::NoOptionLeft => Stop::Closed(denied.step + 1),
            Denial::ByScript => Stop::ByScript(path.line),
            Denial::ScriptFailed(ScriptFault::NoSuchStep) => {
                self.seen.missing_steps.entry(denied.step).or_insert(path.line);
                Stop::Script
            }
            Denial::ScriptFailed(ScriptFault::Broken | ScriptFault::Limit(_) | ScriptFault::Gone) => Stop::Script,
            Denial::Incomplete => Stop::NobodyKnown,
            // What an account has enrolled before is not explored: these are stops of the server.
            Denial::PasskeyCopied | Denial::EnrolmentRefused => Stop::Closed(denied.step + 1),
            Denial::AccountExists | Denial::NotActive(_) | Denial::KeptOut | Denial::AnotherPerson => {
                Stop::Closed(denied.step + 1)
            }
        }
    }

    /// A step that this person can pass by nothing, and whose failure the script hears of at once.
    pub(super) fn note_fallen(&mut self, next: &SignIn, path: &mut Path) {
        let SignIn::AwaitingScript(heard) = next else { return };
        if let Some(Event::Stepped(step, StepOutcome::Fail)) = heard.progress().events().last() {
            self.seen.taken_steps.insert(*step);
            self.stepped(path, *step, How::Failed, "can use nothing in it");
        }
    }

    pub(super) fn note_end(&mut self, end: &RunEnd, path: &mut Path) {
        match end {
            RunEnd::Step(request) => {
                path.line = request.line.or(path.line);
                path.request = Some(request.clone());
                self.note_connections(request);
            }
            RunEnd::Ask { line, .. } | RunEnd::Fail { line, .. } | RunEnd::SendError { line } => {
                path.line = line.or(path.line);
                path.is_on_page = matches!(end, RunEnd::SendError { .. });
            }
            RunEnd::Broken { message, line } => {
                self.note_thrown((*line, message.clone()), path);
            }
            RunEnd::Limit { limit } => {
                if *limit == Limit::Time && self.runs > 1 {
                    // The machine may have been busy; what follows is not known.
                    self.seen.truncated = true;
                }
                let limits = &mut self.seen.limits;
                limits.entry(limit.as_str()).or_insert_with(|| path.story.clone());
            }
            RunEnd::Done => {}
        }
    }

    fn note_thrown(&mut self, place: (Option<u32>, String), path: &Path) {
        let mut told = path.told.iter();
        let thrown = Thrown {
            story: path.story.clone(),
            is_guessed: told.any(|(question, _)| question.call == script_http::DATA_QUESTION),
        };
        let known = self.seen.errors.entry(place).or_insert_with(|| thrown.clone());
        if known.is_guessed && !thrown.is_guessed {
            *known = thrown;
        }
    }

    fn note_connections(&mut self, request: &StepRequest) {
        for named in request.connections() {
            let known = self.connections.iter().any(|known| known.handle.as_str() == named);
            if !known {
                let unknown = &mut self.seen.unknown_connections;
                unknown.entry(named.to_owned()).or_insert(request.line);
            }
        }
    }

    /// Steps that were passed by a provider's own second factor, which nobody chose.
    pub(super) fn note_words(&mut self, state: &SignIn, path: &mut Path) {
        let passed = state.progress().map_or(&[][..], |progress| progress.passed());
        for passed in passed.iter().filter(|p| p.evidence.upstream == Upstream::Confirms) {
            let step = (passed.step + 1, passed.evidence.option.clone());
            if !path.taken.contains(&step) {
                self.seen.taken_steps.insert(step.0);
                path.story.push(format!("needs nothing more in step {}", step.0));
                self.stepped(path, step.0, How::Passed, "the provider’s own second factor");
                path.taken.push(step);
            }
        }
    }

    pub(super) fn note_skipped(&mut self, path: &Path) {
        let Some(entry) = path
            .entry
            .clone()
            .filter(|_| self.flow.script.is_some() && path.gave_up == 0)
        else {
            return;
        };
        for (number, step) in (1..).zip(&self.flow.steps) {
            // Who comes in by a passkey has shown two factors.
            let later = number > 1 && entry != AuthOption::Passkey && step.options.iter().all(AuthOption::can_confirm);
            let asks = |option: &AuthOption| option.is_second() || (number > 1 && option.is_code());
            let confirms = later || step.options.iter().any(asks);
            if !confirms || path.taken.iter().any(|(taken, _)| *taken == number) {
                continue;
            }
            let new = Skipped {
                step: number,
                entry: entry.clone(),
                story: path.story.clone(),
                line: path.line,
                is_chosen: path.is_chosen,
            };
            let same = |old: &&mut Skipped| old.step == new.step && old.entry == new.entry;
            match self.seen.skipped.iter_mut().find(same) {
                Some(old) if (new.is_chosen, old.story.len()) > (old.is_chosen, new.story.len()) => *old = new,
                Some(_) => {}
                None => self.seen.skipped.push(new),
            }
        }
    }
}
