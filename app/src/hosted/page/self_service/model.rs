//! What the page shows, and what was done on it.

use doorward_domain::Timestamp;

use crate::hosted::page::attributes::AttributeField;
use crate::hosted::page::sign_in::ConnectionOption;

/// Everything the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfService {
    pub username: String,
    /// Address and whether it is verified.
    pub email: Option<(String, bool)>,
    /// What is kept of the person, with who wrote it; the address by email apart.
    pub kept: Vec<(AttributeField, Source)>,
    /// What the person may write, with what they typed where it does not do.
    pub editable: Vec<AttributeField>,
    /// Since when there is an app.
    pub app: Option<Timestamp>,
    pub passkeys: Vec<PasskeyItem>,
    pub codes_left: Option<u8>,
    pub may_take_factor: bool,
    pub may_have_codes: bool,
    pub links: Vec<LinkItem>,
    pub linkable: Vec<ConnectionOption>,
    pub has_password: bool,
    pub sessions: Vec<SessionItem>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// Second factors that are kept of somebody without an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFactors {
    /// Display name of the connection they are kept for.
    pub connection: String,
    pub has_app: bool,
    pub has_codes: bool,
    pub has_passkey: bool,
    /// When they are erased, unless they are used before.
    pub until: Timestamp,
}

/// Who wrote an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Connection(String),
    Administrator,
    Person,
}

/// A passkey of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyItem {
    pub key: String,
    pub name: String,
    pub since: Timestamp,
    /// Whether another way to sign in remains, and another one to confirm it.
    pub may_go: bool,
}

/// A provider's subject that signs in to the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkItem {
    pub key: String,
    pub connection: String,
    /// What the provider calls the person, where the account has several identities of one provider: nothing else that is
    /// kept tells them apart.
    pub subject: Option<String>,
    pub since: Timestamp,
    /// When somebody last signed in with it, where that is known.
    pub last_used: Option<Timestamp>,
    /// Whether another way to sign in remains.
    pub may_go: bool,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionItem {
    pub key: String,
    /// `None` when it does not say what it is.
    pub browser: Option<String>,
    pub since: Timestamp,
    pub is_this: bool,
}

/// What was done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    ProfileSaved,
    AppAdded,
    AppRemoved,
    PasskeyAdded,
    PasskeyRenamed,
    PasskeyRemoved,
    CodesMade,
    Linked,
    Unlinked,
    PasswordSet,
    SessionEnded,
    /// Every one but the session of this browser.
    OthersEnded,
}

impl Done {
    /// Every one of them.
    pub const ALL: [Self; 12] = [
        Self::ProfileSaved,
        Self::AppAdded,
        Self::AppRemoved,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyRemoved,
        Self::CodesMade,
        Self::Linked,
        Self::Unlinked,
        Self::PasswordSet,
        Self::SessionEnded,
        Self::OthersEnded,
    ];

    /// The word that brings it to the page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ProfileSaved => "profile-saved",
            Self::AppAdded => "app-added",
            Self::AppRemoved => "app-removed",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRenamed => "passkey-renamed",
            Self::PasskeyRemoved => "passkey-removed",
            Self::CodesMade => "codes-made",
            Self::Linked => "linked",
            Self::Unlinked => "unlinked",
            Self::PasswordSet => "password-set",
            Self::SessionEnded => "session-ended",
            Self::OthersEnded => "others-ended",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|done| done.word() == word)
    }
}
