//! The parts of a JavaScript text that are worth a colour.

use doorward_domain::script::tokens::{Kind, is_keyword, tokens};

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

/// The parts in their order. `known` says which names have a colour of their own.
#[must_use]
pub fn parts(source: &str, known: impl Fn(&str) -> bool) -> Vec<(Part, &str)> {
    let mut all: Vec<(Part, &str)> = Vec::new();
    for token in tokens(source) {
        let part = match token.kind {
            Kind::Space | Kind::Sign => Part::Plain,
            Kind::Comment => Part::Comment,
            Kind::Number => Part::Number,
            Kind::Text | Kind::Regex => Part::Text,
            Kind::Word if is_keyword(token.text) => Part::Keyword,
            Kind::Word if known(token.text) => Part::Known,
            Kind::Word => Part::Plain,
        };
        match all.last_mut() {
            Some((Part::Plain, before)) if part == Part::Plain => {
                *before = &source[token.at - before.len()..token.end()]
            }
            _ => all.push((part, token.text)),
        }
    }
    all
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
}
