//! A provider's answer in a rehearsal: what it becomes, by the rules of just-in-time provisioning.

use super::run::{Run, SUBJECT, ours};
use crate::account::verified_email;
use crate::connection::Connection;
use crate::engine::{AwaitingProof, Choosing, Denied, Federated, Outbound, Person, Refused, Resolution, SignIn};
use crate::jit::{Found, Owner};
use crate::secret::SecretText;
use crate::subject::VerifiedAssertion;
use crate::text::Handle;
use crate::{Claims, mapping};

impl Run<'_> {
    pub(super) fn federate(&mut self, choosing: Choosing, handle: &Handle) -> Result<SignIn, Refused> {
        let connection = self.connection(handle).ok_or(Refused::NotOffered)?;
        let step = choosing.step();
        let secret = || SecretText::new("");
        let outbound = Outbound {
            connection: connection.id.clone(),
            handle: handle.clone(),
            state: secret(),
            nonce: secret(),
            code_verifier: secret(),
            max_age_seconds: None,
        };
        let assertion = VerifiedAssertion {
            connection: connection.id.clone(),
            issuer: handle.to_string(),
            subject: SUBJECT.to_owned(),
            claims: self.person.claims.clone(),
            acr: self.person.acr.clone(),
            amr: self.person.amr.clone(),
            auth_time: None,
            session_mark: None,
        };
        let away = choosing.leave(outbound, self.flow, self.now)?;
        let federated = away.receive(assertion, self.now)?;
        let mapped = mapping::apply(&connection.attributes, &self.person.claims);
        let found = Found {
            account: ours(),
            status: self.person.status,
        };
        let owner = Owner {
            account: found.account.clone(),
            status: found.status,
            has_other_subject: false,
        };
        let linked = self.person.has_account && self.person.linked.contains(handle);
        let owns = self.person.has_account
            && verified_email(&mapped).is_some_and(|address| verified_email(&self.person.claims) == Some(address));
        // Nobody who was erased is made up.
        let is_kept_out = false;
        let resolution = federated.resolve(
            connection,
            linked.then(|| found.clone()),
            (owns && !linked).then_some(owner),
            is_kept_out,
        );
        let person = match resolution {
            Resolution::Deny(reason) => return Ok(SignIn::Denied(Denied { reason, step })),
            Resolution::AskForProof(account) => {
                self.follow("an account with this address exists: proves that it is theirs");
                return Ok(SignIn::AwaitingProof(federated.await_proof(account, self.now)?));
            }
            Resolution::PassThrough => {
                self.follow("no account is made: just-in-time provisioning is off");
                if connection.factors_without_account {
                    self.follow("second factors are kept without a profile");
                }
                let key = federated.link_key();
                Person::passing(key, SUBJECT.to_owned(), mapped.clone(), connection, ours)
            }
            Resolution::SignIn { .. } => {
                self.follow("is recognised by the linked account");
                let known = self.person.claims.clone();
                Person::with_account(ours(), SUBJECT.to_owned(), &known, &mapped, connection)
            }
            Resolution::Provision => {
                self.follow("an account is made from the provider's claims, and linked");
                self.take_account(handle);
                Person::with_account(ours(), SUBJECT.to_owned(), &mapped, &mapped, connection)
            }
            Resolution::Link(_) => {
                self.follow("is linked to the account that owns the address");
                self.take_account(handle);
                Person::with_account(ours(), SUBJECT.to_owned(), &mapped, &mapped, connection)
            }
        };
        self.pass(federated, person, &mapped, connection)
    }

    fn pass(
        &self,
        federated: Federated,
        person: Person,
        mapped: &Claims,
        connection: &Connection,
    ) -> Result<SignIn, Refused> {
        let known = match person.passing_claims() {
            Some(claims) => claims.clone(),
            // What was there before, and what the provider has sent now.
            None if self.person.linked.contains(&connection.handle) => {
                let mut known = self.person.claims.clone();
                known.extend(mapped.clone());
                known
            }
            None => mapped.clone(),
        };
        federated.pass(person, &known, connection, &self.demands(), self.now)
    }

    pub(super) fn take_account(&mut self, handle: &Handle) {
        self.person.has_account = true;
        self.person.linked.push(handle.clone());
    }

    pub(super) fn prove(&mut self, awaiting: AwaitingProof) -> Result<SignIn, Refused> {
        let handle = awaiting.federated().handle().clone();
        let connection = self.connection(&handle).ok_or(Refused::NotOffered)?;
        let proved = awaiting.prove(&ours(), self.now)?;
        self.take_account(&handle);
        let known = self.person.claims.clone();
        proved.pass(SUBJECT.to_owned(), &known, connection, &self.demands(), self.now)
    }
}
