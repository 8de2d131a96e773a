//! The people of *Try it*, as an expectation names them: everybody like them, whatever else is so of them.

use crate::flow::AuthOption;
use crate::text::Handle;

/// Most letters in the name of a group.
const GROUP_LIMIT: usize = 200;

/// What is so of everybody who is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Persona {
    /// They have no account yet and come through a connection.
    New,
    /// The same, and their provider sends no address.
    NewWithoutEmail,
    /// They have an account that is linked to every connection.
    Returning,
    /// They return, have set up an authenticator app and backup codes, and the app is gone.
    LostPhone,
    /// They return and are in the groups and have the roles of [`ADMINISTRATORS`].
    Administrator,
    /// They return and are in the group.
    Member(String),
}

/// The groups and roles that make an administrator of *Try it*.
pub const ADMINISTRATORS: [&str; 2] = ["admin", "administrators"];

/// The way they come in, where not every way is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Through {
    /// By a password or a passkey.
    Local,
    Connection(Handle),
}

impl Persona {
    /// Whether they have an account before they come.
    #[must_use]
    pub fn has_account(&self) -> bool {
        match self {
            Self::New | Self::NewWithoutEmail => false,
            Self::Returning | Self::LostPhone | Self::Administrator | Self::Member(_) => true,
        }
    }

    /// Whether they can come in by an option at all.
    #[must_use]
    pub fn comes_by(&self, entry: &AuthOption) -> bool {
        match self {
            Self::New | Self::NewWithoutEmail => entry.connection().is_some(),
            Self::LostPhone => *entry != AuthOption::Passkey,
            Self::Returning | Self::Administrator | Self::Member(_) => true,
        }
    }

    /// Whether they cannot confirm with an option, though the flow offers it. Whoever has set up one factor cannot set
    /// up another with a first factor alone.
    #[must_use]
    pub fn lacks(&self, option: &AuthOption) -> bool {
        match self {
            Self::LostPhone => matches!(option, AuthOption::Totp | AuthOption::Passkey),
            Self::New | Self::NewWithoutEmail | Self::Returning | Self::Administrator | Self::Member(_) => false,
        }
    }

    /// The groups they are in and the roles they have; they may have others too.
    #[must_use]
    pub fn groups_and_roles(&self) -> (Vec<&str>, Vec<&str>) {
        match self {
            Self::Administrator => (ADMINISTRATORS.to_vec(), ADMINISTRATORS.to_vec()),
            Self::Member(group) => (vec![group], vec![]),
            Self::New | Self::NewWithoutEmail | Self::Returning | Self::LostPhone => (vec![], vec![]),
        }
    }

    /// In words, within a sentence.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::New => "somebody new".to_owned(),
            Self::NewWithoutEmail => "somebody new without an email address".to_owned(),
            Self::Returning => "somebody who returns".to_owned(),
            Self::LostPhone => "somebody whose phone is lost".to_owned(),
            Self::Administrator => "an administrator".to_owned(),
            Self::Member(group) => format!("somebody in the group {group}"),
        }
    }

    /// The persona of a text, with the way that follows it.
    pub(super) fn parse(text: &str) -> Option<(Self, Option<Through>)> {
        let (name, rest) = text
            .split_once(':')
            .map_or((text, None), |(name, rest)| (name, Some(rest)));
        let through = |rest: Option<&str>| match rest {
            None => Some(None),
            Some(crate::script::LOCAL) => Some(Some(Through::Local)),
            Some(handle) => handle.parse().ok().map(|handle| Some(Through::Connection(handle))),
        };
        match (name, rest) {
            // Through one connection they are `connection:acme` and `linked:acme`.
            ("new", None) => Some((Self::New, None)),
            ("returning", None) => Some((Self::Returning, None)),
            ("new-without-email", rest) => {
                let through = through(rest)?;
                (through != Some(Through::Local)).then_some((Self::NewWithoutEmail, through))
            }
            ("lost-phone", rest) => Some((Self::LostPhone, through(rest)?)),
            ("administrator", rest) => Some((Self::Administrator, through(rest)?)),
            ("group", Some(group)) => {
                let fits = !group.trim().is_empty()
                    && group.trim() == group
                    && group.chars().count() <= GROUP_LIMIT
                    && !group.chars().any(char::is_control);
                fits.then(|| (Self::Member(group.to_owned()), None))
            }
            _ => None,
        }
    }

    /// The text that [`Self::parse`] reads.
    pub(super) fn text(&self, through: Option<&Through>) -> String {
        let name = match self {
            Self::New => "new",
            Self::NewWithoutEmail => "new-without-email",
            Self::Returning => "returning",
            Self::LostPhone => "lost-phone",
            Self::Administrator => "administrator",
            Self::Member(group) => return format!("group:{group}"),
        };
        match through {
            None => name.to_owned(),
            Some(Through::Local) => format!("{name}:{}", crate::script::LOCAL),
            Some(Through::Connection(handle)) => format!("{name}:{handle}"),
        }
    }
}
