//! Which passwords an account may have.

mod common;

use doorward_domain::canonical::lookup_key;
use doorward_domain::weak_password::WeakPassword;

use common::COMMON;

/// Fewest characters (NIST SP 800-63B §3.1.1.2).
pub const SHORTEST: usize = 8;
/// Most characters: hashing must not become a way to keep the server busy.
pub const LONGEST: usize = 256;

/// Whether a password will do for a person with these names. Those that many people have are refused, as NIST SP 800-63B
/// §3.1.1.2 asks for. No rules about kinds of characters: they make passwords worse (ibid.).
///
/// # Errors
/// The first rule that it breaks.
pub fn check<'a>(password: &str, names: impl IntoIterator<Item = &'a str>) -> Result<(), WeakPassword> {
    match password.chars().count() {
        n if n < SHORTEST => return Err(WeakPassword::TooShort),
        n if n > LONGEST => return Err(WeakPassword::TooLong),
        _ => {}
    }
    if password.contains('\0') {
        return Err(WeakPassword::NullCharacter);
    }
    let mut first = password.chars();
    let one = first.next();
    if first.all(|c| Some(c) == one) {
        return Err(WeakPassword::OneCharacter);
    }
    if COMMON.contains(&password.to_lowercase().as_str()) {
        return Err(WeakPassword::Common);
    }
    let key = lookup_key(password);
    if names.into_iter().any(|name| lookup_key(name) == key) {
        return Err(WeakPassword::OwnName);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy() {
        let names = ["anna", "anna.long@example.com"];
        let (most, more) = ("ab".repeat(128), "ab".repeat(129));
        for (password, want) in [
            ("correct horse", Ok(())),
            ("пароль-8", Ok(())),
            ("password of Anna", Ok(())),
            (most.as_str(), Ok(())),
            (more.as_str(), Err(WeakPassword::TooLong)),
            ("short", Err(WeakPassword::TooShort)),
            ("aaaaaaaaaa", Err(WeakPassword::OneCharacter)),
            ("ANNA.long@example.com", Err(WeakPassword::OwnName)),
            ("with\0null-inside", Err(WeakPassword::NullCharacter)),
            ("password", Err(WeakPassword::Common)),
            ("PassW0rd", Err(WeakPassword::Common)),
            ("12345678", Err(WeakPassword::Common)),
        ] {
            assert_eq!(check(password, names), want, "{password}");
        }
        for word in COMMON {
            assert!(word.chars().count() >= SHORTEST, "{word}: others are refused anyway");
            assert_eq!(word, word.to_lowercase(), "it would never be found");
        }
    }
}
