//! Passwords that a script takes over from a former system, once it has found that they fit there.
//!
//! A script never holds a password. Where one was typed that does not fit, it gets a stand-in for it, good in the request
//! in which it was typed: whoever asks the former system for the script puts the password in its place.

use serde_json::Value;

use crate::script::{Event, Question};

/// The question of `updateUserPassword`.
pub const QUESTION: &str = "user.set_password";
/// The parameter in whose place the stand-in is.
pub const PASSWORD: &str = "password";

/// What a script gets in place of the password. `random` makes it one that nobody outside can write.
#[must_use]
pub fn stand_in(random: &str) -> String {
    format!("password_{random}")
}

/// The last stand-in that a script was given since somebody failed a step: one from before stands for another password.
#[must_use]
pub fn given(events: &[Event]) -> Option<&str> {
    let of_this_request = events.iter().rev().take_while(|event| matches!(event, Event::Told(..)));
    of_this_request.into_iter().find_map(|event| match event {
        Event::Told(Question { call, args }, Value::String(stand_in)) if call == "request.param" => {
            let is_password = args.first().and_then(Value::as_str) == Some(PASSWORD);
            is_password.then_some(stand_in.as_str())
        }
        Event::Told(..) | Event::Stepped(..) => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_one_counts() {
        let told = |name: &str, answer: Value| {
            let question = Question {
                call: "request.param".to_owned(),
                args: vec![json!(name)],
            };
            Event::Told(question, answer)
        };
        assert_eq!(
            given(&[told("username", json!("clerk")), told("password", Value::Null)]),
            None
        );
        let events = [
            told("password", json!("password_a")),
            told("password", json!("password_b")),
        ];
        assert_eq!(given(&events), Some("password_b"));
        let failed = Event::Stepped(1, crate::script::StepOutcome::Fail);
        assert_eq!(given(&[&events[..], &[failed]].concat()), None, "of another password");
    }
}
