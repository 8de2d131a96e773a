//! A flow as text, for comparing two of them line by line.

use doorward_domain::flow::SignInFlow;

use super::options::{Choice, named};
use crate::api::application::FlowPart;
use crate::ui::words;

/// One line for each step: `Step 1: Password or Acme`.
#[must_use]
pub fn steps(flow: &SignInFlow, choices: &[Choice]) -> String {
    let line = |(index, step): (usize, &doorward_domain::flow::Step)| {
        let names: Vec<String> = step
            .options
            .iter()
            .map(|option| named(choices, &option.to_string()).name)
            .collect();
        format!("Step {}: {}", index + 1, words::either(&names))
    };
    let lines: Vec<String> = flow.steps.iter().enumerate().map(line).collect();
    lines.join("\n")
}

/// What a version changed: `Steps and script`. The oldest one kept has nothing before it.
#[must_use]
pub fn changed(parts: &[FlowPart]) -> &'static str {
    match (parts.contains(&FlowPart::Steps), parts.contains(&FlowPart::Script)) {
        (true, true) => "Steps and script",
        (true, false) => "Steps",
        (false, true) => "Script",
        (false, false) => "First one kept",
    }
}

/// How much there is of it: `2 steps, 14 lines of script`.
#[must_use]
pub fn size(steps: u32, script_lines: u32) -> String {
    let steps = words::count(u64::from(steps), "step", "steps");
    match script_lines {
        0 => format!("{steps}, no script"),
        lines => format!(
            "{steps}, {}",
            words::count(u64::from(lines), "line of script", "lines of script")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::applications::options::choices;

    #[test]
    fn a_step_is_a_line() {
        let flow: SignInFlow = serde_json::from_value(serde_json::json!({"steps": [
            {"options": ["password", "connection:acme", "connection:other"]}, {"options": ["totp"]},
        ]}))
        .expect("a flow");
        assert_eq!(
            steps(&flow, &choices(&[])),
            "Step 1: Password, acme or other\nStep 2: Authenticator app"
        );
    }

    #[test]
    fn what_changed_is_said() {
        assert_eq!(changed(&[]), "First one kept");
        assert_eq!(changed(&[FlowPart::Script, FlowPart::Steps]), "Steps and script");
        assert_eq!(size(1, 0), "1 step, no script");
        assert_eq!(size(2, 1), "2 steps, 1 line of script");
    }
}
