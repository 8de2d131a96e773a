//! What a provider's verified answer becomes: one look-up, the domain's decision, one commit (design.md §2.1).

use std::sync::Arc;

use doorward_domain::account::{
    Account, AccountStatus, Attribute, AttributeSource, Attributes, Link, Origin, Role, owned_address, verified_email,
};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::canonical::{IdentifierKey, lookup_key};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Federated, Person, Proved, Resolution, SignIn};
use doorward_domain::id::AccountId;
use doorward_domain::jit::{AttributeSync, Found};
use doorward_domain::subject::LinkKey;
use doorward_domain::{Claims, mapping, sync};
use doorward_storage::sign_in::{self, AccountWrite, Address, HolderWrite, LookUp};
use doorward_storage::{Contested, account};
use serde_json::{Value, json};

use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::quota;
use super::transaction::Transaction;

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
    let (address, sub) = (mapped.address.as_ref(), hop.derived_sub(&key));
    let found = sign_in::look_up(hop.state.store.read(), &key, address, Some(&username), Some(&sub)).await?;
    let linked = found.linked.as_ref().map(|account| Found {
        account: account.id.clone(),
        status: account.status,
    });
    let (person, known, effects) = match federated.resolve(connection, linked, found.owner()) {
        Resolution::Deny(denial) => return Err(SignInFault::Denied(denial, None)),
        Resolution::AskForProof(account) => {
            let next = SignIn::AwaitingProof(federated.await_proof(account, hop.now)?);
            return advance(hop, terms, transaction, Effects::default(), next).await;
        }
        Resolution::PassThrough => pass_through(hop, connection, key, mapped, found.holder),
        Resolution::SignIn { sync, .. } => {
            let Some(account) = found.linked.clone() else {
                return Err(SignInFault::Broken("a linked account that was not found"));
            };
            sign_in_account(hop, connection, account, sync, &mapped, &found)
        }
        Resolution::Provision => {
            quota::admit(hop, terms, connection).await?;
            provision(hop, connection, key, mapped, &found)
        }
        Resolution::Link(account) => link(hop, connection, key, account, &mapped, found.holder).await?,
    };
    let next = federated.pass(person, &known, connection, &terms.demands(), hop.now)?;
    advance(hop, terms, transaction, effects, next).await
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

type Settled = (Person, Claims, Effects);

fn source(connection: &Connection) -> AttributeSource {
    AttributeSource::Connection {
        connection: connection.id.clone(),
    }
}

/// Nobody is created: nothing of the person is written but what carries the claims to the application.
fn pass_through(
    hop: &Hop,
    connection: &Connection,
    key: LinkKey,
    mapped: Mapped,
    holder: Option<AccountId>,
) -> Settled {
    let sub = hop.derived_sub(&key);
    let known = mapped.claims.clone();
    let holder = || holder.unwrap_or_else(|| new_id(hop));
    let person = Person::passing(key, sub, mapped.claims, connection, holder);
    (person, known, Effects::default())
}

fn sign_in_account(
    hop: &Hop,
    connection: &Connection,
    account: Account,
    policy: Option<AttributeSync>,
    mapped: &Mapped,
    found: &LookUp,
) -> Settled {
    let email_free = found.is_address_free_for(Some(&account.id));
    let (write, known) = match policy {
        Some(policy) => synchronise(hop, connection, &account, policy, mapped, email_free),
        None => (
            AccountWrite::Use {
                account: account.id.clone(),
                at: hop.now,
            },
            account.claims(),
        ),
    };
    let person = Person::with_account(account.id, account.sub, &known, &mapped.claims, connection);
    let known = person.passing_claims().cloned().unwrap_or(known);
    (
        person,
        known,
        Effects {
            account: Some(write),
            ..Effects::default()
        },
    )
}

fn synchronise(
    hop: &Hop,
    connection: &Connection,
    account: &Account,
    policy: AttributeSync,
    mapped: &Mapped,
    email_free: bool,
) -> (AccountWrite, Claims) {
    let (rules, source) = (&connection.attributes, source(connection));
    let next = sync::synchronise(
        &account.attributes,
        rules,
        &mapped.claims,
        policy,
        &source,
        email_free,
        hop.now,
    );
    let Some(attributes) = next else {
        return (
            AccountWrite::Use {
                account: account.id.clone(),
                at: hop.now,
            },
            account.claims(),
        );
    };
    let known = doorward_domain::account::claims(&account.username, &attributes);
    let keys_changed = owned_key(&account.attributes) != owned_key(&attributes);
    let write = AccountWrite::Update {
        account: account.id.clone(),
        version: account.version,
        username: account.username.clone(),
        attributes,
        keys_changed,
        at: hop.now,
    };
    (write, known)
}

fn owned_key(attributes: &Attributes) -> Option<IdentifierKey> {
    owned_address(attributes).map(lookup_key)
}

fn provision(hop: &Hop, connection: &Connection, key: LinkKey, mapped: Mapped, found: &LookUp) -> Settled {
    let source = source(connection);
    let mut attributes = sync::first(&mapped.claims, &source, hop.now);
    if !found.is_address_free_for(None) {
        // Somebody's username: it proves nothing about them, and no second account can own it (S10).
        let unverified = Attribute {
            value: Value::Bool(false),
            source,
            at: hop.now,
        };
        attributes.insert("email_verified".to_owned(), unverified);
    }
    let username = if found.username_taken {
        mapping::with_suffix(&mapped.username, &hop.state.random.short())
    } else {
        mapped.username
    };
    let account = Account {
        // With the id of what their factors are bound to, the account takes them over.
        id: found.holder.clone().unwrap_or_else(|| new_id(hop)),
        sub: hop.derived_sub(&key),
        username,
        status: AccountStatus::Active,
        role: Role::Person,
        attributes,
        origin: Origin::Connection {
            connection: connection.id.clone(),
        },
        created_at: hop.now,
        updated_at: hop.now,
        last_sign_in_at: Some(hop.now),
        version: 1,
    };
    let known = account.claims();
    let event = |action| about(hop, action, &account.id, &account.sub, connection);
    let mut audit = vec![event(AuditAction::AccountProvisioned), event(AuditAction::Linked)];
    let holder = match &found.holder {
        Some(holder) => {
            audit[0].detail = json!({"factors_taken_over": true});
            HolderWrite::BecomeAccount(holder.clone())
        }
        None => HolderWrite::None,
    };
    let link = Some(new_link(hop, key, &account.id));
    let person = Person::Account {
        id: account.id.clone(),
        sub: account.sub.clone(),
        fresh: None,
        mailbox: verified_email(&known).is_some(),
    };
    let account = Some(AccountWrite::Create(Box::new(account)));
    (
        person,
        known,
        Effects {
            account,
            holder,
            link,
            audit,
            ..Effects::default()
        },
    )
}

fn new_id(hop: &Hop) -> AccountId {
    AccountId::from_random(hop.state.random.id())
}

pub(super) fn new_link(hop: &Hop, key: LinkKey, account: &AccountId) -> Link {
    Link {
        key,
        account: account.clone(),
        created_at: hop.now,
        last_used_at: None,
    }
}

pub(super) fn about(
    hop: &Hop,
    action: AuditAction,
    account: &AccountId,
    sub: &str,
    connection: &Connection,
) -> AuditEvent {
    AuditEvent {
        account: Some(account.clone()),
        connection: Some(connection.id.clone()),
        sub: Some(sub.to_owned()),
        ..hop.event(action)
    }
}

async fn link(
    hop: &Hop,
    connection: &Connection,
    key: LinkKey,
    account: AccountId,
    mapped: &Mapped,
    holder: Option<AccountId>,
) -> Result<Settled, SignInFault> {
    let gone = || doorward_storage::StorageError::Conflict {
        what: Contested::AccountNotActive,
    };
    let account = account::find(hop.state.store.read(), &account)
        .await?
        .ok_or_else(gone)?;
    // The owner of the address at the look-up must own it still: between the two they may have given it away.
    if owned_key(&account.attributes) != mapped.address {
        return Err(SignInFault::Storage(doorward_storage::StorageError::Conflict {
            what: Contested::Version,
        }));
    }
    let (write, known) = synchronise(hop, connection, &account, connection.jit.attribute_sync, mapped, true);
    let audit = vec![about(hop, AuditAction::Linked, &account.id, &account.sub, connection)];
    let link = Some(new_link(hop, key, &account.id));
    let person = Person::Account {
        id: account.id,
        sub: account.sub,
        fresh: None,
        mailbox: verified_email(&known).is_some(),
    };
    Ok((
        person,
        known,
        Effects {
            account: Some(write),
            // From now on the account's own factors count.
            holder: holder.map_or(HolderWrite::None, HolderWrite::Erase),
            link,
            audit,
            ..Effects::default()
        },
    ))
}

/// Links what was proven to be one person, and passes the step. The account must be active and still own the address
/// that brought it up, under the connection's current settings.
///
/// # Errors
/// `Denied`, those of the database; `Conflict` `Transaction` for a second use of the proof (S6).
pub async fn link_proved(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    proved: Proved,
    connection: &Connection,
    counter: Option<String>,
) -> Result<Answer, SignInFault> {
    let (key, account) = proved.link();
    let account = account.clone();
    let mapped = map(hop, connection, proved.federated().assertion().claims.clone());
    let (address, sub) = (mapped.address.as_ref(), hop.derived_sub(&key));
    let found = sign_in::look_up(hop.state.store.read(), &key, address, None, Some(&sub)).await?;
    let linked = found.linked.as_ref().map(|account| Found {
        account: account.id.clone(),
        status: account.status,
    });
    let owns = matches!(&found.address, Address::Owned(owner) if owner.account == account);
    let still_asks = match proved.federated().resolve(connection, linked, found.owner()) {
        Resolution::AskForProof(asked) | Resolution::Link(asked) => asked == account && owns,
        Resolution::Deny(denial) => return Err(SignInFault::Denied(denial, None)),
        Resolution::SignIn { .. } | Resolution::PassThrough | Resolution::Provision => false,
    };
    if !still_asks {
        return Err(SignInFault::AlreadyUsed);
    }
    let (person, known, effects) = link(hop, connection, key, account, &mapped, found.holder).await?;
    let next = proved.pass(person.sub().to_owned(), &known, connection, &terms.demands(), hop.now)?;
    advance(
        hop,
        terms,
        transaction,
        Effects {
            forgive: counter,
            ..effects
        },
        next,
    )
    .await
}
