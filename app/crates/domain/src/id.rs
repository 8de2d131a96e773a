//! Identifiers: prefixed text, one type per thing, so that two of them cannot be swapped and each reads well in a log.

use serde::{Deserialize, Serialize};

/// Bytes of randomness in an identifier. 128 bits: guessing one is out of reach, and two never collide.
pub const RANDOM_BYTES: usize = 16;

/// The text after an identifier's prefix: 26 characters of Crockford's base 32 in lower case, so that an identifier
/// survives being read aloud and any file system.
fn encode(bytes: [u8; RANDOM_BYTES]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let number = u128::from_be_bytes(bytes);
    (0..26)
        .rev()
        .map(|digit| ALPHABET[((number >> (digit * 5)) & 31) as usize] as char)
        .collect()
}

/// The text is not an identifier of this kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier that starts with {prefix}")]
pub struct NotAnId {
    /// What an identifier of this kind starts with.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct $name(String);

        impl $name {
            /// What every identifier of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new identifier out of fresh random bytes.
            #[must_use]
            pub fn from_random(bytes: [u8; RANDOM_BYTES]) -> Self {
                Self(format!("{}{}", $prefix, encode(bytes)))
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                let rest = text.strip_prefix($prefix).unwrap_or_default();
                let plausible = (1..=64).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_alphanumeric());
                if plausible { Ok(Self(text)) } else { Err(NotAnId { prefix: $prefix }) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A configured link to one identity provider.
    ConnectionId = "con_";
    /// An application that asks for sign-in.
    ApplicationId = "app_";
    /// Our own record of a person.
    AccountId = "acc_";
    /// One run of a sign-in flow in one browser.
    TransactionId = "txn_";
    /// A signed-in browser.
    SessionId = "ses_";
    /// What a person allowed one application; codes and tokens stem from it.
    GrantId = "grn_";
    /// One line of the audit log.
    AuditEventId = "evt_";
    /// Something an account has enrolled, such as an app that makes codes.
    FactorId = "fac_";
    /// A mail we send.
    MailId = "mal_";
    /// One signing key.
    KeyId = "key_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_round_trip_and_refuse_strangers() {
        let id = AccountId::from_random([7; 16]);
        assert_eq!(id.as_str().len(), 4 + 26);
        assert_eq!(id.as_str().parse::<AccountId>(), Ok(id.clone()));
        for (case, text) in [
            ("another kind", "con_0000"),
            ("empty", ""),
            ("prefix alone", "acc_"),
            ("markup", "acc_<b>"),
            ("path", "acc_../x"),
        ] {
            assert!(text.parse::<AccountId>().is_err(), "{case}");
        }
        let long = format!("acc_{}", "a".repeat(65));
        assert!(long.parse::<AccountId>().is_err(), "too long");
    }

    #[test]
    fn different_bytes_give_different_identifiers() {
        let mut low = [0; 16];
        low[15] = 1;
        let mut high = [0; 16];
        high[0] = 0x80;
        let made = [[0; 16], low, high, [255; 16]].map(|bytes| AccountId::from_random(bytes).0);
        let distinct: std::collections::BTreeSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), made.len());
    }
}
