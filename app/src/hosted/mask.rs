//! Recalls an account to the one who owns it without telling it to anybody else.

/// Shows the first letter of an address's local part and its domain: `m•••@example.com`; of a username the first
/// letter alone. The number of dots says nothing about the length.
#[must_use]
pub fn mask(name: &str) -> String {
    let (local, domain) = match name.rsplit_once('@') {
        Some((local, domain)) => (local, Some(domain)),
        None => (name, None),
    };
    let first: String = local.chars().take(1).collect();
    match domain {
        Some(domain) => format!("{first}•••@{domain}"),
        None => format!("{first}•••"),
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn only_the_first_letter_and_the_domain_are_shown() {
        for (name, want) in [
            ("maria.lopez@example.com", "m•••@example.com"),
            ("m@example.com", "m•••@example.com"),
            ("@example.com", "•••@example.com"),
            ("\"a@b\"@example.com", "\"•••@example.com"),
            ("ünal", "ü•••"),
            ("", "•••"),
        ] {
            assert_eq!(mask(name), want);
        }
    }
}
