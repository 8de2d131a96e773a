//! Events in words.

use doorward_domain::attempt::AttemptTarget;
use doorward_domain::audit::{AuditAction, AuditEvent};
use serde_json::Value;

use crate::api::audit::AuditEventView;
use crate::ui::words;

/// How an event is felt: the colour and the word beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Plain,
    Good,
    Bad,
}

/// What happened.
#[must_use]
pub fn phrase(action: AuditAction) -> (&'static str, Mood) {
    match action {
        AuditAction::SignedIn => ("Signed in", Mood::Good),
        AuditAction::SignInRefused => ("Sign-in refused", Mood::Bad),
        AuditAction::SignedOut => ("Signed out", Mood::Plain),
        AuditAction::AccountCreated => ("Account added", Mood::Plain),
        AuditAction::AccountProvisioned => ("Account made just in time", Mood::Good),
        AuditAction::AccountChanged => ("Account changed", Mood::Plain),
        AuditAction::AccountDisabled => ("Account disabled", Mood::Bad),
        AuditAction::AccountEnabled => ("Account enabled", Mood::Plain),
        AuditAction::AccountDeleted => ("Account deleted", Mood::Bad),
        AuditAction::PasswordChanged => ("Password changed", Mood::Plain),
        AuditAction::FactorEnrolled => ("Second factor enrolled", Mood::Good),
        AuditAction::BackupCodeUsed => ("Backup code used", Mood::Plain),
        AuditAction::FactorReset => ("Second factor reset", Mood::Plain),
        AuditAction::FactorsErased => ("Second factors erased", Mood::Bad),
        AuditAction::MailNotDelivered => ("Mail not delivered", Mood::Bad),
        AuditAction::Linked => ("Identity linked", Mood::Plain),
        AuditAction::Unlinked => ("Identity unlinked", Mood::Plain),
        AuditAction::LetIn => ("Erased identities let in again", Mood::Plain),
        AuditAction::ConnectionCreated => ("Connection added", Mood::Plain),
        AuditAction::ConnectionChanged => ("Connection changed", Mood::Plain),
        AuditAction::ConnectionDeleted => ("Connection deleted", Mood::Bad),
        AuditAction::DocumentKept => ("Provider's document refused, the last good one kept", Mood::Bad),
        AuditAction::ApplicationCreated => ("Application added", Mood::Plain),
        AuditAction::ApplicationChanged => ("Application changed", Mood::Plain),
        AuditAction::ApplicationDeleted => ("Application deleted", Mood::Bad),
        AuditAction::SecretRegenerated => ("Client secret replaced", Mood::Plain),
        AuditAction::ScriptSecretSet => ("Secret of a script set", Mood::Plain),
        AuditAction::ScriptSecretRemoved => ("Secret of a script removed", Mood::Bad),
        AuditAction::GrantRevoked => ("Grant revoked", Mood::Bad),
        AuditAction::KeysRotated => ("Signing keys rotated", Mood::Plain),
        AuditAction::KeyRevoked => ("Signing key revoked", Mood::Bad),
        AuditAction::FactorRemoved => ("Second factor removed by the person", Mood::Plain),
        AuditAction::FactorRenamed => ("Passkey renamed", Mood::Plain),
        AuditAction::ConfigurationImported => ("Configuration imported", Mood::Plain),
    }
}

/// What this event tells: somebody who showed again who they are signed in to nothing.
#[must_use]
pub fn told(event: &AuditEvent) -> (&'static str, Mood) {
    let target = event.detail.get("target").and_then(Value::as_str);
    match (event.action, target.and_then(AttemptTarget::of_word)) {
        (AuditAction::SignedIn, Some(target)) if target.is_proof() => ("Showed again who they are", Mood::Good),
        (action, _) => phrase(action),
    }
}

/// Who did it.
#[must_use]
pub fn actor(view: &AuditEventView) -> String {
    words::actor(Some(&view.event.actor), view.actor_name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for action in AuditAction::ALL {
            assert!(seen.insert(phrase(*action).0), "{action:?}");
        }
    }

    #[test]
    fn a_proof_is_no_sign_in() {
        for (target, want) in [
            (serde_json::json!({"target": "proof"}), "Showed again who they are"),
            (
                serde_json::json!({"target": "console_proof"}),
                "Showed again who they are",
            ),
            (
                serde_json::json!({"target": "console"}),
                phrase(AuditAction::SignedIn).0,
            ),
            (Value::Null, phrase(AuditAction::SignedIn).0),
        ] {
            let event = AuditEvent {
                id: doorward_domain::id::AuditEventId::from_random([0; 16]),
                at: doorward_domain::Timestamp::UNIX_EPOCH,
                action: AuditAction::SignedIn,
                actor: doorward_domain::audit::Actor::Person,
                account: None,
                application: None,
                connection: None,
                sub: None,
                detail: target,
            };
            assert_eq!(told(&event).0, want);
        }
    }
}
