//! The remedy of the guide: a script that spares people a step.

use std::collections::{BTreeMap, BTreeSet};

use super::literals;
use crate::flow::SignInFlow;
use crate::text::Handle;

/// Who does not take which step, as a script that says exactly this: the remedy of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skips(BTreeMap<u32, BTreeSet<Handle>>);

impl Skips {
    /// A flow's script with one more exception. `None` when somebody has written the script by hand, or when it is the
    /// first step: there is nobody to decide about before it.
    #[must_use]
    pub fn with(flow: &SignInFlow, connection: &Handle, step: u32) -> Option<String> {
        let steps = u32::try_from(flow.steps.len()).ok()?;
        let mut skips = match &flow.script {
            None => Self::default(),
            Some(source) => Self::read(source, steps)?,
        };
        if step < 2 || step > steps {
            return None;
        }
        skips.0.entry(step).or_default().insert(connection.clone());
        Some(skips.source(steps))
    }

    /// The exceptions of a source that was generated here and has not been changed since.
    fn read(source: &str, steps: u32) -> Option<Self> {
        let mut skips = Self::default();
        let mut skipping: Vec<Handle> = vec![];
        for line in source.lines().map(str::trim) {
            if line.starts_with("if (") {
                let (names, _) = literals(line);
                skipping = names.iter().filter_map(|name| name.parse().ok()).collect();
            } else if let Some(number) = line.strip_prefix("executeStep(").and_then(|l| l.strip_suffix(");"))
                && let (Ok(number), false) = (number.parse(), skipping.is_empty())
            {
                skips.0.insert(number, skipping.drain(..).collect());
            }
        }
        (skips.source(steps) == source).then_some(skips)
    }

    fn source(&self, steps: u32) -> String {
        let mut source = String::from(
            "var onLoginRequest = function (context) {\n    executeStep(1, {\n        onSuccess: function (context) {\n",
        );
        for number in 2..=steps {
            match self.0.get(&number).filter(|handles| !handles.is_empty()) {
                None => source.push_str(&format!("            executeStep({number});\n")),
                Some(handles) => {
                    let tests: Vec<String> = handles
                        .iter()
                        .map(|handle| format!("context.steps[1].idp !== '{handle}'"))
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
