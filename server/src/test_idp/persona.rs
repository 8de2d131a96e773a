//! The people the Test IdP vouches for: each is a button, and each shows one way a real provider behaves.

use doorward_domain::Claims;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Somebody the Test IdP can vouch for, or a way in which it fails to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Persona {
    Ordinary,
    NoEmail,
    UnverifiedEmail,
    ChangedSubject,
    ForeignDomain,
    ManyGroups,
    LongNames,
    RightToLeft,
    ClockOff,
    Denies,
    Slow,
    WrongNonce,
    UnknownKey,
}

/// How the provider answers for a persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As the specification says.
    Correct,
    /// Sends the person back with `access_denied` (RFC 6749 §4.1.2.1).
    Denies,
    /// Takes longer to answer at the token endpoint than any client should wait.
    Slow,
    /// Puts another nonce into the ID token.
    WrongNonce,
    /// Signs with a key that is not in its key set.
    UnknownKey,
    /// Its clock is ten minutes ahead.
    ClockOff,
}

impl Persona {
    /// Every persona, in the order of the page.
    pub const ALL: [Self; 13] = [
        Self::Ordinary,
        Self::NoEmail,
        Self::UnverifiedEmail,
        Self::ChangedSubject,
        Self::ForeignDomain,
        Self::ManyGroups,
        Self::LongNames,
        Self::RightToLeft,
        Self::ClockOff,
        Self::Denies,
        Self::Slow,
        Self::WrongNonce,
        Self::UnknownKey,
    ];

    /// The value in forms and codes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::NoEmail => "no-email",
            Self::UnverifiedEmail => "unverified-email",
            Self::ChangedSubject => "changed-subject",
            Self::ForeignDomain => "foreign-domain",
            Self::ManyGroups => "many-groups",
            Self::LongNames => "long-names",
            Self::RightToLeft => "right-to-left",
            Self::ClockOff => "clock-off",
            Self::Denies => "denies",
            Self::Slow => "slow",
            Self::WrongNonce => "wrong-nonce",
            Self::UnknownKey => "unknown-key",
        }
    }

    /// The persona of a form value.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|persona| persona.as_str() == text)
    }

    /// The words on the button.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Ordinary => "Ordinary person",
            Self::NoEmail => "No email",
            Self::UnverifiedEmail => "Unverified email",
            Self::ChangedSubject => "Changed subject",
            Self::ForeignDomain => "Foreign domain",
            Self::ManyGroups => "500 groups",
            Self::LongNames => "Very long names",
            Self::RightToLeft => "Right-to-left name",
            Self::ClockOff => "Clock ten minutes off",
            Self::Denies => "Denies",
            Self::Slow => "Answers slowly",
            Self::WrongNonce => "Wrong nonce",
            Self::UnknownKey => "Unknown key",
        }
    }

    /// What to expect, one line under the button.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Ordinary => "A verified address and a full name.",
            Self::NoEmail => "The provider sends no address at all.",
            Self::UnverifiedEmail => "An address nobody has checked: it identifies nobody.",
            Self::ChangedSubject => "The ordinary person's address with another subject.",
            Self::ForeignDomain => "A verified address of a domain outside the company.",
            Self::ManyGroups => "A member of five hundred groups.",
            Self::LongNames => "Names of two thousand characters.",
            Self::RightToLeft => "A name that is written from right to left.",
            Self::ClockOff => "The provider's clock is ten minutes ahead; its answer is refused.",
            Self::Denies => "The person says no at the provider.",
            Self::Slow => "The provider takes thirty seconds to answer.",
            Self::WrongNonce => "The answer belongs to another sign-in; it is refused.",
            Self::UnknownKey => "The answer is signed with a key nobody knows; it is refused.",
        }
    }

    /// How the provider answers.
    #[must_use]
    pub fn behaviour(self) -> Behaviour {
        match self {
            Self::Ordinary
            | Self::NoEmail
            | Self::UnverifiedEmail
            | Self::ChangedSubject
            | Self::ForeignDomain
            | Self::ManyGroups
            | Self::LongNames
            | Self::RightToLeft => Behaviour::Correct,
            Self::ClockOff => Behaviour::ClockOff,
            Self::Denies => Behaviour::Denies,
            Self::Slow => Behaviour::Slow,
            Self::WrongNonce => Behaviour::WrongNonce,
            Self::UnknownKey => Behaviour::UnknownKey,
        }
    }

    /// The subject, and the claims about the person beside it.
    #[must_use]
    pub fn person(self) -> (String, Claims) {
        let person = |address: &str, given: &str, family: &str| {
            json!({
                "email": address, "email_verified": true, "preferred_username": self.as_str(),
                "name": format!("{given} {family}"), "given_name": given, "family_name": family, "locale": "en",
            })
        };
        let mut claims = match self {
            Self::Ordinary | Self::ChangedSubject => person("ordinary@example.com", "Ordinary", "Person"),
            Self::NoEmail => person("", "Addressless", "Person"),
            Self::ForeignDomain => person("visitor@partner.example.net", "Visiting", "Partner"),
            Self::ManyGroups => person("groups@example.com", "Group", "Member"),
            Self::LongNames => person("long@example.com", &"Long".repeat(500), &"Name".repeat(500)),
            Self::RightToLeft => person("rtl@example.com", "شخص", "تجريبي"),
            Self::UnverifiedEmail => person("unverified@example.com", "Unverified", "Address"),
            Self::ClockOff | Self::Denies | Self::Slow | Self::WrongNonce | Self::UnknownKey => {
                person(&format!("{}@example.com", self.as_str()), "Faulty", "Provider")
            }
        };
        match self {
            Self::NoEmail => {
                claims["email"].take();
                claims["email_verified"].take();
            }
            Self::UnverifiedEmail => claims["email_verified"] = json!(false),
            Self::ManyGroups => claims["groups"] = (1..=500).map(|n| format!("group-{n:03}")).collect(),
            _ => {}
        }
        (format!("test-{}", self.as_str()), present(claims))
    }
}

/// Somebody by a name typed on the page: the same name is the same person again.
#[must_use]
pub fn typed(name: &str) -> (String, Claims) {
    let claims = json!({
        "email": format!("{name}@example.com"), "email_verified": true, "preferred_username": name, "name": name, "locale": "en",
    });
    (format!("test-name-{name}"), present(claims))
}

/// Whether a typed name can be part of an address and a subject.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    (1..=40).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with(['.', '-'])
        && !name.ends_with(['.', '-'])
        && !name.contains("..")
}

fn present(claims: serde_json::Value) -> Claims {
    let fields = claims.as_object().cloned().unwrap_or_default();
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_persona_has_its_own_subject_and_value() {
        let subjects: BTreeSet<_> = Persona::ALL.map(|p| p.person().0).into();
        assert_eq!(subjects.len(), Persona::ALL.len());
        for persona in Persona::ALL {
            assert_eq!(Persona::find(persona.as_str()), Some(persona));
        }
    }

    #[test]
    fn claims_are_what_the_button_says() {
        let claims = |p: Persona| p.person().1;
        assert!(!claims(Persona::NoEmail).contains_key("email"));
        assert_eq!(claims(Persona::UnverifiedEmail)["email_verified"], json!(false));
        assert_eq!(
            claims(Persona::ManyGroups)["groups"].as_array().map(Vec::len),
            Some(500)
        );
        assert_eq!(
            claims(Persona::ChangedSubject)["email"],
            claims(Persona::Ordinary)["email"]
        );
    }

    #[test]
    fn typed_names() {
        for (name, want) in [
            ("anna", true),
            ("a.b-1", true),
            ("", false),
            ("A", false),
            ("a b", false),
            (".a", false),
            ("a@b", false),
        ] {
            assert_eq!(is_name(name), want, "{name}");
        }
    }
}
