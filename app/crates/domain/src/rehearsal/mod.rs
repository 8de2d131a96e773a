//! A rehearsal: one person's way through a flow, choice by choice, with nothing written (design.md §5, *Try it*).
//!
//! It makes the moves of [`crate::engine`] with the connections as they are, saved or not, so what it shows is what
//! happens. The person is a [`Persona`]; what they choose is given from the start each time, so a rehearsal keeps
//! nothing between two of them.

mod ending;
mod persona;
mod provider;
mod run;
mod stop;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::flow::{AuthOption, SignInFlow};
use crate::script::{LogLine, ScriptEngine};
use crate::script_form::Form;
use crate::{Claims, Timestamp};

pub use persona::{Browser, PERSONAS, Persona};

/// Most choices of one rehearsal.
pub const CHOICE_LIMIT: usize = 50;

/// What somebody does at a stop. As text an option's text, `fail`, `abort` or `skip`, or `send` and what was typed, as
/// JSON: `send:{"city":"Bern"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Choice {
    /// Passes the step this way.
    Pass(AuthOption),
    /// Does not pass it, where the script wants to know.
    Fail,
    /// Turns back, where the script wants to know.
    Abort,
    /// Sends a form of the script.
    Send(BTreeMap<String, String>),
    /// Goes on without it.
    Skip,
}

impl TryFrom<String> for Choice {
    type Error = crate::flow::UnknownOption;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let typed = text.strip_prefix("send:").map(serde_json::from_str);
        if let Some(Ok(typed)) = typed {
            return Ok(Self::Send(typed));
        }
        match text.as_str() {
            "skip" => Ok(Self::Skip),
            "fail" => Ok(Self::Fail),
            "abort" => Ok(Self::Abort),
            option => option.parse().map(Self::Pass),
        }
    }
}

impl From<Choice> for String {
    fn from(choice: Choice) -> String {
        match choice {
            Choice::Pass(option) => option.to_string(),
            Choice::Fail => "fail".to_owned(),
            Choice::Abort => "abort".to_owned(),
            Choice::Skip => "skip".to_owned(),
            Choice::Send(typed) => format!("send:{}", json!(typed)),
        }
    }
}

/// What the script did between two stops.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScriptNotes {
    /// What it read, in order: the call with its arguments, and the answer.
    pub read: Vec<Read>,
    pub log: Vec<LogLine>,
    /// 1-based line at which it waits or ended.
    pub line: Option<u32>,
    /// Why it ended, where it failed.
    pub error: Option<String>,
}

/// One value that a script read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Read {
    pub call: String,
    pub args: Vec<Value>,
    pub answer: Value,
}

/// A way to pass a step, as this person would find it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Offer {
    pub option: AuthOption,
    /// What to know of it, such as that it is set up now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether this person can pass the step with it.
    pub works: bool,
}

/// A page on which the person chooses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stop {
    /// 1-based.
    pub step: u32,
    pub offers: Vec<Offer>,
    /// The form of the script, where the page is one; it offers nothing else then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
    /// Whether the script wants to know that the step is not passed, and that the person turns back.
    pub may_fail: bool,
    pub may_abort: bool,
    /// `None` where the rehearsal waits for a choice.
    pub chosen: Option<Choice>,
    /// What the script did before.
    pub script: Option<ScriptNotes>,
    /// What followed from the choice, in sentences.
    pub followed: Vec<String>,
}

/// How it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Ending {
    SignedIn {
        /// Whether they have an account then.
        has_account: bool,
        acr: String,
        amr: Vec<String>,
        /// Required attributes that a page asks for before.
        asked_for: Vec<String>,
    },
    Stopped {
        /// 1-based.
        step: u32,
        /// The stable word of the audit log.
        reason: String,
        told: String,
    },
}

/// What a rehearsal shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rehearsal {
    pub stops: Vec<Stop>,
    /// `None` while a choice is waited for.
    pub ending: Option<Ending>,
    /// What the script did after the last stop.
    pub script: Option<ScriptNotes>,
    /// Choices that fit the flow no more: it was changed under them.
    pub unused_choices: u32,
}

/// Goes through the flow as `persona`, as far as the choices lead.
#[must_use]
pub fn rehearse(
    flow: &SignInFlow,
    connections: &[Connection],
    persona: &Persona,
    choices: &[Choice],
    engine: &mut dyn ScriptEngine,
    now: Timestamp,
) -> Rehearsal {
    run::Run::new(flow, connections, persona, engine, now).go(choices)
}

/// The claims of a made-up person with a verified address.
fn addressed(name: &str, email: &str) -> Claims {
    let claims = serde_json::json!({"email": email, "email_verified": true, "name": name});
    claims.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::NoScripts;
    use crate::connection::ConnectionDraft;
    use crate::flow::Step;
    use crate::id::ConnectionId;

    fn connection(handle: &str, more: &str) -> Connection {
        let json = format!(
            r#"{{"handle":"{handle}","display_name":"X","oidc":{{"issuer":"https://idp.example.com","client_id":"us",
                "client_secret":"hush"}}{more}}}"#
        );
        let draft: ConnectionDraft = serde_json::from_str(&json).expect("a draft");
        let id = ConnectionId::from_random([handle.len() as u8; 16]);
        draft.create(id, Timestamp::UNIX_EPOCH).expect("valid")
    }

    fn go(steps: &[&[&str]], persona: &str, choices: &[&str]) -> Rehearsal {
        let connections = [
            connection("on", ""),
            connection("off", r#","jit":{"enabled":false},"trusted_amr":["mfa"]"#),
            connection("kept", r#","jit":{"enabled":false},"factors_without_account":true"#),
            connection("never", r#","jit":{"linking":"never"}"#),
            connection("closed", r#","enabled":false"#),
        ];
        let options = |step: &&[&str]| step.iter().map(|o| o.parse().expect("an option")).collect();
        let flow = SignInFlow {
            steps: steps.iter().map(|step| Step { options: options(step) }).collect(),
            script: None,
        };
        let (name, amr) = persona.split_once(' ').unwrap_or((persona, ""));
        let mut person = Persona::of_name(name, std::iter::empty()).expect("a persona");
        person.amr = amr.split_whitespace().map(str::to_owned).collect();
        let choices: Vec<Choice> = choices
            .iter()
            .map(|choice| Choice::try_from((*choice).to_owned()).expect("a choice"))
            .collect();
        let at = Timestamp::UNIX_EPOCH;
        rehearse(&flow, &connections, &person, &choices, &mut NoScripts, at)
    }

    fn told(rehearsal: &Rehearsal) -> String {
        match &rehearsal.ending {
            None => format!("waits at {}", rehearsal.stops.last().map_or(0, |stop| stop.step)),
            Some(Ending::SignedIn { has_account, acr, .. }) => {
                let level = acr.chars().last().unwrap_or('?');
                format!("in, level {level}{}", if *has_account { ", account" } else { "" })
            }
            Some(Ending::Stopped { step, reason, .. }) => format!("{reason} at {step}"),
        }
    }

    #[test]
    fn ways() {
        let first = &[
            "password",
            "connection:on",
            "connection:off",
            "connection:kept",
            "connection:never",
            "connection:closed",
        ][..];
        for (persona, choices, want) in [
            ("new", &[][..], "waits at 1"),
            ("new", &["connection:on"], "waits at 2"),
            ("new", &["connection:on", "totp"], "in, level 2, account"),
            ("new", &["connection:off"], "needs_account at 2"),
            ("new pwd", &["connection:off"], "needs_account at 2"),
            ("new mfa", &["connection:off"], "in, level 2"),
            ("new", &["connection:kept"], "waits at 2"),
            ("new", &["connection:kept", "totp"], "in, level 2"),
            ("new", &["connection:kept", "passkey"], "in, level 2"),
            ("lost-phone", &["connection:kept", "backup_code"], "in, level 2"),
            ("new", &["password"], "waits at 1"),
            ("new", &["connection:closed"], "waits at 1"),
            ("local", &["password", "totp"], "in, level 2, account"),
            ("local", &["connection:on", "totp"], "in, level 2, account"),
            ("local", &["connection:never"], "account_exists at 1"),
            ("lost-phone", &["password", "totp"], "waits at 2"),
            ("lost-phone", &["password", "backup_code"], "in, level 2, account"),
            ("local", &["password", "backup_code"], "waits at 2"),
            ("local", &["passkey"], "waits at 1"),
            ("local", &["password", "passkey"], "in, level 2, account"),
            ("lost-phone", &["password", "passkey"], "waits at 2"),
            ("new", &["fail"], "waits at 1"),
        ] {
            let got = go(&[first, &["totp", "backup_code", "passkey"]], persona, choices);
            assert_eq!(told(&got), want, "{persona} {choices:?}");
        }
    }

    #[test]
    fn what_a_stop_says() {
        let got = go(
            &[&["connection:on", "connection:closed"], &["totp"]],
            "new",
            &["connection:on", "password"],
        );
        assert_eq!(got.unused_choices, 1, "a second step without a password");
        let works: Vec<bool> = got.stops[0].offers.iter().map(|offer| offer.works).collect();
        assert_eq!(works, [true, false]);
        assert!(got.stops[0].followed[0].contains("an account is made"));
        assert_eq!(got.stops[1].offers[0].note.as_deref(), Some("is set up now"));
        assert_eq!(got.stops[1].chosen, None);
    }
}
