//! Findings: what the analyser says about a sign-in flow (design.md §4).

use serde::{Deserialize, Serialize};

use crate::text::Handle;

/// One thing an administrator should know about a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// 1-based step it concerns.
    pub step: Option<u32>,
    /// The connection it concerns, by handle.
    pub connection: Option<Handle>,
    /// 1-based line of the script that decides.
    pub line: Option<u32>,
    /// The shortest counterexample, one sentence part per stop.
    pub story: Vec<String>,
    pub repairs: Vec<Repair>,
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
}

/// A change that removes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Repair {
    TurnOnJit { connection: Handle },
    EnableConnection { connection: Handle },
    RemoveOption { step: u32, option: String },
}
