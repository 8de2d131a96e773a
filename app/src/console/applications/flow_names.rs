//! What can stand at a place of a script: names that scripts know, connections by their handle.

use doorward_domain::script_names::{GLOBALS, MEMBERS};

use crate::ui::highlight::{Part, parts};

/// Most suggestions at a time.
const MANY: usize = 8;
/// Letters of a name before anything is suggested.
const LETTERS: usize = 2;

/// What fits a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suggestions {
    /// What has been typed of it already.
    pub typed: String,
    pub texts: Vec<String>,
}

/// What fits behind `before`, the script up to the place: names in the code, handles in a text.
#[must_use]
pub fn suggest(before: &str, handles: &[String]) -> Suggestions {
    let opened = match parts(before, |_| false).last() {
        Some((Part::Text, text)) => open_text(text),
        Some((Part::Comment, _)) => return Suggestions::default(),
        _ => None,
    };
    let (typed, texts): (&str, Vec<&str>) = match opened {
        Some(typed) => (typed, handles.iter().map(String::as_str).collect()),
        None => {
            let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            let typed = start.map_or(before, |at| before.get(at + 1..).unwrap_or_default());
            if typed.len() < LETTERS {
                return Suggestions::default();
            }
            (typed, GLOBALS.iter().chain(&MEMBERS).copied().collect())
        }
    };
    let fits = |text: &&str| text.starts_with(typed) && text.len() > typed.len();
    Suggestions {
        typed: typed.to_owned(),
        texts: texts.into_iter().filter(fits).take(MANY).map(str::to_owned).collect(),
    }
}

/// What stands in a text that is not closed yet.
fn open_text(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let inside = text.get(1..)?;
    (!inside.contains(quote)).then_some(inside)
}

/// The first part of a text, by the units that browsers count in (UTF-16).
#[must_use]
pub fn first_units(text: &str, units: u32) -> &str {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return &text[..at];
        }
        left -= c.len_utf16();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_a_place() {
        let handles = ["LOCAL", "acme", "acme-labs"].map(str::to_owned);
        for (before, typed, want) in [
            ("", "", vec![]),
            ("e", "", vec![]),
            ("ex", "ex", vec!["executeStep"]),
            ("    context.steps[1].id", "id", vec!["identifier", "idp"]),
            ("executeStep", "executeStep", vec![]),
            ("onS", "onS", vec!["onSuccess"]),
            ("x === '", "", vec!["LOCAL", "acme", "acme-labs"]),
            ("x === 'acme-", "acme-", vec!["acme-labs"]),
            ("x === \"L", "L", vec!["LOCAL"]),
            ("x === 'acme'", "", vec![]),
            ("// ex", "", vec![]),
            ("`ex", "ex", vec!["executeStep"]),
            ("ü", "", vec![]),
        ] {
            let found = suggest(before, &handles);
            assert_eq!(found.texts, want, "{before}");
            if !found.texts.is_empty() {
                assert_eq!(found.typed, typed, "{before}");
            }
        }
        assert_eq!(suggest("get", &[]).texts.len(), 7);
    }

    #[test]
    fn places_are_counted_as_browsers_do() {
        for (units, want) in [(0, ""), (1, "ü"), (2, "ü"), (3, "ü🗝"), (4, "ü🗝x"), (9, "ü🗝x")] {
            assert_eq!(first_units("ü🗝x", units), want, "{units}");
        }
    }
}
