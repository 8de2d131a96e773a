//! What people may do to their own account, and what they prove before.

use chrono::Duration;

use crate::Timestamp;
use crate::account::{Attribute, AttributeSource};
use crate::assurance::Evidence;
use crate::connection::Connection;
use crate::flow::{AuthOption, SignInFlow, Step};
use crate::id::ConnectionId;

/// How long a proof is good for sensitive changes.
pub const PROOF_LIFE: Duration = Duration::minutes(5);

/// Attributes that the person may write themself. Not the address, which identifies them and has to be verified, and
/// nothing of the organisation's own, by which applications may decide what somebody may do.
pub const EDITABLE: [&str; 9] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "birthdate",
    "website",
    "locale",
    "zoneinfo",
];

/// What an account can sign in with, and confirm it with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    pub has_password: bool,
    /// The enabled connections that the account is linked to, one entry for each link.
    pub links: Vec<AuthOption>,
    pub has_app: bool,
    pub passkeys: usize,
    /// Backup codes that still work; `None` without any set.
    pub codes_left: Option<u8>,
}

/// What is set up or added after the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    App,
    Passkey,
    /// New backup codes.
    Codes,
    Link(AuthOption),
}

impl Holdings {
    /// Whether the account has anything to confirm its person with.
    #[must_use]
    pub fn has_second(&self) -> bool {
        self.has_app || self.passkeys > 0 || self.codes_left.is_some()
    }

    /// Whether something of ours confirms the person without backup codes, so that new codes can be made beside it.
    #[must_use]
    pub fn may_have_codes(&self) -> bool {
        self.has_app || self.passkeys > 0
    }

    /// Whether the app or a passkey may go: something must stay that shows who sets up the next one, or a stolen first
    /// factor would do (S38).
    #[must_use]
    pub fn may_take_factor(&self) -> bool {
        usize::from(self.has_app) + self.passkeys > 1 || self.codes_left.is_some_and(|left| left > 0)
    }

    /// Whether a link through this option may go: another way to sign in must remain.
    #[must_use]
    pub fn may_unlink(&self, through: Option<&AuthOption>) -> bool {
        let usable = self.links.len() - usize::from(through.is_some_and(|one| self.links.contains(one)));
        self.has_password || self.passkeys > 0 || usable > 0
    }

    fn firsts(&self) -> Step {
        let mut options: Vec<AuthOption> = self.has_password.then_some(AuthOption::Password).into_iter().collect();
        for link in &self.links {
            if !options.contains(link) {
                options.push(link.clone());
            }
        }
        // A passkey says who somebody is only where nothing else does: beside another way it is the second factor.
        if options.is_empty() {
            options.push(AuthOption::Passkey);
        }
        Step { options }
    }

    fn seconds(&self, with_codes: bool) -> Option<Step> {
        let only_passkeys = !self.has_password && self.links.is_empty();
        let mut options = Vec::new();
        if self.passkeys > 0 && !only_passkeys {
            options.push(AuthOption::Passkey);
        }
        // Where only backup codes are left they stand beside the app that they can set up again.
        if self.has_app || (options.is_empty() && self.codes_left.is_some() && self.passkeys == 0) {
            options.push(AuthOption::Totp);
        }
        if with_codes && self.codes_left.is_some() && !options.is_empty() {
            options.push(AuthOption::BackupCode);
        }
        (!options.is_empty()).then_some(Step { options })
    }

    /// The flow in which the person proves who they are: with a first factor, and a second one where the account has one.
    #[must_use]
    pub fn proof(&self) -> SignInFlow {
        let steps = std::iter::once(self.firsts()).chain(self.seconds(true));
        SignInFlow {
            steps: steps.collect(),
            script: None,
        }
    }

    /// The flow that ends with an addition.
    #[must_use]
    pub fn adding(&self, addition: &Addition) -> SignInFlow {
        let only = |option: AuthOption| Step { options: vec![option] };
        let mut steps = vec![self.firsts()];
        match addition {
            // With the backup codes that are all that is left, setting up the app is the proof itself.
            Addition::App if !self.may_have_codes() => steps.push(only(AuthOption::Totp)),
            Addition::App => steps.extend(self.seconds(true).into_iter().chain([only(AuthOption::Totp)])),
            Addition::Passkey => steps.extend(self.seconds(true).into_iter().chain([only(AuthOption::Passkey)])),
            // A backup code makes no others: whoever finds one would live on them.
            Addition::Codes => {
                let mut step = self.seconds(false).unwrap_or(only(AuthOption::Totp));
                step.options.push(AuthOption::BackupCode);
                steps.push(step);
            }
            Addition::Link(option) => steps.extend(self.seconds(true).into_iter().chain([only(option.clone())])),
        }
        SignInFlow { steps, script: None }
    }
}

/// The flow by which people come to their own account.
#[must_use]
pub fn entry<'a>(connections: impl Iterator<Item = &'a Connection>) -> SignInFlow {
    let connections = connections
        .filter(|connection| connection.enabled)
        .map(|connection| AuthOption::Connection(connection.handle.clone()));
    let options = [AuthOption::Password, AuthOption::Passkey]
        .into_iter()
        .chain(connections);
    SignInFlow {
        steps: vec![Step {
            options: options.collect(),
        }],
        script: None,
    }
}

/// The pieces of a session that are young enough for a sensitive change.
#[must_use]
pub fn recent(evidence: &[Evidence], now: Timestamp) -> Vec<Evidence> {
    evidence
        .iter()
        .filter(|piece| now - piece.at < PROOF_LIFE)
        .cloned()
        .collect()
}

/// Whether a session allows a sensitive change: the person has just shown who they are, and confirmed it where the
/// account has something to confirm it with. A code that went to a mailbox is not that, nor is a provider's word.
#[must_use]
pub fn is_proven(evidence: &[Evidence], has_second: bool, now: Timestamp) -> bool {
    let recent = recent(evidence, now);
    recent.iter().any(Evidence::says_who) && (!has_second || recent.iter().any(|piece| is_own_second(&piece.option)))
}

fn is_own_second(option: &AuthOption) -> bool {
    matches!(option, AuthOption::Passkey | AuthOption::Totp | AuthOption::BackupCode)
}

/// Whether the person may write an attribute: one of theirs that no linked provider owns.
#[must_use]
pub fn may_edit(name: &str, current: Option<&Attribute>, linked: &[ConnectionId]) -> bool {
    let owner = match current.map(|attribute| &attribute.source) {
        Some(AttributeSource::Connection { connection }) => Some(connection),
        Some(AttributeSource::Administrator | AttributeSource::Api | AttributeSource::Person) | None => None,
    };
    EDITABLE.contains(&name) && owner.is_none_or(|connection| !linked.contains(connection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holdings(has_password: bool, links: usize, has_app: bool, passkeys: usize, codes: Option<u8>) -> Holdings {
        let acme = |_| "connection:acme".parse().expect("an option");
        Holdings {
            has_password,
            links: (0..links).map(acme).collect(),
            has_app,
            passkeys,
            codes_left: codes,
        }
    }

    fn shown(flow: &SignInFlow) -> Vec<Vec<String>> {
        let step = |step: &Step| step.options.iter().map(ToString::to_string).collect();
        flow.steps.iter().map(step).collect()
    }

    #[test]
    fn a_proof_asks_for_a_second_factor_where_there_is_one() {
        for (case, have, want) in [
            ("a password", holdings(true, 0, false, 0, None), json!([["password"]])),
            (
                "a link beside it, twice",
                holdings(true, 2, false, 0, None),
                json!([["password", "connection:acme"]]),
            ),
            (
                "everything",
                holdings(true, 1, true, 1, Some(3)),
                json!([["password", "connection:acme"], ["passkey", "totp", "backup_code"]]),
            ),
            (
                "only a passkey",
                holdings(false, 0, false, 1, None),
                json!([["passkey"]]),
            ),
            (
                "only a passkey first, and an app",
                holdings(false, 0, true, 1, None),
                json!([["passkey"], ["totp"]]),
            ),
            (
                "only backup codes are left",
                holdings(true, 0, false, 0, Some(2)),
                json!([["password"], ["totp", "backup_code"]]),
            ),
        ] {
            assert_eq!(json!(shown(&have.proof())), want, "{case}");
        }
    }

    #[test]
    fn s38_an_addition_follows_the_proof() {
        let plain = holdings(true, 0, false, 0, None);
        let full = holdings(true, 0, true, 1, Some(3));
        let acme: AuthOption = "connection:acme".parse().expect("an option");
        for (case, have, addition, want) in [
            ("the first app", &plain, Addition::App, json!([["password"], ["totp"]])),
            (
                "the first passkey",
                &plain,
                Addition::Passkey,
                json!([["password"], ["passkey"]]),
            ),
            (
                "another passkey",
                &full,
                Addition::Passkey,
                json!([["password"], ["passkey", "totp", "backup_code"], ["passkey"]]),
            ),
            (
                "an app with a backup code",
                &holdings(true, 0, false, 0, Some(1)),
                Addition::App,
                json!([["password"], ["totp"]]),
            ),
            (
                "new codes",
                &full,
                Addition::Codes,
                json!([["password"], ["passkey", "totp", "backup_code"]]),
            ),
            (
                "a link",
                &full,
                Addition::Link(acme),
                json!([["password"], ["passkey", "totp", "backup_code"], ["connection:acme"]]),
            ),
        ] {
            assert_eq!(json!(shown(&have.adding(&addition))), want, "{case}");
        }
    }

    #[test]
    fn s38_something_stays_that_shows_who_it_is() {
        for (case, have, factor, link) in [
            ("a password alone", holdings(true, 0, false, 0, None), false, true),
            ("one app", holdings(true, 1, true, 0, None), false, true),
            ("one app and codes", holdings(true, 1, true, 0, Some(1)), true, true),
            (
                "one app and used codes",
                holdings(true, 1, true, 0, Some(0)),
                false,
                true,
            ),
            ("two passkeys", holdings(false, 1, false, 2, None), true, true),
            (
                "one link and nothing else",
                holdings(false, 1, false, 0, None),
                false,
                false,
            ),
            ("two links", holdings(false, 2, false, 0, None), false, true),
        ] {
            let acme: AuthOption = "connection:acme".parse().expect("an option");
            assert_eq!(have.may_take_factor(), factor, "{case}");
            assert_eq!(have.may_unlink(Some(&acme)), link, "{case}");
        }
        let disabled = holdings(false, 0, false, 0, None);
        assert!(!disabled.may_unlink(None), "a disabled connection is no other way");
    }

    #[test]
    fn a_proof_is_young_and_complete() {
        let start = Timestamp::UNIX_EPOCH;
        let at = |seconds| start + Duration::seconds(seconds);
        let piece = |option: &str, seconds| Evidence::of_ours(option.parse().expect("an option"), at(seconds));
        for (case, evidence, has_second, want) in [
            ("just now", vec![piece("password", 300)], false, true),
            ("at the limit", vec![piece("password", 0)], false, false),
            ("a second factor is missing", vec![piece("password", 300)], true, false),
            (
                "an old one",
                vec![piece("password", 300), piece("totp", 0)],
                true,
                false,
            ),
            (
                "only the second is young",
                vec![piece("password", 0), piece("totp", 299)],
                true,
                false,
            ),
            (
                "a mailbox is no factor of theirs",
                vec![piece("password", 200), piece("email_otp", 299)],
                true,
                false,
            ),
            ("both", vec![piece("password", 200), piece("totp", 299)], true, true),
        ] {
            assert_eq!(is_proven(&evidence, has_second, at(300)), want, "{case}");
        }
    }

    #[test]
    fn what_a_provider_owns_is_not_the_persons() {
        let acme = ConnectionId::from_random([1; 16]);
        let of = |source| Attribute {
            value: json!("x"),
            source,
            at: Timestamp::UNIX_EPOCH,
        };
        let provided = of(AttributeSource::Connection {
            connection: acme.clone(),
        });
        let linked = [acme];
        for (case, name, current, linked, want) in [
            ("nothing there", "nickname", None, &linked[..], true),
            ("from the provider", "name", Some(&provided), &linked, false),
            ("from one that is unlinked", "name", Some(&provided), &[], true),
            (
                "the administrator's",
                "name",
                Some(&of(AttributeSource::Administrator)),
                &[],
                true,
            ),
            ("the address", "email", None, &[], false),
            ("the organisation's own", "groups", None, &[], false),
        ] {
            assert_eq!(may_edit(name, current, linked), want, "{case}");
        }
    }
}
