//! People of one world, run to their end by the engine of sign-ins, whatever they choose.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use doorward_domain::Timestamp;
use doorward_domain::analysis::{ConnectionFacts, Place};
use doorward_domain::engine::{
    AwaitingScript, Choosing, Demands, Denial, Denied, Person, Proceeded, Progress, ScriptFault, SignIn,
};
use doorward_domain::flow::{AuthOption, SignInFlow};
use doorward_domain::id::ConnectionId;
use doorward_domain::script::{Event, MAIL_QUESTION, Question, Run, ScriptEngine, StepOutcome, names};
use doorward_domain::script_http::{answered, failed};
use doorward_domain::script_link;
use doorward_domain::text::Handle;
use doorward_sandbox::Engine;
use serde_json::{Value, json};

use crate::flows::GROUPS;
use crate::moves::account;
use crate::world::World;

/// How a person fares in one world, whatever they choose.
#[derive(Debug, Default)]
pub struct Fared {
    pub comes_in: bool,
    pub gets_through: bool,
    /// Stopped because a step needs an account they do not have.
    pub lacks_account: bool,
    /// Stopped because a code goes by email and they have no verified address.
    pub lacks_address: bool,
    /// Steps that somebody came to, or passed by a provider's word, from 1.
    pub run: BTreeSet<u32>,
    /// Steps that a script asked for and the flow does not have, from 1.
    pub missing: BTreeSet<u32>,
    /// Steps from the second on that somebody got through without.
    pub spared: BTreeSet<u32>,
    /// Whether the flow came to its end before anybody had said who they are.
    pub nobody_known: bool,
    /// The ways they went, and where each ended.
    pub ways: BTreeSet<(Vec<(u32, AuthOption)>, Place)>,
    /// What the steps offered that they came to, by step; of the first one what they came in by.
    pub asked: BTreeSet<(u32, AuthOption)>,
    /// The same of each way on which they were signed in, of the steps they passed or gave up.
    pub signed_in_past: BTreeSet<BTreeSet<(u32, AuthOption)>>,
}

/// The way that somebody has gone.
#[derive(Default)]
struct Way {
    /// What they passed, by step.
    taken: Vec<(u32, AuthOption)>,
    /// What the steps offered that they came to.
    offered: Vec<(u32, AuthOption)>,
}

pub struct Case<'a> {
    pub flow: &'a SignInFlow,
    pub facts: &'a [ConnectionFacts],
    pub world: &'a World,
    pub entry: &'a AuthOption,
    pub engine: &'a mut Remembering,
}

/// Runs each script once with the same answers: of the many people of a case most are told apart by few of them.
#[derive(Default)]
pub struct Remembering {
    engine: Engine,
    runs: BTreeMap<String, Run>,
}

impl ScriptEngine for Remembering {
    fn run(&mut self, source: &str, events: &[Event]) -> Run {
        let key = serde_json::to_string(&(source, events)).expect("events are JSON");
        let run = || self.engine.run(source, events);
        self.runs.entry(key).or_insert_with(run).clone()
    }
}

pub const NOW: Timestamp = Timestamp::UNIX_EPOCH;

impl Case<'_> {
    pub fn demands(&self) -> Demands<'_> {
        Demands {
            flow: self.flow,
            required_claims: &[],
        }
    }

    pub fn run(&mut self) -> Fared {
        let end = NOW + Duration::minutes(15);
        let begun = match self.flow.script {
            Some(_) => SignIn::begin_with_script(end, String::new()),
            None => SignIn::begin(end),
        };
        let mut fared = Fared::default();
        self.follow(begun, &mut Way::default(), &mut fared);
        fared
    }

    /// Tries every choice of the person.
    fn follow(&mut self, state: SignIn, way: &mut Way, fared: &mut Fared) {
        match state {
            SignIn::AwaitingScript(awaiting) => {
                let source = self.flow.script.clone().expect("a script");
                let heard = awaiting.progress().events().iter();
                fared.run.extend(heard.filter_map(|event| match event {
                    Event::Stepped(step, _) => Some(*step),
                    Event::Told(..) => None,
                }));
                let mut awaiting = awaiting;
                loop {
                    let run = self.engine.run(&source, awaiting.progress().events());
                    match awaiting.proceed(run.end, &self.demands(), NOW).expect("alive") {
                        Proceeded::Next(next) => return self.follow(*next, way, fared),
                        Proceeded::Ask(asking, question) if question.call == script_link::QUESTION => {
                            awaiting = self.associate(*asking, question);
                        }
                        Proceeded::Ask(asking, question) => {
                            let answer = self.answer(&question, asking.progress());
                            awaiting = asking.tell(question, answer);
                        }
                    }
                }
            }
            SignIn::Prompting(prompting) => {
                if let Ok(skipped) = prompting.clone().skip(NOW) {
                    self.follow(skipped, way, fared);
                }
                let values = [("city".to_owned(), self.world.city.to_owned())].into();
                self.follow(prompting.send(&values, NOW).expect("alive"), way, fared);
            }
            SignIn::Choosing(choosing) => {
                let number = choosing.step() + 1;
                fared.run.insert(number);
                let mut options: Vec<AuthOption> = choosing.options(self.flow).into_iter().cloned().collect();
                if way.taken.is_empty() {
                    options.retain(|option| option == self.entry);
                }
                let before = way.offered.len();
                self.give_up(&choosing, way, fared);
                let open = options.iter().filter(|option| self.is_open(option));
                way.offered.extend(open.map(|option| (number, option.clone())));
                fared.asked.extend(way.offered[before..].iter().cloned());
                for option in options {
                    if let Some(next) = self.pass(&choosing, &option) {
                        fared.comes_in = true;
                        way.taken.push((number, option.clone()));
                        self.follow(next, way, fared);
                        way.taken.pop();
                    } else if way.taken.is_empty() {
                        fared.comes_in = true;
                    }
                }
                way.offered.truncate(before);
            }
            SignIn::Completed(done) => {
                let passed: BTreeSet<u32> = done.path.iter().flatten().map(|step| step + 1).collect();
                let all = 2..=u32::try_from(self.flow.steps.len()).expect("few");
                fared.spared.extend(all.filter(|step| !passed.contains(step)));
                fared.run.extend(passed);
                fared.ways.insert((way.taken.clone(), Place::SignedIn));
                fared.signed_in_past.insert(way.offered.iter().cloned().collect());
                fared.gets_through = true;
            }
            SignIn::Denied(denied) => {
                // A script that ends before anybody has chosen anything stops everybody.
                fared.comes_in = true;
                fared.ways.extend(end_of(&denied).map(|end| (way.taken.clone(), end)));
                match denied.reason {
                    Denial::ScriptFailed(ScriptFault::NoSuchStep) => fared.missing.insert(denied.step),
                    Denial::NeedsAccount | Denial::NoVerifiedAddress => {
                        let options = self.flow.steps[denied.step as usize].options.iter();
                        fared
                            .asked
                            .extend(options.map(|option| (denied.step + 1, option.clone())));
                        fared.run.insert(denied.step + 1)
                    }
                    Denial::NoOptionLeft => fared.run.insert(denied.step + 1),
                    _ => false,
                };
                fared.nobody_known |= denied.reason == Denial::Incomplete;
                fared.lacks_account |= denied.reason == Denial::NeedsAccount;
                fared.lacks_address |= denied.reason == Denial::NoVerifiedAddress;
            }
            SignIn::AwaitingFederation(_)
            | SignIn::Noting(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_) => {
                panic!("not reached in these cases")
            }
        }
    }

    /// Whoever turns back where the script hears of it is not counted among those who come, and sees what it runs then.
    fn give_up(&mut self, choosing: &Choosing, way: &mut Way, fared: &mut Fared) {
        for outcome in [StepOutcome::Fail, StepOutcome::Abort] {
            let Some(next) = choosing.clone().give_up(outcome) else {
                continue;
            };
            let mut aside = Fared::default();
            self.follow(next, way, &mut aside);
            fared.run.append(&mut aside.run);
            fared.missing.append(&mut aside.missing);
            fared.nobody_known |= aside.nobody_known;
            fared.asked.append(&mut aside.asked);
            fared.signed_in_past.append(&mut aside.signed_in_past);
        }
    }

    fn is_open(&self, option: &AuthOption) -> bool {
        let known = |handle: &Handle| self.facts.iter().find(|known| known.handle == *handle);
        option
            .connection()
            .is_none_or(|handle| known(handle).is_some_and(|known| known.enabled))
    }

    fn associate(&self, asking: AwaitingScript, question: Question) -> AwaitingScript {
        let [is_named, mailbox] = self.world.named;
        let progress = asking.progress();
        let id = |number: usize| ConnectionId::from_random([u8::try_from(number).expect("small"); 16]);
        let wanted = script_link::wanted(progress, &question);
        let number = wanted.and_then(|key| (0..3).find(|number| id(*number) == key.connection));
        match number.filter(|number| is_named && self.facts[*number].may_link) {
            Some(number) => {
                let person = Person::Account {
                    id: account(u8::try_from(number).expect("small")),
                    sub: "sub".into(),
                    fresh: None,
                    mailbox,
                };
                asking.associate(question, person)
            }
            None => {
                let has_account = progress.person().and_then(Person::account).is_some();
                let is_theirs = is_named && has_account && script_link::is_of_person(progress, &question);
                asking.tell(question, is_theirs.into())
            }
        }
    }

    fn answer(&self, question: &Question, progress: &Progress) -> Value {
        let arg = |index: usize| question.args.get(index).cloned().unwrap_or_default();
        match question.call.as_str() {
            "user.known" => json!(progress.person().is_some()),
            "step" => {
                let mut passed = progress.passed().iter().rev();
                let passed = passed.find(|passed| json!(passed.step + 1) == arg(0));
                json!(names(&passed.expect("passed").evidence.option).0)
            }
            "groups.any" => {
                let wanted = arg(1);
                let is_in = GROUPS.iter().zip(self.world.groups).any(|(group, is_in)| {
                    is_in && wanted.as_array().is_some_and(|wanted| wanted.contains(&json!(group)))
                });
                json!(is_in)
            }
            "request.header" => json!(self.world.place),
            MAIL_QUESTION => {
                let has_account = progress.person().and_then(Person::account).is_some();
                json!(self.world.mailed && has_account && !progress.passed().is_empty())
            }
            "http" => match self.world.risk {
                Some(risk) => answered(&json!({"risk": risk})),
                None => failed("nobody answers", &json!({}), false),
            },
            other => panic!("{other} is not asked in these cases"),
        }
    }
}

/// Where the picture ends such a way; `None` where it tells more than is known here.
fn end_of(denied: &Denied) -> Option<Place> {
    let step = denied.step + 1;
    match denied.reason {
        Denial::NeedsAccount => Some(Place::NeedsAccount { step }),
        Denial::NoVerifiedAddress => Some(Place::NoAddress { step }),
        Denial::NoOptionLeft => Some(Place::Closed { step }),
        Denial::Incomplete => Some(Place::NobodyKnown),
        Denial::ScriptFailed(_) => Some(Place::ScriptFails),
        Denial::ByScript
        | Denial::AccountExists
        | Denial::NotActive(_)
        | Denial::KeptOut
        | Denial::AnotherPerson
        | Denial::PasskeyCopied
        | Denial::EnrolmentRefused => None,
    }
}
