//! Scripts made from a few answers: who is asked for a step, or let in at all (design.md §5).
//!
//! A template is a value; its script is ordinary text that can be changed by hand afterwards. What somebody typed goes
//! into the script as a literal and nowhere else, never into a comment.

mod form;
mod network;
mod source;

pub use form::Form;
pub use network::Network;

/// Most entries of a list.
pub const LIST_LIMIT: usize = 50;
/// Longest entry of a list, in bytes.
pub const ENTRY_LIMIT: usize = 100;

/// Which question a template answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Kind {
    #[default]
    SignInOption,
    Group,
    Network,
    NewDevice,
    Age,
    Sessions,
    EndSessions,
}

impl Kind {
    /// Every kind, in the order of the editor.
    pub const ALL: [Self; 7] = [
        Self::SignInOption,
        Self::Group,
        Self::Network,
        Self::NewDevice,
        Self::Age,
        Self::Sessions,
        Self::EndSessions,
    ];
}

/// Who takes the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Asked {
    /// Those who are named, nobody else.
    #[default]
    Named,
    /// Everybody but those who are named.
    Others,
}

/// What a group is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Membership {
    Asks(Asked),
    /// Members are let in, everybody else is refused.
    LetsIn,
}

impl Default for Membership {
    fn default() -> Self {
        Self::Asks(Asked::default())
    }
}

/// A template with its answers, which are within their bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// Handles of connections, or `LOCAL`.
    SignInOption {
        names: Vec<String>,
        asked: Asked,
        step: u32,
    },
    Group {
        groups: Vec<String>,
        membership: Membership,
        /// Not looked at where membership lets in.
        step: u32,
    },
    /// Whoever comes from elsewhere takes the step.
    Network { networks: Vec<Network>, step: u32 },
    /// A browser is known for so many days after the step was passed in it.
    NewDevice { days: u32, step: u32 },
    /// Whoever is younger, or has told no date of birth, is refused.
    Age { years: u32 },
    /// Whoever is signed in in so many browsers takes the step.
    Sessions { most: u32, step: u32 },
    /// Whoever is signed in in so many browsers says, after every step, which of them to leave.
    EndSessions { most: u32 },
}
