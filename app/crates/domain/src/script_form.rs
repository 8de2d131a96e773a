//! Forms that a script shows with `prompt`. What stands on a `genericForm` comes from the script, what comes back from
//! the person; neither is ever markup, and both are bounded, because they travel with the sign-in. `activeSessions` is a
//! form of ours: a box for each browser the person is signed in with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::AnswerFault;
use crate::script::Question;

/// The question that shows a form, and the one that leaves open what was typed.
pub const QUESTION: &str = "prompt";
pub const VALUE_QUESTION: &str = "prompt.value";

/// Longest value that is taken, in bytes.
pub const VALUE_LIMIT: usize = 1024;
/// Most inputs; most browsers that are shown, the latest first.
const INPUT_LIMIT: usize = 6;
const SESSION_LIMIT: usize = 20;
/// Longest id, label and title, and longest text above the inputs, in characters.
const NAME_LIMIT: usize = 40;
const LABEL_LIMIT: usize = 100;
const TEXT_LIMIT: usize = 600;
/// Longest name by which a browser calls itself, in characters.
const AGENT_LIMIT: usize = 300;
/// What a ticked box sends.
pub const TICKED: &str = "on";

/// A form as a script describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Form {
    /// `None`: a title of ours.
    #[serde(default)]
    pub title: Option<String>,
    /// Above the inputs.
    #[serde(default)]
    pub text: Option<String>,
    pub inputs: Vec<Input>,
    /// Whether the person may go on without it: the script says what happens then.
    #[serde(default)]
    pub may_skip: bool,
    /// Each input is a browser that the person is signed in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<TooMany>,
}

/// How many browsers somebody may be signed in with, and how many of those shown have to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TooMany {
    /// This one among them.
    pub most: u32,
    pub least_ended: u32,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Input {
    /// What the script reads it by.
    pub name: String,
    pub label: String,
    /// A box that is required has to be ticked.
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub kind: InputKind,
    /// Since when the browser is signed in, in milliseconds since 1970; none for what is no browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

/// What an input looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum InputKind {
    /// A line of text.
    #[default]
    Text,
    /// A box to tick: [`TICKED`], or nothing.
    Checkbox,
}

impl Form {
    /// The form a question asks to show; `None` for another question, or one that is no form within the limits.
    #[must_use]
    pub fn of(question: &Question) -> Option<Self> {
        let described = question.args.get(1).filter(|_| question.call == QUESTION)?;
        let form: Self = serde_json::from_value(described.clone()).ok()?;
        form.is_within_limits().then_some(form)
    }

    fn is_within_limits(&self) -> bool {
        let fits = |text: &Option<String>, limit| text.as_ref().is_none_or(|text| text.chars().count() <= limit);
        let (inputs, label) = match self.sessions {
            Some(_) => (SESSION_LIMIT, AGENT_LIMIT),
            None => (INPUT_LIMIT, LABEL_LIMIT),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let is_usable = |(at, input): (usize, &Input)| {
            let name = &input.name;
            (1..=NAME_LIMIT).contains(&name.len())
                && name.chars().all(plain)
                && (1..=label).contains(&input.label.chars().count())
                && self.inputs[..at].iter().all(|before| before.name != *name)
        };
        fits(&self.title, LABEL_LIMIT)
            && fits(&self.text, TEXT_LIMIT)
            && self.inputs.len() <= inputs
            && self.inputs.iter().enumerate().all(is_usable)
    }

    /// Checks what was typed: the values of the inputs, and nothing else that was sent.
    ///
    /// # Errors
    /// Every fault by its input, so that the person sees all of them at once.
    pub fn check<'a>(
        &self,
        typed: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<BTreeMap<String, String>, Vec<(String, AnswerFault)>> {
        let mut values = BTreeMap::new();
        let mut faults = vec![];
        for input in &self.inputs {
            let text = typed(&input.name).map(str::trim).unwrap_or_default();
            match fault(input, text) {
                Some(fault) => faults.push((input.name.clone(), fault)),
                None => {
                    let is_ticked = input.kind == InputKind::Checkbox && !text.is_empty();
                    let value = if is_ticked { TICKED } else { text };
                    values.insert(input.name.clone(), value.to_owned());
                }
            }
        }
        let ticked = values.values().filter(|value| *value == TICKED).count();
        if let (Some(too_many), Some(first)) = (self.sessions, self.inputs.first())
            && ticked < too_many.least_ended as usize
        {
            faults.push((first.name.clone(), AnswerFault::Missing));
        }
        if faults.is_empty() { Ok(values) } else { Err(faults) }
    }
}

fn fault(input: &Input, text: &str) -> Option<AnswerFault> {
    if text.is_empty() && input.required {
        Some(AnswerFault::Missing)
    } else if text.len() > VALUE_LIMIT {
        Some(AnswerFault::TooLong)
    } else if text.chars().any(char::is_control) {
        Some(AnswerFault::Characters)
    } else {
        None
    }
}

/// What the script is told of a form that was sent.
#[must_use]
pub fn sent(values: &BTreeMap<String, String>) -> Value {
    json!({"ok": true, "params": values})
}

/// What it is told where the person goes on without it.
#[must_use]
pub fn skipped() -> Value {
    json!({"ok": false})
}

/// Sent, with whatever: each value is asked for when the script reads it.
#[must_use]
pub fn open() -> Value {
    json!({"ok": true, "open": true})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(form: Value) -> Question {
        Question {
            call: QUESTION.to_owned(),
            args: vec![json!(1), form],
        }
    }

    fn inputs(many: usize) -> Value {
        (0..many)
            .map(|n| json!({"name": format!("in{n}"), "label": "L"}))
            .collect()
    }

    #[test]
    fn forms_are_bounded() {
        for (case, form, is_one) in [
            ("nothing to fill in", json!({"inputs": []}), true),
            ("six", json!({"inputs": inputs(6)}), true),
            ("seven", json!({"inputs": inputs(7)}), false),
            ("a long text", json!({"text": "x".repeat(601), "inputs": []}), false),
            ("a long title", json!({"title": "x".repeat(101), "inputs": []}), false),
            (
                "twice the same",
                json!({"inputs": [{"name": "a", "label": "A"}, {"name": "a", "label": "B"}]}),
                false,
            ),
            ("no label", json!({"inputs": [{"name": "a", "label": ""}]}), false),
            (
                "markup as a name",
                json!({"inputs": [{"name": "a\"b", "label": "A"}]}),
                false,
            ),
            ("no form", json!("x"), false),
        ] {
            assert_eq!(Form::of(&question(form)).is_some(), is_one, "{case}");
        }
        let other = Question {
            call: "http".to_owned(),
            ..question(json!({"inputs": []}))
        };
        assert_eq!(Form::of(&other), None, "another question");
    }

    #[test]
    fn values_are_checked() {
        let form = json!({"inputs": [{"name": "a", "label": "A", "required": true}, {"name": "b", "label": "B"}]});
        let form = Form::of(&question(form)).expect("a form");
        let (fits, long) = ("x".repeat(VALUE_LIMIT), "x".repeat(VALUE_LIMIT + 1));
        for (case, a, b, want) in [
            ("both", Some("1"), Some(" 2 "), Ok("2")),
            ("one may stay empty", Some("1"), None, Ok("")),
            ("one must not", Some(" "), Some("2"), Err(AnswerFault::Missing)),
            ("as long as may be", Some("1"), Some(fits.as_str()), Ok(fits.as_str())),
            ("longer", Some("1"), Some(long.as_str()), Err(AnswerFault::TooLong)),
            ("a line break", Some("1"), Some("a\nb"), Err(AnswerFault::Characters)),
        ] {
            let checked = form.check(|name| if name == "a" { a } else { b });
            let got = checked.as_ref().map(|values| values["b"].as_str());
            assert_eq!(got.map_err(|faults| faults[0].1), want, "{case}");
        }
    }
}
