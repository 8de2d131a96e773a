//! The parts of a JavaScript text that are worth a colour. A tokeniser, not a parser: every text has parts, and put
//! together they are the text again.

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Plain,
    Keyword,
    /// A name that scripts of sign-in flows know.
    Known,
    Text,
    Number,
    Comment,
}

impl Part {
    /// The class of the style sheet; plain text has none.
    #[must_use]
    pub fn class(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Keyword => Some("js-keyword"),
            Self::Known => Some("js-known"),
            Self::Text => Some("js-text"),
            Self::Number => Some("js-number"),
            Self::Comment => Some("js-comment"),
        }
    }
}

const KEYWORDS: [&str; 39] = [
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "else",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// The parts in their order. `known` says which names have a colour of their own.
#[must_use]
pub fn parts(source: &str, known: impl Fn(&str) -> bool) -> Vec<(Part, &str)> {
    let mut all: Vec<(Part, &str)> = Vec::new();
    let mut rest = source;
    // Whether a slash divides: it does behind a value.
    let mut divides = false;
    while !rest.is_empty() {
        let (part, length) = next(rest, &known, divides);
        let (text, left) = rest.split_at(length);
        if !text.trim().is_empty() && part != Part::Comment {
            divides = match part {
                Part::Keyword => false,
                Part::Plain => text.ends_with(|c: char| is_word(c) || matches!(c, ')' | ']')),
                Part::Known | Part::Text | Part::Number | Part::Comment => true,
            };
        }
        match all.last_mut() {
            Some((Part::Plain, before)) if part == Part::Plain => {
                let start = source.len() - rest.len() - before.len();
                *before = &source[start..start + before.len() + length];
            }
            _ => all.push((part, text)),
        }
        rest = left;
    }
    all
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The part at the beginning and its length in bytes, which is more than none.
fn next(rest: &str, known: &impl Fn(&str) -> bool, divides: bool) -> (Part, usize) {
    let to_line_end = |text: &str| text.find('\n').unwrap_or(text.len());
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        '/' if rest.starts_with("//") => (Part::Comment, to_line_end(rest)),
        '/' if rest.starts_with("/*") => (Part::Comment, rest[2..].find("*/").map_or(rest.len(), |end| end + 4)),
        '"' | '\'' => (Part::Text, quoted(rest, first, true)),
        '`' => (Part::Text, quoted(rest, first, false)),
        '/' if !divides => match regex(rest) {
            Some(length) => (Part::Text, length),
            None => (Part::Plain, 1),
        },
        digit if digit.is_ascii_digit() => {
            let number = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_');
            (Part::Number, rest.find(number).unwrap_or(rest.len()))
        }
        word if is_word(word) => {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let name = &rest[..length];
            let part = if KEYWORDS.contains(&name) {
                Part::Keyword
            } else if known(name) {
                Part::Known
            } else {
                Part::Plain
            };
            (part, length)
        }
        other => (Part::Plain, other.len_utf8()),
    }
}

/// Up to the closing quote, or to the end of the line where it is missing.
fn quoted(rest: &str, quote: char, ends_with_line: bool) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if ends_with_line => return at,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// A regular expression with its flags; `None` where the slash closes nowhere in its line.
fn regex(rest: &str) -> Option<usize> {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => {
                let flags = &rest[at + 1..];
                return Some(at + 1 + flags.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(flags.len()));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coloured(source: &str) -> Vec<(Part, &str)> {
        let all = parts(source, |name| name == "executeStep").into_iter();
        all.filter(|(part, _)| *part != Part::Plain).collect()
    }

    #[test]
    fn what_is_coloured() {
        use Part::{Comment, Keyword, Known, Number, Text};
        for (source, want) in [
            ("", vec![]),
            ("executeStep(2);", vec![(Known, "executeStep"), (Number, "2")]),
            ("executeSteps", vec![]),
            ("var x = 'a\\'b';", vec![(Keyword, "var"), (Text, "'a\\'b'")]),
            ("'open\nnext", vec![(Text, "'open")]),
            ("`a\n${b}`", vec![(Text, "`a\n${b}`")]),
            ("a / b / 2", vec![(Number, "2")]),
            ("x.replace(/['\"]/g, '')", vec![(Text, "/['\"]/g"), (Text, "''")]),
            ("return /[/]'/", vec![(Keyword, "return"), (Text, "/[/]'/")]),
            (
                "(1) / 2 // half",
                vec![(Number, "1"), (Number, "2"), (Comment, "// half")],
            ),
            ("/* a\n*/ 0x1F", vec![(Comment, "/* a\n*/"), (Number, "0x1F")]),
            ("/* open", vec![(Comment, "/* open")]),
            ("'Bücher 🗝' + ü", vec![(Text, "'Bücher 🗝'")]),
        ] {
            assert_eq!(coloured(source), want, "{source:?}");
        }
    }

    #[test]
    fn together_they_are_the_text() {
        let pieces = [
            "'", "\"", "`", "/", "//", "/*", "*/", "\\", "\n", "a", "1", "[", "]", "🗝", " ", ")",
        ];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let source = format!("{one}{two}{three}{one}x");
                    let joined: String = parts(&source, |_| false).into_iter().map(|(_, text)| text).collect();
                    assert_eq!(joined, source);
                }
            }
        }
    }
}
