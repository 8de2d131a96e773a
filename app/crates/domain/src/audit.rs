//! The audit log: what happened, who did it, in the same database transaction as the fact itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Timestamp;
use crate::id::{AccountId, ApplicationId, AuditEventId, ConnectionId};

/// One line of the audit log. Holds ids and opaque subjects, never a person's values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEvent {
    pub id: AuditEventId,
    pub at: Timestamp,
    pub action: AuditAction,
    pub actor: Actor,
    /// The account that was acted upon or signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The opaque `sub` of the person signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// More. Of changed settings their names (`fields`) and what they were and are (`changes`): an object by the path to
    /// each, such as `jit.enabled`, with `before` and `after`, or with nothing where the value is long or may be secret.
    /// Of a changed sign-in flow the number of its version (`flow_version`); of something deleted its `handle` and `name`.
    /// Secrets and attribute values never.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Actor {
    /// The person themself, by signing in.
    Person,
    Administrator {
        account: AccountId,
    },
    Api,
    System,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum AuditAction {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl AuditAction {
            /// Every action, for filters.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable name in the database and the management API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }
        }
    };
}

actions! {
    SignedIn = "sign_in.succeeded",
    SignInRefused = "sign_in.refused",
    SignedOut = "sign_in.ended",
    AccountCreated = "account.created",
    /// Account and link made just in time.
    AccountProvisioned = "account.provisioned",
    AccountChanged = "account.changed",
    AccountDisabled = "account.disabled",
    AccountEnabled = "account.enabled",
    AccountDeleted = "account.deleted",
    PasswordChanged = "account.password_changed",
    FactorEnrolled = "factor.enrolled",
    /// It works no more; the detail tells how many are left.
    BackupCodeUsed = "factor.backup_code_used",
    /// An administrator took it away, so that the person enrols anew.
    FactorReset = "factor.reset",
    /// Second factors without a profile, of one person or of everybody from a connection.
    FactorsErased = "factor.erased",
    /// The person took it away.
    FactorRemoved = "factor.removed",
    /// The person gave it another name.
    FactorRenamed = "factor.renamed",
    /// A mail server refused a mail, or none took it in time.
    MailNotDelivered = "mail.not_delivered",
    Linked = "link.created",
    Unlinked = "link.removed",
    /// Erased identities that a connection kept out may sign in again; the detail tells how many.
    LetIn = "identity.let_in",
    ConnectionCreated = "connection.created",
    ConnectionChanged = "connection.changed",
    ConnectionDeleted = "connection.deleted",
    /// The provider gives no good discovery document or key set, and the last good one goes on being used.
    DocumentKept = "connection.document_kept",
    ApplicationCreated = "application.created",
    ApplicationChanged = "application.changed",
    ApplicationDeleted = "application.deleted",
    SecretRegenerated = "application.secret_regenerated",
    /// A secret of a script got a value, the first or another one.
    ScriptSecretSet = "application.script_secret_set",
    ScriptSecretRemoved = "application.script_secret_removed",
    GrantRevoked = "grant.revoked",
    KeysRotated = "keys.rotated",
    /// Others know it: what it signed is refused, and another one signs.
    KeyRevoked = "keys.revoked",
    ConfigurationImported = "configuration.imported",
}

impl AuditAction {
    /// Of events of one moment the one with the lower rank came first: something is made, then changed, and then somebody
    /// is signed in or out.
    #[must_use]
    pub fn rank(self) -> u8 {
        if matches!(
            self,
            Self::AccountCreated | Self::AccountProvisioned | Self::ConnectionCreated | Self::ApplicationCreated
        ) {
            0
        } else if matches!(self, Self::SignedIn | Self::SignInRefused | Self::SignedOut) {
            2
        } else {
            1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_comes_before_its_effect() {
        let story = [
            AuditAction::AccountProvisioned,
            AuditAction::Linked,
            AuditAction::SignedIn,
        ];
        assert!(story.is_sorted_by(|a, b| a.rank() < b.rank()));
    }
}
