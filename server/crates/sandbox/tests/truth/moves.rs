//! The moves of the server, with the database answered by the world.

use doorward_domain::Claims;
use doorward_domain::account::{AccountStatus, verified_email};
use doorward_domain::assurance::KeyUse;
use doorward_domain::connection::{Connection, ConnectionDraft};
use doorward_domain::engine::{
    Choosing, FactorAccepted, Outbound, PasskeyAccepted, PasswordAccepted, Person, Resolution, SignIn,
};
use doorward_domain::flow::AuthOption;
use doorward_domain::holder::FactorOwner;
use doorward_domain::id::{AccountId, ConnectionId};
use doorward_domain::jit::Found;
use doorward_domain::secret::SecretText;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use serde_json::json;

use crate::flows::HANDLES;
use crate::people::{Case, NOW};

impl Case<'_> {
    /// `None` when the person is not let on.
    pub fn pass(&self, choosing: &Choosing, option: &AuthOption) -> Option<SignIn> {
        let demands = self.demands();
        let person = choosing.progress().person().cloned();
        let moves = choosing.clone();
        let next = match option {
            AuthOption::Password => {
                let account = person
                    .as_ref()
                    .map_or(Some(account(9)), |person| person.account().cloned())?;
                moves.accept(self.known(account), &demands, NOW)
            }
            AuthOption::EmailLink | AuthOption::EmailOtp if person.is_none() => {
                let accepted = PasswordAccepted {
                    mailbox: true,
                    ..self.known(account(9))
                };
                moves.accept_mail(option.clone(), accepted, &demands, NOW)
            }
            AuthOption::EmailLink => return None,
            AuthOption::Passkey => {
                let owner = person
                    .as_ref()
                    .map_or(Some(FactorOwner::Account(account(9))), Person::factor_owner)?;
                moves.accept_passkey(self.key_of(owner), &demands, NOW)
            }
            AuthOption::Totp | AuthOption::EmailOtp | AuthOption::BackupCode => {
                let accepted = FactorAccepted {
                    option: option.clone(),
                    person: person?,
                    claims: Claims::new(),
                };
                let takes_codes = choosing.check_factor_offered(&AuthOption::BackupCode, self.flow, NOW);
                if option.stands_alone_as_second() && takes_codes.is_ok() {
                    let noting = moves.note(accepted, self.flow, NOW).ok()?;
                    return noting.go_on(&demands, NOW).ok();
                }
                moves.confirm(accepted, &demands, NOW)
            }
            AuthOption::Connection(handle) => return self.federated(choosing, handle, person.as_ref()),
        };
        next.ok()
    }

    fn known(&self, account: AccountId) -> PasswordAccepted {
        PasswordAccepted {
            account,
            sub: "sub".into(),
            status: AccountStatus::Active,
            mailbox: verified_email(&self.claims()).is_some(),
            claims: self.claims(),
        }
    }

    fn key_of(&self, owner: FactorOwner) -> PasskeyAccepted {
        PasskeyAccepted {
            owner,
            sub: "sub".into(),
            status: AccountStatus::Active,
            mailbox: verified_email(&self.claims()).is_some(),
            claims: self.claims(),
            key: KeyUse {
                verified: true,
                synced: false,
            },
        }
    }

    fn federated(&self, choosing: &Choosing, handle: &Handle, person: Option<&Person>) -> Option<SignIn> {
        let (number, connection) = self.connection(handle).filter(|(_, connection)| connection.enabled)?;
        let text = || SecretText::new("x");
        let outbound = Outbound {
            connection: connection.id.clone(),
            handle: handle.clone(),
            state: text(),
            nonce: text(),
            code_verifier: text(),
            max_age_seconds: None,
        };
        let away = choosing.clone().leave(outbound, self.flow, NOW).ok()?;
        let assertion = VerifiedAssertion {
            connection: connection.id.clone(),
            issuer: "https://idp.example.com".into(),
            subject: format!("subject-{number}"),
            claims: self.claims(),
            acr: None,
            amr: vec![if self.world.words[number] { "mfa" } else { "pwd" }.to_owned()],
            auth_time: None,
            session_mark: None,
        };
        let federated = away.receive(assertion, NOW).ok()?;
        // A new person is linked to the connection they came in by, once it has made an account; an account may be
        // linked to others.
        let made = account(u8::try_from(number).expect("small"));
        let linked = match person.and_then(Person::account) {
            Some(id) if *id == made || self.world.linked[number] => Some(id.clone()),
            Some(_) | None => None,
        };
        let linked = linked.map(|account| Found {
            account,
            status: AccountStatus::Active,
        });
        let key = federated.link_key();
        let next = match federated.resolve(&connection, linked, None, false) {
            Resolution::SignIn { account, .. } => Person::Account {
                sub: "sub".into(),
                id: account,
                fresh: None,
                mailbox: self.world.mailbox,
            },
            Resolution::Provision => Person::Account {
                sub: "sub".into(),
                id: made,
                fresh: None,
                mailbox: self.world.mailbox,
            },
            Resolution::PassThrough => Person::passing(key, "sub".into(), self.claims(), &connection, || account(8)),
            Resolution::Link(_) | Resolution::AskForProof(_) | Resolution::Deny(_) => return None,
        };
        federated
            .pass(next, &self.claims(), &connection, &self.demands(), NOW)
            .ok()
    }

    /// What is known of the person.
    fn claims(&self) -> Claims {
        let address = [
            ("email".to_owned(), json!("person@example.com")),
            ("email_verified".to_owned(), json!(true)),
        ];
        address.into_iter().filter(|_| self.world.mailbox).collect()
    }

    fn connection(&self, handle: &Handle) -> Option<(usize, Connection)> {
        let number = HANDLES.iter().position(|known| *known == handle.as_str())?;
        let facts = &self.facts[number];
        let draft: ConnectionDraft = serde_json::from_value(json!({
            "handle": handle, "display_name": "Provider", "enabled": facts.enabled,
            "oidc": {"issuer": "https://idp.example.com", "client_id": "us", "client_secret": "hush"},
            "jit": {"enabled": facts.jit, "linking": if facts.may_link { "prove" } else { "never" }}, "otp_to_asserted_email": facts.otp_to_asserted_email,
            "factors_without_account": facts.factors_without_account,
            "trusted_amr": if facts.trusts_factors { vec!["mfa"] } else { vec![] },
        }))
        .expect("a draft");
        let id = ConnectionId::from_random([u8::try_from(number).expect("small"); 16]);
        Some((number, draft.create(id, NOW).expect("valid")))
    }
}

pub fn account(number: u8) -> AccountId {
    AccountId::from_random([number; 16])
}
