//! Changes of a script that somebody has written, as its author would make them. Each one leaves alone what it does not
//! understand: it is `None` then.

use std::ops::Range;

use super::Spared;
use super::calls::{Call, Text};
use crate::text::Handle;

/// What is put in the place of a part of the source.
type Edit = (Range<usize>, String);

/// People from the connection are not asked for the step: each call of it gets a condition around it. `None` where one
/// stands where nobody is known yet, or where the sign-in is not at hand.
#[must_use]
pub fn skip(source: &str, connection: &Handle, step: u32, spared: Spared) -> Option<String> {
    let all = Text::of(source).calls()?;
    let lies_in = |inner: &Call<'_>, outer: &Call<'_>| {
        outer.whole.start < inner.whole.start && inner.whole.end <= outer.whole.end
    };
    let calls: Vec<&Call<'_>> = all.iter().filter(|call| call.step == step).collect();
    // What hangs on a call is not run without it.
    let is_outer = |call: &&&Call<'_>| !calls.iter().any(|other| lies_in(call, other));
    let edit = |call: &&Call<'_>| {
        let context = call.context.filter(|_| !call.is_at_start)?;
        // Only what follows the first step can be sure that it has been passed.
        let sure = call.is_after_success && all.iter().any(|first| first.step == 1 && lies_in(call, first));
        let passed = if sure { "" } else { "?" };
        let condition = spared.condition(&format!("{context}.steps[1]"), passed, connection);
        let condition = if call.is_statement {
            condition
        } else {
            spared.operand(condition)
        };
        Some((call.whole.clone(), guarded(source, call, &condition)))
    };
    some(
        calls.iter().filter(is_outer).map(edit).collect::<Option<Vec<_>>>()?,
        source,
    )
}

/// The calls of a step that the flow does not have are taken out. `None` where something hangs on one.
#[must_use]
pub fn remove_calls(source: &str, step: u32) -> Option<String> {
    let calls = Text::of(source).calls()?;
    let of_step = calls.iter().filter(|call| call.step == step);
    some(
        of_step.map(|call| removed(source, call)).collect::<Option<Vec<_>>>()?,
        source,
    )
}

/// The script for a flow without the step: its calls are taken out, and the steps behind it move up. `None` where the
/// script speaks of the step, or computes which step it means.
#[must_use]
pub fn remove_step(source: &str, step: u32) -> Option<String> {
    let text = Text::of(source);
    let mut edits: Vec<Edit> = vec![];
    for call in text.calls()? {
        if call.step == step {
            edits.push(removed(source, &call)?);
        } else if call.step > step {
            edits.push((call.number, (call.step - 1).to_string()));
        }
    }
    for mention in text.mentions()? {
        if mention.step == step {
            return None;
        } else if mention.step > step {
            edits.push((mention.number, (mention.step - 1).to_string()));
        }
    }
    Some(apply(source, edits))
}

/// A connection by another handle, wherever the source names it.
#[must_use]
pub fn rename_connection(source: &str, from: &str, to: &Handle) -> Option<String> {
    let named = Text::of(source)
        .connections()
        .into_iter()
        .filter(|named| named.handle == from);
    let edit = |place: Range<usize>| (place, format!("'{to}'"));
    some(named.map(|named| edit(named.place)).collect(), source)
}

/// A call with a condition around it.
fn guarded(source: &str, call: &Call<'_>, condition: &str) -> String {
    let text = &source[call.whole.clone()];
    if !call.is_statement {
        return format!("{condition} && {text}");
    }
    let indent = indent(source, call.whole.start);
    // A text over several lines would become another one.
    if indent.is_none() || text.contains('`') {
        return format!("if ({condition}) {{ {text} }}");
    }
    let indent = indent.unwrap_or_default();
    let lines: Vec<&str> = text.split('\n').collect();
    let inner = lines.join("\n    ");
    format!("if ({condition}) {{\n{indent}    {inner}\n{indent}}}")
}

/// The call is no longer there, with its line where it stands alone on it.
fn removed(source: &str, call: &Call<'_>) -> Option<Edit> {
    if !call.is_statement || call.has_more {
        return None;
    }
    let Range { start, end } = call.whole.clone();
    let line_ends = source[end..].find('\n').map_or(source.len(), |at| end + at);
    let stands_alone = source[end..line_ends].trim().is_empty();
    match indent(source, start) {
        Some(indent) if stands_alone => {
            let next = (line_ends + 1).min(source.len());
            Some((start - indent.len()..next, String::new()))
        }
        Some(_) | None => Some((start..end, String::new())),
    }
}

/// The white space between the beginning of the line and this place; `None` where anything else stands there.
fn indent(source: &str, at: usize) -> Option<&str> {
    let begin = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    Some(&source[begin..at]).filter(|before| before.trim().is_empty())
}

fn some(edits: Vec<Edit>, source: &str) -> Option<String> {
    (!edits.is_empty()).then(|| apply(source, edits))
}

/// The source with its edits, none of which reaches into another.
fn apply(source: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    let mut text = source.to_owned();
    for (place, new) in edits {
        text.replace_range(place, &new);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acme() -> Handle {
        "acme".parse().expect("a handle")
    }

    #[test]
    fn people_are_spared_a_step() {
        for (case, source, want) in [
            (
                "a statement on its own line",
                "onSuccess: function (c) {\n    executeStep(2);\n}",
                Some(
                    "onSuccess: function (c) {\n    if (c.steps[1]?.idp !== 'acme') {\n        executeStep(2);\n    }\n}",
                ),
            ),
            (
                "with callbacks",
                "onSuccess(c) {\n  executeStep(2, {\n    onFail() { executeStep(2); }\n  });\n}",
                Some(
                    "onSuccess(c) {\n  if (c.steps[1]?.idp !== 'acme') {\n      executeStep(2, {\n        onFail() { \
                     executeStep(2); }\n      });\n  }\n}",
                ),
            ),
            (
                "on a line with others",
                "onSuccess: function (c) { executeStep(2); }",
                Some("onSuccess: function (c) { if (c.steps[1]?.idp !== 'acme') { executeStep(2); } }"),
            ),
            (
                "under a condition",
                "onSuccess: function (c) { if (a) executeStep(2); else executeStep(3); }",
                Some(
                    "onSuccess: function (c) { if (a) c.steps[1]?.idp !== 'acme' && executeStep(2); else executeStep(3); }",
                ),
            ),
            (
                "an arrow",
                "onSuccess: c => executeStep(2)",
                Some("onSuccess: c => c.steps[1]?.idp !== 'acme' && executeStep(2)"),
            ),
            (
                "a function of its own",
                "function second(context) { executeStep(2); }",
                Some("function second(context) { if (context.steps[1]?.idp !== 'acme') { executeStep(2); } }"),
            ),
            (
                "nobody is known yet",
                "var onLoginRequest = function (context) { executeStep(2); }",
                None,
            ),
            (
                "the sign-in is not at hand",
                "onSuccess: function () { executeStep(2); }",
                None,
            ),
            ("no such call", "onSuccess: function (c) { executeStep(3); }", None),
            (
                "a step that is computed",
                "onSuccess: function (c) { executeStep(2); executeStep(n); }",
                None,
            ),
        ] {
            let skipped = skip(source, &acme(), 2, Spared::Everybody);
            assert_eq!(skipped.as_deref(), want, "{case}");
        }
    }

    #[test]
    fn people_without_an_account_are_spared_a_step() {
        for (source, want) in [
            (
                "onSuccess: function (c) { executeStep(2); }",
                "onSuccess: function (c) { if (c.steps[1]?.idp !== 'acme' || getAssociatedLocalUser(c.steps[1].subject)) { \
                 executeStep(2); } }",
            ),
            (
                "onSuccess: c => executeStep(2)",
                "onSuccess: c => (c.steps[1]?.idp !== 'acme' || getAssociatedLocalUser(c.steps[1].subject)) && executeStep(2)",
            ),
        ] {
            let skipped = skip(source, &acme(), 2, Spared::WithoutAccount);
            assert_eq!(skipped.as_deref(), Some(want), "{source}");
        }
    }

    #[test]
    fn a_step_is_taken_out() {
        for (source, want) in [
            (
                "a {\n    executeStep(2);\n    executeStep(3);\n}",
                Some("a {\n    executeStep(2);\n}"),
            ),
            (
                "{ executeStep(2); executeStep(4, {}) }",
                Some("{  executeStep(3, {}) }"),
            ),
            (
                "{ executeStep(1); } c.steps[1].idp",
                Some("{ executeStep(1); } c.steps[1].idp"),
            ),
            (
                "{ executeStep(3); } c.steps[3].idp",
                Some("{ executeStep(2); } c.steps[2].idp"),
            ),
            ("{ executeStep(2, {onFail() {}}); }", None),
            ("if (x) executeStep(2);", None),
            ("c.steps[2].idp", None),
            ("executeStep(n)", None),
        ] {
            assert_eq!(remove_step(source, 2).as_deref(), want, "{source}");
        }
    }

    #[test]
    fn a_call_is_taken_out() {
        assert_eq!(
            remove_calls("{ executeStep(9); executeStep(1); }", 9).as_deref(),
            Some("{  executeStep(1); }")
        );
        assert_eq!(remove_calls("{ executeStep(1); }", 9), None);
    }

    #[test]
    fn a_connection_is_called_otherwise() {
        let source = "c.steps[1].idp === \"acmee\" || x === 'acmee'";
        let want = "c.steps[1].idp === 'acme' || x === 'acmee'";
        assert_eq!(rename_connection(source, "acmee", &acme()).as_deref(), Some(want));
        assert_eq!(rename_connection(source, "other", &acme()), None);
    }
}
