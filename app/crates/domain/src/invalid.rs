//! Refusals that name the field.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with what somebody typed or sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// JSON pointer into the body (RFC 6901), such as `/oidc/issuer`; the console uses it to find the input.
    pub pointer: String,
    /// What is wrong and what to do, one plain sentence.
    pub detail: String,
}

/// A draft that breaks one or more rules. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} field(s) need attention", .0.len())]
pub struct Invalid(pub Vec<FieldError>);

/// Collects what is wrong, so that a person sees everything at once.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    /// Notes a fault at a field.
    pub fn fault(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    /// Notes a fault unless the rule holds.
    pub fn require(&mut self, holds: bool, pointer: &str, detail: &str) {
        if !holds {
            self.fault(pointer, detail);
        }
    }

    /// Passes a parsed value on, or notes why it could not be parsed.
    pub fn take<T, E: std::fmt::Display>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.fault(pointer, error.to_string())).ok()
    }

    /// The end of checking.
    ///
    /// # Errors
    /// Everything noted so far.
    pub fn finish(self) -> Result<(), Invalid> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Invalid(self.0))
        }
    }
}
