//! The standard claims (OpenID Connect Core §5.1) and the scopes that ask for them (§5.4).

use crate::scope::Scope;

/// What a claim's value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Object,
    Texts,
    /// Whether the named claim has been verified.
    Verified(&'static str),
}

pub(super) struct Standard {
    pub name: &'static str,
    pub scope: Scope,
    pub kind: Kind,
}

const fn claim(name: &'static str, scope: Scope, kind: Kind) -> Standard {
    Standard { name, scope, kind }
}

pub(super) const STANDARD: [Standard; 20] = [
    claim("name", Scope::Profile, Kind::Text),
    claim("given_name", Scope::Profile, Kind::Text),
    claim("middle_name", Scope::Profile, Kind::Text),
    claim("family_name", Scope::Profile, Kind::Text),
    claim("nickname", Scope::Profile, Kind::Text),
    claim("preferred_username", Scope::Profile, Kind::Text),
    claim("profile", Scope::Profile, Kind::Text),
    claim("picture", Scope::Profile, Kind::Text),
    claim("website", Scope::Profile, Kind::Text),
    claim("gender", Scope::Profile, Kind::Text),
    claim("birthdate", Scope::Profile, Kind::Text),
    claim("zoneinfo", Scope::Profile, Kind::Text),
    claim("locale", Scope::Profile, Kind::Text),
    claim("updated_at", Scope::Profile, Kind::Number),
    claim("email", Scope::Email, Kind::Text),
    claim("email_verified", Scope::Email, Kind::Verified("email")),
    claim("phone_number", Scope::Phone, Kind::Text),
    claim("phone_number_verified", Scope::Phone, Kind::Verified("phone_number")),
    claim("address", Scope::Address, Kind::Object),
    claim("groups", Scope::Groups, Kind::Texts),
];
