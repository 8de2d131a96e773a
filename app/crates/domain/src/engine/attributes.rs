//! The person fills in required attributes that the provider did not send.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::progress::{Demands, Progress};
use super::{Refused, SignIn};
use crate::canonical::address;
use crate::claim_form::example_instead;
use crate::{Claims, Timestamp};

/// Longest answer, in characters.
const ANSWER_LIMIT: usize = 500;

/// Every step is passed; attributes are missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitingAttributes {
    #[serde(flatten)]
    pub(super) progress: Progress,
}

/// What is wrong with an answer, by attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFault {
    Missing,
    TooLong,
    /// Control characters.
    Characters,
    /// Not an email address.
    NotAnAddress,
    /// It does not look like this example.
    Unlike(&'static str),
}

impl AwaitingAttributes {
    /// The attributes to ask for.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        self.progress.missing()
    }

    /// What has been achieved so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Checks what was typed: claims to enter, or what is wrong with each field. Only what is asked for is read.
    ///
    /// An address that a person types is not verified by it (S15).
    ///
    /// # Errors
    /// Every fault, so that the person sees all of them at once.
    pub fn check<'a>(
        &self,
        typed: impl Fn(&str) -> Option<&'a str>,
        now: Timestamp,
    ) -> Result<Claims, Vec<(String, AnswerFault)>> {
        let mut answers = Claims::new();
        let mut faults = vec![];
        for name in self.missing() {
            let text = typed(name).map(str::trim).unwrap_or_default();
            match check_answer(name, text, now) {
                Some(fault) => faults.push((name.clone(), fault)),
                None => {
                    answers.insert(name.clone(), Value::String(text.to_owned()));
                }
            }
        }
        if answers.contains_key("email") {
            answers.insert("email_verified".to_owned(), Value::Bool(false));
        }
        if faults.is_empty() { Ok(answers) } else { Err(faults) }
    }

    /// Takes answers that [`Self::check`] made and completes the sign-in.
    ///
    /// # Errors
    /// `Expired`.
    pub fn answer(self, answers: Claims, demands: &Demands<'_>, now: Timestamp) -> Result<SignIn, Refused> {
        self.progress.check_alive(now)?;
        if self.missing().iter().any(|name| !answers.contains_key(name)) {
            return Ok(SignIn::AwaitingAttributes(self));
        }
        Ok(self.progress.answer(answers, demands))
    }
}

fn check_answer(name: &str, text: &str, now: Timestamp) -> Option<AnswerFault> {
    if text.is_empty() {
        Some(AnswerFault::Missing)
    } else if text.chars().count() > ANSWER_LIMIT {
        Some(AnswerFault::TooLong)
    } else if text.chars().any(char::is_control) {
        Some(AnswerFault::Characters)
    } else if name == "email" && address(text).is_err() {
        Some(AnswerFault::NotAnAddress)
    } else {
        example_instead(name, text, now.date_naive()).map(AnswerFault::Unlike)
    }
}
