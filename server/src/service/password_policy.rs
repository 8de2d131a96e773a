//! Which passwords an account may have.

use doorward_domain::canonical::lookup_key;

/// Fewest characters (NIST SP 800-63B §3.1.1.2).
pub const SHORTEST: usize = 8;
/// Most characters: hashing must not become a way to keep the server busy.
pub const LONGEST: usize = 256;

/// Whether a password will do for a person with these names. No rules about kinds of characters: they make passwords
/// worse (NIST SP 800-63B §3.1.1.2).
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
        ] {
            assert_eq!(check(password, names).is_ok(), fine, "{password}");
        }
        assert!(check(&"ab".repeat(128), names).is_ok());
        assert!(check(&"ab".repeat(129), names).is_err());
    }
}
