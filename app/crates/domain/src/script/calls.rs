//! Where a source asks for steps, and where it names connections: enough to change it as its author would. It follows the
//! text, not the meaning; whoever changes a script shows the change before it counts.

use std::ops::Range;

use super::LOCAL;
use super::tokens::{Kind, Token, is_keyword, tokens};

/// The function that begins a script.
const ENTRY: &str = "onLoginRequest";
/// Functions that are given the sign-in as their first parameter.
const HEARERS: [&str; 5] = [ENTRY, "onSuccess", "onFail", "onUserAbort", "onTimeout"];

/// A call of `executeStep` whose step is written out as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'a> {
    pub step: u32,
    /// The number, in bytes.
    pub number: Range<usize>,
    /// The call with the semicolon behind it, in bytes.
    pub whole: Range<usize>,
    /// Whether it stands as a statement of its own in a block.
    pub is_statement: bool,
    /// Whether something follows the step: options or callbacks.
    pub has_more: bool,
    /// What the sign-in is called there; `None` where it is not at hand.
    pub context: Option<&'a str>,
    /// Whether it stands in what is called once a step has been passed.
    pub is_after_success: bool,
    /// Whether it stands in [`ENTRY`] itself, so that it is asked for before anything has happened.
    pub is_at_start: bool,
}

/// A place where a source speaks of a step that was passed: `steps[2]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub step: u32,
    /// The number, in bytes.
    pub number: Range<usize>,
}

/// A connection that a source names, by what it is compared with or given as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub handle: String,
    /// The text with its quotes, in bytes.
    pub place: Range<usize>,
    /// 1-based.
    pub line: u32,
}

/// A source in tokens, without spaces and comments.
pub struct Text<'a> {
    source: &'a str,
    tokens: Vec<Token<'a>>,
}

/// A function that is open where a token stands.
struct Open<'a> {
    /// How it is called, or the property it is given as.
    role: Option<&'a str>,
    /// Its first parameter.
    first: Option<&'a str>,
}

/// How far a function reaches: to the bracket that closes its body, or, without one, to the end of its expression.
struct Scope<'a> {
    depth: usize,
    open: Open<'a>,
    is_expression: bool,
}

impl<'a> Text<'a> {
    /// Reads a source.
    #[must_use]
    pub fn of(source: &'a str) -> Self {
        let tokens = tokens(source).into_iter().filter(|token| !token.is_silent()).collect();
        Self { source, tokens }
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.text == text)
    }

    fn before(&self, at: usize) -> Option<&Token<'a>> {
        at.checked_sub(1).and_then(|at| self.tokens.get(at))
    }

    fn word(&self, at: usize) -> Option<&'a str> {
        let word = self.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        (!is_keyword(word.text)).then_some(word.text)
    }

    /// The bracket that closes the one at `at`.
    fn close(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().skip(at) {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// The bracket that opens what the one at `at` closes.
    fn open(&self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for index in (0..=at).rev() {
            match self.tokens[index].text {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// The function whose parameters close at `at`, or whose only parameter stands there.
    fn function(&self, at: usize) -> Open<'a> {
        let first = if self.is(at, ")") {
            let begin = self.open(at).unwrap_or(at);
            (self.word(begin + 1), begin)
        } else {
            (self.word(at), at)
        };
        let (first, mut head) = first;
        let before = |head: usize| head.checked_sub(1);
        if let Some(name) = before(head).and_then(|at| self.word(at)) {
            // `function name(…)` and `name(…) {` in an object.
            return Open {
                role: Some(name),
                first,
            };
        }
        if before(head).is_some_and(|at| self.is(at, "function")) {
            head -= 1;
        }
        let given = before(head).filter(|at| self.is(*at, ":") || self.is(*at, "="));
        let role = given.and_then(before).and_then(|at| self.word(at));
        Open { role, first }
    }

    /// The function whose body begins with the brace at `at`; `None` for any other brace.
    fn body(&self, at: usize) -> Option<Open<'a>> {
        let before = at.checked_sub(1)?;
        if self.is_arrow(before) {
            return Some(self.function(before - 2));
        }
        if !self.is(before, ")") {
            return None;
        }
        let begin = self.open(before)?;
        let head = self.before(begin)?;
        let is_function = head.kind == Kind::Word && (!is_keyword(head.text) || head.text == "function");
        is_function.then(|| self.function(before))
    }

    /// Every call of `executeStep`; `None` where one computes its step, so that nobody can say which it asks for.
    #[must_use]
    pub fn calls(&self) -> Option<Vec<Call<'a>>> {
        let mut calls = Vec::new();
        let mut depth = 0_usize;
        let mut scopes: Vec<Scope<'a>> = vec![];
        for (at, token) in self.tokens.iter().enumerate() {
            match token.text {
                "{" | "(" | "[" => {
                    depth += 1;
                    let body = if token.text == "{" { self.body(at) } else { None };
                    scopes.extend(body.map(|open| Scope {
                        depth,
                        open,
                        is_expression: false,
                    }));
                }
                "}" | ")" | "]" => {
                    depth = depth.saturating_sub(1);
                    scopes.retain(|scope| scope.depth <= depth);
                }
                "," | ";" => scopes.retain(|scope| !scope.is_expression || scope.depth < depth),
                ">" if self.is_arrow(at) && !self.is(at + 1, "{") => scopes.push(Scope {
                    depth,
                    open: self.function(at.saturating_sub(2)),
                    is_expression: true,
                }),
                "executeStep" if self.before(at).is_none_or(|before| before.text != ".") => {
                    calls.push(self.call(at, &scopes)?);
                }
                _ => {}
            }
        }
        Some(calls)
    }

    fn is_arrow(&self, at: usize) -> bool {
        at >= 2 && self.is(at, ">") && self.is(at - 1, "=") && self.tokens[at - 1].end() == self.tokens[at].at
    }

    fn call(&self, at: usize, scopes: &[Scope<'a>]) -> Option<Call<'a>> {
        let number = self.tokens.get(at + 2).filter(|_| self.is(at + 1, "("))?;
        let step = number.text.parse().ok()?;
        let has_more = self.is(at + 3, ",");
        if !has_more && !self.is(at + 3, ")") {
            return None;
        }
        let close = self.close(at + 1)?;
        let last = if self.is(close + 1, ";") { close + 1 } else { close };
        let before = self.before(at).map(|token| token.text);
        let is_statement = before.is_none_or(|before| matches!(before, "{" | "}" | ";"));
        let open: Vec<&Open<'a>> = scopes.iter().rev().map(|scope| &scope.open).collect();
        let hears =
            |open: &&&Open<'a>| open.role.is_some_and(|role| HEARERS.contains(&role)) || open.first == Some("context");
        let is = |open: &&Open<'a>, role: &str| open.role == Some(role);
        Some(Call {
            step,
            number: number.at..number.end(),
            whole: self.tokens[at].at..self.tokens[last].end(),
            is_statement,
            has_more,
            context: open.iter().find(hears).and_then(|open| open.first),
            is_after_success: open.iter().any(|open| is(open, "onSuccess")),
            is_at_start: open.first().is_none_or(|open| is(open, ENTRY)),
        })
    }

    /// Every `steps[n]` with its number written out; `None` where one computes it.
    #[must_use]
    pub fn mentions(&self) -> Option<Vec<Mention>> {
        let places = (0..self.tokens.len()).filter(|at| self.is(*at, "steps") && self.is(*at + 1, "["));
        let mention = |at: usize| {
            let number = self.tokens.get(at + 2).filter(|_| self.is(at + 3, "]"))?;
            let step = number.value().unwrap_or_else(|| number.text.to_owned()).parse().ok()?;
            Some(Mention {
                step,
                number: number.at..number.end(),
            })
        };
        places.map(mention).collect()
    }

    /// Connections that are named: what an `idp` is compared with, what it is looked for among, the cases of a `switch`
    /// over it, and what an `idp:` is given as.
    #[must_use]
    pub fn connections(&self) -> Vec<Named> {
        let mut places: Vec<usize> = vec![];
        for at in (0..self.tokens.len()).filter(|at| self.is(*at, "idp")) {
            if self.is(at + 1, ":") {
                places.push(at + 2);
            }
            places.extend(self.compared(at));
        }
        let named = |at: usize| {
            let token = self.tokens.get(at)?;
            let handle = token.value().filter(|handle| handle != LOCAL)?;
            Some(Named {
                handle,
                place: token.at..token.end(),
                line: 1 + u32::try_from(self.source[..token.at].matches('\n').count()).ok()?,
            })
        };
        let mut all: Vec<Named> = places.into_iter().filter_map(named).collect();
        all.sort_by_key(|named| named.place.start);
        all.dedup();
        all
    }

    /// The texts that the `idp` at `at` is held against.
    fn compared(&self, at: usize) -> Vec<usize> {
        let equals = |mut from: usize, step: isize| {
            let mut signs = 0;
            while self.is(from, "=") || self.is(from, "!") {
                signs += 1;
                from = from.wrapping_add_signed(step);
            }
            (signs >= 2).then_some(from)
        };
        // `context.steps[1].idp`, back to where it begins.
        let mut begin = at;
        while begin > 0 {
            begin = match self.tokens[begin - 1].text {
                "." | "?" => begin - 1,
                "]" => self.open(begin - 1).unwrap_or(0),
                _ if self.tokens[begin - 1].kind == Kind::Word && !is_keyword(self.tokens[begin - 1].text) => begin - 1,
                _ => break,
            };
        }
        let mut places: Vec<usize> = equals(at + 1, 1).into_iter().collect();
        let Some(before) = begin.checked_sub(1) else {
            return places;
        };
        places.extend(equals(before, -1));
        if self.is(at + 1, ")") && self.is(before, "(") {
            if before > 0 && self.is(before - 1, "switch") && self.is(at + 2, "{") {
                let end = self.close(at + 2).unwrap_or(at + 2);
                places.extend((at + 2..end).filter(|case| self.is(*case, "case")).map(|case| case + 1));
            }
            let looks = before >= 3 && (self.is(before - 1, "includes") || self.is(before - 1, "indexOf"));
            if looks && self.is(before - 3, "]") {
                places.extend(self.open(before - 3).unwrap_or(before)..before - 3);
            }
        }
        places
    }
}

#[cfg(test)]
mod tests;
