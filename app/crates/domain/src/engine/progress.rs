//! What a sign-in has achieved so far.

use serde::{Deserialize, Serialize};

use super::attributes::AwaitingAttributes;
use super::choosing::Choosing;
use super::driver::{Next, covers, covers_path, decide};
use super::outcome::{Completed, Denial, Denied};
use super::scripted::AwaitingScript;
use super::{Person, Refused, SignIn};
use crate::assurance::{Evidence, Upstream};
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::script::{Event, StepOutcome, StepRequest};
use crate::{Claims, Timestamp};

/// Names that a person cannot be asked for: they are statements about other claims, are set by the sign-in itself, or say
/// what somebody may do, which nobody says of themselves (S19).
const UNASKABLE: [&str; 5] = ["sub", "email_verified", "phone_number_verified", "groups", "roles"];

/// What the application asks of a sign-in, by its current settings.
#[derive(Debug, Clone, Copy)]
pub struct Demands<'a> {
    pub flow: &'a SignInFlow,
    /// Claims without which the sign-in is not finished.
    pub required_claims: &'a [String],
}

/// A step that was passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// Place in the flow, counted from 0.
    #[serde(rename = "s")]
    pub step: u32,
    #[serde(rename = "e")]
    pub evidence: Evidence,
    /// What the provider sent, where a script may ask for it.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Claims>,
}

/// Where the script of a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ScriptProgress {
    /// Names the source that this run began with.
    #[serde(rename = "v")]
    version: String,
    #[serde(rename = "e")]
    events: Vec<Event>,
    /// The step it asks for now.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    at: Option<StepRequest>,
}

/// What a sign-in has achieved so far. Only moves change it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    #[serde(rename = "x")]
    expires_at: Timestamp,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    passed: Vec<Passed>,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    person: Option<Person>,
    /// Required attributes that nobody has supplied yet.
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    script: Option<ScriptProgress>,
}

/// A step that was just passed, before it is entered.
pub(super) struct Passing<'a> {
    pub step: u32,
    pub evidence: Evidence,
    pub person: Person,
    /// Attributes that this step's connection requires.
    pub required: Vec<String>,
    /// What is known of the person now.
    pub known: &'a Claims,
    /// What the provider sent, before our mapping.
    pub remote: Option<Claims>,
}

impl Progress {
    pub(super) fn begin(expires_at: Timestamp, script_version: Option<String>) -> Self {
        Self {
            expires_at,
            passed: vec![],
            person: None,
            missing: vec![],
            script: script_version.map(|version| ScriptProgress {
                version,
                events: vec![],
                at: None,
            }),
        }
    }

    /// The version of the script that decides this run.
    #[must_use]
    pub fn script_version(&self) -> Option<&str> {
        self.script.as_ref().map(|script| script.version.as_str())
    }

    /// What the script has been told.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        self.script.as_ref().map_or(&[], |script| &script.events)
    }

    /// The step the script asks for now.
    #[must_use]
    pub fn request(&self) -> Option<&StepRequest> {
        self.script.as_ref()?.at.as_ref()
    }

    pub(super) fn tell(&mut self, event: Event) {
        if let Some(script) = &mut self.script {
            script.events.push(event);
        }
    }

    pub(super) fn ask_for(&mut self, request: StepRequest) {
        if let Some(script) = &mut self.script {
            script.at = Some(request);
        }
    }

    /// Somebody who came without an account is linked to one. `false` for everybody else.
    pub(super) fn become_account(&mut self, person: Person) -> bool {
        let is_new = matches!(self.person, Some(Person::PassThrough { .. }));
        if is_new && person.account().is_some() {
            self.person = Some(person);
            return true;
        }
        false
    }

    /// The script hears how a step ended.
    pub(super) fn stepped(mut self, step: u32, outcome: StepOutcome) -> SignIn {
        if let Some(script) = &mut self.script {
            script.at = None;
            script.events.push(Event::Stepped(step + 1, outcome));
        }
        SignIn::AwaitingScript(AwaitingScript::new(self, Claims::new()))
    }

    /// The options of a step that this person can use: not what needs an account where there is none, not what only
    /// confirms somebody while nobody is known, and not what the script leaves out. Backup codes only beside what they
    /// stand in for: whoever has none of them is never left with nothing else.
    pub(super) fn usable<'a>(&self, flow: &'a SignInFlow, step: u32) -> Vec<&'a AuthOption> {
        let request = self.request();
        let fits = |option: &&AuthOption| {
            let possible = match &self.person {
                Some(person) => person.can_use(option),
                None => !option.is_second(),
            };
            possible && request.is_none_or(|request| request.keeps(option))
        };
        let options = flow.steps.get(step as usize).map(|step| step.options.iter());
        let mut usable: Vec<&AuthOption> = options.into_iter().flatten().filter(fits).collect();
        if !usable.iter().any(|option| option.stands_alone_as_second()) {
            usable.retain(|option| **option != AuthOption::BackupCode);
        }
        usable
    }

    /// When the transaction ends.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The steps passed so far.
    #[must_use]
    pub fn passed(&self) -> &[Passed] {
        &self.passed
    }

    /// Who it is, once a step has been passed.
    #[must_use]
    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// Whether the transaction still lives.
    ///
    /// # Errors
    /// `Expired` at or after `expires_at`.
    pub fn check_alive(&self, now: Timestamp) -> Result<(), Refused> {
        if now < self.expires_at {
            Ok(())
        } else {
            Err(Refused::Expired)
        }
    }

    /// Enters a passed step and goes on to what comes next.
    pub(super) fn pass(mut self, passing: Passing<'_>, demands: &Demands<'_>) -> SignIn {
        let Passing {
            step,
            evidence,
            person,
            required,
            known,
            remote,
        } = passing;
        if self.person.as_ref().is_some_and(|before| !before.is_same(&person)) {
            return Denied::end(Denial::AnotherPerson, step);
        }
        // The first step says who it is; later ones confirm it, and what it brought along for the application stays.
        self.person.get_or_insert(person);
        if let Some(script) = &mut self.script {
            // A script may ask for a step more than once, and sees each time.
            script.at = None;
            script.events.push(Event::Stepped(step + 1, StepOutcome::Success));
        } else {
            self.passed.retain(|earlier| earlier.step != step);
        }
        let remote = remote.filter(|_| self.script.is_some());
        self.passed.push(Passed { step, evidence, remote });
        self.require(&required);
        self.missing.retain(|name| !known.contains_key(name));
        self.go_on(demands, known)
    }

    fn require(&mut self, names: &[String]) {
        for name in names {
            if !self.missing.contains(name) && !UNASKABLE.contains(&name.as_str()) {
                self.missing.push(name.clone());
            }
        }
    }

    fn go_on(self, demands: &Demands<'_>, known: &Claims) -> SignIn {
        if self.script.is_some() {
            return SignIn::AwaitingScript(AwaitingScript::new(self, known.clone()));
        }
        match decide(demands.flow, &self.passed) {
            Next::Step(step) if self.vouched(demands.flow, step).is_some() => {
                self.take_word(demands.flow, step).go_on(demands, known)
            }
            Next::Step(step) if self.is_stuck(demands.flow, step) => {
                Denied::end(self.why_stuck(demands.flow, step), step)
            }
            Next::Step(step) => SignIn::Choosing(Choosing::new(step, self)),
            Next::Done => self.finish(demands, known),
        }
    }

    /// The provider's own second factor, where its connection trusts it, it has not been used for another step, and
    /// the step asks for second factors of any kind: a script that narrows it or wants it anew means what it says.
    fn vouched(&self, flow: &SignInFlow, step: u32) -> Option<Evidence> {
        let is_open = |request: &StepRequest| request.only.is_none() && !request.force;
        let asks = flow.steps.get(step as usize).is_some_and(Step::only_confirms);
        let mut pieces = self.passed.iter().map(|passed| &passed.evidence);
        if !asks || !self.request().is_none_or(is_open) || pieces.clone().any(|p| p.upstream == Upstream::Confirms) {
            return None;
        }
        pieces.find_map(Evidence::as_confirmation)
    }

    /// Passes the step by the provider's own second factor, where that is possible.
    pub(super) fn take_word(mut self, flow: &SignInFlow, step: u32) -> Self {
        if let Some(evidence) = self.vouched(flow, step) {
            if let Some(script) = &mut self.script {
                script.at = None;
                script.events.push(Event::Stepped(step + 1, StepOutcome::Success));
            }
            self.passed.push(Passed {
                step,
                evidence,
                remote: None,
            });
        }
        self
    }

    /// The path is over: asks for what is missing, or completes.
    pub(super) fn finish(mut self, demands: &Demands<'_>, known: &Claims) -> SignIn {
        let of_application: Vec<_> = demands
            .required_claims
            .iter()
            .filter(|name| !known.contains_key(*name))
            .cloned()
            .collect();
        self.require(&of_application);
        if self.missing.is_empty() {
            self.complete(demands.flow)
        } else {
            SignIn::AwaitingAttributes(AwaitingAttributes { progress: self })
        }
    }

    /// Whether nobody like this person can pass the step.
    fn is_stuck(&self, flow: &SignInFlow, step: u32) -> bool {
        self.person.is_some() && self.usable(flow, step).is_empty()
    }

    /// Why this person can use nothing of what the step, and the script, offer.
    pub(super) fn why_stuck(&self, flow: &SignInFlow, step: u32) -> Denial {
        let kept = |option: &&AuthOption| self.request().is_none_or(|request| request.keeps(option));
        let step = flow.steps.get(step as usize);
        let mut kept = step.map_or(&[][..], |step| &step.options).iter().filter(kept);
        match &self.person {
            Some(Person::Account { .. } | Person::PassThrough { holder: Some(_), .. })
                if kept.clone().any(|option| *option == AuthOption::EmailOtp) =>
            {
                Denial::NoVerifiedAddress
            }
            // A link confirms nobody who is known, with an account or without.
            Some(Person::PassThrough { .. })
                if kept.any(|option| option.needs_account() && *option != AuthOption::EmailLink) =>
            {
                Denial::NeedsAccount
            }
            Some(_) | None => Denial::NoOptionLeft,
        }
    }

    pub(super) fn missing(&self) -> &[String] {
        &self.missing
    }

    /// Takes the person's answers and completes. The caller has checked that nothing is missing any more.
    pub(super) fn answer(mut self, answers: Claims, demands: &Demands<'_>) -> SignIn {
        self.missing.retain(|name| !answers.contains_key(name));
        let stays = self
            .person
            .as_mut()
            .is_some_and(|person| person.take_for_this_sign_in(&answers));
        let to_store = if stays { Claims::new() } else { answers };
        match self.complete(demands.flow) {
            SignIn::Completed(completed) => SignIn::Completed(Completed { to_store, ..completed }),
            other @ (SignIn::AwaitingScript(_)
            | SignIn::Prompting(_)
            | SignIn::Choosing(_)
            | SignIn::AwaitingFederation(_)
            | SignIn::Noting(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_)
            | SignIn::Denied(_)) => other,
        }
    }

    /// The one door to [`Completed`].
    fn complete(self, flow: &SignInFlow) -> SignIn {
        let last = u32::try_from(flow.steps.len()).unwrap_or(u32::MAX);
        let (step, is_covered) = match (&self.script, decide(flow, &self.passed)) {
            (Some(script), _) => (last, covers_path(flow, &script.events, &self.passed)),
            (None, Next::Step(step)) => return SignIn::Choosing(Choosing::new(step, self)),
            (None, Next::Done) => {
                let evidence: Vec<Evidence> = self.passed.iter().map(|passed| passed.evidence.clone()).collect();
                (last, covers(flow, &evidence))
            }
        };
        let path = self.passed.iter().map(|passed| passed.step);
        let path = self.script.is_some().then(|| path.collect());
        let evidence: Vec<Evidence> = self.passed.into_iter().map(|passed| passed.evidence).collect();
        match self.person {
            Some(person) if is_covered => SignIn::Completed(Completed {
                evidence,
                person,
                path,
                to_store: Claims::new(),
            }),
            Some(_) | None => Denied::end(Denial::Incomplete, step),
        }
    }
}
