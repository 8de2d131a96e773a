//! The person fills in a form that the script shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::scripted::AwaitingScript;
use super::{Refused, SignIn};
use crate::Timestamp;
use crate::script::Question;
use crate::script_form::{self, Form};

/// The script has asked for a form, and hears what becomes of it when it runs again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prompting {
    #[serde(rename = "w")]
    awaiting: AwaitingScript,
    #[serde(rename = "q")]
    question: Question,
}

impl Prompting {
    /// `None` for what is no form within its limits.
    pub(super) fn begin(awaiting: AwaitingScript, question: Question) -> Option<Self> {
        Form::of(&question)?;
        Some(Self { awaiting, question })
    }

    /// What has been achieved so far.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        self.awaiting.progress()
    }

    /// The form.
    #[must_use]
    pub fn form(&self) -> Form {
        Form::of(&self.question).unwrap_or_default()
    }

    /// The person has sent it, with values that [`Form::check`] made.
    ///
    /// # Errors
    /// `Expired`.
    pub fn send(self, values: &BTreeMap<String, String>, now: Timestamp) -> Result<SignIn, Refused> {
        self.progress().check_alive(now)?;
        Ok(self.tell(script_form::sent(values)))
    }

    /// The person goes on without it.
    ///
    /// # Errors
    /// `Expired`; `NotOffered` where the script does not say what happens then.
    pub fn skip(self, now: Timestamp) -> Result<SignIn, Refused> {
        self.progress().check_alive(now)?;
        if !self.form().may_skip {
            return Err(Refused::NotOffered);
        }
        Ok(self.tell(script_form::skipped()))
    }

    /// It is sent with whatever the script will ask for: how the analyser fills it in.
    #[must_use]
    pub fn send_anything(self) -> SignIn {
        self.tell(script_form::open())
    }

    fn tell(self, answer: serde_json::Value) -> SignIn {
        SignIn::AwaitingScript(self.awaiting.tell(self.question, answer))
    }
}
