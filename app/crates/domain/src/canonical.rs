//! Comparing login identifiers: usernames and owned addresses share one name space, compared by a canonical key, so
//! that `ADMIN`, `admin` and look-alikes of other scripts cannot be three accounts (S10, S11).

use unicode_normalization::UnicodeNormalization;
use unicode_security::MixedScript;

/// Longest login identifier, in bytes; an address is at most 254 (RFC 5321 §4.5.3.1.3).
pub const IDENTIFIER_LIMIT: usize = 254;

/// The form in which identifiers are compared and stored under a unique index.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct IdentifierKey(String);

impl IdentifierKey {
    /// The key as text, for the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the @ of an address.
    fn mailbox(&self) -> Option<&str> {
        self.0.rsplit_once('@').map(|(mailbox, _)| mailbox)
    }
}

/// Why a text cannot be a login identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierFault {
    #[error("Enter a username or an email address.")]
    Empty,
    #[error("Use at most 254 characters.")]
    TooLong,
    #[error("Remove the spaces and control characters.")]
    Characters,
    #[error("Use letters of one script only: mixed scripts can imitate another person's name.")]
    MixedScripts,
    #[error("Enter a full email address such as name@example.com.")]
    NotAnAddress,
    #[error("Use plain letters before the @: this address looks like another person's.")]
    Imitates,
}

/// The key to look up what somebody typed. Does not judge: an unknown key simply finds nothing.
#[must_use]
pub fn lookup_key(typed: &str) -> IdentifierKey {
    let typed = typed.trim();
    match typed.rsplit_once('@') {
        Some((local, domain)) => IdentifierKey(format!("{}@{}", fold(local), fold_domain(domain))),
        None => IdentifierKey(fold(typed)),
    }
}

/// The key of a name that is about to be given to an account.
///
/// # Errors
/// A sentence for the person who chose the name.
pub fn new_username(text: &str) -> Result<IdentifierKey, IdentifierFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IdentifierFault::Empty);
    }
    if text.len() > IDENTIFIER_LIMIT {
        return Err(IdentifierFault::TooLong);
    }
    if text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || is_invisible(c))
    {
        return Err(IdentifierFault::Characters);
    }
    let (name, _) = text.rsplit_once('@').unwrap_or((text, ""));
    if !name.is_single_script() {
        return Err(IdentifierFault::MixedScripts);
    }
    Ok(lookup_key(text))
}

/// The key of an address that is about to be owned by an account, or that somebody is vouched for by.
///
/// Two mailboxes whose names only look alike have one key and two owners, so the one that needs letters outside of ASCII
/// to look like the other is owned by nobody: a provider's word for it would open the other's account (S11).
///
/// # Errors
/// When the text is no address, or imitates one.
pub fn address(text: &str) -> Result<IdentifierKey, IdentifierFault> {
    let key = new_username(text)?;
    let imitates = |(mailbox, _): (&str, &str)| !mailbox.is_ascii() && key.mailbox().is_some_and(str::is_ascii);
    if text.trim().rsplit_once('@').is_some_and(imitates) {
        return Err(IdentifierFault::Imitates);
    }
    let (local, domain) = key.0.rsplit_once('@').ok_or(IdentifierFault::NotAnAddress)?;
    if local.len() <= 64 && is_mailbox(local) && domain.split('.').all(is_label) {
        Ok(key)
    } else {
        Err(IdentifierFault::NotAnAddress)
    }
}

/// What stands before the @ without quotes (RFC 5322 §3.2.3), with the letters of RFC 6531 §3.3. Quoted names are refused:
/// hardly any mail server takes one. Dots may stand anywhere: some providers have given such names away.
fn is_mailbox(text: &str) -> bool {
    let fits = |c: char| !c.is_control() && !c.is_whitespace() && !r#"()<>[]:;@\,""#.contains(c);
    !text.is_empty() && text.chars().all(fits)
}

/// A part of a domain between dots (RFC 5321 §2.3.5), after IDNA. Some hosts have a line below in their names.
fn is_label(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    !text.is_empty() && text.bytes().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

/// Lower case after compatibility composition; then every foreign letter that looks like one ASCII letter becomes it
/// (Unicode TS 39 §4), so that `аdmin` with a Cyrillic letter collides with `admin` instead of standing beside it.
/// ASCII letters stay as they are: `user1` and `userl` are two people.
fn fold(text: &str) -> String {
    let lowered: String = text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    lowered
        .chars()
        .map(|c| if c.is_ascii() { c } else { ascii_twin(c).unwrap_or(c) })
        .collect()
}

fn ascii_twin(c: char) -> Option<char> {
    let mut buffer = [0; 4];
    let mut twin = unicode_security::skeleton(c.encode_utf8(&mut buffer));
    match (twin.next(), twin.next()) {
        (Some(only), None) if only.is_ascii_alphanumeric() => Some(only.to_ascii_lowercase()),
        _ => None,
    }
}

fn fold_domain(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| fold(domain))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_look_alikes_share_a_key() {
        let admin = lookup_key("admin");
        for same in ["ADMIN", " admin ", "аdmin", "ａｄｍｉｎ"] {
            assert_eq!(lookup_key(same), admin, "{same}");
        }
        assert_ne!(lookup_key("admins"), admin);
        assert_ne!(lookup_key("user1"), lookup_key("userl"));
    }

    #[test]
    fn addresses_fold_their_domain() {
        assert_eq!(
            lookup_key("Anna@Bücher.example.com"),
            lookup_key("anna@xn--bcher-kva.example.com")
        );
        assert!(address("someone@example.com").is_ok());
        for (text, want) in [
            ("someone", IdentifierFault::NotAnAddress),
            ("@example.com", IdentifierFault::NotAnAddress),
            ("a b@example.com", IdentifierFault::Characters),
            ("", IdentifierFault::Empty),
        ] {
            assert_eq!(address(text), Err(want), "{text}");
        }
    }

    #[test]
    fn an_address_is_one_that_mail_servers_take() {
        for text in [
            "anna@example.com",
            "anna.b+news@example.com",
            "o'neill_{x}!#$%&*/=?^`|~-@example.com",
            "jürgen@bücher.example.com",
            "anna@xn--bcher-kva.example.com",
            "anna@a-b.example",
            "anna@localhost",
        ] {
            assert!(address(text).is_ok(), "{text}");
        }
        for text in [
            "<x@y.zz>",
            "a,b@c.de",
            "a@b..c",
            "a:b@c.de",
            "a;b@c.de",
            "a\\b@c.de",
            "\"a\"@b.de",
            "(a)@b.de",
            "[a]@b.de",
            "a@b@c.de",
            "a@-b.com",
            "a@b-.com",
            "a@b.com.",
            "a@.b.com",
            "a@",
            "a@[192.0.2.1]",
            "a@b.c>",
        ] {
            assert_eq!(address(text), Err(IdentifierFault::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn s11_an_address_that_imitates_another_is_owned_by_nobody() {
        let pop = address("pop@example.com").expect("an address");
        for twin in ["рор@example.com", "ｐｏｐ@example.com"] {
            assert_eq!(lookup_key(twin), pop, "{twin}");
            assert_eq!(address(twin), Err(IdentifierFault::Imitates), "{twin}");
        }
        for own in ["иван@example.com", "jürgen@example.com", "pop@bücher.example.com"] {
            assert!(address(own).is_ok(), "{own}");
        }
    }

    #[test]
    fn new_names_keep_to_one_script() {
        assert_eq!(new_username("аdmin"), Err(IdentifierFault::MixedScripts), "S11");
        assert!(new_username("администратор").is_ok());
        assert_eq!(new_username("ad\u{200B}min"), Err(IdentifierFault::Characters));
        assert_eq!(new_username(&"a".repeat(255)), Err(IdentifierFault::TooLong));
    }
}
