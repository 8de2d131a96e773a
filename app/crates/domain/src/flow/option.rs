//! The options of a step: our own authenticators, and connections.

use serde::{Deserialize, Serialize};

use crate::text::Handle;

/// One way to pass a step: a local authenticator or a connection. As text `password`, `passkey`, `email_link`, `totp`,
/// `email_otp`, `backup_code` or `connection:acme`; the prefix keeps our own names and an administrator's handles apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AuthOption {
    Password,
    /// A key that a device of the person holds (Web Authentication); it says who they are, or confirms it.
    Passkey,
    /// A link that is sent to a verified address, which says whose account it is; it works in the browser that asked.
    EmailLink,
    /// A time-based one-time code (RFC 6238) of an app the person has enrolled.
    Totp,
    /// A one-time code that is sent to a verified address of the person; it says whose account it is, or confirms it.
    EmailOtp,
    /// One of ten codes the person has kept, in the place of another second factor of the step.
    BackupCode,
    Connection(Handle),
}

/// Whether an option says who somebody is, or confirms it (design.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    First,
    Second,
    /// It says who somebody is where nobody is known yet, and confirms it afterwards.
    Either,
}

impl AuthOption {
    /// What people call it within a sentence. A connection has a name of its own, which is not known here.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Password => "a password",
            Self::Passkey => "a passkey",
            Self::EmailLink => "a link by email",
            Self::Totp => "an authenticator app",
            Self::EmailOtp => "a code by email",
            Self::BackupCode => "a backup code",
            Self::Connection(_) => "a connection",
        }
    }

    /// The same where a sentence starts with it.
    #[must_use]
    pub fn words_first(&self) -> String {
        let mut words = self.words().to_owned();
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        words
    }

    /// The authenticators of our own, in the order in which lists show them.
    pub const LOCAL: [Self; 6] = [
        Self::Password,
        Self::Passkey,
        Self::EmailLink,
        Self::Totp,
        Self::EmailOtp,
        Self::BackupCode,
    ];

    /// The table of design.md §3: what it is for, and whether it works only with an account of ours.
    #[must_use]
    pub fn nature(&self) -> (Kind, bool) {
        match self {
            Self::Password | Self::EmailLink => (Kind::First, true),
            Self::Passkey | Self::EmailOtp => (Kind::Either, true),
            Self::Totp | Self::BackupCode => (Kind::Second, true),
            Self::Connection(_) => (Kind::First, false),
        }
    }

    /// Whether it only confirms somebody who is known by then.
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.nature().0 == Kind::Second
    }

    /// Whether it is a one-time code. A step that offers one is there to confirm somebody who is known by then.
    #[must_use]
    pub fn is_code(&self) -> bool {
        match self {
            Self::Totp | Self::EmailOtp | Self::BackupCode => true,
            Self::Password | Self::Passkey | Self::EmailLink | Self::Connection(_) => false,
        }
    }

    /// Whether it sends a mail.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        match self {
            Self::EmailLink | Self::EmailOtp => true,
            Self::Password | Self::Passkey | Self::Totp | Self::BackupCode | Self::Connection(_) => false,
        }
    }

    /// Whether it can confirm somebody by itself. Backup codes only stand in for what does.
    #[must_use]
    pub fn stands_alone_as_second(&self) -> bool {
        self.can_confirm() && *self != Self::BackupCode
    }

    /// Whether it can confirm somebody who is known by then.
    #[must_use]
    pub fn can_confirm(&self) -> bool {
        matches!(self.nature().0, Kind::Second | Kind::Either)
    }

    /// Whether it works only with an account of ours; of emailed codes see [`crate::engine::Person::can_use`].
    #[must_use]
    pub fn needs_account(&self) -> bool {
        self.nature().1
    }

    /// Whether somebody without an account can use it where their second factors are kept all the same.
    #[must_use]
    pub fn works_with_kept_factors(&self) -> bool {
        match self {
            Self::Passkey | Self::Totp | Self::EmailOtp | Self::BackupCode => true,
            Self::Password | Self::EmailLink | Self::Connection(_) => false,
        }
    }

    /// The connection behind it.
    #[must_use]
    pub fn connection(&self) -> Option<&Handle> {
        match self {
            Self::Connection(handle) => Some(handle),
            Self::Password | Self::Passkey | Self::EmailLink | Self::Totp | Self::EmailOtp | Self::BackupCode => None,
        }
    }
}

/// The text names no option that works in this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "This is not a sign-in option. Use password, passkey, email_link, totp, email_otp, backup_code, or connection: \
     followed by a connection's handle."
)]
pub struct UnknownOption;

impl std::str::FromStr for AuthOption {
    type Err = UnknownOption;
    fn from_str(text: &str) -> Result<Self, UnknownOption> {
        match text.strip_prefix("connection:") {
            Some(handle) => handle.parse().map(Self::Connection).map_err(|_| UnknownOption),
            None => Self::LOCAL
                .into_iter()
                .find(|local| local.to_string() == text)
                .ok_or(UnknownOption),
        }
    }
}

impl TryFrom<String> for AuthOption {
    type Error = UnknownOption;
    fn try_from(text: String) -> Result<Self, UnknownOption> {
        text.parse()
    }
}

impl From<AuthOption> for String {
    fn from(option: AuthOption) -> String {
        option.to_string()
    }
}

impl std::fmt::Display for AuthOption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Password => f.write_str("password"),
            Self::Passkey => f.write_str("passkey"),
            Self::EmailLink => f.write_str("email_link"),
            Self::Totp => f.write_str("totp"),
            Self::EmailOtp => f.write_str("email_otp"),
            Self::BackupCode => f.write_str("backup_code"),
            Self::Connection(handle) => write!(f, "connection:{handle}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_round_trip() {
        for text in [
            "password",
            "passkey",
            "email_link",
            "totp",
            "email_otp",
            "backup_code",
            "connection:acme",
        ] {
            assert_eq!(text.parse::<AuthOption>().expect(text).to_string(), text);
        }
        for text in ["", "connection:", "connection:LOCAL", "acme", "Password"] {
            assert!(text.parse::<AuthOption>().is_err(), "{text}");
        }
    }
}
