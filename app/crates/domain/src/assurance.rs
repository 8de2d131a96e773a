//! Assurance: what a sign-in achieved, computed from evidence and never from configuration (S36).

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::flow::AuthOption;
use crate::id::ConnectionId;

/// A step that was passed, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The option the person used.
    pub option: AuthOption,
    pub at: Timestamp,
    /// The connection behind a federated option, as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// What the provider said it checked (RFC 8176); believed only as far as the connection trusts the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upstream_amr: Vec<String>,
}

/// `acr` of a sign-in with one factor.
pub const ONE_FACTOR: &str = "urn:doorward:acr:1";
/// `acr` of a sign-in with two different factors.
pub const TWO_FACTORS: &str = "urn:doorward:acr:2";

/// Kinds of proof (NIST SP 800-63B §5.1). Two checks of one kind are not two factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    Knowledge,
    Possession,
    /// Somebody else vouches; which factors they checked is not known.
    Federated,
}

impl Evidence {
    /// Something we have checked ourselves.
    #[must_use]
    pub fn of_ours(option: AuthOption, at: Timestamp) -> Self {
        Self {
            option,
            at,
            connection: None,
            upstream_amr: vec![],
        }
    }

    /// The kind of proof this evidence stands for.
    #[must_use]
    pub fn factor(&self) -> Factor {
        match self.option {
            AuthOption::Password => Factor::Knowledge,
            AuthOption::Totp | AuthOption::EmailOtp => Factor::Possession,
            AuthOption::Connection(_) => Factor::Federated,
        }
    }
}

/// What the evidence amounts to: the `acr` level and the `amr` list (RFC 8176). A password beside a provider's word is
/// two checks but not provably two factors, so it stays level 1; a thing we have seen somebody hold beside either of
/// them is a second one.
#[must_use]
pub fn assess(evidence: &[Evidence]) -> (&'static str, Vec<&'static str>) {
    let mut amr: Vec<&'static str> = evidence
        .iter()
        .map(|e| match e.option {
            AuthOption::Password => "pwd",
            AuthOption::Totp | AuthOption::EmailOtp => "otp",
            AuthOption::Connection(_) => "fed",
        })
        .collect();
    amr.dedup();
    let holds = |wanted: fn(Factor) -> bool| evidence.iter().any(|e| wanted(e.factor()));
    if holds(|f| f == Factor::Possession) && holds(|f| f != Factor::Possession) {
        amr.push("mfa");
        return (TWO_FACTORS, amr);
    }
    (ONE_FACTOR, amr)
}

/// When the person last proved something: `auth_time` (OpenID Connect Core §2).
#[must_use]
pub fn auth_time(evidence: &[Evidence]) -> Option<Timestamp> {
    evidence.iter().map(|e| e.at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(option: &str) -> Evidence {
        Evidence {
            option: option.parse().expect("an option"),
            at: Timestamp::UNIX_EPOCH,
            connection: None,
            upstream_amr: vec!["mfa".to_owned()],
        }
    }

    #[test]
    fn s36_s37_the_level_comes_from_evidence_of_our_own() {
        for (case, have, level, amr) in [
            ("a password", &["password"][..], ONE_FACTOR, &["pwd"][..]),
            (
                "what a provider says it checked is not believed",
                &["connection:acme"],
                ONE_FACTOR,
                &["fed"],
            ),
            (
                "two checks, not two factors",
                &["connection:acme", "password"],
                ONE_FACTOR,
                &["fed", "pwd"],
            ),
            ("two codes", &["totp", "email_otp"], ONE_FACTOR, &["otp"]),
            (
                "knows and holds",
                &["password", "totp"],
                TWO_FACTORS,
                &["pwd", "otp", "mfa"],
            ),
            (
                "vouched for and holds",
                &["connection:acme", "totp"],
                TWO_FACTORS,
                &["fed", "otp", "mfa"],
            ),
        ] {
            let have: Vec<_> = have.iter().map(|option| evidence(option)).collect();
            assert_eq!(assess(&have), (level, amr.to_vec()), "{case}");
        }
    }
}
