//! Sign-in flows: the ordered steps of an application, each passed by any one of its options.

mod option;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::invalid::Check;
use crate::script;
use crate::text::Handle;
pub use option::{AuthOption, Kind, UnknownOption};

/// Most steps in a flow.
pub const STEP_LIMIT: usize = 10;
/// Most options in a step.
pub const OPTION_LIMIT: usize = 50;

/// Most earlier flows kept of an application, the one of now among them.
pub const VERSION_LIMIT: u32 = 50;

/// An application's sequence of steps plus its optional script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignInFlow {
    /// At least one, in the order in which they run without a script.
    pub steps: Vec<Step>,
    /// Source of the conditional-authentication script, which decides then what runs; a blank one is none.
    #[serde(default, deserialize_with = "unless_blank")]
    pub script: Option<String>,
}

fn unless_blank<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let source = Option::<String>::deserialize(deserializer)?;
    Ok(source.filter(|source| !source.trim().is_empty()))
}

/// One stage of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// At least one; the person passes the step with any one of them. The order is that of the sign-in page.
    pub options: Vec<AuthOption>,
}

impl Step {
    /// Whether the step is there to confirm somebody: then a provider's trusted word can stand in for it, once somebody is
    /// known. A step of nothing but a passkey may be the one that says who somebody is, and it asks for that one thing.
    #[must_use]
    pub fn only_confirms(&self) -> bool {
        self.options.iter().any(AuthOption::is_code) && self.options.iter().all(AuthOption::can_confirm)
    }
}

impl SignInFlow {
    /// One step with a password: what a new application starts with.
    #[must_use]
    pub fn password_only() -> Self {
        Self {
            steps: vec![Step {
                options: vec![AuthOption::Password],
            }],
            script: None,
        }
    }

    /// Every connection the steps name.
    #[must_use]
    pub fn connections(&self) -> BTreeSet<&Handle> {
        let options = self.steps.iter().flat_map(|step| &step.options);
        options.filter_map(AuthOption::connection).collect()
    }

    /// Whether any step offers the option.
    #[must_use]
    pub fn offers(&self, option: &AuthOption) -> bool {
        self.steps.iter().any(|step| step.options.contains(option))
    }

    /// Checks what may stand where (design.md §3).
    pub fn check_order(&self, check: &mut Check) {
        let first = self.steps.first().map_or(&[][..], |step| &step.options);
        for (position, option) in first.iter().enumerate() {
            check.require(
                !option.is_second(),
                &format!("/flow/steps/0/options/{position}"),
                &format!(
                    "{} confirms somebody who is known by then. Move it to a later step.",
                    option.words_first()
                ),
            );
        }
        for (index, step) in self.steps.iter().enumerate() {
            let codes = step.options.iter().position(|option| *option == AuthOption::BackupCode);
            if let Some(position) = codes
                && !step.options.iter().any(AuthOption::stands_alone_as_second)
            {
                check.fault(
                    format!("/flow/steps/{index}/options/{position}"),
                    "Backup codes stand in for another second factor. Add one to this step, such as an authenticator app."
                        .to_owned(),
                );
            }
        }
    }

    /// Checks the shape of a flow. `known` answers whether a connection of that handle exists.
    pub fn check(&self, known: impl Fn(&Handle) -> bool, check: &mut Check) {
        check.require(!self.steps.is_empty(), "/flow/steps", "Add at least one step.");
        check.require(self.steps.len() <= STEP_LIMIT, "/flow/steps", "Use at most 10 steps.");
        check.require(
            self.script
                .as_ref()
                .is_none_or(|source| source.len() <= script::SOURCE_LIMIT),
            "/flow/script",
            "Use at most 65,536 bytes.",
        );
        for (index, step) in self.steps.iter().enumerate() {
            let pointer = format!("/flow/steps/{index}/options");
            check.require(
                !step.options.is_empty(),
                &pointer,
                &format!("Step {} has no way to pass it: add one, or remove the step.", index + 1),
            );
            check.require(
                step.options.len() <= OPTION_LIMIT,
                &pointer,
                "Use at most 50 options in a step.",
            );
            let distinct: BTreeSet<_> = step.options.iter().collect();
            check.require(
                distinct.len() == step.options.len(),
                &pointer,
                "Remove the option that stands here twice.",
            );
            for (position, option) in step.options.iter().enumerate() {
                if let Some(handle) = option.connection()
                    && !known(handle)
                {
                    check.fault(
                        format!("{pointer}/{position}"),
                        format!("There is no connection with the handle {handle}."),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<String> {
        let flow: SignInFlow = serde_json::from_str(json).expect("a flow");
        let mut check = Check::default();
        flow.check(|handle| handle.as_str() == "acme", &mut check);
        flow.check_order(&mut check);
        check
            .finish()
            .err()
            .map(|invalid| invalid.0.into_iter().map(|f| f.pointer).collect())
            .unwrap_or_default()
    }

    #[test]
    fn shapes() {
        for (case, json, want) in [
            (
                "fine",
                r#"{"steps":[{"options":["password","connection:acme"]}]}"#,
                vec![],
            ),
            ("no step", r#"{"steps":[]}"#, vec!["/flow/steps"]),
            (
                "no option",
                r#"{"steps":[{"options":[]}]}"#,
                vec!["/flow/steps/0/options"],
            ),
            (
                "twice",
                r#"{"steps":[{"options":["password","password"]}]}"#,
                vec!["/flow/steps/0/options"],
            ),
            (
                "unknown",
                r#"{"steps":[{"options":["connection:other"]}]}"#,
                vec!["/flow/steps/0/options/0"],
            ),
            (
                "a second factor first",
                r#"{"steps":[{"options":["password","totp"]},{"options":["totp"]}]}"#,
                vec!["/flow/steps/0/options/1"],
            ),
            (
                "backup codes beside an app",
                r#"{"steps":[{"options":["password"]},{"options":["backup_code","totp"]}]}"#,
                vec![],
            ),
            (
                "backup codes beside a mail",
                r#"{"steps":[{"options":["password"]},{"options":["email_otp","backup_code"]}]}"#,
                vec![],
            ),
            (
                "backup codes beside a passkey",
                r#"{"steps":[{"options":["password"]},{"options":["passkey","backup_code"]}]}"#,
                vec![],
            ),
            (
                "backup codes alone",
                r#"{"steps":[{"options":["password"]},{"options":["backup_code"]}]}"#,
                vec!["/flow/steps/1/options/0"],
            ),
            (
                "backup codes beside a first factor",
                r#"{"steps":[{"options":["password"]},{"options":["connection:acme","backup_code"]},{"options":["totp"]}]}"#,
                vec!["/flow/steps/1/options/1"],
            ),
            (
                "a passkey may stand anywhere",
                r#"{"steps":[{"options":["password","passkey"]},{"options":["passkey"]}]}"#,
                vec![],
            ),
            (
                "a mail may say who somebody is",
                r#"{"steps":[{"options":["password","email_link","email_otp"]},{"options":["email_otp"]}]}"#,
                vec![],
            ),
            (
                "backup codes beside a mail that says who somebody is",
                r#"{"steps":[{"options":["email_otp","backup_code"]}]}"#,
                vec!["/flow/steps/0/options/1"],
            ),
            (
                "a link confirms nobody",
                r#"{"steps":[{"options":["password"]},{"options":["email_link","backup_code"]}]}"#,
                vec!["/flow/steps/1/options/1"],
            ),
            (
                "a blank script is none",
                r#"{"steps":[{"options":["password"]}],"script":" \n"}"#,
                vec![],
            ),
        ] {
            assert_eq!(faults(json), want, "{case}");
        }
    }
}
