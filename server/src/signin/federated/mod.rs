//! What a provider's verified answer becomes: one look-up, the domain's decision, one commit (design.md §2.1).
//!
//! Who is known already or gets an account is made ready in [`people`]; [`link`] joins an identity to an account that
//! there is, at once or when it was proven.

mod link;
mod people;

use std::sync::Arc;

use doorward_domain::account::{Attributes, owned_address, verified_email};
use doorward_domain::canonical::{IdentifierKey, lookup_key};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Federated, Person, Resolution, SignIn};
use doorward_domain::jit::Found;
use doorward_domain::{Claims, mapping};
use doorward_storage::Contested;
use doorward_storage::sign_in::{self, LookUp};

use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::transaction::Transaction;
use super::{proof, quota, upstream_logout};
pub(super) use link::{Proof, about, link_proved, new_link};

/// Somebody else may be first with the same link, username or address. Each time the look-up finds what they wrote, so
/// the decision is another one; more than a few rounds mean something else is wrong.
const ROUNDS: usize = 5;

/// What the connection's mapping makes of the answer.
pub(super) struct Mapped {
    pub claims: Claims,
    /// The asserted address, if the provider says it is verified.
    address: Option<IdentifierKey>,
    username: String,
}

type Settled = (Person, Claims, Effects);

/// Settles an answer: recognises, creates or links the account, or asks for proof, and commits the step.
///
/// # Errors
/// `Denied` with nothing written, those of the database.
pub async fn settle(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    federated: &Federated,
    connection: &Arc<Connection>,
) -> Result<Answer, SignInFault> {
    let mut round = 0;
    loop {
        round += 1;
        match try_to_settle(hop, terms, transaction.clone(), federated.clone(), connection).await {
            Err(SignInFault::Storage(error)) if round < ROUNDS && error.contested().is_some_and(is_race) => {}
            settled => return settled,
        }
    }
}

/// Whether looking again finds who was first.
fn is_race(what: Contested) -> bool {
    match what {
        Contested::Version
        | Contested::LoginIdentifier
        | Contested::Sub
        | Contested::Link
        | Contested::AccountNotActive
        | Contested::Reference => true,
        Contested::SessionEnded
        | Contested::FactorUsed
        | Contested::FactorExists
        | Contested::PasskeyTaken
        | Contested::Transaction
        | Contested::ConnectionHandle
        | Contested::ApplicationHandle
        | Contested::ClientId
        | Contested::Other => false,
    }
}

async fn try_to_settle(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    federated: Federated,
    connection: &Connection,
) -> Result<Answer, SignInFault> {
    let key = federated.link_key();
    let mapped = map(hop, connection, federated.assertion().claims.clone());
    let username = lookup_key(&mapped.username);
    let (address, subs) = (mapped.address.as_ref(), hop.subs(&key));
    let found = sign_in::look_up(hop.state.store.read(), &key, address, Some(&username), &subs).await?;
    let (linked, owner) = (linked(&found), found.owner());
    let (person, known, mut effects) = match federated.resolve(connection, linked, owner, found.is_kept_out) {
        Resolution::Deny(denial) => return Err(SignInFault::Denied(denial, None)),
        Resolution::AskForProof(account) => {
            let next = SignIn::AwaitingProof(federated.await_proof(account, hop.now)?);
            return ask_for_proof(hop, terms, transaction, next).await;
        }
        Resolution::PassThrough => people::pass_through(hop, connection, key, mapped, found),
        Resolution::SignIn { sync, .. } => {
            let Some(account) = found.linked.clone() else {
                return Err(SignInFault::Broken("a linked account that was not found"));
            };
            people::sign_in_account(hop, connection, account, sync, &mapped, &found)
        }
        Resolution::Provision => {
            quota::admit(hop, terms, connection).await?;
            people::provision(hop, connection, key, mapped, &found)
        }
        Resolution::Link(account) => link::link(hop, connection, key, account, &mapped, found.holder).await?,
    };
    effects
        .vouched
        .extend(upstream_logout::vouched_as_subject(hop, &federated));
    let next = federated.pass(person, &known, connection, &terms.demands(), hop.now)?;
    advance(hop, terms, transaction, effects, next).await
}

/// Nobody is asked for what the account does not have.
async fn ask_for_proof(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    let waiting = Transaction {
        state: next.clone(),
        ..transaction.clone()
    };
    if let Err(fault @ (SignInFault::Denied(..) | SignInFault::Storage(_))) = proof::ways(hop, terms, &waiting).await {
        return Err(fault);
    }
    advance(hop, terms, transaction, Effects::default(), next).await
}

pub(super) fn map(hop: &Hop, connection: &Connection, provider: Claims) -> Mapped {
    let claims = mapping::apply(&connection.attributes, &provider);
    let address = verified_email(&claims).map(lookup_key);
    let template = connection.username_template.as_deref();
    let random = hop.state.random.short();
    let username = mapping::username(template, &connection.handle, &provider, &claims, &random);
    Mapped {
        claims,
        address,
        username,
    }
}

/// The address an answer asserts, if the provider says it is verified, as the connection maps it.
pub(super) fn asserted_address(federated: &Federated, connection: &Connection) -> Option<IdentifierKey> {
    let claims = mapping::apply(&connection.attributes, &federated.assertion().claims);
    verified_email(&claims).map(lookup_key)
}

pub(super) fn owned_key(attributes: &Attributes) -> Option<IdentifierKey> {
    owned_address(attributes).map(lookup_key)
}

/// What somebody is known by who is not linked. Who has been unlinked more often than there are subs is new each time.
fn free_sub(hop: &Hop, found: &LookUp) -> String {
    found.sub.clone().unwrap_or_else(|| hop.state.random.text::<24>())
}

fn linked(found: &LookUp) -> Option<Found> {
    found.linked.as_ref().map(|account| Found {
        account: account.id.clone(),
        status: account.status,
    })
}
