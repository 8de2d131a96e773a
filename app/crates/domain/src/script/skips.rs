//! The remedy of the guide: a script that spares people a step.

use std::collections::BTreeMap;

use super::calls::Text;
use super::{edits, literals};
use crate::flow::SignInFlow;
use crate::text::Handle;

/// Whom of a connection's people a script spares a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    Everybody,
    /// Whoever is linked to an account takes it as before.
    WithoutAccount,
}

impl Spared {
    /// Whoever takes the step, as a condition: `passed` is the sign-in's first step, which may not be passed yet where it
    /// is looked at with `optional`, such as `?`. The second part is not reached then.
    pub(super) fn condition(self, passed: &str, optional: &str, connection: &Handle) -> String {
        let from_elsewhere = format!("{passed}{optional}.idp !== '{connection}'");
        match self {
            Self::Everybody => from_elsewhere,
            Self::WithoutAccount => format!("{from_elsewhere} || {LINKED}({passed}.subject)"),
        }
    }

    /// The same where something follows or stands before it that binds more.
    pub(super) fn operand(self, condition: String) -> String {
        match self {
            Self::Everybody => condition,
            Self::WithoutAccount => format!("({condition})"),
        }
    }
}

/// What tells a script whose account somebody is linked to.
const LINKED: &str = "getAssociatedLocalUser";

/// Who does not take which step, as a script that says exactly this: the remedy of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skips(BTreeMap<u32, BTreeMap<Handle, Spared>>);

impl Skips {
    /// A flow's script with one more exception. One that somebody has written is changed where it asks for the step.
    /// `None` where that cannot be done, or when it is the first step: there is nobody to decide about before it.
    #[must_use]
    pub fn with(flow: &SignInFlow, connection: &Handle, step: u32, spared: Spared) -> Option<String> {
        let steps = u32::try_from(flow.steps.len()).ok()?;
        if step < 2 || step > steps {
            return None;
        }
        let mut skips = match &flow.script {
            None => Self::default(),
            Some(source) if is_in_order(source, steps) => Self::default(),
            Some(source) => match Self::read(source, steps) {
                Some(skips) => skips,
                None => return edits::skip(source, connection, step, spared),
            },
        };
        skips.0.entry(step).or_default().insert(connection.clone(), spared);
        Some(skips.source(steps))
    }

    /// The exceptions of a source that was generated here and has not been changed since.
    fn read(source: &str, steps: u32) -> Option<Self> {
        let mut skips = Self::default();
        let mut skipping: Vec<(Handle, Spared)> = vec![];
        for line in source.lines().map(str::trim) {
            if line.starts_with("if (") {
                skipping = line.split(" && ").filter_map(spared_by).collect();
            } else if let Some(number) = line.strip_prefix("executeStep(").and_then(|l| l.strip_suffix(");"))
                && let (Ok(number), false) = (number.parse(), skipping.is_empty())
            {
                skips.0.insert(number, skipping.drain(..).collect());
            }
        }
        (skips.source(steps) == source).then_some(skips)
    }

    fn source(&self, steps: u32) -> String {
        if steps == 1 {
            return "var onLoginRequest = function (context) {\n    executeStep(1);\n};\n".to_owned();
        }
        let mut source = String::from(
            "var onLoginRequest = function (context) {\n    executeStep(1, {\n        onSuccess: function (context) {\n",
        );
        for number in 2..=steps {
            match self.0.get(&number).filter(|handles| !handles.is_empty()) {
                None => source.push_str(&format!("            executeStep({number});\n")),
                Some(handles) => {
                    let tests: Vec<String> = handles
                        .iter()
                        .map(|(handle, spared)| {
                            let condition = spared.condition("context.steps[1]", "", handle);
                            if handles.len() > 1 {
                                spared.operand(condition)
                            } else {
                                condition
                            }
                        })
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

/// Whom one condition of a generated source spares.
fn spared_by(condition: &str) -> Option<(Handle, Spared)> {
    let (names, _) = literals(condition);
    let spared = if condition.contains(LINKED) {
        Spared::WithoutAccount
    } else {
        Spared::Everybody
    };
    Some((names.first()?.parse().ok()?, spared))
}

/// The script that a flow of so many steps runs without one: everybody takes every step in order.
#[must_use]
pub fn generated(steps: usize) -> String {
    Skips::default().source(u32::try_from(steps).unwrap_or(u32::MAX))
}

/// Whether a script is the one that is generated from the steps, so that it can follow them.
#[must_use]
pub fn is_generated(source: &str, steps: usize) -> bool {
    source.trim() == generated(steps).trim()
}

/// Whether a script says nothing but that everybody takes every step in order.
fn is_in_order(source: &str, steps: u32) -> bool {
    let Some(calls) = Text::of(source).calls() else {
        return false;
    };
    let mut rest = source.to_owned();
    for call in calls.iter().rev().filter(|call| !call.has_more) {
        rest.replace_range(call.whole.clone(), "");
    }
    let rest: String = rest.split_whitespace().collect();
    let is_empty = [
        "varonLoginRequest=function(context){};",
        "varonLoginRequest=function(context){}",
        "functiononLoginRequest(context){}",
    ];
    is_empty.contains(&rest.as_str()) && calls.iter().map(|call| call.step).eq(1..=steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Step;

    #[test]
    fn a_generated_exception_is_read_and_added_to() {
        let (acme, other): (Handle, Handle) = ("acme".parse().expect("a handle"), "other".parse().expect("a handle"));
        let step = |option: &str| Step {
            options: vec![option.parse().expect("an option")],
        };
        let mut flow = SignInFlow {
            steps: vec![step("password"), step("totp")],
            script: None,
        };
        for (connection, spared, want) in [
            (
                &acme,
                Spared::WithoutAccount,
                "if (context.steps[1].idp !== 'acme' || getAssociatedLocalUser(context.steps[1].subject)) {",
            ),
            (
                &other,
                Spared::Everybody,
                "if ((context.steps[1].idp !== 'acme' || getAssociatedLocalUser(context.steps[1].subject)) && \
                 context.steps[1].idp !== 'other') {",
            ),
            (
                &acme,
                Spared::Everybody,
                "if (context.steps[1].idp !== 'acme' && context.steps[1].idp !== 'other') {",
            ),
        ] {
            let source = Skips::with(&flow, connection, 2, spared).expect("a script");
            assert!(source.contains(want), "{want} in {source}");
            assert_eq!(source.matches("if (").count(), 1, "{source}");
            flow.script = Some(source);
        }
    }

    #[test]
    fn every_step_in_order() {
        for (source, is) in [
            (
                "var onLoginRequest = function (context) {\n    executeStep(1);\n    executeStep(2);\n};\n",
                true,
            ),
            (
                "function onLoginRequest(context) { executeStep(1); executeStep(2); }",
                true,
            ),
            (
                "function onLoginRequest(context) { executeStep(2); executeStep(1); }",
                false,
            ),
            ("function onLoginRequest(context) { executeStep(1); }", false),
            (
                "function onLoginRequest(context) { executeStep(1); executeStep(2, {}); }",
                false,
            ),
            (
                "function onLoginRequest(context) { if (a) { executeStep(1); executeStep(2); } }",
                false,
            ),
        ] {
            assert_eq!(is_in_order(source, 2), is, "{source}");
        }
    }
}
