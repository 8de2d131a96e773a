//! The engine's own moves, with people made for them.

use super::pass::Brought;
use super::path::Path;
use super::{Explorer, start};
use crate::Claims;
use crate::account::AccountStatus;
use crate::analysis::ConnectionFacts;
use crate::assurance::{Evidence, KeyUse, Upstream};
use crate::engine::{Choosing, FactorAccepted, PasskeyAccepted, PasswordAccepted, Person, SignIn};
use crate::expectation::Persona;
use crate::flow::AuthOption;
use crate::holder::FactorOwner;
use crate::id::{AccountId, ConnectionId};
use crate::subject::LinkKey;
use crate::text::Handle;

impl Explorer<'_> {
    /// The engine's own move, with a person made for it; and whether it takes a link that the world may lack.
    pub(super) fn passed(
        &self,
        choosing: &Choosing,
        option: &AuthOption,
        path: &Path,
        brought: Brought,
    ) -> Option<(SignIn, bool)> {
        let (now, demands) = (start().0, self.demands());
        let mailbox = brought.mailbox == Some(true);
        let person = choosing.progress().person().cloned();
        let moves = choosing.clone();
        let next = match option {
            AuthOption::Password => {
                let account = person
                    .as_ref()
                    .map_or(Some(local()), |person| person.account().cloned())?;
                moves.accept(known(account, mailbox), &demands, now)
            }
            AuthOption::EmailLink | AuthOption::EmailOtp if person.is_none() => {
                moves.accept_mail(option.clone(), known(local(), true), &demands, now)
            }
            AuthOption::EmailLink => return None,
            AuthOption::Passkey => {
                let owner = person
                    .as_ref()
                    .map_or(Some(FactorOwner::Account(local())), Person::factor_owner)?;
                moves.accept_passkey(key_of(owner, mailbox), &demands, now)
            }
            AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => {
                let accepted = FactorAccepted {
                    option: option.clone(),
                    person: person?,
                    claims: Claims::new(),
                };
                moves.confirm(accepted, &demands, now)
            }
            AuthOption::Connection(handle) => {
                let came_by_it = path.taken.iter().any(|(_, taken)| taken == option);
                return self.come_by(choosing, handle, came_by_it, brought);
            }
        };
        Some((next.ok()?, false))
    }

    fn come_by(
        &self,
        choosing: &Choosing,
        handle: &Handle,
        came_by_it: bool,
        brought: Brought,
    ) -> Option<(SignIn, bool)> {
        let (now, demands) = (start().0, self.demands());
        let facts = self.facts(handle)?;
        let person = choosing.progress().person().cloned();
        let is_linked = self.persona.is_some_and(Persona::has_account);
        let needs_link = person.is_some() && !came_by_it && !is_linked;
        let fresh = match person {
            None => newcomer(facts, brought.mailbox == Some(true)),
            // Somebody without an account can only come back as the same subject.
            Some(Person::PassThrough { .. }) if !came_by_it => return None,
            Some(known) => known,
        };
        let piece = Evidence {
            upstream: if brought.word == Some(true) {
                Upstream::Trusted
            } else {
                Upstream::Untrusted
            },
            ..Evidence::of_ours(AuthOption::Connection(handle.clone()), now)
        };
        let next = choosing.clone().pass_as(piece, fresh, &demands, now).ok()?;
        Some((next, needs_link))
    }
}

fn known(account: AccountId, mailbox: bool) -> PasswordAccepted {
    PasswordAccepted {
        account,
        sub: String::new(),
        status: AccountStatus::Active,
        claims: Claims::new(),
        mailbox,
    }
}

fn key_of(owner: FactorOwner, mailbox: bool) -> PasskeyAccepted {
    PasskeyAccepted {
        owner,
        sub: String::new(),
        status: AccountStatus::Active,
        claims: Claims::new(),
        mailbox,
        key: KeyUse {
            verified: true,
            synced: false,
        },
    }
}

pub(super) fn local() -> AccountId {
    AccountId::from_random([0; 16])
}

/// Somebody new to us who comes in through a connection.
fn newcomer(facts: &ConnectionFacts, mailbox: bool) -> Person {
    if facts.jit {
        return Person::Account {
            id: AccountId::from_random([1; 16]),
            sub: String::new(),
            fresh: None,
            mailbox,
        };
    }
    let key = LinkKey {
        connection: ConnectionId::from_random([1; 16]),
        issuer: facts.handle.to_string(),
        subject: "newcomer".to_owned(),
    };
    Person::PassThrough {
        key,
        sub: String::new(),
        claims: Claims::new(),
        mailbox,
        holder: facts.factors_without_account.then(|| AccountId::from_random([2; 16])),
    }
}
