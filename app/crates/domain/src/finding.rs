//! Findings: what the analyser says about a sign-in flow (design.md §4).

use serde::{Deserialize, Serialize};

use crate::expectation::Expectation;
use crate::text::Handle;

/// One thing an administrator should know about a flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// 1-based step it concerns.
    pub step: Option<u32>,
    /// The connection it concerns, by handle.
    pub connection: Option<Handle>,
    /// That connection's display name, while it exists.
    #[serde(default)]
    pub connection_name: Option<String>,
    /// Of a second factor that is skipped: whether nobody who comes by the connection is asked for it, on any path.
    #[serde(default)]
    pub is_for_all: bool,
    /// 1-based line of the script that decides.
    pub line: Option<u32>,
    /// The shortest counterexample, one sentence part per stop.
    pub story: Vec<String>,
    pub repairs: Vec<Repair>,
}

impl Finding {
    /// One that concerns no step and no connection yet.
    #[must_use]
    pub const fn new(code: FindingCode, severity: Severity, story: Vec<String>) -> Self {
        Self {
            code,
            severity,
            step: None,
            connection: None,
            connection_name: None,
            is_for_all: false,
            line: None,
            story,
            repairs: vec![],
        }
    }

    /// What people call the connection it concerns: its display name, or its handle when it is gone.
    #[must_use]
    pub fn connection_label(&self) -> Option<&str> {
        let handle = self.connection.as_ref().map(Handle::as_str);
        self.connection_name.as_deref().or(handle)
    }

    /// Whether it tells that the script fails, from which the rest may follow.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self.code, FindingCode::ScriptError | FindingCode::ScriptLimit)
    }

    /// Whether it tells of somebody who does not get in, and not of something that is only odd or not as expected.
    #[must_use]
    pub fn stops_somebody(&self) -> bool {
        match self.code {
            FindingCode::NoOptionLeft
            | FindingCode::JitOffFactor
            | FindingCode::JitOffFactorSome
            | FindingCode::NoVerifiedAddress
            | FindingCode::DeadEnd
            | FindingCode::StepMissing
            | FindingCode::ScriptLimit
            | FindingCode::FirstFactorMissing
            | FindingCode::FactorFirst => true,
            // A script may fail only on a guess, and may name a connection without offering it.
            FindingCode::ScriptError | FindingCode::ScriptUnknownConnection => self.severity == Severity::Error,
            FindingCode::ConnectionDisabled
            | FindingCode::LinkedOnly
            | FindingCode::UnreachableStep
            | FindingCode::FactorSkipped
            | FindingCode::SameProof
            | FindingCode::NotFullyExplored
            | FindingCode::ExpectationBroken => false,
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// Stable codes of findings that this version can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FindingCode {
    /// A step offers only disabled or deleted connections.
    NoOptionLeft,
    /// A step offers a disabled connection beside options that work.
    ConnectionDisabled,
    /// Just-in-time provisioning is off and a later step needs a local account.
    JitOffFactor,
    /// The same, but only on some paths.
    JitOffFactorSome,
    /// Just-in-time provisioning is off, and people whose accounts are linked get through all the same.
    LinkedOnly,
    /// A step sends a code by email, and not everybody has a verified address.
    NoVerifiedAddress,
    /// A path that leads nowhere.
    DeadEnd,
    /// No path runs the step.
    UnreachableStep,
    /// The script runs a step that the flow does not have.
    StepMissing,
    /// The script names a connection that does not exist.
    ScriptUnknownConnection,
    /// The script throws, or is no script.
    ScriptError,
    /// The script exceeds a limit.
    ScriptLimit,
    /// A path on which a second factor of the flow is never asked for.
    FactorSkipped,
    /// A path that ends without anybody having said who they are.
    FirstFactorMissing,
    /// What only confirms somebody stands where nobody is known.
    FactorFirst,
    /// A step is passed with what has passed the step before it.
    SameProof,
    /// Not every path could be followed.
    NotFullyExplored,
    /// Something that an administrator expects of the flow is not so.
    ExpectationBroken,
}

impl FindingCode {
    /// The stable name in the management API and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoOptionLeft => "no-option-left",
            Self::ConnectionDisabled => "connection-disabled",
            Self::JitOffFactor => "jit-off-factor",
            Self::JitOffFactorSome => "jit-off-factor-some",
            Self::LinkedOnly => "linked-only",
            Self::NoVerifiedAddress => "no-verified-address",
            Self::DeadEnd => "dead-end",
            Self::UnreachableStep => "unreachable-step",
            Self::StepMissing => "step-missing",
            Self::ScriptUnknownConnection => "script-unknown-connection",
            Self::ScriptError => "script-error",
            Self::ScriptLimit => "script-limit",
            Self::FactorSkipped => "factor-skipped",
            Self::FirstFactorMissing => "first-factor-missing",
            Self::FactorFirst => "factor-first",
            Self::SameProof => "same-proof",
            Self::NotFullyExplored => "not-fully-explored",
            Self::ExpectationBroken => "expectation-broken",
        }
    }
}

/// A change that removes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Repair {
    TurnOnJit {
        connection: Handle,
    },
    EnableConnection {
        connection: Handle,
    },
    /// Emailed codes go to the address the connection's provider asserts as verified.
    SendCodesToAssertedAddress {
        connection: Handle,
    },
    /// Second factors of people without an account are kept without a profile.
    KeepFactorsWithoutAccount {
        connection: Handle,
    },
    /// The step offers one more way.
    AddOption {
        step: u32,
        option: String,
    },
    RemoveOption {
        step: u32,
        option: String,
    },
    /// `script` is the flow's script then, where there is one: the steps behind move up.
    RemoveStep {
        step: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        script: Option<String>,
    },
    /// People from the connection do not take the step; `script` is the flow's script then.
    SkipStep {
        connection: Handle,
        step: u32,
        script: String,
    },
    /// The same for those of them who have no account: whoever is linked to one takes the step as before.
    SkipStepWithoutAccount {
        connection: Handle,
        step: u32,
        script: String,
    },
    /// The script no longer runs a step that the flow does not have.
    RemoveCall {
        step: u32,
        script: String,
    },
    /// The script names a connection that exists in the place of one that does not.
    RenameConnection {
        from: String,
        to: Handle,
        script: String,
    },
    /// Everybody takes every step in order.
    RemoveScript,
    /// It is no longer expected.
    DropExpectation {
        expectation: Expectation,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_stopped_is_told_from_what_is_odd() {
        for (code, severity, want) in [
            (FindingCode::JitOffFactorSome, Severity::Error, true),
            (FindingCode::NoVerifiedAddress, Severity::Warning, true),
            (FindingCode::DeadEnd, Severity::Warning, true),
            (FindingCode::ScriptUnknownConnection, Severity::Error, true),
            (FindingCode::ScriptUnknownConnection, Severity::Warning, false),
            (FindingCode::ConnectionDisabled, Severity::Warning, false),
            (FindingCode::FactorSkipped, Severity::Warning, false),
            (FindingCode::ExpectationBroken, Severity::Error, false),
        ] {
            let finding = Finding::new(code, severity, vec![]);
            assert_eq!(finding.stops_somebody(), want, "{code:?} {severity:?}");
        }
    }
}
