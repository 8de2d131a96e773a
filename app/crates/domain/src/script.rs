//! Conditional-authentication scripts: what a run is told, what it asks, and how it ends (design.md §5).
//!
//! A script never waits. It runs from the top with everything that has happened so far, and ends where something is
//! not known yet: a step that has not been taken, or a question about the world. Whoever runs it finds that out, adds
//! it to the events, and runs it again. So closures, local variables and loops survive as if nothing had happened, and
//! the analyser can answer in the world's place.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::flow::{AuthOption, SignInFlow, Step};
use crate::text::Handle;

/// Largest source, in bytes.
pub const SOURCE_LIMIT: usize = 64 * 1024;
/// Most questions and steps in one sign-in.
pub const EVENT_LIMIT: usize = 100;
/// Wall clock of one run, in milliseconds.
pub const TIME_LIMIT_MILLIS: u64 = 100;

/// The question that sends a letter: whose account, and which letter.
pub const MAIL_QUESTION: &str = "mail.send";
/// Longest name and hint of `authenticatorParams`, in characters.
const HINT_LIMIT: usize = 254;

/// How scripts call our own authenticators.
pub const LOCAL: &str = "LOCAL";

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

/// `executeStep`: which step, narrowed to what, and what the script does when it is not passed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StepRequest {
    /// 1-based, as scripts count.
    pub step: u32,
    /// `authenticationOptions`: only these are offered. Nothing left means that the step cannot be passed.
    #[serde(default)]
    pub only: Option<Vec<Narrow>>,
    /// `stepOptions.forceAuth`: what was proven before does not count.
    #[serde(default)]
    pub force: bool,
    /// `authenticatorParams`: the name that stands in the sign-in form at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `authenticatorParams`: what providers are told of who comes; each connection by its handle, all others by `*`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub login_hints: BTreeMap<String, String>,
    #[serde(default)]
    pub on_fail: bool,
    #[serde(default)]
    pub on_abort: bool,
    /// 1-based line of the call.
    #[serde(default)]
    pub line: Option<u32>,
}

/// One entry of `authenticationOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Narrow {
    /// Handle of a connection, or `LOCAL`.
    #[serde(default)]
    pub idp: Option<String>,
    #[serde(default)]
    pub authenticator: Option<String>,
}

impl Narrow {
    /// Whether it keeps an option. Without an `idp` it is about our own authenticators.
    #[must_use]
    pub fn keeps(&self, option: &AuthOption) -> bool {
        let (idp, authenticator) = names(option);
        let wanted = self.idp.as_deref().unwrap_or(LOCAL);
        let called = |name: &str| name == authenticator || name == option.to_string();
        wanted == idp && self.authenticator.as_deref().is_none_or(called)
    }
}

/// What scripts call an option: the connection's handle or `LOCAL`, and the authenticator.
#[must_use]
pub fn names(option: &AuthOption) -> (&str, &'static str) {
    match option {
        AuthOption::Password => (LOCAL, "BasicAuthenticator"),
        AuthOption::Passkey => (LOCAL, "FIDOAuthenticator"),
        AuthOption::Totp => (LOCAL, "totp"),
        AuthOption::EmailOtp => (LOCAL, "email_otp"),
        AuthOption::BackupCode => (LOCAL, "backup_code"),
        AuthOption::Connection(handle) => (handle.as_str(), "OpenIDConnectAuthenticator"),
    }
}

/// The options of a step as scripts see them.
#[must_use]
pub fn options_of(step: &Step) -> Value {
    let option = |option| {
        let (idp, authenticator) = names(option);
        json!({"idp": idp, "authenticator": authenticator})
    };
    step.options.iter().map(option).collect()
}

impl StepRequest {
    /// Whether the narrowing keeps an option.
    #[must_use]
    pub fn keeps(&self, option: &AuthOption) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|narrow| narrow.keeps(option)))
    }

    /// The name to begin with in the sign-in form.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref().filter(|name| is_hint(name))
    }

    /// What the provider of a connection is told of who comes.
    #[must_use]
    pub fn login_hint(&self, connection: &Handle) -> Option<&str> {
        let hint = self.login_hints.get(connection.as_str()).or(self.login_hints.get("*"));
        hint.map(String::as_str).filter(|hint| is_hint(hint))
    }

    /// Connections that the narrowing names, for those that do not exist.
    pub fn connections(&self) -> impl Iterator<Item = &str> {
        let named = self.only.iter().flatten().filter_map(|narrow| narrow.idp.as_deref());
        named.filter(|idp| *idp != LOCAL)
    }
}

fn is_hint(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= HINT_LIMIT && !text.chars().any(char::is_control)
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
    /// `context.selectedAcr = …`
    SelectAcr { acr: String },
}

/// Runs scripts. The same one serves sign-ins and the analyser.
pub trait ScriptEngine {
    /// Runs from the top with what has happened. Never fails: what goes wrong is an end of the run.
    fn run(&mut self, source: &str, events: &[Event]) -> Run;
}

/// Every text and number that stands in a source: what a comparison in it can be about.
#[must_use]
pub fn literals(source: &str) -> (Vec<String>, Vec<i64>) {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            '/' if rest.peek() == Some(&'*') => {
                let mut before = ' ';
                for c in rest.by_ref().skip(1) {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '"' | '\'' | '`' => {
                let mut text = String::new();
                while let Some(next) = rest.next_if(|next| *next != c) {
                    match next {
                        '\\' => text.extend(rest.next()),
                        plain => text.push(plain),
                    }
                }
                rest.next();
                texts.push(text);
            }
            digit if digit.is_ascii_digit() => {
                let mut number = String::from(digit);
                while let Some(next) = rest.next_if(char::is_ascii_digit) {
                    number.push(next);
                }
                numbers.extend(number.parse::<i64>());
            }
            word if word.is_alphanumeric() || word == '_' || word == '$' => {
                while rest
                    .next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                    .is_some()
                {}
            }
            _ => {}
        }
    }
    texts.sort();
    texts.dedup();
    numbers.sort_unstable();
    numbers.dedup();
    (texts, numbers)
}

/// Who does not take which step, as a script that says exactly this: the remedy of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skips(BTreeMap<u32, BTreeSet<Handle>>);

impl Skips {
    /// A flow's script with one more exception. `None` when somebody has written the script by hand, or when it is the
    /// first step: there is nobody to decide about before it.
    #[must_use]
    pub fn with(flow: &SignInFlow, connection: &Handle, step: u32) -> Option<String> {
        let steps = u32::try_from(flow.steps.len()).ok()?;
        let mut skips = match &flow.script {
            None => Self::default(),
            Some(source) => Self::read(source, steps)?,
        };
        if step < 2 || step > steps {
            return None;
        }
        skips.0.entry(step).or_default().insert(connection.clone());
        Some(skips.source(steps))
    }

    /// The exceptions of a source that was generated here and has not been changed since.
    fn read(source: &str, steps: u32) -> Option<Self> {
        let mut skips = Self::default();
        let mut skipping: Vec<Handle> = vec![];
        for line in source.lines().map(str::trim) {
            if line.starts_with("if (") {
                let (names, _) = literals(line);
                skipping = names.iter().filter_map(|name| name.parse().ok()).collect();
            } else if let Some(number) = line.strip_prefix("executeStep(").and_then(|l| l.strip_suffix(");"))
                && let (Ok(number), false) = (number.parse(), skipping.is_empty())
            {
                skips.0.insert(number, skipping.drain(..).collect());
            }
        }
        (skips.source(steps) == source).then_some(skips)
    }

    fn source(&self, steps: u32) -> String {
        let mut source = String::from(
            "var onLoginRequest = function (context) {\n    executeStep(1, {\n        onSuccess: function (context) {\n",
        );
        for number in 2..=steps {
            match self.0.get(&number).filter(|handles| !handles.is_empty()) {
                None => source.push_str(&format!("            executeStep({number});\n")),
                Some(handles) => {
                    let tests: Vec<String> = handles
                        .iter()
                        .map(|handle| format!("context.steps[1].idp !== '{handle}'"))
                        .collect();
                    source.push_str(&format!(
                        "            if ({}) {{\n                executeStep({number});\n            }}\n",
                        tests.join(" && ")
                    ));
                }
            }
        }
        source.push_str("        }\n    });\n};\n");
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrowing_never_widens() {
        let option = |text: &str| text.parse::<AuthOption>().expect("an option");
        let narrow = |idp: Option<&str>, authenticator: Option<&str>| Narrow {
            idp: idp.map(str::to_owned),
            authenticator: authenticator.map(str::to_owned),
        };
        for (case, narrow, kept) in [
            ("a connection", narrow(Some("acme"), None), &["connection:acme"][..]),
            ("ours", narrow(Some(LOCAL), None), &["password", "totp"]),
            ("no idp is ours", narrow(None, Some("totp")), &["totp"]),
            (
                "the reference's name",
                narrow(None, Some("BasicAuthenticator")),
                &["password"],
            ),
            ("nothing that exists", narrow(Some("gone"), None), &[]),
            ("another authenticator", narrow(Some("acme"), Some("totp")), &[]),
        ] {
            let all = ["password", "totp", "connection:acme", "connection:other"];
            let left: Vec<_> = all.into_iter().filter(|text| narrow.keeps(&option(text))).collect();
            assert_eq!(left, kept, "{case}");
        }
    }

    #[test]
    fn hints_are_names_of_one_line() {
        let acme: Handle = "acme".parse().expect("a handle");
        let other: Handle = "other".parse().expect("a handle");
        let long = "x".repeat(HINT_LIMIT + 1);
        for (hint, want) in [
            ("clerk", Some("clerk")),
            ("", None),
            ("a\nb", None),
            (long.as_str(), None),
        ] {
            let request = StepRequest {
                username: Some(hint.to_owned()),
                login_hints: [("*".to_owned(), "all".to_owned()), ("acme".to_owned(), hint.to_owned())].into(),
                ..StepRequest::default()
            };
            assert_eq!(request.username(), want);
            assert_eq!(request.login_hint(&acme), want);
            assert_eq!(request.login_hint(&other), Some("all"));
        }
    }

    #[test]
    fn literals_of_a_source() {
        let source = "var a = ['x', \"it's\", 'a\\'b']; // 'not' 7\n/* 'nor' 8 */ if (b1 > 42 && c == 042) {}";
        let (texts, numbers) = literals(source);
        assert_eq!(texts, ["a'b", "it's", "x"]);
        assert_eq!(numbers, [42]);
    }
}
