//! Which passwords an account may have.

mod common;

use doorward_domain::canonical::lookup_key;

use common::COMMON;

/// Fewest characters (NIST SP 800-63B §3.1.1.2).
pub const SHORTEST: usize = 8;
/// Most characters: hashing must not become a way to keep the server busy.
pub const LONGEST: usize = 256;

/// Whether a password will do for a person with these names. Those that many people have are refused, as NIST SP 800-63B
/// §3.1.1.2 asks for. No rules about kinds of characters: they make passwords worse (ibid.).
///
/// # Errors
/// A sentence for the person who chose it.
pub fn check<'a>(password: &str, names: impl IntoIterator<Item = &'a str>) -> Result<(), &'static str> {
    match password.chars().count() {
        n if n < SHORTEST => return Err("Use at least 8 characters."),
        n if n > LONGEST => return Err("Use at most 256 characters."),
        _ => {}
    }
    if password.contains('\0') {
        return Err("Remove the null character.");
    }
    let mut first = password.chars();
    let one = first.next();
    if first.all(|c| Some(c) == one) {
        return Err("Use more than one character over and over.");
    }
    if COMMON.contains(&password.to_lowercase().as_str()) {
        return Err("Choose a password that fewer people have. This one is among the first that are guessed.");
    }
    let key = lookup_key(password);
    if names.into_iter().any(|name| lookup_key(name) == key) {
        return Err("Choose a password other than the username or the email address.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy() {
        let names = ["anna", "anna.long@example.com"];
        for (password, fine) in [
            ("correct horse", true),
            ("пароль-8", true),
            ("short", false),
            ("aaaaaaaaaa", false),
            ("ANNA.long@example.com", false),
            ("with\0null-inside", false),
            ("password", false),
            ("PassW0rd", false),
            ("12345678", false),
            ("password of Anna", true),
        ] {
            assert_eq!(check(password, names).is_ok(), fine, "{password}");
        }
        for word in COMMON {
            assert!(word.chars().count() >= SHORTEST, "{word}: others are refused anyway");
            assert_eq!(word, word.to_lowercase(), "it would never be found");
        }
        assert!(check(&"ab".repeat(128), names).is_ok());
        assert!(check(&"ab".repeat(129), names).is_err());
    }
}
