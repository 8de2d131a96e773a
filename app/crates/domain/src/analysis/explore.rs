//! Follows every path through a flow with the engine that runs sign-ins.

use std::collections::BTreeSet;

use super::picture::{How, Place};
use super::seen::{Asked, Explored, Fare, Reach, Skipped, Stop, Stopped, Thrown};
use super::sketch::Spot;
use super::world::World;
use super::{ConnectionFacts, ScriptFacts};
use crate::account::AccountStatus;
use crate::assurance::{Evidence, KeyUse, Upstream};
use crate::engine::{
    AwaitingScript, Choosing, Demands, Denial, Denied, FactorAccepted, PasskeyAccepted, PasswordAccepted, Person,
    Proceeded, Progress, ScriptFault, SignIn,
};
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::holder::FactorOwner;
use crate::id::{AccountId, ConnectionId};
use crate::script::{self, Event, Limit, Question, RunEnd, ScriptEngine, StepOutcome, StepRequest, names, options_of};
use crate::script_http;
use crate::subject::LinkKey;
use crate::text::Handle;
use crate::{Claims, Timestamp};

/// Most runs of a script in one analysis.
const RUN_LIMIT: u32 = 3_000;
/// Most paths.
const PATH_LIMIT: u32 = 20_000;
/// Most parts of a path; a script that asks on and on is cut here by the engine's own limit in a sign-in.
const DEPTH_LIMIT: usize = crate::script::EVENT_LIMIT + 20;

/// Follows the paths.
pub struct Explorer<'a> {
    flow: &'a SignInFlow,
    connections: &'a [ConnectionFacts],
    engine: &'a mut dyn ScriptEngine,
    world: World<'a>,
    runs: u32,
    seen: Explored,
}

/// How one path came to where it is.
#[derive(Clone, Default)]
struct Path {
    entry: Option<AuthOption>,
    story: Vec<String>,
    taken: Vec<Asked>,
    /// Everything that the steps passed on this path have offered.
    passed: BTreeSet<Asked>,
    /// What the script has asked for last.
    request: Option<StepRequest>,
    /// What the world has answered on this path. A person keeps their groups, their address and their browser.
    told: Vec<(Question, serde_json::Value)>,
    /// Whether a provider has said that it checked a second factor that is trusted.
    words: Vec<(Handle, bool)>,
    line: Option<u32>,
    is_chosen: bool,
    /// Whether a step failed or was left on purpose: such a path says nothing about who gets through.
    gave_up: bool,
    /// Whether the script sent them to a page of ours.
    is_on_page: bool,
    /// Where it stands in the picture.
    at: Spot,
    depth: usize,
}

/// What the world decides about somebody who passes a step; `None` where it makes no difference.
#[derive(Clone, Copy)]
struct Brought {
    /// Whether they have a verified address.
    mailbox: Option<bool>,
    /// Whether their provider says that it checked a second factor that is trusted.
    word: Option<bool>,
}

impl Brought {
    fn told(self) -> impl Iterator<Item = String> {
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
        mailbox.into_iter().chain(word).map(str::to_owned)
    }
}

impl Path {
    fn stopped(&self) -> Stopped {
        Stopped {
            story: self.story.clone(),
            line: self.line,
        }
    }
}

fn start() -> (Timestamp, Timestamp) {
    let now = Timestamp::UNIX_EPOCH;
    (now, now + chrono::Duration::minutes(15))
}

impl<'a> Explorer<'a> {
    pub fn new(
        flow: &'a SignInFlow,
        connections: &'a [ConnectionFacts],
        facts: &'a ScriptFacts,
        engine: &'a mut dyn ScriptEngine,
    ) -> Self {
        Self {
            flow,
            connections,
            engine,
            world: World::new(flow.script.as_deref(), facts),
            runs: 0,
            seen: Explored::default(),
        }
    }

    /// Follows everybody who can come in, by each option that says who somebody is.
    pub fn explore(mut self) -> Explored {
        self.seen.truncated = self.world.cut;
        let mut entries: Vec<AuthOption> = Vec::new();
        for option in self.flow.steps.iter().flat_map(|step| &step.options) {
            if !option.is_second() && !entries.contains(option) {
                entries.push(option.clone());
            }
        }
        for entry in entries {
            let path = Path {
                entry: Some(entry.clone()),
                ..Path::default()
            };
            let begun = match &self.flow.script {
                Some(_) => SignIn::begin_with_script(start().1, String::new()),
                None => SignIn::begin(start().1),
            };
            if let Some(reach) = self.follow(begun, path) {
                let (verdict, stops) = (reach.verdict(), reach.stops);
                self.seen.fares.insert(entry, Fare { verdict, stops });
            }
        }
        self.seen
    }

    fn facts(&self, handle: &Handle) -> Option<&'a ConnectionFacts> {
        self.connections.iter().find(|known| known.handle == *handle)
    }

    fn is_open(&self, option: &AuthOption) -> bool {
        let Some(handle) = option.connection() else {
            return true;
        };
        self.facts(handle).is_some_and(|known| known.enabled)
    }

    pub(super) fn name(&self, option: &AuthOption) -> String {
        name(option, self.connections)
    }

    fn demands(&self) -> Demands<'a> {
        Demands {
            flow: self.flow,
            required_claims: &[],
        }
    }

    /// `None` where people with this entry never come: the path does not offer it.
    fn follow(&mut self, state: SignIn, mut path: Path) -> Option<Reach> {
        path.depth += 1;
        if path.depth > DEPTH_LIMIT || self.seen.paths > PATH_LIMIT || self.runs > RUN_LIMIT {
            self.seen.truncated = true;
            return Some(self.stop(Stop::Cut, &path));
        }
        self.note_words(&state, &mut path);
        match state {
            SignIn::AwaitingScript(awaiting) => self.run(awaiting, path),
            SignIn::Choosing(choosing) => self.choose(&choosing, path),
            SignIn::Completed(_) | SignIn::AwaitingAttributes(_) => {
                self.seen.paths += 1;
                self.note_skipped(&path);
                self.seen.sketch.end(path.at, Place::SignedIn);
                self.note_ended(&path);
                Some(Reach::through())
            }
            SignIn::Denied(denied) => {
                self.seen.paths += 1;
                self.note_denied(denied, &path);
                let stop = self.stop_of(denied, &path);
                if stop == Stop::NobodyKnown {
                    self.note_nobody_known(&path);
                }
                Some(self.stop(stop, &path))
            }
            SignIn::AwaitingFederation(_) | SignIn::Noting(_) | SignIn::AwaitingProof(_) => None,
        }
    }

    /// The path ends without an answer.
    fn stop(&mut self, stop: Stop, path: &Path) -> Reach {
        let end = match &stop {
            Stop::NeedsAccount(step) => Place::NeedsAccount { step: *step },
            Stop::NoAddress(step) => Place::NoAddress { step: *step },
            Stop::Closed(step) => Place::Closed { step: *step },
            Stop::ByScript(line) if path.is_on_page => Place::ErrorPage { line: *line },
            Stop::ByScript(line) => Place::Refused { line: *line },
            Stop::Script => Place::ScriptFails,
            Stop::NobodyKnown => Place::NobodyKnown,
            Stop::Cut => Place::NotDrawn,
        };
        self.seen.sketch.end(path.at, end);
        Reach::stop(stop, &path.story, path.line)
    }

    /// The path goes on by an answer of the world.
    fn answered(&mut self, path: &mut Path, line: Option<u32>, told: &str) {
        path.at = (self.seen.sketch).go(path.at, Place::Question { line }, How::Answer, told);
    }

    /// The path goes on after a step.
    fn stepped(&mut self, path: &mut Path, step: u32, how: How, told: &str) {
        path.at = self.seen.sketch.go(path.at, Place::Step { step }, how, told);
    }

    fn note_nobody_known(&mut self, path: &Path) {
        let known = &mut self.seen.nobody_known;
        if known.as_ref().is_none_or(|known| path.story.len() < known.story.len()) {
            *known = Some(path.stopped());
        }
    }

    fn note_ended(&mut self, path: &Path) {
        if let Some(entry) = &path.entry {
            self.seen.ways.note_ended(entry, &path.passed, path.stopped());
        }
    }

    /// Who is stopped by a step has been asked for what it offers.
    fn note_denied(&mut self, denied: Denied, path: &Path) {
        let needs = matches!(denied.reason, Denial::NeedsAccount | Denial::NoVerifiedAddress);
        let Some(step) = self.flow.steps.get(denied.step as usize).filter(|_| needs) else {
            return;
        };
        let kept = |option: &&AuthOption| path.request.as_ref().is_none_or(|request| request.keeps(option));
        let asked: Vec<AuthOption> = step.options.iter().filter(kept).cloned().collect();
        self.note_asked(denied.step + 1, &asked, path);
    }

    fn note_asked(&mut self, step: u32, options: &[AuthOption], path: &Path) {
        if let Some(entry) = &path.entry {
            for option in options {
                self.seen.ways.note_asked(entry, (step, option.clone()), path.stopped());
            }
        }
    }

    fn stop_of(&mut self, denied: Denied, path: &Path) -> Stop {
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
            Denial::AccountExists | Denial::NotActive(_) | Denial::AnotherPerson => Stop::Closed(denied.step + 1),
        }
    }

    fn run(&mut self, awaiting: AwaitingScript, mut path: Path) -> Option<Reach> {
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

    /// A step that this person can pass by nothing, and whose failure the script hears of at once.
    fn note_fallen(&mut self, next: &SignIn, path: &mut Path) {
        let SignIn::AwaitingScript(heard) = next else { return };
        if let Some(Event::Stepped(step, StepOutcome::Fail)) = heard.progress().events().last() {
            self.stepped(path, *step, How::Failed, "can use nothing in it");
        }
    }

    fn note_end(&mut self, end: &RunEnd, path: &mut Path) {
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

    fn ask(&mut self, awaiting: &AwaitingScript, question: &Question, path: &Path) -> Option<Reach> {
        let has_account = awaiting
            .progress()
            .person()
            .is_some_and(|person| person.account().is_some());
        let known = match question.call.as_str() {
            // Whoever has an account is linked to it, as the engine says.
            "user.linked" if has_account => Some(true.into()),
            script::MAIL_QUESTION if !may_get_mail(awaiting.progress(), question) => Some(false.into()),
            _ => self.known(question, path),
        };
        if let Some(known) = known {
            let told = awaiting.clone().tell(question.clone(), known);
            return self.follow(SignIn::AwaitingScript(told), path.clone());
        }
        if let Some((_, answer)) = path.told.iter().find(|(asked, _)| asked == question) {
            let told = awaiting.clone().tell(question.clone(), answer.clone());
            return self.follow(SignIn::AwaitingScript(told), path.clone());
        }
        let mut reach: Option<Reach> = None;
        for answer in self.world.answers(question) {
            let mut path = path.clone();
            path.told.push((question.clone(), answer.value.clone()));
            let line = path.line;
            self.answered(&mut path, line, &answer.told);
            path.story.extend(Some(answer.told).filter(|told| !told.is_empty()));
            path.is_chosen |= answer.is_chosen;
            let told = awaiting.clone().tell(question.clone(), answer.value);
            if let Some(next) = self.follow(SignIn::AwaitingScript(told), path) {
                reach = Some(match reach {
                    Some(before) => before.and(next),
                    None => next,
                });
            }
        }
        reach
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

    fn choose(&mut self, choosing: &Choosing, path: Path) -> Option<Reach> {
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
        let mut path = path;
        path.passed.extend(asked.into_iter().map(|option| (number, option)));
        if path.taken.is_empty() {
            let entry = path.entry.clone()?;
            if !offered.contains(&entry) {
                return None;
            }
            if !open.contains(&entry) {
                path.story.push(format!("{} cannot be used", self.name(&entry)));
                self.stepped(&mut path, number, How::Passed, &self.name(&entry));
                return Some(self.stop(Stop::Closed(number), &path));
            }
            return self.pass(choosing, &entry, path);
        }
        let mut reach: Option<Reach> = None;
        for option in &open {
            if let Some(next) = self.pass(choosing, option, path.clone()) {
                reach = Some(match reach {
                    Some(before) => before.or(next),
                    None => next,
                });
            }
        }
        Some(match reach {
            Some(reach) => reach,
            None => {
                path.story.push(format!("finds no way to pass step {number}"));
                self.stepped(&mut path, number, How::Failed, "can use nothing in it");
                self.stop(Stop::Closed(number), &path)
            }
        })
    }

    /// The paths on which the person fails or turns back, where the script wants to hear of it. They say nothing about
    /// who gets through, but the script may break there.
    fn give_up(&mut self, choosing: &Choosing, open: &[AuthOption], path: &Path) {
        if path.gave_up {
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
            path.gave_up = true;
            path.story.push(format!("{told} at step {number}"));
            self.stepped(&mut path, number, how, told);
            self.follow(next, path);
        }
    }

    /// The person passes a step with an option. `None` when they cannot. Whether somebody who comes in has a verified
    /// address, and whether their provider says that it checked a second factor, is up to the world.
    fn pass(&mut self, choosing: &Choosing, option: &AuthOption, path: Path) -> Option<Reach> {
        let mut reach: Option<Reach> = None;
        for mailbox in self.mailboxes(option, &path) {
            for &word in self.words(option, &path) {
                let brought = Brought {
                    mailbox: *mailbox,
                    word,
                };
                if let Some(next) = self.pass_as(choosing, option, path.clone(), brought) {
                    reach = Some(match reach {
                        Some(before) => before.and(next),
                        None => next,
                    });
                }
            }
        }
        reach
    }

    fn mailboxes(&self, option: &AuthOption, path: &Path) -> &'static [Option<bool>] {
        if path.taken.is_empty() && self.may_get_codes(option) {
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

    /// Steps that were passed by a provider's own second factor, which nobody chose.
    fn note_words(&mut self, state: &SignIn, path: &mut Path) {
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

    /// Whether people who come in by this option could be sent a code by email, and the flow sends any.
    fn may_get_codes(&self, option: &AuthOption) -> bool {
        let facts = option.connection().and_then(|handle| self.facts(handle));
        let reaches =
            |facts: &ConnectionFacts| facts.jit || facts.otp_to_asserted_email || facts.factors_without_account;
        self.flow.offers(&AuthOption::EmailOtp) && facts.is_none_or(reaches)
    }

    fn pass_as(&mut self, choosing: &Choosing, option: &AuthOption, mut path: Path, brought: Brought) -> Option<Reach> {
        let (next, linked) = self.passed(choosing, option, &path, brought)?;
        let number = choosing.step() + 1;
        let first = path.taken.is_empty();
        path.taken.push((number, option.clone()));
        path.story.push(self.told(option, first));
        self.stepped(&mut path, number, How::Passed, &self.name(option));
        for told in brought.told() {
            self.answered(&mut path, None, &told);
            path.story.push(told);
        }
        let facts = option.connection().and_then(|handle| self.facts(handle));
        if let (Some(facts), Some(word)) = (facts, brought.word) {
            path.words.retain(|(known, _)| *known != facts.handle);
            path.words.push((facts.handle.clone(), word));
        }
        if first && let Some(facts) = facts.filter(|facts| !facts.jit) {
            path.story.push(without_account(facts).to_owned());
        }
        let SignIn::Denied(denied) = &next else {
            if !linked {
                return self.follow(next, path);
            }
            // Whether the account is linked to this connection is up to the world.
            let mut through = path.clone();
            self.answered(&mut through, None, "has an account that is linked to it");
            let through = self.follow(next, through);
            let told = "has no account that is linked to it";
            self.answered(&mut path, None, told);
            path.story.push(told.to_owned());
            let unlinked = self.stop(Stop::Closed(number), &path);
            return Some(match through {
                Some(through) => through.and(unlinked),
                None => unlinked,
            });
        };
        if denied.reason == Denial::NeedsAccount {
            path.story.push(self.asked(denied.step));
        } else if denied.reason == Denial::NoVerifiedAddress {
            path.story
                .push(format!("is to get a code by email in step {}", denied.step + 1));
        }
        self.follow(next, path)
    }

    fn told(&self, option: &AuthOption, first: bool) -> String {
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
            asked.join(" or ")
        )
    }

    /// The engine's own move, with a person made for it; and whether it takes a link that the world may lack.
    fn passed(
        &self,
        choosing: &Choosing,
        option: &AuthOption,
        path: &Path,
        brought: Brought,
    ) -> Option<(SignIn, bool)> {
        let (now, demands) = (start().0, self.demands());
        let mailbox = brought.mailbox == Some(true);
        let person = choosing.progress().person().cloned();
        match option {
            AuthOption::Password => {
                let account = person
                    .as_ref()
                    .map_or(Some(local()), |person| person.account().cloned())?;
                let accepted = PasswordAccepted {
                    account,
                    sub: String::new(),
                    status: AccountStatus::Active,
                    claims: Claims::new(),
                    mailbox,
                };
                Some((choosing.clone().accept(accepted, &demands, now).ok()?, false))
            }
            AuthOption::Passkey => {
                let owner = person
                    .as_ref()
                    .map_or(Some(FactorOwner::Account(local())), Person::factor_owner)?;
                let accepted = PasskeyAccepted {
                    owner,
                    sub: String::new(),
                    status: AccountStatus::Active,
                    claims: Claims::new(),
                    mailbox,
                    key: KeyUse {
                        verified: true,
                        synced: false,
                    },
                };
                Some((choosing.clone().accept_passkey(accepted, &demands, now).ok()?, false))
            }
            AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => {
                let accepted = FactorAccepted {
                    option: option.clone(),
                    person: person?,
                    claims: Claims::new(),
                };
                Some((choosing.clone().confirm(accepted, &demands, now).ok()?, false))
            }
            AuthOption::Connection(handle) => {
                let facts = self.facts(handle)?;
                let came_by_it = path.taken.iter().any(|(_, taken)| taken == option);
                let fresh = match &person {
                    None => newcomer(facts, mailbox),
                    // Somebody without an account can only come back as the same subject.
                    Some(Person::PassThrough { .. }) if !came_by_it => return None,
                    Some(known) => known.clone(),
                };
                let needs_link = person.is_some() && !came_by_it;
                let piece = Evidence {
                    upstream: if brought.word == Some(true) {
                        Upstream::Trusted
                    } else {
                        Upstream::Untrusted
                    },
                    ..Evidence::of_ours(option.clone(), now)
                };
                let next = choosing.clone().pass_as(piece, fresh, &demands, now).ok()?;
                Some((next, needs_link))
            }
        }
    }

    fn note_skipped(&mut self, path: &Path) {
        let Some(entry) = path
            .entry
            .clone()
            .filter(|_| self.flow.script.is_some() && !path.gave_up)
        else {
            return;
        };
        for (number, step) in (1..).zip(&self.flow.steps) {
            // Who comes in by a passkey has shown two factors.
            let later = number > 1 && entry != AuthOption::Passkey && step.options.iter().all(AuthOption::can_confirm);
            let confirms = later || step.options.iter().any(AuthOption::is_second);
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

/// What people call an option.
pub fn name(option: &AuthOption, connections: &[ConnectionFacts]) -> String {
    match option {
        AuthOption::Password => "a password".to_owned(),
        AuthOption::Passkey => "a passkey".to_owned(),
        AuthOption::Totp => "an authenticator app".to_owned(),
        AuthOption::EmailOtp => "a code by email".to_owned(),
        AuthOption::BackupCode => "a backup code".to_owned(),
        AuthOption::Connection(handle) => connections
            .iter()
            .find(|known| known.handle == *handle)
            .map_or_else(|| handle.to_string(), |known| known.display_name.clone()),
    }
}

fn without_account(facts: &ConnectionFacts) -> &'static str {
    if facts.factors_without_account {
        "gets no account, but second factors are kept"
    } else {
        "gets no account, because just-in-time provisioning is off"
    }
}

/// Nobody is sent mail before a step has been passed, and who has no account never; whom the script has found itself
/// has one.
fn may_get_mail(progress: &Progress, question: &Question) -> bool {
    let who = question.args.first().and_then(serde_json::Value::as_str);
    let is_found = who.is_some_and(|who| !matches!(who, "known" | "failed"));
    let has_account = progress.person().and_then(Person::account).is_some();
    !progress.passed().is_empty() && (is_found || has_account)
}

fn local() -> AccountId {
    AccountId::from_random([0; 16])
}

/// Somebody new to us who comes in through a connection.
fn newcomer(facts: &ConnectionFacts, mailbox: bool) -> Person {
    if facts.jit {
        return Person::Account {
            id: AccountId::from_random([1; 16]),
            sub: String::new(),
            fresh: None,
            mailbox,
        };
    }
    let key = LinkKey {
        connection: ConnectionId::from_random([1; 16]),
        issuer: facts.handle.to_string(),
        subject: "newcomer".to_owned(),
    };
    Person::PassThrough {
        key,
        sub: String::new(),
        claims: Claims::new(),
        mailbox,
        holder: facts.factors_without_account.then(|| AccountId::from_random([2; 16])),
    }
}
