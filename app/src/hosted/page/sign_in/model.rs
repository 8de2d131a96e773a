//! What the page offers, and why it is shown again.

use serde::{Deserialize, Serialize};

use crate::hosted::message::UserMessage;
use crate::hosted::page::backup_codes::BackupCodeOption;
use crate::hosted::page::by_mail::ByMail;
use crate::hosted::page::code::{CodeOption, MailCodeOption};
use crate::hosted::page::passkey::PasskeyOption;
use crate::ui::logo::Brand;

/// The options of the step a person is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Where the forms post to.
    pub action: String,
    /// In the order of the flow; at least one.
    pub options: Vec<SignInOption>,
    /// What was typed before, or the application's `login_hint`.
    pub username: String,
    /// Whether somebody who is signed in shows anew that they have this username; it stands fixed then.
    pub is_known: bool,
    /// Whom somebody who is signed in shows anew, at each step of that.
    pub shown_anew: Option<String>,
    /// Who is signed in, where their session stands for the steps before this one.
    pub signed_in: Option<String>,
    /// Who is signed in and has come to the console, which is closed to them.
    pub no_administrator: Option<String>,
    /// Whether somebody links a provider to their account: it is the one option.
    pub is_linking: bool,
    pub problem: Option<SignInProblem>,
}

/// One way to pass the step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOption {
    Connection(ConnectionOption),
    Password,
    ByMail(ByMail),
    Code(CodeOption),
    MailCode(MailCodeOption),
    BackupCode(BackupCodeOption),
    Passkey(PasskeyOption),
}

impl SignInOption {
    /// Whether it only confirms somebody who is known by now.
    pub(super) fn is_second(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Password | Self::ByMail(_) => false,
            Self::Code(_) | Self::MailCode(_) | Self::BackupCode(_) => true,
            Self::Passkey(option) => option.confirms(),
        }
    }

    /// Whether it is a button with nothing to type or to read beside it.
    pub(super) fn is_press(&self) -> bool {
        match self {
            Self::Connection(_) => true,
            Self::Passkey(option) => option.request.is_some() && !option.confirms(),
            Self::Password | Self::ByMail(_) | Self::Code(_) | Self::MailCode(_) | Self::BackupCode(_) => false,
        }
    }
}

/// A connection offered as a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionOption {
    pub handle: String,
    pub name: String,
    pub brand: Brand,
    /// Whether this browser's last sign-in went this way.
    pub was_last_used: bool,
}

/// Why the page is shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInProblem {
    /// No username was typed.
    UsernameMissing,
    /// No password was typed.
    PasswordMissing,
    /// Unknown account or wrong password; the page cannot know which.
    WrongPassword,
    /// No code was typed.
    CodeMissing,
    WrongCode,
    /// The code was right and has been used.
    CodeUsed,
    /// No code of a mail was typed.
    MailCodeMissing,
    /// What was typed is no email address.
    NoAddress,
    /// No mail can be sent.
    MailClosed,
    /// It is not the one, or too old.
    WrongMailCode,
    /// The same of the code in a link, which nobody typed.
    LinkRefused,
    /// No backup code was typed.
    BackupCodeMissing,
    WrongBackupCode,
    /// The backup code was right and has been used.
    BackupCodeUsed,
    /// The code of the app is right, but not the backup code that shows who enrols it.
    WrongProof,
    /// The passkey is none of this person's, or what the browser sent is not right.
    PasskeyRefused,
    /// The passkey that was made is registered already.
    PasskeyTaken,
    /// The code that shows who makes a passkey is not right.
    WrongPasskeyCode,
    /// It was right and has been used.
    PasskeyCodeUsed,
    /// Anything else; `connection` is the display name of the one that failed.
    Message {
        message: UserMessage,
        connection: Option<String>,
    },
}

impl SignIn {
    /// Whether the page is shown again because of this way.
    pub(super) fn is_about(&self, option: &SignInOption) -> bool {
        use SignInProblem::{
            CodeMissing, CodeUsed, PasskeyCodeUsed, PasskeyRefused, PasskeyTaken, WrongCode, WrongPasskeyCode,
            WrongProof,
        };
        matches!(
            (&self.problem, option),
            (
                Some(CodeMissing | WrongCode | CodeUsed | WrongProof),
                SignInOption::Code(_)
            ) | (
                Some(PasskeyRefused | PasskeyTaken | WrongPasskeyCode | PasskeyCodeUsed),
                SignInOption::Passkey(_)
            )
        )
    }

    pub(super) fn has_password(&self) -> bool {
        self.options.contains(&SignInOption::Password)
    }

    /// Whether the page has something to type that is no secret.
    pub(super) fn asks_for_name(&self) -> bool {
        let by_mail = |option: &SignInOption| matches!(option, SignInOption::ByMail(_));
        self.has_password() || self.options.iter().any(by_mail)
    }

    /// Whether the page offers one way beside the backup codes, which stand in for it.
    pub(super) fn has_one_way(&self) -> bool {
        let others = self.options.iter();
        others
            .filter(|option| !matches!(option, SignInOption::BackupCode(_)))
            .count()
            == 1
    }
}
