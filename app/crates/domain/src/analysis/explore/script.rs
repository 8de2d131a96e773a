//! Follows what the script does: its runs, its questions and its forms.

use super::path::Path;
use super::people::local;
use super::{Explorer, start};
use crate::analysis::reach::{Fact, Reach};
use crate::analysis::somebody;
use crate::analysis::world::Answer;
use crate::engine::{AwaitingScript, Person, Proceeded, Progress, Prompting, SignIn};
use crate::expectation::Persona;
use crate::flow::AuthOption;
use crate::script::{self, Question, names, options_of};
use crate::script_link;

impl Explorer<'_> {
    pub(super) fn run(&mut self, awaiting: AwaitingScript, mut path: Path) -> Option<Reach> {
        let source = self.flow.script.as_deref().unwrap_or_default();
        self.runs += 1;
        let run = self.engine.run(source, awaiting.progress().events());
        self.note_end(&run.end, &mut path);
        let proceeded = awaiting.proceed(run.end, &self.demands(), start().0).ok()?;
        match proceeded {
            Proceeded::Next(next) => {
                self.note_fallen(&next, &mut path);
                self.follow(*next, path)
            }
            Proceeded::Ask(awaiting, question) => self.ask(&awaiting, &question, &path),
        }
    }

    fn ask(&mut self, awaiting: &AwaitingScript, question: &Question, path: &Path) -> Option<Reach> {
        if question.call == script_link::QUESTION && !has_account(awaiting.progress()) {
            return self.associate(awaiting, question, path);
        }
        if let Some(known) = self.certain(awaiting.progress(), question, path) {
            let mut path = path.clone();
            if question.call == "user.linked" && !path.taken.is_empty() && known == false {
                let line = path.line;
                self.told(&mut path, line, "has no account");
            }
            return self.go_on(awaiting, question, known, path);
        }
        let of_persona = self.of_persona(awaiting.progress(), question, path);
        // What was answered before anybody was known may be otherwise once they are.
        let may_be = |answer: &serde_json::Value| {
            let same = |all: &Vec<Answer>| all.iter().any(|one| one.value == *answer);
            of_persona.as_ref().is_none_or(same)
        };
        if let Some(answer) = path.remembered(question).filter(|answer| may_be(answer)) {
            return self.go_on(awaiting, question, answer.clone(), path.clone());
        }
        let fact = if of_persona.is_some() {
            Fact::AnswerOfKnown(question.clone())
        } else {
            Fact::Answer(question.clone())
        };
        let mut ways = Vec::new();
        for answer in of_persona.unwrap_or_else(|| self.world.answers(question)) {
            let mut path = path.clone();
            path.remember(question, answer.value.clone());
            let line = path.line;
            self.answered(&mut path, line, &answer.told);
            path.story.extend(Some(answer.told).filter(|told| !told.is_empty()));
            path.is_chosen |= answer.is_chosen;
            let reach = self.go_on(awaiting, question, answer.value.clone(), path);
            ways.push((answer.value, reach));
        }
        Reach::depends(fact, ways)
    }

    /// The script runs on with an answer.
    fn go_on(
        &mut self,
        awaiting: &AwaitingScript,
        question: &Question,
        answer: serde_json::Value,
        path: Path,
    ) -> Option<Reach> {
        let told = awaiting.clone().tell(question.clone(), answer);
        self.follow(SignIn::AwaitingScript(told), path)
    }

    /// What the world has no say in.
    fn certain(&self, progress: &Progress, question: &Question, path: &Path) -> Option<serde_json::Value> {
        match question.call.as_str() {
            // Whoever has an account is linked to it, and nobody else is, as the engine says.
            "user.linked" => Some(has_account(progress).into()),
            script::MAIL_QUESTION if !may_get_mail(progress, question) => Some(false.into()),
            script_link::QUESTION if !script_link::is_of_person(progress, question) => Some(false.into()),
            _ => self.known(question, path),
        }
    }

    /// What only people like the one who is followed answer.
    fn of_persona(&self, progress: &Progress, question: &Question, path: &Path) -> Option<Vec<Answer>> {
        // The account of ours that a script links a newcomer to may hold anything; what their provider sends stays.
        let is_linked = progress.person().and_then(Person::account) == Some(&local());
        let is_theirs = |persona: &&Persona| persona.has_account() || !is_linked || somebody::is_remote(question);
        let persona = self.persona.filter(|_| !path.taken.is_empty()).filter(is_theirs)?;
        somebody::answers(persona, question, self.world.compared())
    }

    /// What the path itself answers.
    fn known(&self, question: &Question, path: &Path) -> Option<serde_json::Value> {
        let number = |index: usize| question.args.get(index).and_then(serde_json::Value::as_u64);
        let text = |index: usize| question.args.get(index).and_then(serde_json::Value::as_str);
        match (question.call.as_str(), text(1)) {
            ("user.known", _) => Some((!path.taken.is_empty()).into()),
            ("application", _) => Some("Application".into()),
            ("step", Some("options")) => {
                let place = usize::try_from(number(0)?).ok()?.checked_sub(1);
                let step = place.and_then(|place| self.flow.steps.get(place));
                Some(step.map_or_else(|| serde_json::Value::Array(vec![]), options_of))
            }
            ("step", Some(what)) => {
                let step = number(0)?;
                let taken = path.taken.iter().rev().find(|(taken, _)| u64::from(*taken) == step);
                let (idp, authenticator) = names(&taken?.1);
                Some(if what == "idp" { idp } else { authenticator }.into())
            }
            _ => None,
        }
    }

    /// A script links somebody who came without an account to one, or does not: the account may not be there, or the
    /// identity may be another account's. Whoever is linked has an account from then on, with an address or without.
    /// To the same question again the answer is the same.
    fn associate(&mut self, awaiting: &AwaitingScript, question: &Question, path: &Path) -> Option<Reach> {
        let entry = path.entry.as_ref().and_then(AuthOption::connection);
        let may_link = entry
            .and_then(|handle| self.facts(handle))
            .is_some_and(|facts| facts.may_link);
        let mut unlinked = path.clone();
        let is_refused = path.remembered(question) == Some(&false.into());
        if is_refused || script_link::wanted(awaiting.progress(), question).is_none() || !may_link {
            return self.go_on(awaiting, question, false.into(), unlinked);
        }
        unlinked.remember(question, false.into());
        self.told(&mut unlinked, path.line, "the script links no account");
        let refused = self.go_on(awaiting, question, false.into(), unlinked);
        let mut ways = vec![(false.into(), refused)];
        let mailboxes: &[(bool, &str)] = if self.flow.offers(&AuthOption::EmailOtp) {
            &[
                (
                    true,
                    "the script links their account, which has a verified email address",
                ),
                (
                    false,
                    "the script links their account, which has no verified email address",
                ),
            ]
        } else {
            &[(false, "the script links their account")]
        };
        for &(mailbox, words) in mailboxes {
            let person = Person::Account {
                id: local(),
                sub: String::new(),
                fresh: None,
                mailbox,
            };
            let told = SignIn::AwaitingScript(awaiting.clone().associate(question.clone(), person));
            let mut linked = path.clone();
            linked.remember(question, true.into());
            self.told(&mut linked, path.line, words);
            ways.push((words.into(), self.follow(told, linked)));
        }
        Reach::depends(Fact::Answer(question.clone()), ways)
    }

    /// The person sends a form of the script with whatever it will ask for, or goes on without it where they may.
    pub(super) fn fill_in(&mut self, prompting: &Prompting, path: &Path) -> Option<Reach> {
        let mut sent = path.clone();
        self.told(&mut sent, path.line, "sends the script’s form");
        let reach = self.follow(prompting.clone().send_anything(), sent);
        let Ok(skipped) = prompting.clone().skip(start().0) else {
            return reach;
        };
        let mut left = path.clone();
        self.told(&mut left, path.line, "goes on without the script’s form");
        left.is_chosen = true;
        let skipped = self.follow(skipped, left);
        self.either(reach, skipped)
    }
}

fn has_account(progress: &Progress) -> bool {
    progress.person().and_then(Person::account).is_some()
}

/// Nobody is sent mail before a step has been passed, and who has no account never; whom the script has found itself
/// has one.
fn may_get_mail(progress: &Progress, question: &Question) -> bool {
    let who = question.args.first().and_then(serde_json::Value::as_str);
    let is_found = who.is_some_and(|who| !matches!(who, "known" | "failed"));
    !progress.passed().is_empty() && (is_found || has_account(progress))
}
