//! Conditional-authentication scripts: what a run is told, what it asks, and how it ends (design.md §5).
//!
//! A script never waits. It runs from the top with everything that has happened so far, and ends where something is
//! not known yet: a step that has not been taken, or a question about the world. Whoever runs it finds that out, adds
//! it to the events, and runs it again. So closures, local variables and loops survive as if nothing had happened, and
//! the analyser can answer in the world's place.

pub mod calls;
pub mod edits;
mod request;
mod skips;
pub mod tokens;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use request::{CodeLimits, LOCAL, Narrow, StepRequest, names, options_of};
pub use skips::{Skips, Spared, generated, is_generated};
pub use tokens::literals;

/// Largest source, in bytes.
pub const SOURCE_LIMIT: usize = 64 * 1024;
/// Most questions and steps in one sign-in.
pub const EVENT_LIMIT: usize = 100;
/// Computing time of one run, in milliseconds.
pub const TIME_LIMIT_MILLIS: u64 = 100;

/// The question that sends a letter: whose account, and which letter.
pub const MAIL_QUESTION: &str = "mail.send";

/// Something that has happened in a sign-in, as its script sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A question was answered.
    #[serde(rename = "t")]
    Told(Question, Value),
    /// A step that the script asked for is over.
    #[serde(rename = "s")]
    Stepped(u32, StepOutcome),
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StepOutcome {
    #[serde(rename = "s")]
    Success,
    #[serde(rename = "f")]
    Fail,
    /// The person turned back at a provider.
    #[serde(rename = "a")]
    Abort,
}

/// Something a script wants to know, such as `{"call":"user.claim","args":["known","local","email"]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub call: String,
    #[serde(default)]
    pub args: Vec<Value>,
}

/// One run from the top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub end: RunEnd,
    /// What the script wrote with `Log`.
    #[serde(default)]
    pub log: Vec<LogLine>,
    /// Cookies and the like, which take effect with the next answer to the browser.
    #[serde(default)]
    pub effects: Vec<Effect>,
}

/// Where a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum RunEnd {
    /// The person has to pass a step.
    Step(StepRequest),
    /// Something has to be found out.
    Ask {
        question: Question,
        /// 1-based line of the script.
        line: Option<u32>,
    },
    /// Nothing more is asked for.
    Done,
    /// The script ends the sign-in; the application is told (RFC 6749 §4.1.2.1).
    Fail {
        code: Option<String>,
        message: Option<String>,
        line: Option<u32>,
    },
    /// The script ends the sign-in on a page of ours.
    SendError { line: Option<u32> },
    /// It threw, called something that is not there, or is no script.
    Broken { message: String, line: Option<u32> },
    /// It exceeded a limit and was stopped.
    Limit { limit: Limit },
}

/// A limit of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    Time,
    Memory,
    Stack,
    /// Too many questions and steps.
    Calls,
    Source,
}

impl Limit {
    /// The stable word in the audit log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Memory => "memory",
            Self::Stack => "stack",
            Self::Calls => "calls",
            Self::Source => "source",
        }
    }
}

/// A line the script wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogLine {
    pub level: String,
    pub text: String,
}

/// What a run does beside deciding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    SetCookie {
        name: String,
        value: String,
        max_age_seconds: Option<i64>,
    },
    /// `context.response.headers[name] = …`
    SetHeader { name: String, value: String },
    /// `context.selectedAcr = …`
    SelectAcr { acr: String },
}

/// Runs scripts. The same one serves sign-ins and the analyser.
pub trait ScriptEngine {
    /// Runs from the top with what has happened. Never fails: what goes wrong is an end of the run.
    fn run(&mut self, source: &str, events: &[Event]) -> Run;
}
