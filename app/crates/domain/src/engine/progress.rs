//! What a sign-in has achieved so far.

use serde::{Deserialize, Serialize};

use super::attributes::AwaitingAttributes;
use super::choosing::Choosing;
use super::driver::{Next, covers, decide};
use super::outcome::{Completed, Denial, Denied};
use super::{Person, Refused, SignIn};
use crate::assurance::Evidence;
use crate::flow::{AuthOption, SignInFlow};
use crate::{Claims, Timestamp};

/// Names that a person cannot be asked for: they are statements about other claims or set by the sign-in itself.
const UNASKABLE: [&str; 3] = ["sub", "email_verified", "phone_number_verified"];

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
}

impl Progress {
    pub(super) fn begin(expires_at: Timestamp) -> Self {
        Self {
            expires_at,
            passed: vec![],
            person: None,
            missing: vec![],
        }
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
        } = passing;
        if self.person.as_ref().is_some_and(|before| !before.is_same(&person)) {
            return Denied::end(Denial::AnotherPerson, step);
        }
        // The first step says who it is; later ones confirm it, and what it brought along for the application stays.
        self.person.get_or_insert(person);
        self.passed.retain(|earlier| earlier.step != step);
        self.passed.push(Passed { step, evidence });
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

    fn go_on(mut self, demands: &Demands<'_>, known: &Claims) -> SignIn {
        match decide(demands.flow, &self.passed) {
            Next::Step(step) if self.is_stuck(demands.flow, step) => Denied::end(Denial::NeedsAccount, step),
            Next::Step(step) => SignIn::Choosing(Choosing { step, progress: self }),
            Next::Done => {
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
        }
    }

    /// Whether nobody like this person can pass the step: everything it offers needs an account and there is none.
    fn is_stuck(&self, flow: &SignInFlow, step: u32) -> bool {
        let Some(Person::PassThrough { .. }) = self.person else {
            return false;
        };
        let options = flow
            .steps
            .get(step as usize)
            .map(|step| step.options.as_slice())
            .unwrap_or_default();
        options.iter().all(AuthOption::needs_account)
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
            other @ (SignIn::Choosing(_)
            | SignIn::AwaitingFederation(_)
            | SignIn::AwaitingProof(_)
            | SignIn::AwaitingAttributes(_)
            | SignIn::Denied(_)) => other,
        }
    }

    /// The one door to [`Completed`].
    fn complete(self, flow: &SignInFlow) -> SignIn {
        let step = match decide(flow, &self.passed) {
            Next::Step(step) => return SignIn::Choosing(Choosing { step, progress: self }),
            Next::Done => u32::try_from(flow.steps.len()).unwrap_or(u32::MAX),
        };
        let evidence: Vec<Evidence> = self.passed.into_iter().map(|passed| passed.evidence).collect();
        match self.person {
            Some(person) if covers(flow, &evidence) => SignIn::Completed(Completed {
                evidence,
                person,
                to_store: Claims::new(),
            }),
            Some(_) | None => Denied::end(Denial::Incomplete, step),
        }
    }
}
