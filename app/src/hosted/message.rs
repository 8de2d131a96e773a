//! Everything a hosted page may say when it cannot go on: a closed list, each with a number that never changes.

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::text::{self, Advice, Place};

/// What happened, for the person it happened to. Nothing a provider, a script or a database said is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum UserMessage {
    /// No application is registered under the client id.
    UnknownApplication,
    /// The application is switched off.
    ApplicationDisabled,
    /// The redirect URI is not one of the application's.
    RedirectUriNotRegistered,
    /// The request breaks a rule of the protocol, or lacks something.
    BadRequest,
    /// The sign-in took longer than it may live, or was never begun.
    TransactionExpired,
    /// The answer came into another browser than the one that asked.
    DifferentBrowser,
    /// It is about one account, and another one was shown, or is signed in in this browser.
    AnotherAccountHere,
    /// The answer or form was used before.
    AlreadyUsed,
    /// There is no such page.
    PageNotFound,
    /// The form did not come from our own page (token missing or wrong, another site).
    ForgedRequest,
    /// The form holds more than any of ours may.
    FormTooLarge,
    /// The provider refused the connection, or its name leads nowhere.
    ProviderUnreachable,
    /// The provider did not answer in time.
    ProviderSlow,
    /// The provider's answer could not be verified.
    ProviderAnsweredWrongly,
    /// The person or the provider ended the sign-in there.
    ProviderRefused,
    /// A setting of the connection does not do.
    ConnectionMisconfigured,
    /// The connection is switched off.
    ConnectionDisabled,
    /// The account is locked or disabled. Shown only to someone who has proven it is theirs.
    AccountDisabled,
    /// Another account owns the asserted address, and this connection never links.
    AccountExists,
    /// A value that must be unique belongs to another account.
    EmailConflict,
    /// Wrong password or unknown account: one answer for both.
    WrongPassword,
    /// Too many tries for this account or from this address.
    TooManyAttempts,
    /// Too many mails were asked for.
    TooManyMails,
    /// The connection has made as many accounts in this hour as it may.
    TooManyAccounts,
    /// The step needs an account, and the person has none.
    NeedsLocalAccount,
    /// The step sends a code by email, and the account has no verified address.
    NoVerifiedAddress,
    /// There may be a copy of the passkey.
    PasskeyCopied,
    /// The step would have to enrol a factor, and the person has another that was not used.
    EnrolmentRefused,
    /// Nothing the step offers is left for the person.
    NoWayLeft,
    /// The backup codes that were shown do not count: others were made meanwhile.
    BackupCodesReplaced,
    /// A new app needs a backup code, and all of them are used.
    NoProofLeft,
    /// The provider signs in to another account already.
    LinkedElsewhere,
    /// The identity that was to prove that an account is theirs is not linked to it.
    ProofOfAnother,
    /// A link by email was opened in another browser than the one that asked.
    MailElsewhere,
    /// The console is for administrators, and the person is none.
    NotAdministrator,
    /// The application's rules refuse the person.
    NotAllowed,
    /// The application's rules do not work.
    RuleFailed,
    /// The details entered do not do.
    MissingAttributesInvalid,
    /// The database is busy or away.
    ServiceBusy,
    /// A fault of ours.
    SomethingWentWrong,
    /// The sign-out request could not be verified.
    LogoutFailed,
}

impl UserMessage {
    /// Every message, for the tests that look at each.
    pub const ALL: [Self; 41] = [
        Self::AnotherAccountHere,
        Self::MailElsewhere,
        Self::LinkedElsewhere,
        Self::ProofOfAnother,
        Self::BackupCodesReplaced,
        Self::NoProofLeft,
        Self::PasskeyCopied,
        Self::EnrolmentRefused,
        Self::NoVerifiedAddress,
        Self::NoWayLeft,
        Self::NotAllowed,
        Self::RuleFailed,
        Self::UnknownApplication,
        Self::ApplicationDisabled,
        Self::RedirectUriNotRegistered,
        Self::BadRequest,
        Self::TransactionExpired,
        Self::DifferentBrowser,
        Self::AlreadyUsed,
        Self::PageNotFound,
        Self::ForgedRequest,
        Self::FormTooLarge,
        Self::ProviderUnreachable,
        Self::ProviderSlow,
        Self::ProviderAnsweredWrongly,
        Self::ProviderRefused,
        Self::ConnectionMisconfigured,
        Self::ConnectionDisabled,
        Self::AccountDisabled,
        Self::AccountExists,
        Self::EmailConflict,
        Self::WrongPassword,
        Self::TooManyAttempts,
        Self::TooManyMails,
        Self::TooManyAccounts,
        Self::NeedsLocalAccount,
        Self::NotAdministrator,
        Self::MissingAttributesInvalid,
        Self::ServiceBusy,
        Self::SomethingWentWrong,
        Self::LogoutFailed,
    ];

    /// The number to tell support. 10xx the request, 11xx the provider, 12xx the account, 13xx ourselves.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::UnknownApplication => 1001,
            Self::RedirectUriNotRegistered => 1002,
            Self::BadRequest => 1003,
            Self::TransactionExpired => 1004,
            Self::DifferentBrowser => 1005,
            Self::AlreadyUsed => 1006,
            Self::PageNotFound => 1007,
            Self::ForgedRequest => 1008,
            Self::FormTooLarge => 1009,
            Self::AnotherAccountHere => 1010,
            Self::ApplicationDisabled => 1011,
            Self::ProviderUnreachable => 1101,
            Self::ProviderSlow => 1102,
            Self::ProviderAnsweredWrongly => 1103,
            Self::ProviderRefused => 1104,
            Self::ConnectionDisabled => 1105,
            Self::ConnectionMisconfigured => 1106,
            Self::AccountDisabled => 1201,
            Self::AccountExists => 1202,
            Self::EmailConflict => 1203,
            Self::WrongPassword => 1204,
            Self::TooManyAttempts => 1205,
            Self::TooManyAccounts => 1250,
            Self::NeedsLocalAccount => 1206,
            Self::NotAdministrator => 1208,
            Self::NotAllowed => 1209,
            Self::NoVerifiedAddress => 1210,
            Self::NoWayLeft => 1211,
            Self::BackupCodesReplaced => 1212,
            Self::NoProofLeft => 1213,
            Self::TooManyMails => 1214,
            Self::PasskeyCopied => 1218,
            Self::EnrolmentRefused => 1219,
            Self::LinkedElsewhere => 1235,
            Self::ProofOfAnother => 1260,
            Self::MailElsewhere => 1236,
            Self::RuleFailed => 1304,
            Self::MissingAttributesInvalid => 1207,
            Self::ServiceBusy => 1301,
            Self::SomethingWentWrong => 1302,
            Self::LogoutFailed => 1303,
        }
    }

    /// The message of a number.
    #[must_use]
    pub fn of_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|message| message.number() == number)
    }

    /// HTTP status of the page that shows it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::UnknownApplication
            | Self::RedirectUriNotRegistered
            | Self::BadRequest
            | Self::TransactionExpired
            | Self::DifferentBrowser
            | Self::AlreadyUsed
            | Self::MailElsewhere
            | Self::LogoutFailed => 400,
            Self::ApplicationDisabled
            | Self::AnotherAccountHere
            | Self::ForgedRequest
            | Self::ProviderRefused
            | Self::ConnectionDisabled
            | Self::AccountDisabled
            | Self::NeedsLocalAccount
            | Self::NoVerifiedAddress
            | Self::NoWayLeft
            | Self::NoProofLeft
            | Self::PasskeyCopied
            | Self::EnrolmentRefused
            | Self::ProofOfAnother
            | Self::NotAllowed
            | Self::NotAdministrator => 403,
            Self::PageNotFound => 404,
            Self::AccountExists | Self::EmailConflict | Self::BackupCodesReplaced | Self::LinkedElsewhere => 409,
            Self::FormTooLarge => 413,
            Self::WrongPassword | Self::MissingAttributesInvalid => 422,
            Self::TooManyAttempts | Self::TooManyMails | Self::TooManyAccounts => 429,
            Self::SomethingWentWrong | Self::RuleFailed => 500,
            Self::ProviderUnreachable | Self::ProviderAnsweredWrongly | Self::ConnectionMisconfigured => 502,
            Self::ServiceBusy => 503,
            Self::ProviderSlow => 504,
        }
    }

    /// What happened and what to do, in words.
    #[must_use]
    pub fn advice(self, language: Language, place: &Place<'_>) -> Advice {
        match language {
            Language::English => text::messages_en::advice(self, place),
            Language::German => text::messages_de::advice(self, place),
            Language::French => text::messages_fr::advice(self, place),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_unique_and_every_text_is_there() {
        let numbers: BTreeSet<u16> = UserMessage::ALL.into_iter().map(UserMessage::number).collect();
        assert_eq!(numbers.len(), UserMessage::ALL.len());
        for message in UserMessage::ALL {
            assert_eq!(UserMessage::of_number(message.number()), Some(message));
            for language in Language::ALL {
                let advice = message.advice(
                    language,
                    &Place {
                        application: None,
                        connection: None,
                    },
                );
                for part in [&advice.title, &advice.happened, &advice.next] {
                    assert!(!part.trim().is_empty(), "{message:?} in {language:?}");
                }
                assert!(
                    !advice.title.ends_with('.'),
                    "{message:?} in {language:?}: a title has no full stop"
                );
            }
        }
    }
}
