//! Expectations: what an administrator says must stay true of a sign-in flow, checked on every save.
//!
//! Owns what can be said and how it is written. Whether it is so is found by [`crate::analysis`].

mod persona;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::flow::{AuthOption, STEP_LIMIT};
use crate::invalid::Check;
use crate::script::LOCAL;
use crate::text::Handle;

pub use persona::{ADMINISTRATORS, Persona, Through};

/// Most expectations of one application.
pub const EXPECTATION_LIMIT: usize = 50;

/// One thing that must stay true.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expectation {
    pub who: Who,
    pub what: What,
}

/// Whom it is about. As text `LOCAL`, `connection:acme`, `linked:acme`, or one of the people of *Try it*: `new`,
/// `new-without-email`, `returning`, `lost-phone`, `administrator`, whichever way they come in, or
/// `administrator:acme`, `lost-phone:LOCAL`, `new-without-email:acme` by that way alone; `group:staff` is whoever returns
/// and is in that group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Who {
    /// Everybody who comes in with an account of ours, by a password or a passkey.
    Local,
    /// Everybody new to us who comes in through the connection.
    From(Handle),
    /// Everybody who comes in through the connection and whose account is linked to it.
    Linked(Handle),
    /// Everybody like one of the people of *Try it*, by one way in or by every way that is open to them.
    Persona(Persona, Option<Through>),
}

/// What must be so of each of them, whatever the world answers and whatever they choose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum What {
    /// Nobody signs in without having passed the step, and the step offered the option. What a provider's own second
    /// factor passes in their place does not count.
    AskedFor {
        /// 1-based.
        step: u32,
        option: AuthOption,
    },
    /// No step that they come to offers the option. What the first page offers beside the way they come in is not
    /// asked of them.
    NeverAskedFor { option: AuthOption },
    /// Whatever the script hears, there is a way through for them.
    CanSignIn,
    /// No way leads through.
    CannotSignIn,
}

/// Whether an expectation holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    Kept,
    Broken {
        /// The shortest counterexample, one sentence part per stop.
        story: Vec<String>,
        /// 1-based line of the script that decides.
        line: Option<u32>,
    },
    /// Not every path could be followed, and none of those that were breaks it; or the script cannot run at all.
    Undecided,
}

/// An expectation with what the analyser says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checked {
    pub expectation: Expectation,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The text names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Use LOCAL, new, new-without-email, returning, lost-phone or administrator, connection: or linked: followed by a connection's handle, or group: followed by a group's name."
)]
pub struct UnknownWho;

impl std::str::FromStr for Who {
    type Err = UnknownWho;
    fn from_str(text: &str) -> Result<Self, UnknownWho> {
        let handle = |text: &str| text.parse::<Handle>().map_err(|_| UnknownWho);
        if let Some((persona, through)) = Persona::parse(text) {
            return Ok(Self::Persona(persona, through));
        }
        match text.split_once(':') {
            None if text == LOCAL => Ok(Self::Local),
            Some(("connection", rest)) => handle(rest).map(Self::From),
            Some(("linked", rest)) => handle(rest).map(Self::Linked),
            Some(_) | None => Err(UnknownWho),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local => f.write_str(LOCAL),
            Self::From(handle) => write!(f, "connection:{handle}"),
            Self::Linked(handle) => write!(f, "linked:{handle}"),
            Self::Persona(persona, through) => f.write_str(&persona.text(through.as_ref())),
        }
    }
}

impl TryFrom<String> for Who {
    type Error = UnknownWho;
    fn try_from(text: String) -> Result<Self, UnknownWho> {
        text.parse()
    }
}

impl From<Who> for String {
    fn from(who: Who) -> String {
        who.to_string()
    }
}

impl Who {
    /// The connection they come through.
    #[must_use]
    pub fn connection(&self) -> Option<&Handle> {
        match self {
            Self::Local | Self::Persona(_, None | Some(Through::Local)) => None,
            Self::From(handle) | Self::Linked(handle) | Self::Persona(_, Some(Through::Connection(handle))) => {
                Some(handle)
            }
        }
    }

    /// Whether somebody who is meant comes in by an option. `is_open` says whether anybody does.
    #[must_use]
    pub fn comes_by(&self, entry: &AuthOption, is_open: impl Fn(&AuthOption) -> bool) -> bool {
        match self {
            Self::Local => entry.connection().is_none(),
            Self::From(handle) | Self::Linked(handle) => entry.connection() == Some(handle),
            Self::Persona(persona, through) => {
                let is_the_way = match through {
                    None => is_open(entry),
                    Some(Through::Local) => entry.connection().is_none(),
                    Some(Through::Connection(handle)) => entry.connection() == Some(handle),
                };
                is_the_way && persona.comes_by(entry)
            }
        }
    }
}

impl What {
    /// The option it speaks of.
    #[must_use]
    pub fn option(&self) -> Option<&AuthOption> {
        match self {
            Self::AskedFor { option, .. } | Self::NeverAskedFor { option } => Some(option),
            Self::CanSignIn | Self::CannotSignIn => None,
        }
    }

    /// The 1-based step it speaks of.
    #[must_use]
    pub fn step(&self) -> Option<u32> {
        match self {
            Self::AskedFor { step, .. } => Some(*step),
            Self::NeverAskedFor { .. } | Self::CanSignIn | Self::CannotSignIn => None,
        }
    }
}

impl Expectation {
    /// Every connection it names.
    pub fn connections(&self) -> impl Iterator<Item = &Handle> {
        let asked = self.what.option().and_then(AuthOption::connection);
        self.who.connection().into_iter().chain(asked)
    }

    /// The expectation as a sentence without its full stop; `name` says what an option is called.
    #[must_use]
    pub fn told(&self, name: impl Fn(&AuthOption) -> String) -> String {
        let through = |handle: &Handle| name(&AuthOption::Connection(handle.clone()));
        let who = match &self.who {
            Who::Local => "a local person".to_owned(),
            Who::From(handle) => format!("a person from {}", through(handle)),
            Who::Linked(handle) => format!("a person from {} whose account is linked", through(handle)),
            Who::Persona(persona, None) => persona.told(),
            Who::Persona(persona, Some(Through::Local)) => {
                format!("{} who comes in with a password or a passkey", persona.told())
            }
            Who::Persona(persona, Some(Through::Connection(handle))) => {
                format!("{} who comes from {}", persona.told(), through(handle))
            }
        };
        match &self.what {
            What::AskedFor { step, option } => format!("{who} is asked for {} in step {step}", name(option)),
            What::NeverAskedFor { option } => format!("{who} is never asked for {}", name(option)),
            What::CanSignIn => format!("{who} can sign in"),
            What::CannotSignIn => format!("{who} cannot sign in"),
        }
    }
}

/// Checks the shape of an application's expectations. `known` answers whether a connection of that handle exists.
pub fn check(expectations: &[Expectation], known: impl Fn(&Handle) -> bool, check: &mut Check) {
    check.require(
        expectations.len() <= EXPECTATION_LIMIT,
        "/expectations",
        "Use at most 50 expectations.",
    );
    let mut seen = BTreeSet::new();
    for (index, expectation) in expectations.iter().enumerate() {
        let at = format!("/expectations/{index}");
        check.require(
            seen.insert(expectation),
            &at,
            "Remove the expectation that stands here twice.",
        );
        if let Some(handle) = expectation.connections().find(|handle| !known(handle)) {
            check.fault(&at, format!("There is no connection with the handle {handle}."));
        }
        let limit = u32::try_from(STEP_LIMIT).unwrap_or(u32::MAX);
        let is_step = expectation.what.step().is_none_or(|step| (1..=limit).contains(&step));
        check.require(is_step, &at, "Steps are counted from 1 to 10.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_round_trip() {
        for text in [
            "LOCAL",
            "connection:acme",
            "linked:acme",
            "new",
            "new-without-email",
            "new-without-email:acme",
            "returning",
            "lost-phone",
            "lost-phone:LOCAL",
            "lost-phone:acme",
            "administrator",
            "administrator:LOCAL",
            "administrator:acme",
            "group:staff",
            "group:cn=staff, ou=people: all",
        ] {
            assert_eq!(text.parse::<Who>().expect(text).to_string(), text);
        }
        for text in [
            "",
            "local",
            "connection:",
            "linked",
            "acme",
            "LOCAL:acme",
            "persona:new",
            "new:acme",
            "returning:acme",
            "new-without-email:LOCAL",
            "lost-phone:",
            "administrator:LOCAL:x",
            "group:",
            "group: ",
            "group",
        ] {
            assert!(text.parse::<Who>().is_err(), "{text}");
        }
    }

    #[test]
    fn forms_and_sentences() {
        for (json, want) in [
            (
                r#"{"who":"connection:acme","what":{"never_asked_for":{"option":"totp"}}}"#,
                "a person from acme is never asked for totp",
            ),
            (
                r#"{"who":"LOCAL","what":{"asked_for":{"step":2,"option":"totp"}}}"#,
                "a local person is asked for totp in step 2",
            ),
            (
                r#"{"who":"linked:acme","what":"can_sign_in"}"#,
                "a person from acme whose account is linked can sign in",
            ),
            (
                r#"{"who":"administrator","what":{"asked_for":{"step":2,"option":"totp"}}}"#,
                "an administrator is asked for totp in step 2",
            ),
            (
                r#"{"who":"lost-phone:acme","what":"can_sign_in"}"#,
                "somebody whose phone is lost who comes from acme can sign in",
            ),
            (
                r#"{"who":"group:staff","what":{"never_asked_for":{"option":"totp"}}}"#,
                "somebody in the group staff is never asked for totp",
            ),
        ] {
            let parsed: Expectation = serde_json::from_str(json).expect(json);
            assert_eq!(serde_json::to_string(&parsed).expect("json"), json);
            let name = |option: &AuthOption| {
                option
                    .connection()
                    .map_or_else(|| option.to_string(), ToString::to_string)
            };
            assert_eq!(parsed.told(name), want);
        }
    }

    #[test]
    fn shapes() {
        let faults = |json: &str| -> Vec<String> {
            let all: Vec<Expectation> = serde_json::from_str(json).expect(json);
            let mut faults = Check::default();
            check(&all, |handle| handle.as_str() == "acme", &mut faults);
            let found = faults.finish().err().map(|invalid| invalid.0).unwrap_or_default();
            found.into_iter().map(|fault| fault.pointer).collect()
        };
        for (case, json, want) in [
            ("none", "[]", vec![]),
            ("fine", r#"[{"who":"linked:acme","what":"can_sign_in"}]"#, vec![]),
            (
                "twice",
                r#"[{"who":"LOCAL","what":"can_sign_in"},{"who":"LOCAL","what":"can_sign_in"}]"#,
                vec!["/expectations/1"],
            ),
            (
                "an unknown connection",
                r#"[{"who":"connection:other","what":"cannot_sign_in"}]"#,
                vec!["/expectations/0"],
            ),
            (
                "an unknown connection that somebody made up comes from",
                r#"[{"who":"administrator:other","what":"can_sign_in"}]"#,
                vec!["/expectations/0"],
            ),
            ("a persona", r#"[{"who":"administrator","what":"can_sign_in"}]"#, vec![]),
            (
                "an unknown connection as option",
                r#"[{"who":"LOCAL","what":{"never_asked_for":{"option":"connection:other"}}}]"#,
                vec!["/expectations/0"],
            ),
            (
                "step 0",
                r#"[{"who":"LOCAL","what":{"asked_for":{"step":0,"option":"totp"}}}]"#,
                vec!["/expectations/0"],
            ),
        ] {
            assert_eq!(faults(json), want, "{case}");
        }
    }
}
