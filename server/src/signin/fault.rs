//! Why a sign-in cannot go on.

use doorward_app::hosted::UserMessage;
use doorward_domain::account::AccountStatus;
use doorward_domain::attempt::Reason;
use doorward_domain::engine::{Denial, Refused};
use doorward_federation::{FaultKind, FederationError};
use doorward_storage::{Contested, StorageError};
use doorward_vault::PasswordHashingError;

/// Why a sign-in cannot go on. `Display` is for the log.
#[derive(Debug, thiserror::Error)]
pub enum SignInFault {
    #[error("the transaction has expired or never was")]
    Expired,
    #[error("the transaction belongs to another browser")]
    NotThisBrowser,
    #[error("the visit is about another account than the one that was shown, or is signed in")]
    AnotherAccountHere,
    #[error("the step was answered before")]
    AlreadyUsed,
    #[error("the form is forged or stale")]
    Forged,
    #[error("the request cannot be read")]
    Malformed,
    #[error("the request is too large to be kept")]
    TooLarge,
    #[error("the form is larger than any of ours may be")]
    FormTooLarge,
    #[error("the step does not offer this option")]
    NotOffered,
    #[error("the connection is disabled or gone")]
    ConnectionUnusable,
    #[error("the application is disabled")]
    ApplicationDisabled,
    #[error("the application is gone, or not to be answered there any more")]
    ApplicationUnusable,
    #[error("too many attempts")]
    TooManyAttempts,
    /// The backup codes the person has just been shown never came to count.
    #[error("other backup codes were made meanwhile")]
    BackupCodesReplaced,
    /// The account has had a factor, and nothing of it is left to prove that a new one is theirs (S38).
    #[error("a new factor needs a proof that the account has no more")]
    NoProofLeft,
    /// With the step at which it ended, counted from 0, where that is another one than the person stands at.
    #[error("refused: {0:?}")]
    Denied(Denial, Option<u32>),
    /// The script ends the sign-in, and the application is to hear it; on record already.
    #[error("ended by the script")]
    EndedByScript,
    /// Refused by or because of the application's script, and on record already.
    #[error("refused by the script: {0:?}")]
    DeniedByScript(Denial),
    /// The connection has made as many accounts in this hour as it may (S49).
    #[error("the connection has made too many accounts")]
    TooManyAccounts,
    /// Too many scripts that use up their limits wait before this one.
    #[error("the application's script waited too long for its turn")]
    ScriptsBusy,
    #[error("the subject is linked to another account")]
    LinkedElsewhere,
    /// What was to prove that an account is theirs is another account's, or nobody's (S5); on record already.
    #[error("the identity that was to prove an account is not linked to it")]
    ProvedAnother,
    #[error("only an administrator may enter")]
    NotAdministrator,
    #[error("the provider's answer was refused")]
    Federation(#[source] Box<FederationError>),
    #[error("the database refused")]
    Storage(#[from] StorageError),
    #[error("the password could not be checked")]
    Hashing(#[from] PasswordHashingError),
    #[error("something of ours is broken: {0}")]
    Broken(&'static str),
}

impl From<FederationError> for SignInFault {
    fn from(error: FederationError) -> Self {
        Self::Federation(Box::new(error))
    }
}

impl From<Refused> for SignInFault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Expired => Self::Expired,
            Refused::NotOffered => Self::NotOffered,
            Refused::AnotherConnection => Self::NotThisBrowser,
            Refused::AnotherAccount => Self::AnotherAccountHere,
        }
    }
}

impl SignInFault {
    /// What the person is told.
    #[must_use]
    pub fn user_message(&self) -> UserMessage {
        match self {
            Self::Expired => UserMessage::TransactionExpired,
            Self::NotThisBrowser => UserMessage::DifferentBrowser,
            Self::AnotherAccountHere => UserMessage::AnotherAccountHere,
            Self::AlreadyUsed => UserMessage::AlreadyUsed,
            Self::Forged => UserMessage::ForgedRequest,
            Self::Malformed | Self::TooLarge | Self::NotOffered => UserMessage::BadRequest,
            Self::FormTooLarge => UserMessage::FormTooLarge,
            Self::ConnectionUnusable => UserMessage::ConnectionDisabled,
            Self::ApplicationDisabled => UserMessage::ApplicationDisabled,
            Self::ApplicationUnusable => UserMessage::UnknownApplication,
            Self::TooManyAttempts => UserMessage::TooManyAttempts,
            Self::TooManyAccounts => UserMessage::TooManyAccounts,
            Self::BackupCodesReplaced => UserMessage::BackupCodesReplaced,
            Self::NoProofLeft => UserMessage::NoProofLeft,
            Self::Denied(denial, _) | Self::DeniedByScript(denial) => denial_message(*denial),
            Self::EndedByScript => UserMessage::NotAllowed,
            Self::LinkedElsewhere => UserMessage::LinkedElsewhere,
            Self::ProvedAnother => UserMessage::ProofOfAnother,
            Self::NotAdministrator => UserMessage::NotAdministrator,
            Self::Federation(error) => provider_message(error),
            Self::Storage(error) => storage_message(error),
            Self::Hashing(PasswordHashingError::Busy) | Self::ScriptsBusy => UserMessage::ServiceBusy,
            Self::Hashing(PasswordHashingError::Failed) | Self::Broken(_) => UserMessage::SomethingWentWrong,
        }
    }

    /// Whether trying the same again may help.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Storage(error) => error.is_retryable(),
            Self::Hashing(PasswordHashingError::Busy) | Self::ScriptsBusy => true,
            _ => false,
        }
    }

    /// Whether the person was refused, by a rule or by the script, after they had shown what was asked.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Denied(..) | Self::DeniedByScript(_) | Self::EndedByScript)
    }

    /// What somebody else was first with, if that is what happened.
    #[must_use]
    pub fn contested(&self) -> Option<Contested> {
        match self {
            Self::Storage(error) => error.contested(),
            _ => None,
        }
    }

    /// The word in the metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::NotThisBrowser => "another_browser",
            Self::AnotherAccountHere => "another_account",
            Self::AlreadyUsed => "already_used",
            Self::Forged => "forged",
            Self::Malformed | Self::TooLarge | Self::FormTooLarge | Self::NotOffered => "bad_request",
            Self::ConnectionUnusable => "connection_unusable",
            Self::ApplicationDisabled | Self::ApplicationUnusable => "application_unusable",
            Self::TooManyAttempts => "too_many_attempts",
            Self::TooManyAccounts => "too_many_accounts",
            Self::BackupCodesReplaced => "backup_codes_replaced",
            Self::NoProofLeft => "no_proof_left",
            Self::Denied(..)
            | Self::DeniedByScript(_)
            | Self::EndedByScript
            | Self::ProvedAnother
            | Self::NotAdministrator
            | Self::LinkedElsewhere => "denied",
            Self::Federation(_) => "provider",
            Self::Storage(_) | Self::Hashing(_) | Self::ScriptsBusy => "unavailable",
            Self::Broken(_) => "broken",
        }
    }
}

/// The number of the page that a reason of the audit log shows.
#[must_use]
pub fn page_of(reason: Reason) -> u16 {
    let message = match reason {
        Reason::AccountExists => UserMessage::AccountExists,
        Reason::AccountNotActive | Reason::KeptOut => UserMessage::AccountDisabled,
        Reason::AnotherPerson => UserMessage::AnotherAccountHere,
        Reason::NeedsAccount => UserMessage::NeedsLocalAccount,
        Reason::NoVerifiedAddress => UserMessage::NoVerifiedAddress,
        Reason::PasskeyCopied => UserMessage::PasskeyCopied,
        Reason::EnrolmentRefused => UserMessage::EnrolmentRefused,
        Reason::NoProofLeft => UserMessage::NoProofLeft,
        Reason::ProofOfAnother => UserMessage::ProofOfAnother,
        Reason::NoOptionLeft => UserMessage::NoWayLeft,
        Reason::RefusedByScript => UserMessage::NotAllowed,
        Reason::ScriptFailed => UserMessage::RuleFailed,
        Reason::Incomplete => UserMessage::RuleFailed,
        Reason::TooManyAttempts => UserMessage::TooManyAttempts,
        Reason::TooManyAccounts => UserMessage::TooManyAccounts,
        Reason::ProviderUnreachable => UserMessage::ProviderUnreachable,
        Reason::ProviderSlow => UserMessage::ProviderSlow,
        Reason::ProviderAnsweredWrongly => UserMessage::ProviderAnsweredWrongly,
        Reason::ConnectionMisconfigured => UserMessage::ConnectionMisconfigured,
        Reason::ProviderRefused => UserMessage::ProviderRefused,
    };
    message.number()
}

fn denial_message(denial: Denial) -> UserMessage {
    match denial {
        Denial::AccountExists => UserMessage::AccountExists,
        Denial::NotActive(AccountStatus::Active | AccountStatus::Disabled | AccountStatus::Locked)
        // The page tells nobody that somebody was erased.
        | Denial::KeptOut => UserMessage::AccountDisabled,
        Denial::AnotherPerson => UserMessage::AnotherAccountHere,
        Denial::NeedsAccount => UserMessage::NeedsLocalAccount,
        Denial::NoVerifiedAddress => UserMessage::NoVerifiedAddress,
        Denial::PasskeyCopied => UserMessage::PasskeyCopied,
        Denial::EnrolmentRefused => UserMessage::EnrolmentRefused,
        Denial::NoOptionLeft => UserMessage::NoWayLeft,
        Denial::ByScript => UserMessage::NotAllowed,
        Denial::ScriptFailed(_) => UserMessage::RuleFailed,
        Denial::Incomplete => UserMessage::RuleFailed,
    }
}

fn provider_message(error: &FederationError) -> UserMessage {
    match error.kind() {
        FaultKind::Unreachable => UserMessage::ProviderUnreachable,
        FaultKind::Slow => UserMessage::ProviderSlow,
        FaultKind::Aborted => UserMessage::ProviderRefused,
        FaultKind::Misconfigured => UserMessage::ConnectionMisconfigured,
        FaultKind::Refused | FaultKind::Clock => UserMessage::ProviderAnsweredWrongly,
    }
}

fn storage_message(error: &StorageError) -> UserMessage {
    match error.contested() {
        Some(Contested::Transaction) => UserMessage::AlreadyUsed,
        Some(Contested::AccountNotActive) => UserMessage::AccountDisabled,
        Some(Contested::SessionEnded) => UserMessage::TransactionExpired,
        Some(_) => UserMessage::ServiceBusy,
        None if error.is_retryable() => UserMessage::ServiceBusy,
        None => UserMessage::SomethingWentWrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_shows_the_page_of_its_denial() {
        for denial in Denial::KINDS {
            assert_eq!(
                page_of(Reason::from(denial)),
                denial_message(denial).number(),
                "{denial:?}"
            );
        }
        for fault in [
            SignInFault::NoProofLeft,
            SignInFault::TooManyAttempts,
            SignInFault::TooManyAccounts,
        ] {
            assert_eq!(
                Reason::of_word(fault.word()).map(page_of),
                Some(fault.user_message().number())
            );
        }
    }
}
