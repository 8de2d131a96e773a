//! Small checked texts: handles and names.

use serde::{Deserialize, Serialize};

/// A stable name used in URLs, in flows and by scripts; it never changes after creation.
///
/// 1 to 63 characters of `a-z`, `0-9` and `-`, starting and ending with a letter or digit. `local` is taken: scripts
/// call our own authenticators `LOCAL`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Handle(String);

/// Why a text is no handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandleFault {
    /// Wrong length or characters.
    #[error("Use 1 to 63 characters: small letters, digits and hyphens, with a letter or digit first and last.")]
    Form,
    /// The text is kept for ourselves.
    #[error("This handle is reserved. Choose another one.")]
    Reserved,
}

impl Handle {
    /// The handle as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Handle {
    type Error = HandleFault;
    fn try_from(text: String) -> Result<Self, HandleFault> {
        let bytes = text.as_bytes();
        let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let formed = (1..=63).contains(&bytes.len())
            && bytes.iter().all(|b| plain(b) || *b == b'-')
            && bytes.first().is_some_and(plain)
            && bytes.last().is_some_and(plain);
        match text.as_str() {
            _ if !formed => Err(HandleFault::Form),
            "local" | "new" => Err(HandleFault::Reserved),
            _ => Ok(Self(text)),
        }
    }
}

impl std::str::FromStr for Handle {
    type Err = HandleFault;
    fn from_str(text: &str) -> Result<Self, HandleFault> {
        Self::try_from(text.to_owned())
    }
}

impl From<Handle> for String {
    fn from(handle: Handle) -> String {
        handle.0
    }
}

impl std::fmt::Display for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Longest display name, in characters.
pub const NAME_LIMIT: usize = 120;

/// Whether a character has no place in a name people read: a control character, or a bidirectional override, which can
/// make a name, and what stands after it, read like another one.
#[must_use]
pub fn is_misleading(c: char) -> bool {
    c.is_control() || ('\u{202A}'..='\u{202E}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Cleans a name people read: surrounding white space goes, control and bidirectional override characters are refused.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn display_name(text: &str) -> Result<String, &'static str> {
    let trimmed = text.trim();
    match trimmed.chars().count() {
        0 => Err("Enter a name."),
        n if n > NAME_LIMIT => Err("Use at most 120 characters for the name."),
        _ if trimmed.chars().any(is_misleading) => Err("Remove the control characters from the name."),
        _ => Ok(trimmed.to_owned()),
    }
}

/// Things of which one is enough, in words: `a, b or c`.
#[must_use]
pub fn either<T: AsRef<str>>(all: &[T]) -> String {
    let all: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    match all.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles() {
        for (text, want) in [
            ("acme", Ok(())),
            ("a", Ok(())),
            ("acme-2", Ok(())),
            ("", Err(HandleFault::Form)),
            ("-acme", Err(HandleFault::Form)),
            ("acme-", Err(HandleFault::Form)),
            ("Acme", Err(HandleFault::Form)),
            ("a/b", Err(HandleFault::Form)),
            ("аcme", Err(HandleFault::Form)),
            ("local", Err(HandleFault::Reserved)),
        ] {
            assert_eq!(text.parse::<Handle>().map(|_| ()), want, "{text}");
        }
        assert!("a".repeat(64).parse::<Handle>().is_err());
    }

    #[test]
    fn either_of_several() {
        for (all, want) in [
            (&[][..], ""),
            (&["an authenticator app"], "an authenticator app"),
            (
                &["an authenticator app", "a passkey"],
                "an authenticator app or a passkey",
            ),
            (
                &["an authenticator app", "a passkey", "a code by email", "a backup code"],
                "an authenticator app, a passkey, a code by email or a backup code",
            ),
        ] {
            assert_eq!(either(all), want);
        }
    }

    #[test]
    fn names() {
        assert_eq!(display_name("  Acme  "), Ok("Acme".to_owned()));
        assert!(display_name(" \t").is_err());
        assert!(display_name("a\u{202E}b").is_err());
        assert!(display_name(&"x".repeat(121)).is_err());
        assert_eq!(
            display_name("<b>Acme</b>"),
            Ok("<b>Acme</b>".to_owned()),
            "markup is text; pages escape it"
        );
    }
}
