//! Follows what a person can choose at a step, and what comes of failing it.

use super::Explorer;
use super::path::Path;
use crate::analysis::picture::How;
use crate::analysis::reach::Reach;
use crate::analysis::seen::Stop;
use crate::analysis::sketch::Spot;
use crate::engine::Choosing;
use crate::flow::AuthOption;
use crate::script::StepOutcome;

/// How often one person fails or turns back on a path: as often as scripts count before they refuse.
pub(in crate::analysis) const GIVEN_UP: u8 = 3;

impl Explorer<'_> {
    pub(super) fn choose(&mut self, choosing: &Choosing, mut path: Path) -> Option<Reach> {
        let number = choosing.step() + 1;
        self.seen.taken_steps.insert(number);
        let offered: Vec<AuthOption> = choosing.options(self.flow).into_iter().cloned().collect();
        let open: Vec<AuthOption> = offered.iter().filter(|option| self.is_open(option)).cloned().collect();
        let asked: Vec<AuthOption> = match path.entry.as_ref().filter(|_| path.taken.is_empty()) {
            Some(entry) => open.iter().filter(|option| *option == entry).cloned().collect(),
            None => open.clone(),
        };
        self.note_asked(number, &asked, &path);
        self.give_up(choosing, &open, &path);
        path.passed.extend(asked.into_iter().map(|option| (number, option)));
        if !path.taken.is_empty() {
            return self.choose_any(choosing, &open, path);
        }
        let entry = path.entry.clone()?;
        if !offered.contains(&entry) {
            return None;
        }
        if open.contains(&entry) {
            return self.pass(choosing, &entry, path);
        }
        path.story.push(format!("{} cannot be used", self.name(&entry)));
        if open.iter().any(|option| !option.is_second()) {
            // Beside others the step does not show it: nobody goes this way, and it is not drawn.
            path.at = Spot::NOWHERE;
        } else {
            self.stepped(&mut path, number, How::Passed, &self.name(&entry));
        }
        Some(self.stop(Stop::Closed(number), &path))
    }

    /// Somebody who is known passes a step by any option that is open.
    fn choose_any(&mut self, choosing: &Choosing, open: &[AuthOption], mut path: Path) -> Option<Reach> {
        let number = choosing.step() + 1;
        let mut reach: Option<Reach> = None;
        for option in open {
            let passed = self.pass(choosing, option, path.clone());
            reach = self.either(reach, passed);
        }
        if reach.is_some() {
            return reach;
        }
        if self.persona.is_some()
            && let Some(next) = choosing.clone().give_up(StepOutcome::Fail)
        {
            // Whoever cannot pass it has no other choice, and the script wants to hear of it.
            path.story.push(format!("fails at step {number}"));
            self.stepped(&mut path, number, How::Failed, "fails");
            return self.follow(next, path);
        }
        path.story.push(format!("finds no way to pass step {number}"));
        self.stepped(&mut path, number, How::Failed, "can use nothing in it");
        Some(self.stop(Stop::Closed(number), &path))
    }

    /// The paths on which the person fails or turns back, where the script wants to hear of it. They say nothing about
    /// who gets through, but the script may break there.
    fn give_up(&mut self, choosing: &Choosing, open: &[AuthOption], path: &Path) {
        if path.gave_up >= GIVEN_UP {
            let mut outcomes = [StepOutcome::Fail, StepOutcome::Abort].into_iter();
            self.seen.gives_up_more |= outcomes.any(|outcome| choosing.clone().give_up(outcome).is_some());
            return;
        }
        let number = choosing.step() + 1;
        let leaves = open.iter().any(|option| option.connection().is_some());
        for (outcome, how, told, possible) in [
            (StepOutcome::Fail, How::Failed, "fails", true),
            (StepOutcome::Abort, How::TurnedBack, "turns back", leaves),
        ] {
            let Some(next) = choosing.clone().give_up(outcome).filter(|_| possible) else {
                continue;
            };
            let mut path = path.clone();
            // Of those who fail again and again the picture shows the first time.
            if path.gave_up > 0 {
                path.at = Spot::NOWHERE;
            }
            path.gave_up += 1;
            path.story.push(format!("{told} at step {number}"));
            self.stepped(&mut path, number, how, told);
            self.follow(next, path);
        }
    }
}
