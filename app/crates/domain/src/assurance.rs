//! Assurance: what a sign-in achieved, computed from evidence and never from configuration (S36).

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::connection::Connection;
use crate::flow::AuthOption;
use crate::id::ConnectionId;

/// A step that was passed, and with what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The option the person used.
    pub option: AuthOption,
    /// When it reached us.
    pub at: Timestamp,
    /// When the person proved it to their provider, where that was before: its `auth_time` (OpenID Connect Core §2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_at: Option<Timestamp>,
    /// The connection behind a federated option, as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// What the provider said it checked (RFC 8176); believed only as far as the connection trusts the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upstream_amr: Vec<String>,
    /// The level the provider said it reached; believed as little.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_acr: Option<String>,
    #[serde(default, skip_serializing_if = "Upstream::is_untrusted")]
    pub upstream: Upstream,
    /// What a passkey has shown beside holding its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyUse>,
    /// Stands for the session at the provider, so that the provider can end ours with it. It proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_session: Option<String>,
}

/// How a passkey was used (Web Authentication Level 3 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    /// The device made sure, by a PIN or a finger, that it is the person who holds it.
    #[serde(rename = "v", default)]
    pub verified: bool,
    /// The key may be copied to the person's other devices, so no single piece of hardware guards it.
    #[serde(rename = "s", default)]
    pub synced: bool,
}

/// What a provider's own second factor counts for here (design.md §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Upstream {
    /// Nothing: the provider named none that its connection trusts.
    #[default]
    Untrusted,
    /// The connection trusts what the provider said: one step of second factors is passed by it.
    Trusted,
    /// This piece is that check, entered for a step of second factors. It says nothing about who somebody is.
    Confirms,
}

impl Upstream {
    fn is_untrusted(&self) -> bool {
        *self == Self::Untrusted
    }
}

/// `acr` of a sign-in with one factor.
pub const ONE_FACTOR: &str = "urn:doorward:acr:1";
/// `acr` of a sign-in with two different factors.
pub const TWO_FACTORS: &str = "urn:doorward:acr:2";

/// Kinds of proof (NIST SP 800-63B §5.1). Two checks of one kind are not two factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    Knowledge,
    Possession,
    /// Somebody else vouches; which factors they checked is not known.
    Federated,
}

impl Evidence {
    /// Something we have checked ourselves.
    #[must_use]
    pub fn of_ours(option: AuthOption, at: Timestamp) -> Self {
        Self {
            option,
            at,
            proved_at: None,
            connection: None,
            upstream_amr: vec![],
            upstream_acr: None,
            upstream: Upstream::Untrusted,
            key: None,
            upstream_session: None,
        }
    }

    /// A passkey that was used.
    #[must_use]
    pub fn of_key(key: KeyUse, at: Timestamp) -> Self {
        Self {
            key: Some(key),
            ..Self::of_ours(AuthOption::Passkey, at)
        }
    }

    /// When the person did something for it, not only their provider's session.
    #[must_use]
    pub fn proved(&self) -> Timestamp {
        self.proved_at.map_or(self.at, |proved| proved.min(self.at))
    }

    /// Whether it says who somebody is, and does not only confirm it.
    #[must_use]
    pub fn says_who(&self) -> bool {
        !self.option.is_second() && self.upstream != Upstream::Confirms
    }

    /// The same check, entered for a step of second factors; `None` where it is not trusted.
    #[must_use]
    pub fn as_confirmation(&self) -> Option<Self> {
        let confirms = Self {
            upstream: Upstream::Confirms,
            ..self.clone()
        };
        (self.upstream == Upstream::Trusted).then_some(confirms)
    }

    /// As the connection's settings are now: trust that was taken back counts no more. `None` for a confirmation that
    /// has nothing left to rest on.
    #[must_use]
    pub fn renewed(&self, connection: Option<&Connection>) -> Option<Self> {
        let trusted =
            connection.is_some_and(|connection| connection.trusts(self.upstream_acr.as_deref(), &self.upstream_amr));
        match self.upstream {
            Upstream::Trusted if !trusted => Some(Self {
                upstream: Upstream::Untrusted,
                ..self.clone()
            }),
            Upstream::Confirms if !trusted => None,
            Upstream::Untrusted | Upstream::Trusted | Upstream::Confirms => Some(self.clone()),
        }
    }

    /// The kind of proof this evidence stands for. A code by email confirms here; see [`factors`].
    fn factor(&self) -> Factor {
        match self.option {
            AuthOption::Password => Factor::Knowledge,
            AuthOption::Passkey | AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => {
                Factor::Possession
            }
            // Whoever keeps the mailbox vouches; a link is nothing that the person holds.
            AuthOption::EmailLink | AuthOption::Connection(_) => Factor::Federated,
        }
    }
}

/// The pieces that say who somebody is. A code by email is one where nothing but mail says so; beside a password, a
/// provider or a passkey it only confirms.
pub fn who(evidence: &[Evidence]) -> impl Iterator<Item = &Evidence> {
    let confirms = evidence.iter().any(|piece| piece.says_who() && !piece.option.is_mail());
    let says_who = move |piece: &&Evidence| piece.says_who() && !(confirms && piece.option == AuthOption::EmailOtp);
    evidence.iter().filter(says_who)
}

/// What each piece stands for. A code by email that says who somebody is stands for the word of whoever keeps the
/// mailbox, as a link does: a second code to the same mailbox shows nothing more.
pub fn factors(evidence: &[Evidence]) -> impl Iterator<Item = Factor> {
    let by_mail = who(evidence).any(|piece| piece.option == AuthOption::EmailOtp);
    evidence.iter().map(move |piece| match piece.option {
        AuthOption::EmailOtp if by_mail => Factor::Federated,
        _ => piece.factor(),
    })
}

/// What the evidence amounts to: the `acr` level and the `amr` list (RFC 8176). A password beside a provider's word is
/// two checks but not provably two factors, so it stays level 1; a thing we have seen somebody hold beside either of
/// them is a second one, and so is what a provider says it checked, where its connection trusts the value. A passkey
/// whose device verified the person is two in itself (NIST SP 800-63B §5.1.9).
#[must_use]
pub fn assess(evidence: &[Evidence]) -> (&'static str, Vec<&'static str>) {
    let mut amr: Vec<&'static str> = Vec::new();
    for value in evidence.iter().flat_map(methods) {
        if !amr.contains(&value) {
            amr.push(value);
        }
    }
    let holds = |wanted: fn(Factor) -> bool| factors(evidence).any(wanted);
    let both = holds(|f| f == Factor::Possession) && holds(|f| f != Factor::Possession);
    let is_two_in_itself = |e: &Evidence| e.upstream == Upstream::Trusted || e.key.is_some_and(|key| key.verified);
    if both || evidence.iter().any(is_two_in_itself) {
        amr.push("mfa");
        return (TWO_FACTORS, amr);
    }
    (ONE_FACTOR, amr)
}

/// The values of RFC 8176 §2 for one piece. Never `hwk`: without attestation nothing proves that hardware guards a key.
fn methods(evidence: &Evidence) -> Vec<&'static str> {
    match evidence.option {
        AuthOption::Password => vec!["pwd"],
        AuthOption::Passkey => {
            let synced = evidence.key.is_some_and(|key| key.synced);
            let software = synced.then_some("swk");
            ["pop"].into_iter().chain(software).chain(["user"]).collect()
        }
        AuthOption::EmailLink | AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => vec!["otp"],
        AuthOption::Connection(_) => vec!["fed"],
    }
}

/// When the person last proved something: `auth_time` (OpenID Connect Core §2).
#[must_use]
pub fn auth_time(evidence: &[Evidence]) -> Option<Timestamp> {
    evidence.iter().map(Evidence::proved).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(option: &str) -> Evidence {
        Evidence {
            option: option.parse().expect("an option"),
            at: Timestamp::UNIX_EPOCH,
            proved_at: None,
            connection: None,
            upstream_amr: vec!["mfa".to_owned()],
            upstream_acr: None,
            upstream: Upstream::Untrusted,
            key: None,
            upstream_session: None,
        }
    }

    #[test]
    fn a_passkey_is_what_its_device_has_shown() {
        let password = evidence("password");
        let passkey = |verified, synced| Evidence::of_key(KeyUse { verified, synced }, Timestamp::UNIX_EPOCH);
        for (case, have, level, amr) in [
            ("held", vec![passkey(false, false)], ONE_FACTOR, &["pop", "user"][..]),
            (
                "held by a verified person",
                vec![passkey(true, false)],
                TWO_FACTORS,
                &["pop", "user", "mfa"],
            ),
            (
                "a copy of it",
                vec![passkey(true, true)],
                TWO_FACTORS,
                &["pop", "swk", "user", "mfa"],
            ),
            (
                "after a password",
                vec![password, passkey(false, true)],
                TWO_FACTORS,
                &["pwd", "pop", "swk", "user", "mfa"],
            ),
            (
                "beside a code of an app",
                vec![passkey(false, false), evidence("totp")],
                ONE_FACTOR,
                &["pop", "user", "otp"],
            ),
        ] {
            assert_eq!(assess(&have), (level, amr.to_vec()), "{case}");
        }
    }

    #[test]
    fn s36_s37_a_trusted_value_raises_the_level_as_long_as_it_is_trusted() {
        let draft = |trusted: &str| {
            let json = format!(
                r#"{{"handle":"acme","display_name":"Acme","oidc":{{"issuer":"https://idp.example.com","client_id":"us",
                    "client_secret":"hush"}},"trusted_amr":{trusted}}}"#
            );
            let draft: crate::connection::ConnectionDraft = serde_json::from_str(&json).expect("a draft");
            draft
                .create(ConnectionId::from_random([0; 16]), Timestamp::UNIX_EPOCH)
                .expect("valid")
        };
        let trusting = draft(r#"["mfa"]"#);
        let first = Evidence {
            upstream: Upstream::Trusted,
            ..evidence("connection:acme")
        };
        let second = first.as_confirmation().expect("trusted");
        assert!(first.says_who() && !second.says_who());
        assert!(second.as_confirmation().is_none(), "it counts once");
        let both = [first.clone(), second.clone()];
        assert_eq!(assess(&both), (TWO_FACTORS, vec!["fed", "mfa"]));
        assert_eq!(
            assess(std::slice::from_ref(&second)).0,
            ONE_FACTOR,
            "S36: the word itself is gone"
        );
        assert_eq!(first.renewed(Some(&trusting)), Some(first.clone()));
        for (case, connection) in [("trusts no more", Some(draft("[]"))), ("is gone", None)] {
            let left: Vec<_> = both.iter().filter_map(|e| e.renewed(connection.as_ref())).collect();
            assert_eq!(left, [evidence("connection:acme")], "S37: {case}");
        }
    }

    #[test]
    fn s36_a_code_by_email_says_who_only_where_nothing_else_does() {
        for (case, have, want) in [
            ("alone", &["email_otp"][..], &["email_otp"][..]),
            ("before an app", &["email_otp", "totp"], &["email_otp"]),
            ("after a password", &["password", "email_otp"], &["password"]),
            (
                "after a provider",
                &["connection:acme", "email_otp"],
                &["connection:acme"],
            ),
            ("after a passkey", &["passkey", "email_otp"], &["passkey"]),
        ] {
            let have: Vec<_> = have.iter().map(|option| evidence(option)).collect();
            let said: Vec<_> = who(&have).map(|piece| piece.option.to_string()).collect();
            assert_eq!(said, want, "S36: {case}");
        }
    }

    #[test]
    fn s36_s37_the_level_comes_from_evidence_of_our_own() {
        for (case, have, level, amr) in [
            ("a password", &["password"][..], ONE_FACTOR, &["pwd"][..]),
            (
                "what a provider says it checked is not believed",
                &["connection:acme"],
                ONE_FACTOR,
                &["fed"],
            ),
            (
                "two checks, not two factors",
                &["connection:acme", "password"],
                ONE_FACTOR,
                &["fed", "pwd"],
            ),
            ("a link by email", &["email_link"], ONE_FACTOR, &["otp"]),
            ("one mailbox, twice", &["email_link", "email_otp"], ONE_FACTOR, &["otp"]),
            (
                "a mailbox and an app",
                &["email_link", "totp"],
                TWO_FACTORS,
                &["otp", "mfa"],
            ),
            ("a code by email", &["email_otp"], ONE_FACTOR, &["otp"]),
            (
                "one mailbox, two codes",
                &["email_otp", "email_otp"],
                ONE_FACTOR,
                &["otp"],
            ),
            (
                "a code by email and an app",
                &["email_otp", "totp"],
                TWO_FACTORS,
                &["otp", "mfa"],
            ),
            (
                "knows, and reads the mail twice",
                &["password", "email_link", "email_otp"],
                TWO_FACTORS,
                &["pwd", "otp", "mfa"],
            ),
            (
                "an app and its stand-in",
                &["totp", "backup_code"],
                ONE_FACTOR,
                &["otp"],
            ),
            (
                "knows and has kept a code",
                &["password", "backup_code"],
                TWO_FACTORS,
                &["pwd", "otp", "mfa"],
            ),
            (
                "knows and holds",
                &["password", "totp"],
                TWO_FACTORS,
                &["pwd", "otp", "mfa"],
            ),
            (
                "vouched for and holds",
                &["connection:acme", "totp"],
                TWO_FACTORS,
                &["fed", "otp", "mfa"],
            ),
        ] {
            let have: Vec<_> = have.iter().map(|option| evidence(option)).collect();
            assert_eq!(assess(&have), (level, amr.to_vec()), "{case}");
        }
    }
}
