//! What a provider vouched for, and the `sub` that applications see.

use serde::{Deserialize, Serialize};

use crate::id::ConnectionId;
use crate::{Claims, Timestamp};

/// What a provider told us, after verification. Nothing but the federation code that checked the signature makes one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifiedAssertion {
    pub connection: ConnectionId,
    /// `iss`, byte for byte.
    pub issuer: String,
    /// `sub`, byte for byte: `a` and `A` are two people.
    pub subject: String,
    pub claims: Claims,
    pub acr: Option<String>,
    pub amr: Vec<String>,
    pub auth_time: Option<Timestamp>,
    /// Stands for the person's session at the provider, see [`Self::remember_session`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_mark: Option<String>,
}

/// What identifies a person at a provider. A subject is unique only within its issuer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LinkKey {
    pub connection: ConnectionId,
    pub issuer: String,
    pub subject: String,
}

impl VerifiedAssertion {
    /// The key under which this person is linked to an account.
    #[must_use]
    pub fn link_key(&self) -> LinkKey {
        LinkKey {
            connection: self.connection.clone(),
            issuer: self.issuer.clone(),
            subject: self.subject.clone(),
        }
    }

    /// Keeps what stands for the provider's session (`sid`, OpenID Connect Back-Channel Logout 1.0 §2.1): its keyed hash,
    /// made by whoever holds the key. The `sid` itself is not kept with what we know of the person. Nothing where the
    /// provider names no session.
    pub fn remember_session(&mut self, mark: impl FnOnce(&str) -> String) {
        let named = self.claims.get("sid").and_then(serde_json::Value::as_str);
        self.session_mark = named.map(mark);
    }
}

impl LinkKey {
    /// The bytes from which the stable `sub` is derived by a keyed hash: every part with its length in front, so that
    /// no two keys run together into the same bytes.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let parts = [self.connection.as_str(), &self.issuer, &self.subject];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// Whether a claim says that an address is verified: only the boolean `true` does. `"true"`, `1`, and a missing claim
/// do not (design.md §2.1).
#[must_use]
pub fn asserts_verified_email(claims: &Claims) -> bool {
    claims.get("email_verified") == Some(&serde_json::Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn only_true_is_verified() {
        let cases: [(Option<Value>, bool); 8] = [
            (None, false),
            (Some(json!(false)), false),
            (Some(json!("false")), false),
            (Some(json!("true")), false),
            (Some(json!(0)), false),
            (Some(json!(1)), false),
            (Some(Value::Null), false),
            (Some(json!(true)), true),
        ];
        for (value, want) in cases {
            let mut claims = Claims::new();
            if let Some(value) = value.clone() {
                claims.insert("email_verified".into(), value);
            }
            assert_eq!(asserts_verified_email(&claims), want, "S2: {value:?}");
        }
    }

    #[test]
    fn keys_never_run_together() {
        let key = |issuer: &str, subject: &str| LinkKey {
            connection: ConnectionId::from_random([0; 16]),
            issuer: issuer.into(),
            subject: subject.into(),
        };
        assert_ne!(key("ab", "c").canonical_bytes(), key("a", "bc").canonical_bytes());
        assert_ne!(key("i", "a").canonical_bytes(), key("i", "A").canonical_bytes(), "S11");
    }
}
