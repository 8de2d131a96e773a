//! Attempts: sign-ins that ended, as an administrator reads them.
//!
//! Owns what each reason of the audit log means and what helps. An attempt is a line of that log, so nothing is written
//! for it beside the line.

use serde::{Deserialize, Serialize};

use crate::audit::AuditAction;
use crate::engine::Denial;
use crate::finding::FindingCode;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AttemptOutcome {
    Succeeded,
    /// Somebody or a rule says no: the account, the connection's linking, the script, a copied key.
    Refused,
    /// The settings leave no way: the flow asks for what the person cannot have, or the script does not work.
    FailedClosed,
}

impl AttemptOutcome {
    /// Every outcome, for filters.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Refused, Self::FailedClosed];

    /// The stable name in the management API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::FailedClosed => "failed_closed",
        }
    }

    /// The action of the audit log that tells of it.
    #[must_use]
    pub fn action(self) -> AuditAction {
        match self {
            Self::Succeeded => AuditAction::SignedIn,
            Self::Refused | Self::FailedClosed => AuditAction::SignInRefused,
        }
    }
}

/// What a sign-in was for that no application asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AttemptTarget {
    Console,
    /// The person's own account.
    Account,
    /// Nothing new was entered: somebody who is signed in showed again who they are, before a change.
    Proof,
    /// The same, before a change in the console.
    ConsoleProof,
}

impl AttemptTarget {
    /// Every target.
    pub const ALL: [Self; 4] = [Self::Console, Self::Account, Self::Proof, Self::ConsoleProof];

    /// Whether somebody who is signed in showed again who they are.
    #[must_use]
    pub fn is_proof(self) -> bool {
        match self {
            Self::Proof | Self::ConsoleProof => true,
            Self::Console | Self::Account => false,
        }
    }

    /// The stable word in the audit log and the management API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Account => "account",
            Self::Proof => "proof",
            Self::ConsoleProof => "console_proof",
        }
    }

    /// The target of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why nobody was signed in, by the word of the audit log.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Reason {$(
            $(#[$doc])*
            #[serde(rename = $text)]
            $name,
        )*}

        impl Reason {
            /// Every reason, for filters.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable word in the database and the management API.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)*}
            }
        }
    };
}

reasons! {
    AccountExists = "account_exists",
    AccountNotActive = "account_not_active",
    /// The identity was erased, and an administrator keeps it out.
    KeptOut = "kept_out",
    AnotherPerson = "another_person",
    NeedsAccount = "needs_account",
    NoVerifiedAddress = "no_verified_address",
    PasskeyCopied = "passkey_copied",
    EnrolmentRefused = "enrolment_refused",
    /// Nothing of the account is left to prove that a new factor is theirs.
    NoProofLeft = "no_proof_left",
    /// An identity that was to prove that an account is theirs belongs to another account, or to none.
    ProofOfAnother = "proof_of_another",
    NoOptionLeft = "no_option_left",
    RefusedByScript = "refused_by_script",
    ScriptFailed = "script_failed",
    Incomplete = "incomplete",
    /// Too many wrong tries in the window.
    TooManyAttempts = "too_many_attempts",
    /// The connection has made as many accounts in an hour as it may.
    TooManyAccounts = "too_many_accounts",
    ProviderUnreachable = "provider_unreachable",
    ProviderSlow = "provider_slow",
    ProviderAnsweredWrongly = "provider_answered_wrongly",
    /// A setting of the connection does not do, here or at the provider.
    ConnectionMisconfigured = "connection_misconfigured",
    /// The person turned back at the provider, or it ended the sign-in itself.
    ProviderRefused = "provider_refused",
}

impl From<Denial> for Reason {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::AccountExists => Self::AccountExists,
            Denial::NotActive(_) => Self::AccountNotActive,
            Denial::KeptOut => Self::KeptOut,
            Denial::AnotherPerson => Self::AnotherPerson,
            Denial::NeedsAccount => Self::NeedsAccount,
            Denial::NoVerifiedAddress => Self::NoVerifiedAddress,
            Denial::PasskeyCopied => Self::PasskeyCopied,
            Denial::EnrolmentRefused => Self::EnrolmentRefused,
            Denial::NoOptionLeft => Self::NoOptionLeft,
            Denial::ByScript => Self::RefusedByScript,
            Denial::ScriptFailed(_) => Self::ScriptFailed,
            Denial::Incomplete => Self::Incomplete,
        }
    }
}

impl Reason {
    /// The reason of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.as_str() == word)
    }

    /// Ends before anybody has proven something: one line stands for several that are alike, with the numbers of their
    /// requests.
    pub const NOTED: [Self; 6] = [
        Self::TooManyAttempts,
        Self::ProviderUnreachable,
        Self::ProviderSlow,
        Self::ProviderAnsweredWrongly,
        Self::ConnectionMisconfigured,
        Self::ProviderRefused,
    ];

    #[must_use]
    pub fn outcome(self) -> AttemptOutcome {
        match self {
            Self::AccountExists
            | Self::AccountNotActive
            | Self::KeptOut
            | Self::AnotherPerson
            | Self::PasskeyCopied
            | Self::EnrolmentRefused
            | Self::NoProofLeft
            | Self::ProofOfAnother
            | Self::TooManyAttempts
            | Self::TooManyAccounts
            | Self::ProviderRefused
            | Self::RefusedByScript => AttemptOutcome::Refused,
            Self::NeedsAccount
            | Self::NoVerifiedAddress
            | Self::NoOptionLeft
            | Self::ScriptFailed
            | Self::ProviderUnreachable
            | Self::ProviderSlow
            | Self::ProviderAnsweredWrongly
            | Self::ConnectionMisconfigured
            | Self::Incomplete => AttemptOutcome::FailedClosed,
        }
    }

    /// What happened, one sentence.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::AccountExists => "An account has the address already, and nothing links the two.",
            Self::AccountNotActive => "The account is disabled or locked.",
            Self::KeptOut => "This identity was erased and is kept out.",
            Self::AnotherPerson => "A later step was passed by somebody else than the first.",
            Self::NeedsAccount => "The step needs an account, and the person has none.",
            Self::NoVerifiedAddress => "The step sends a code by email, and the person has no verified address.",
            Self::PasskeyCopied => "There may be a copy of the passkey, so it is not trusted.",
            Self::EnrolmentRefused => {
                "The step would set up a new factor, and the person has another one that was not used."
            }
            Self::NoProofLeft => "All backup codes are used, and a new app needs one of them.",
            Self::ProofOfAnother => "The identity that was to prove that the account is theirs is not linked to it.",
            Self::NoOptionLeft => "Nothing that the step offers is left for the person.",
            Self::RefusedByScript => "The application's script refuses the person.",
            Self::ScriptFailed => "The application's script failed, and nobody is let through then.",
            Self::Incomplete => "The flow ended before anybody had said who they are.",
            Self::TooManyAttempts => "Too many tries were wrong, so no more are taken for a quarter of an hour.",
            Self::TooManyAccounts => "The connection has made as many accounts in this hour as it may.",
            Self::ProviderUnreachable => "The provider cannot be reached.",
            Self::ProviderSlow => "The provider takes too long to answer.",
            Self::ProviderAnsweredWrongly => "The provider answered something that cannot be accepted.",
            Self::ConnectionMisconfigured => {
                "A setting of the connection does not fit, so the provider cannot be used."
            }
            Self::ProviderRefused => "The person turned back at the provider, or the provider ended the sign-in.",
        }
    }

    /// What helps, the usual first.
    #[must_use]
    pub fn remedies(self) -> &'static [&'static str] {
        match self {
            Self::AccountExists => &[
                "Let the connection link accounts whose owner proves it (Advanced tab, linking).",
                "Link the person's account yourself, on the user's page.",
            ],
            Self::AccountNotActive => &["Enable the account on the user's page, if the person should get in again."],
            Self::KeptOut => &[
                "Let it in again, if the person should get in: with all others of the connection (Advanced tab).",
                "Let it in alone: DELETE /api/v1/connections/{key}/kept-out takes its issuer and subject.",
            ],
            Self::AnotherPerson => &["Let the person sign in again, with the same account at each step."],
            Self::NeedsAccount => &[
                "Turn on just-in-time provisioning for the connection.",
                "Skip the step for people from this connection, in the script of the sign-in flow.",
                "Keep second factors without a profile (Advanced tab of the connection).",
                "Trust the provider's own second factor (Advanced tab, trusted acr or amr).",
            ],
            Self::NoVerifiedAddress => &[
                "Offer an authenticator app or a passkey beside the emailed code.",
                "Send codes to the verified address the provider asserts (Advanced tab).",
            ],
            Self::PasskeyCopied => &["Remove the passkey on the user's page; the person sets up a new one."],
            Self::EnrolmentRefused => &[
                "Offer the factor the person has in this step too.",
                "Reset the factor on the user's page, so that the person sets up a new one.",
            ],
            Self::NoProofLeft => &["Reset the factors on the user's page, so that the person sets up new ones."],
            Self::ProofOfAnother => &[
                "Let the person prove it another way: password, passkey or emailed code of the account.",
                "Link the person's account yourself, on the user's page.",
            ],
            Self::NoOptionLeft => &["Enable the connections the step offers, or add another way to pass it."],
            Self::RefusedByScript => &["Read the script's log below, and the line that decided."],
            Self::ScriptFailed => &["Mend the script at the line below; Try it in the editor shows what it does."],
            Self::Incomplete => &["Let the first step of every path say who the person is."],
            Self::TooManyAttempts => &[
                "Let the person wait a quarter of an hour; the limit ends by itself.",
                "Set a new password or reset the factor on the user's page, if they have lost it.",
                "Many such lines at once mean that somebody guesses: have people set up a second factor.",
            ],
            Self::TooManyAccounts => &[
                "Wait for the next hour, or raise DOORWARD_ACCOUNTS_PER_HOUR if so many people are expected.",
                "Ask whether the provider lets anybody register.",
            ],
            Self::ProviderUnreachable => &[
                "Run the test on the connection's page; it says what fails.",
                "Offer another way in the same step, so that people get in meanwhile.",
            ],
            Self::ProviderSlow => &[
                "Run the test on the connection's page, and ask the provider about its state.",
                "Offer another way in the same step, so that people get in meanwhile.",
            ],
            Self::ProviderAnsweredWrongly => &[
                "Run the test on the connection's page; it names the setting that does not fit.",
                "Compare issuer, client ID and client secret with the provider's console.",
            ],
            Self::ConnectionMisconfigured => &[
                "Run the test on the connection's page; it names the setting that does not fit.",
                "Offer another way in the same step, so that people get in meanwhile.",
            ],
            Self::ProviderRefused => &[
                "Ask the person to sign in again and to agree at the provider.",
                "If nobody gets through, look whether the provider lets this client sign people in.",
            ],
        }
    }

    /// Findings of the analyser that foretell it.
    #[must_use]
    pub fn findings(self) -> &'static [FindingCode] {
        match self {
            Self::NeedsAccount => &[FindingCode::JitOffFactor, FindingCode::JitOffFactorSome],
            Self::NoVerifiedAddress => &[FindingCode::NoVerifiedAddress, FindingCode::JitOffFactorSome],
            Self::NoOptionLeft => &[
                FindingCode::NoOptionLeft,
                FindingCode::DeadEnd,
                FindingCode::ScriptUnknownConnection,
            ],
            Self::RefusedByScript => &[FindingCode::DeadEnd],
            Self::ScriptFailed => &[
                FindingCode::ScriptError,
                FindingCode::ScriptLimit,
                FindingCode::StepMissing,
            ],
            Self::Incomplete => &[FindingCode::FirstFactorMissing],
            Self::AccountExists
            | Self::AccountNotActive
            | Self::KeptOut
            | Self::AnotherPerson
            | Self::PasskeyCopied
            | Self::EnrolmentRefused
            | Self::ProofOfAnother
            | Self::TooManyAttempts
            | Self::TooManyAccounts
            | Self::ProviderUnreachable
            | Self::ProviderSlow
            | Self::ProviderAnsweredWrongly
            | Self::ConnectionMisconfigured
            | Self::ProviderRefused
            | Self::NoProofLeft => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_denial_has_its_reason() {
        for denial in Denial::KINDS {
            assert_eq!(Reason::from(denial).as_str(), denial.as_str());
            assert_eq!(Reason::of_word(denial.as_str()), Some(Reason::from(denial)));
        }
    }

    #[test]
    fn each_target_has_its_word() {
        for target in AttemptTarget::ALL {
            assert_eq!(AttemptTarget::of_word(target.as_str()), Some(target));
            assert_eq!(serde_json::json!(target), target.as_str());
        }
        assert_eq!(AttemptTarget::of_word("elsewhere"), None);
    }

    #[test]
    fn each_reason_is_explained() {
        for reason in Reason::ALL {
            assert!(reason.told().ends_with('.'), "{reason:?}");
            assert!(!reason.remedies().is_empty(), "{reason:?}");
            assert_ne!(reason.outcome(), AttemptOutcome::Succeeded, "{reason:?}");
        }
    }
}
