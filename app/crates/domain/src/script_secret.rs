//! Secrets of an application that its script may use by name (design.md §5).
//!
//! A script never holds a secret. It gets a stand-in, a random text that is good for one sign-in; whoever does for the
//! script what needs the secret puts the value in its place. So nothing a script writes, throws or keeps can hold one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::script::{Event, Question};
use crate::secret::SecretText;

/// Most secrets of one application.
pub const COUNT_LIMIT: usize = 50;
/// Shortest and longest value, in bytes. A short one could not be told from other text in an answer.
const VALUE_BYTES: std::ops::RangeInclusive<usize> = 8..=4_096;

/// The question of a script that names a secret.
pub const QUESTION: &str = "secret";

/// A name as scripts write it: `secrets.NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretName(String);

/// A text is no name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Use 1 to 64 letters, digits and underscores, without a digit first.")]
pub struct SecretNameFault;

impl SecretName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a script gets in place of the value. `random` makes it one that nobody outside can write.
    #[must_use]
    pub fn stand_in(&self, random: &str) -> String {
        format!("secret_{}_{random}", self.0)
    }
}

impl TryFrom<String> for SecretName {
    type Error = SecretNameFault;

    fn try_from(text: String) -> Result<Self, SecretNameFault> {
        let bytes = text.as_bytes();
        let is_name = (1..=64).contains(&bytes.len())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            && !bytes.first().is_some_and(u8::is_ascii_digit);
        if is_name { Ok(Self(text)) } else { Err(SecretNameFault) }
    }
}

impl std::str::FromStr for SecretName {
    type Err = SecretNameFault;

    fn from_str(text: &str) -> Result<Self, SecretNameFault> {
        Self::try_from(text.to_owned())
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> String {
        name.0
    }
}

impl std::fmt::Display for SecretName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks a value. It may go into a header, so it holds no control characters.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn check_value(text: &str) -> Result<SecretText, &'static str> {
    if !VALUE_BYTES.contains(&text.len()) {
        return Err("Use 8 to 4,096 characters.");
    }
    if text.chars().any(char::is_control) {
        return Err("Remove line breaks and other control characters.");
    }
    Ok(SecretText::new(text))
}

/// The stand-ins a script has been given so far, each with the name of its secret.
#[must_use]
pub fn stand_ins(events: &[Event]) -> Vec<(SecretName, &str)> {
    let given = events.iter().filter_map(|event| match event {
        Event::Told(Question { call, args }, Value::String(stand_in)) if call == QUESTION => {
            let name = args.first().and_then(Value::as_str)?;
            Some((name.parse().ok()?, stand_in.as_str()))
        }
        Event::Told(..) | Event::Stepped(..) => None,
    });
    given.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names() {
        for (text, fine) in [
            ("API_KEY", true),
            ("_a1", true),
            ("", false),
            ("1A", false),
            ("A-B", false),
            ("Ä", false),
            ("__proto__", true),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
        ] {
            assert_eq!(text.parse::<SecretName>().is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn values() {
        for (text, fine) in [
            ("12345678", true),
            ("1234567", false),
            ("two\nlines", false),
            ("with\0null", false),
            ("ein Schlüssel", true),
            (&"x".repeat(4_096), true),
            (&"x".repeat(4_097), false),
        ] {
            assert_eq!(check_value(text).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn stand_ins_are_those_the_script_was_given() {
        let told = |call: &str, name: &str, answer: Value| {
            let question = Question {
                call: call.to_owned(),
                args: vec![json!(name)],
            };
            Event::Told(question, answer)
        };
        let events = [
            told("secret", "KEY", json!("secret_KEY_abc")),
            told("secret", "GONE", Value::Null),
            told("request.header", "KEY", json!("secret_KEY_made-up")),
        ];
        let name: SecretName = "KEY".parse().expect("a name");
        assert_eq!(name.stand_in("abc"), "secret_KEY_abc");
        assert_eq!(stand_ins(&events), [(name, "secret_KEY_abc")]);
    }
}
