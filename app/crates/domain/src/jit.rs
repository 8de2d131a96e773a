//! What just-in-time provisioning does with an assertion: the table of design.md §2.1.

use serde::{Deserialize, Serialize};

use crate::account::AccountStatus;
use crate::id::AccountId;

/// The just-in-time section of a connection. While it is off, the other two choices are kept for later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JitSettings {
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default)]
    pub attribute_sync: AttributeSync,
    #[serde(default)]
    pub linking: LinkPolicy,
}

fn yes() -> bool {
    true
}

impl Default for JitSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            attribute_sync: AttributeSync::PreserveLocal,
            linking: LinkPolicy::Prove,
        }
    }
}

/// What happens when another account owns the asserted address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LinkPolicy {
    /// Refused on a page that explains how to go on.
    Never,
    /// The person proves that the account is theirs, then it is linked.
    #[default]
    Prove,
    /// Linked at once: the address is verified here and verified there.
    VerifiedEmail,
}

/// What later sign-ins do with the attributes (design.md §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AttributeSync {
    /// What the provider sends is written, the rest is kept.
    #[default]
    PreserveLocal,
    /// Mapped attributes that the provider no longer sends are cleared, never identity attributes.
    OverrideAll,
    /// Written only when the account is created.
    None,
}

/// An account found for an assertion, as far as the decision needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub account: AccountId,
    pub status: AccountStatus,
}

/// The account that owns the asserted address, as far as the decision needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub account: AccountId,
    pub status: AccountStatus,
    /// Whether another subject of the same connection and issuer is linked to it. The provider has given the address to
    /// somebody else then, or the same person a new subject: nobody is linked without proof (S12).
    pub has_other_subject: bool,
}

/// What to do with an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JitOutcome {
    /// The linked account; its attributes are synchronised when the policy says so.
    SignIn {
        account: AccountId,
        sync: Option<AttributeSync>,
    },
    /// Keep no profile: the claims go straight to the application, for this sign-in only.
    PassThrough,
    /// Create account and link in one database transaction.
    Provision,
    /// Link to the account that owns the address.
    Link(AccountId),
    /// Ask the person to prove that the account is theirs.
    AskForProof(AccountId),
    /// Nobody is signed in and nothing is written.
    Deny(JitDenial),
}

/// Why an assertion signs nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JitDenial {
    /// Another account owns the address and linking is `never`.
    AccountExists,
    /// The account is disabled or locked; just-in-time provisioning never revives it.
    NotActive(AccountStatus),
    /// The identity was erased, and an administrator keeps it out (S50).
    KeptOut,
}

impl JitSettings {
    /// Decides what an assertion becomes.
    ///
    /// `linked` is the account this (connection, issuer, subject) is linked to. `owner` is another account that owns
    /// the asserted address: verified there by the provider's word and verified here; it is `None` for every address
    /// that is not verified on both sides. `is_kept_out` tells that this (connection, issuer, subject) was erased and is
    /// to stay away, whether provisioning is on or off; a link that there is all the same was made since and counts.
    #[must_use]
    pub fn decide(self, linked: Option<Found>, owner: Option<Owner>, is_kept_out: bool) -> JitOutcome {
        if let Some(Found { account, status }) = linked {
            return match status {
                AccountStatus::Active => JitOutcome::SignIn {
                    account,
                    sync: self.sync_on_return(),
                },
                AccountStatus::Disabled | AccountStatus::Locked => JitOutcome::Deny(JitDenial::NotActive(status)),
            };
        }
        if is_kept_out {
            return JitOutcome::Deny(JitDenial::KeptOut);
        }
        if !self.enabled {
            return JitOutcome::PassThrough;
        }
        let Some(owner) = owner else {
            return JitOutcome::Provision;
        };
        match (self.linking, owner.status) {
            (LinkPolicy::Never, _) => JitOutcome::Deny(JitDenial::AccountExists),
            (LinkPolicy::VerifiedEmail, AccountStatus::Active) if !owner.has_other_subject => {
                JitOutcome::Link(owner.account)
            }
            (LinkPolicy::Prove | LinkPolicy::VerifiedEmail, AccountStatus::Active) => {
                JitOutcome::AskForProof(owner.account)
            }
            (LinkPolicy::Prove | LinkPolicy::VerifiedEmail, AccountStatus::Disabled | AccountStatus::Locked) => {
                JitOutcome::Deny(JitDenial::NotActive(owner.status))
            }
        }
    }

    fn sync_on_return(self) -> Option<AttributeSync> {
        match (self.enabled, self.attribute_sync) {
            (true, AttributeSync::PreserveLocal | AttributeSync::OverrideAll) => Some(self.attribute_sync),
            (true, AttributeSync::None) | (false, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AccountStatus::{Active, Disabled, Locked};
    use LinkPolicy::{Never, Prove, VerifiedEmail};

    fn account(byte: u8) -> AccountId {
        AccountId::from_random([byte; 16])
    }

    fn found(byte: u8, status: AccountStatus) -> Option<Found> {
        Some(Found {
            account: account(byte),
            status,
        })
    }

    fn owner(byte: u8, status: AccountStatus) -> Option<Owner> {
        Some(Owner {
            account: account(byte),
            status,
            has_other_subject: false,
        })
    }

    fn known_by_another_subject(byte: u8) -> Option<Owner> {
        owner(byte, Active).map(|owner| Owner {
            has_other_subject: true,
            ..owner
        })
    }

    #[test]
    fn the_table_of_the_specification() {
        let on = |linking| JitSettings {
            linking,
            ..JitSettings::default()
        };
        let off = |linking| JitSettings {
            enabled: false,
            ..on(linking)
        };
        let back = |sync| JitOutcome::SignIn {
            account: account(1),
            sync,
        };
        let synced = back(Some(AttributeSync::PreserveLocal));
        for (case, settings, linked, owner, want) in [
            ("on, linked", on(Prove), found(1, Active), None, synced.clone()),
            (
                "on, linked beats owner",
                on(VerifiedEmail),
                found(1, Active),
                owner(2, Active),
                synced,
            ),
            ("on, new", on(Prove), None, None, JitOutcome::Provision),
            (
                "on, owned, never",
                on(Never),
                None,
                owner(2, Active),
                JitOutcome::Deny(JitDenial::AccountExists),
            ),
            (
                "on, owned, prove",
                on(Prove),
                None,
                owner(2, Active),
                JitOutcome::AskForProof(account(2)),
            ),
            (
                "on, owned, verified",
                on(VerifiedEmail),
                None,
                owner(2, Active),
                JitOutcome::Link(account(2)),
            ),
            (
                "S12: on, owned by another subject's, verified",
                on(VerifiedEmail),
                None,
                known_by_another_subject(2),
                JitOutcome::AskForProof(account(2)),
            ),
            (
                "S12: on, owned by another subject's, never",
                on(Never),
                None,
                known_by_another_subject(2),
                JitOutcome::Deny(JitDenial::AccountExists),
            ),
            ("off, linked", off(Prove), found(1, Active), None, back(None)),
            ("off, new", off(Prove), None, None, JitOutcome::PassThrough),
            (
                "off, owned",
                off(VerifiedEmail),
                None,
                owner(2, Active),
                JitOutcome::PassThrough,
            ),
            (
                "linked, disabled",
                on(Prove),
                found(1, Disabled),
                None,
                JitOutcome::Deny(JitDenial::NotActive(Disabled)),
            ),
            (
                "off, linked, locked",
                off(Prove),
                found(1, Locked),
                None,
                JitOutcome::Deny(JitDenial::NotActive(Locked)),
            ),
            (
                "S44: owner disabled",
                on(VerifiedEmail),
                None,
                owner(2, Disabled),
                JitOutcome::Deny(JitDenial::NotActive(Disabled)),
            ),
            (
                "S44: proof for locked",
                on(Prove),
                None,
                owner(2, Locked),
                JitOutcome::Deny(JitDenial::NotActive(Locked)),
            ),
        ] {
            assert_eq!(settings.decide(linked, owner, false), want, "{case}");
        }
    }

    #[test]
    fn s50_whoever_is_kept_out_comes_in_by_a_link_alone() {
        let refused = || JitOutcome::Deny(JitDenial::KeptOut);
        let settings = |enabled, linking| JitSettings {
            enabled,
            linking,
            ..JitSettings::default()
        };
        for (case, settings, linked, owner, want) in [
            ("on, new", settings(true, Prove), None, None, refused()),
            ("off, new", settings(false, Prove), None, None, refused()),
            (
                "on, owned, verified",
                settings(true, VerifiedEmail),
                None,
                owner(2, Active),
                refused(),
            ),
            (
                "on, owned, prove",
                settings(true, Prove),
                None,
                owner(2, Active),
                refused(),
            ),
            (
                "on, owned, never",
                settings(true, Never),
                None,
                owner(2, Active),
                refused(),
            ),
            (
                "off, owned",
                settings(false, VerifiedEmail),
                None,
                owner(2, Active),
                refused(),
            ),
            (
                "on, linked since",
                settings(true, Prove),
                found(1, Active),
                None,
                JitOutcome::SignIn {
                    account: account(1),
                    sync: Some(AttributeSync::PreserveLocal),
                },
            ),
            (
                "off, linked since",
                settings(false, Prove),
                found(1, Active),
                None,
                JitOutcome::SignIn {
                    account: account(1),
                    sync: None,
                },
            ),
            (
                "linked since, disabled",
                settings(true, Prove),
                found(1, Disabled),
                None,
                JitOutcome::Deny(JitDenial::NotActive(Disabled)),
            ),
        ] {
            assert_eq!(settings.decide(linked, owner, true), want, "S50: {case}");
        }
    }

    #[test]
    fn sync_none_writes_only_at_creation() {
        let settings = JitSettings {
            attribute_sync: AttributeSync::None,
            ..JitSettings::default()
        };
        assert_eq!(
            settings.decide(found(1, Active), None, false),
            JitOutcome::SignIn {
                account: account(1),
                sync: None
            }
        );
    }

    #[test]
    fn on_by_default_in_json_too() {
        let settings: JitSettings = serde_json::from_str("{}").expect("defaults");
        assert_eq!(settings, JitSettings::default());
        assert!(settings.enabled);
    }
}
