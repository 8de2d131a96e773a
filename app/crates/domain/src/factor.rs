//! Factors: what an account has enrolled to confirm who it is (design.md §3).

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::id::{AccountId, FactorId};

/// What kind of thing was enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FactorKind {
    /// An app that makes time-based codes (RFC 6238).
    Totp,
}

impl FactorKind {
    /// Every kind that works in this version.
    pub const ALL: [Self; 1] = [Self::Totp];

    /// The kind of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The name in the database and the management API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
        }
    }
}

/// Something an account has enrolled. What it is made of never leaves the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub id: FactorId,
    pub account: AccountId,
    pub kind: FactorKind,
    /// Sealed by the caller.
    pub sealed_secret: Vec<u8>,
    /// The counter of the code that was used last: it and those before work no more (RFC 6238 §5.2).
    pub last_counter: i64,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}
