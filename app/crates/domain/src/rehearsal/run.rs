//! Makes the moves of the engine in the place of a person.

use serde_json::{Value, json};

use super::ending::{signed_in, stopped};
use super::{Choice, Ending, Persona, Read, Rehearsal, ScriptNotes, Stop};
use crate::Timestamp;
use crate::account::{AccountStatus, verified_email};
use crate::assurance::{Upstream, assess};
use crate::canonical::lookup_key;
use crate::connection::Connection;
use crate::engine::known::{AccountFacts, Known};
use crate::engine::{AwaitingScript, Demands, Person, Proceeded, Refused, SignIn};
use crate::flow::SignInFlow;
use crate::id::AccountId;
use crate::script::{self, Limit, Question, Run as ScriptRun, RunEnd, ScriptEngine};
use crate::text::Handle;
use crate::{script_http, script_link, script_migration, script_secret};

pub(super) const SUBJECT: &str = "rehearsal";

/// One rehearsal on its way.
pub(super) struct Run<'a> {
    pub(super) flow: &'a SignInFlow,
    connections: &'a [Connection],
    /// They change on the way: an account is made, a link, an app is set up.
    pub(super) person: Persona,
    engine: &'a mut dyn ScriptEngine,
    pub(super) now: Timestamp,
    pub(super) stops: Vec<Stop>,
    pub(super) notes: ScriptNotes,
    /// Lines of the log that belong to earlier stops: each run repeats them.
    pub(super) told_lines: usize,
    /// Steps that the provider's own second factor has passed so far.
    vouched: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        flow: &'a SignInFlow,
        connections: &'a [Connection],
        persona: &Persona,
        engine: &'a mut dyn ScriptEngine,
        now: Timestamp,
    ) -> Self {
        Self {
            flow,
            connections,
            person: persona.clone(),
            engine,
            now,
            stops: vec![],
            notes: ScriptNotes::default(),
            told_lines: 0,
            vouched: 0,
        }
    }

    pub(super) fn go(mut self, choices: &[Choice]) -> Rehearsal {
        let ends = self.now + chrono::Duration::minutes(15);
        let mut state = match &self.flow.script {
            Some(_) => SignIn::begin_with_script(ends, String::new()),
            None => SignIn::begin(ends),
        };
        let mut left = choices.iter();
        loop {
            self.note_vouched(&state);
            let moved = match state {
                SignIn::AwaitingScript(awaiting) => self.run_script(awaiting),
                waits @ (SignIn::Choosing(_) | SignIn::Prompting(_)) => {
                    self.stop_at(&waits);
                    let Some(choice) = left.next() else {
                        return self.waiting(0);
                    };
                    match self.take(waits, choice) {
                        Ok(next) => {
                            if let Some(stop) = self.stops.last_mut() {
                                stop.chosen = Some(choice.clone());
                            }
                            Ok(next)
                        }
                        Err(_) => return self.waiting(1 + left.len()),
                    }
                }
                SignIn::AwaitingProof(awaiting) => self.prove(awaiting),
                SignIn::AwaitingAttributes(awaiting) => {
                    let asked_for = awaiting.missing().to_vec();
                    self.follow(format!("is asked for {} on a page of its own", asked_for.join(", ")));
                    let person = awaiting.progress().person().cloned();
                    let evidence = awaiting
                        .progress()
                        .passed()
                        .iter()
                        .map(|passed| passed.evidence.clone());
                    let (acr, amr) = assess(&evidence.collect::<Vec<_>>());
                    return self.ended(signed_in(person.as_ref(), acr, &amr, asked_for));
                }
                SignIn::Completed(done) => {
                    let (acr, amr) = assess(&done.evidence);
                    return self.ended(signed_in(Some(&done.person), acr, &amr, vec![]));
                }
                SignIn::Denied(denied) => return self.ended(stopped(denied)),
                SignIn::Noting(noting) => noting.go_on(&self.demands(), self.now),
                // Nobody waits for a provider here: its answer is given with the choice.
                SignIn::AwaitingFederation(away) => Ok(SignIn::Choosing(away.turn_back())),
            };
            match moved {
                Ok(next) => state = next,
                Err(_) => return self.waiting(left.len()),
            }
        }
    }

    fn stop_at(&mut self, waits: &SignIn) {
        if let SignIn::Choosing(choosing) = waits {
            self.stop(choosing);
        } else if let SignIn::Prompting(prompting) = waits {
            self.stop_at_form(prompting);
        }
    }

    fn take(&mut self, waits: SignIn, choice: &Choice) -> Result<SignIn, Refused> {
        if let SignIn::Choosing(choosing) = waits {
            self.choose(choosing, choice)
        } else if let SignIn::Prompting(prompting) = waits {
            self.fill_in(prompting, choice)
        } else {
            Err(Refused::NotOffered)
        }
    }

    pub(super) fn demands(&self) -> Demands<'a> {
        Demands {
            flow: self.flow,
            required_claims: &[],
        }
    }

    fn waiting(self, unused: usize) -> Rehearsal {
        Rehearsal {
            stops: self.stops,
            ending: None,
            script: None,
            unused_choices: u32::try_from(unused).unwrap_or(u32::MAX),
        }
    }

    fn ended(self, ending: Ending) -> Rehearsal {
        let script = self.flow.script.is_some().then_some(self.notes);
        Rehearsal {
            stops: self.stops,
            ending: Some(ending),
            script,
            unused_choices: 0,
        }
    }

    /// Something that followed from the choice before.
    pub(super) fn follow(&mut self, told: impl Into<String>) {
        if let Some(stop) = self.stops.last_mut() {
            stop.followed.push(told.into());
        }
    }

    fn note_vouched(&mut self, state: &SignIn) {
        let passed = state.progress().map_or(&[][..], |progress| progress.passed());
        let vouched = passed.iter().filter(|p| p.evidence.upstream == Upstream::Confirms);
        let steps: Vec<u32> = vouched.skip(self.vouched).map(|passed| passed.step + 1).collect();
        for step in steps {
            self.vouched += 1;
            self.follow(format!("passes step {step} by the second factor the provider confirms"));
        }
    }

    fn run_script(&mut self, awaiting: AwaitingScript) -> Result<SignIn, Refused> {
        let source = self.flow.script.as_deref().unwrap_or_default();
        let events = awaiting.progress().events();
        let run = if events.len() > crate::script::EVENT_LIMIT {
            ScriptRun {
                end: RunEnd::Limit { limit: Limit::Calls },
                log: vec![],
                effects: vec![],
            }
        } else {
            self.engine.run(source, events)
        };
        self.note_run(&run);
        match awaiting.proceed(run.end, &self.demands(), self.now)? {
            Proceeded::Next(next) => Ok(*next),
            Proceeded::Ask(awaiting, question) if question.call == script_link::QUESTION => {
                Ok(SignIn::AwaitingScript(self.associate(*awaiting, question)))
            }
            Proceeded::Ask(awaiting, question) => {
                let answer = self.answer(&awaiting, &question);
                self.notes.read.push(Read {
                    call: question.call.clone(),
                    args: question.args.clone(),
                    answer: answer.clone(),
                });
                Ok(SignIn::AwaitingScript(awaiting.tell(question, answer)))
            }
        }
    }

    /// A script links an account: here it can be none but the person's own.
    fn associate(&mut self, awaiting: AwaitingScript, question: Question) -> AwaitingScript {
        let named = question.args.get(1).and_then(Value::as_str).unwrap_or_default();
        let is_own = self.person.has_account
            && self.person.status == AccountStatus::Active
            && lookup_key(named).as_str() == lookup_key(&self.username()).as_str();
        let progress = awaiting.progress();
        let wanted = script_link::wanted(progress, &question).cloned();
        let connection = wanted.and_then(|key| self.connections.iter().find(|known| known.id == key.connection));
        let has_account = progress.person().and_then(Person::account).is_some();
        let mut note = |answer: bool| {
            self.notes.read.push(Read {
                call: question.call.clone(),
                args: question.args.clone(),
                answer: json!(answer),
            });
        };
        match connection.filter(|connection| is_own && script_link::is_allowed(connection)) {
            Some(connection) => {
                note(true);
                let mapped = progress
                    .person()
                    .and_then(Person::passing_claims)
                    .cloned()
                    .unwrap_or_default();
                let person = Person::with_account(ours(), SUBJECT.to_owned(), &self.person.claims, &mapped, connection);
                self.take_account(&connection.handle);
                self.follow("is linked by the script to their account");
                awaiting.associate(question, person)
            }
            None => {
                let is_theirs = is_own && has_account && script_link::is_of_person(progress, &question);
                note(is_theirs);
                awaiting.tell(question, json!(is_theirs))
            }
        }
    }

    fn note_run(&mut self, run: &ScriptRun) {
        self.notes.log = run.log.iter().skip(self.told_lines).cloned().collect();
        let (line, error) = match &run.end {
            RunEnd::Step(request) => (request.line, None),
            RunEnd::Ask { line, .. } | RunEnd::Fail { line, .. } | RunEnd::SendError { line } => (*line, None),
            RunEnd::Broken { message, line } => (*line, Some(message.clone())),
            RunEnd::Limit { limit } => (None, Some(format!("It exceeded the limit of {}.", limit.as_str()))),
            RunEnd::Done => (None, None),
        };
        (self.notes.line, self.notes.error) = (line.or(self.notes.line), error);
    }

    fn answer(&self, awaiting: &AwaitingScript, question: &Question) -> Value {
        let account = self.person.has_account.then(|| AccountFacts {
            username: self.username(),
            claims: self.person.claims.clone(),
        });
        let known = Known {
            flow: self.flow,
            progress: awaiting.progress(),
            claims: awaiting.known(),
            account: Some(account.as_ref()),
        };
        let answer = known.answer(question).ok().flatten();
        answer.unwrap_or_else(|| self.world(question))
    }

    fn username(&self) -> String {
        let named = self.person.claims.get("preferred_username").and_then(Value::as_str);
        named
            .or_else(|| verified_email(&self.person.claims))
            .unwrap_or("person")
            .to_owned()
    }

    fn world(&self, question: &Question) -> Value {
        let text = |index: usize| question.args.get(index).and_then(Value::as_str).unwrap_or_default();
        let browser = &self.person.browser;
        match question.call.as_str() {
            "request" if text(0) == "acr" => json!(browser.acr_values),
            "request" => json!(browser.ip),
            "request.header" => json!(browser.headers.get(&text(0).to_lowercase())),
            "request.param" => json!(browser.params.get(text(0))),
            "cookie" => json!(browser.cookies.get(text(0))),
            "application" => json!("Application"),
            "now" => json!(self.now.timestamp_millis()),
            "random" => json!(0.5),
            // What a secret is compared with is not known here, and nothing is asked of other servers.
            "secret.matches" | "session.end" | script_migration::QUESTION => json!(false),
            // It would be sent, and is not here.
            script::MAIL_QUESTION => {
                json!(self.person.has_account && verified_email(&self.person.claims).is_some())
            }
            script_secret::QUESTION => {
                let name = text(0).parse::<script_secret::SecretName>().ok();
                json!(name.map(|name| name.stand_in("rehearsal")))
            }
            script_http::QUESTION => script_http::failed("nothing is asked of other servers here", &json!({}), false),
            "sessions" => (0..browser.sessions)
                .map(|n| json!({"id": format!("ses_{n}"), "userAgent": "", "loginTime": self.now.timestamp_millis()}))
                .collect(),
            _ => Value::Null,
        }
    }

    pub(super) fn connection(&self, handle: &Handle) -> Option<&'a Connection> {
        self.connections.iter().find(|known| known.handle == *handle)
    }
}

pub(super) fn ours() -> AccountId {
    AccountId::from_random([1; 16])
}
