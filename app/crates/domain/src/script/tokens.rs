//! The tokens of a JavaScript text. A tokeniser, not a parser: every text has tokens, and put together they are the text
//! again.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Space,
    Comment,
    /// A name or a keyword.
    Word,
    Number,
    /// With its quotes.
    Text,
    Regex,
    /// One character of anything else.
    Sign,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub at: usize,
}

impl<'a> Token<'a> {
    /// The first byte after it.
    #[must_use]
    pub fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Whether a program would be the same without it.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::Comment)
    }

    /// What stands between the quotes of a text, with escaped characters as they are; `None` for anything else.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        if self.kind != Kind::Text {
            return None;
        }
        let quote = self.text.chars().next()?;
        let inner = &self.text[quote.len_utf8()..];
        let inner = inner.strip_suffix(quote).unwrap_or(inner);
        let mut value = String::new();
        let mut rest = inner.chars();
        while let Some(c) = rest.next() {
            match c {
                '\\' => value.extend(rest.next()),
                plain => value.push(plain),
            }
        }
        Some(value)
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

/// Whether a word is one of the language's own.
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The tokens in their order.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut all: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    // Whether a slash divides: it does behind a value.
    let mut divides = false;
    while at < source.len() {
        let (kind, length) = next(&source[at..], divides);
        let token = Token {
            kind,
            text: &source[at..at + length],
            at,
        };
        divides = match kind {
            Kind::Space | Kind::Comment => divides,
            Kind::Word => !is_keyword(token.text),
            Kind::Number | Kind::Text | Kind::Regex => true,
            Kind::Sign => matches!(token.text, ")" | "]"),
        };
        all.push(token);
        at += length;
    }
    all
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The token at the beginning and its length in bytes, which is more than none.
fn next(rest: &str, divides: bool) -> (Kind, usize) {
    let up_to = |ends: fn(char) -> bool| rest.find(ends).unwrap_or(rest.len());
    let first = rest.chars().next().unwrap_or(' ');
    match first {
        '/' if rest.starts_with("//") => (Kind::Comment, up_to(|c| c == '\n')),
        '/' if rest.starts_with("/*") => (Kind::Comment, rest[2..].find("*/").map_or(rest.len(), |end| end + 4)),
        '"' | '\'' => (Kind::Text, quoted(rest, first, true)),
        '`' => (Kind::Text, quoted(rest, first, false)),
        '/' if !divides => regex(rest).map_or((Kind::Sign, 1), |length| (Kind::Regex, length)),
        digit if digit.is_ascii_digit() => {
            let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_');
            (Kind::Number, up_to(ends))
        }
        word if is_word(word) => (Kind::Word, up_to(|c| !is_word(c))),
        space if space.is_whitespace() => (Kind::Space, up_to(|c| !c.is_whitespace())),
        other => (Kind::Sign, other.len_utf8()),
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

/// Every text and number that stands in a source: what a comparison in it can be about.
#[must_use]
pub fn literals(source: &str) -> (Vec<String>, Vec<i64>) {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for token in tokens(source) {
        texts.extend(token.value());
        if token.kind == Kind::Number {
            let digits: String = token.text.chars().take_while(char::is_ascii_digit).collect();
            numbers.extend(digits.parse::<i64>());
        }
    }
    texts.sort();
    texts.dedup();
    numbers.sort_unstable();
    numbers.dedup();
    (texts, numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_they_are_the_text() {
        let pieces = [
            "'", "\"", "`", "/", "//", "/*", "*/", "\\", "\n", "a", "1", "[", "]", "🗝", " ", ")",
        ];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let source = format!("{one}{two}{three}{one}x");
                    let joined: String = tokens(&source).into_iter().map(|token| token.text).collect();
                    assert_eq!(joined, source);
                }
            }
        }
    }

    #[test]
    fn literals_of_a_source() {
        let source = "var a = ['x', \"it's\", 'a\\'b', /'r'/]; // 'not' 7\n/* 'nor' 8 */ if (b1 > 42 && c == 042) {}";
        let (texts, numbers) = literals(source);
        assert_eq!(texts, ["a'b", "it's", "x"]);
        assert_eq!(numbers, [42]);
    }
}
