//! Factors: what an account has enrolled to confirm who it is (design.md §3).

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::assurance::{Evidence, Factor as Proof, factors};
use crate::holder::FactorOwner;
use crate::id::FactorId;

/// What kind of thing was enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FactorKind {
    /// An app that makes time-based codes (RFC 6238).
    Totp,
    /// Ten codes on paper, each of which works once in the place of another factor.
    BackupCode,
}

impl FactorKind {
    /// Every kind that works in this version.
    pub const ALL: [Self; 2] = [Self::Totp, Self::BackupCode];

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
            Self::BackupCode => "backup_code",
        }
    }
}

/// Something a person has enrolled. What it is made of never leaves the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub id: FactorId,
    pub owner: FactorOwner,
    pub kind: FactorKind,
    /// Sealed by the caller.
    pub sealed_secret: Vec<u8>,
    /// Of an app, the counter of the code that was used last: it and those before work no more (RFC 6238 §5.2). Of backup
    /// codes, a bit for each that was used.
    pub last_counter: i64,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// How many backup codes are made at a time.
pub const BACKUP_CODES: u8 = 10;
/// From how few left on a person is warned, and gets new ones at the next confirmation by something else.
pub const FEW_BACKUP_CODES: u8 = 3;

impl Factor {
    /// Whether the backup codes run out; `false` for another kind.
    #[must_use]
    pub fn runs_low(&self) -> bool {
        self.codes_left().is_some_and(|left| left <= FEW_BACKUP_CODES)
    }

    /// How many backup codes still work; `None` for another kind.
    #[must_use]
    pub fn codes_left(&self) -> Option<u8> {
        match self.kind {
            FactorKind::Totp => None,
            FactorKind::BackupCode => {
                let unused = (0..BACKUP_CODES).filter(|place| self.last_counter & (1 << place) == 0);
                u8::try_from(unused.count()).ok()
            }
        }
    }
}

/// Whether somebody may enrol a factor now: the first one freely, another only after showing that they hold one, for
/// whoever has stolen a first factor would enrol a second of their own (S38).
#[must_use]
pub fn may_enrol(has_factor: bool, passed: &[Evidence]) -> bool {
    !has_factor || factors(passed).any(|factor| factor == Proof::Possession)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;

    #[test]
    fn used_codes_do_not_count() {
        for (case, kind, used, want) in [
            ("new ones", FactorKind::BackupCode, 0, Some(10)),
            (
                "the first and the last",
                FactorKind::BackupCode,
                0b10_0000_0001,
                Some(8),
            ),
            ("all but four", FactorKind::BackupCode, 0b11_1111, Some(4)),
            ("all but three", FactorKind::BackupCode, 0b111_1111, Some(3)),
            ("all", FactorKind::BackupCode, 0b11_1111_1111, Some(0)),
            ("an app has no such codes", FactorKind::Totp, 57_000_000, None),
        ] {
            let factor = Factor {
                id: FactorId::from_random([0; 16]),
                owner: FactorOwner::Account(AccountId::from_random([0; 16])),
                kind,
                sealed_secret: vec![],
                last_counter: used,
                created_at: Timestamp::UNIX_EPOCH,
                last_used_at: None,
            };
            assert_eq!(factor.codes_left(), want, "{case}");
            assert_eq!(factor.runs_low(), want.is_some_and(|left| left <= 3), "{case}");
        }
    }

    #[test]
    fn kinds_round_trip() {
        for kind in FactorKind::ALL {
            assert_eq!(FactorKind::from_word(kind.as_str()), Some(kind));
        }
        assert_eq!(FactorKind::from_word("password"), None);
    }

    #[test]
    fn s38_a_first_factor_alone_enrols_one_factor() {
        for (case, has_factor, passed, want) in [
            ("none yet", false, &["password"][..], true),
            ("has one, and only a password", true, &["password"], false),
            ("has one, and only a provider's word", true, &["connection:acme"], false),
            ("has one, and only a link by email", true, &["email_link"], false),
            ("has one, and only a code by email", true, &["email_otp"], false),
            ("has used its app", true, &["password", "totp"], true),
            ("came in by a passkey", true, &["passkey"], true),
        ] {
            let at = Timestamp::UNIX_EPOCH;
            let piece = |option: &&str| Evidence::of_ours(option.parse().expect("an option"), at);
            let passed: Vec<_> = passed.iter().map(piece).collect();
            assert_eq!(may_enrol(has_factor, &passed), want, "S38: {case}");
        }
    }
}
