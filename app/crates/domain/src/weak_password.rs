//! Why an account may not have a password.

/// The one rule that a password breaks. `Display` is for administrators; the pages have words of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error("Use at least 8 characters.")]
    TooShort,
    #[error("Use at most 256 characters.")]
    TooLong,
    #[error("Remove the null character.")]
    NullCharacter,
    #[error("Use more than one character over and over.")]
    OneCharacter,
    /// Many people have it.
    #[error("Choose a password that fewer people have. This one is among the first that are guessed.")]
    Common,
    #[error("Choose a password other than the username or the email address.")]
    OwnName,
}
