//! Passkeys: keys that devices of a person hold, several per account (Web Authentication Level 3).

use crate::Timestamp;
use crate::holder::FactorOwner;
use crate::id::FactorId;
use crate::text::is_misleading;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 60;

/// What is kept of a passkey: nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    pub id: FactorId,
    pub owner: FactorOwner,
    /// Chosen by the device; unique among all accounts.
    pub credential_id: Vec<u8>,
    /// What the person calls it.
    pub name: String,
    /// A `COSE_Key` (RFC 9052 §7).
    pub public_key: Vec<u8>,
    /// The signature counter of the last use; stays zero where the device does not count.
    pub counter: i64,
    /// Whether the key may be copied to other devices of the person.
    pub synced: bool,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// The name of a new passkey: what the person typed, else one with a number. `others` are those the account has.
#[must_use]
pub fn name(typed: &str, others: &[Passkey]) -> String {
    let typed: String = typed.chars().filter(|c| !is_misleading(*c)).collect();
    let typed: String = typed.trim().chars().take(NAME_LIMIT).collect();
    if !typed.is_empty() {
        return typed;
    }
    let taken = |name: &String| others.iter().any(|other| other.name == *name);
    let numbered = (1..).map(|number| format!("Passkey {number}"));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountId;

    fn passkey(name: &str) -> Passkey {
        Passkey {
            id: FactorId::from_random([1; 16]),
            owner: FactorOwner::Account(AccountId::from_random([1; 16])),
            credential_id: vec![1],
            name: name.to_owned(),
            public_key: vec![],
            counter: 0,
            synced: false,
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: None,
        }
    }

    #[test]
    fn names() {
        let others = [passkey("Passkey 1"), passkey("Phone")];
        for (case, typed, want) in [
            ("typed", " My phone ", "My phone"),
            ("nothing", "  ", "Passkey 2"),
            ("what cannot be shown", "a\u{0}\nb", "ab"),
            ("what turns the text after it around", "a\u{202E}b\u{2067}", "ab"),
            ("nothing that can be shown", "\u{202E}", "Passkey 2"),
            ("too long", &"x".repeat(100), &"x".repeat(60)),
        ] {
            assert_eq!(name(typed, &others), want, "{case}");
        }
        assert_eq!(name("", &[]), "Passkey 1");
    }
}
