//! Who a provider's answer speaks of, and what is written about them.

use doorward_domain::account::{
    Account, AccountStatus, Attribute, AttributeSource, Origin, Role, claims, verified_email,
};
use doorward_domain::audit::AuditAction;
use doorward_domain::connection::Connection;
use doorward_domain::engine::Person;
use doorward_domain::id::AccountId;
use doorward_domain::jit::AttributeSync;
use doorward_domain::subject::LinkKey;
use doorward_domain::{Claims, mapping, sync};
use doorward_storage::sign_in::{AccountWrite, HolderWrite, LookUp};
use serde_json::{Value, json};

use super::{Mapped, Settled, about, free_sub, new_link, owned_key};
use crate::signin::finish::Effects;
use crate::signin::hop::Hop;

/// Nobody is created: nothing of the person is written but what carries the claims to the application.
pub(super) fn pass_through(hop: &Hop, connection: &Connection, key: LinkKey, mapped: Mapped, found: LookUp) -> Settled {
    let sub = free_sub(hop, &found);
    let known = mapped.claims.clone();
    let holder = || found.holder.unwrap_or_else(|| new_id(hop));
    let person = Person::passing(key, sub, mapped.claims, connection, holder);
    (person, known, Effects::default())
}

pub(super) fn sign_in_account(
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

pub(super) fn synchronise(
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
    let known = claims(&account.username, &attributes);
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

pub(super) fn provision(hop: &Hop, connection: &Connection, key: LinkKey, mapped: Mapped, found: &LookUp) -> Settled {
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
        sub: free_sub(hop, found),
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

fn source(connection: &Connection) -> AttributeSource {
    AttributeSource::Connection {
        connection: connection.id.clone(),
    }
}

fn new_id(hop: &Hop) -> AccountId {
    AccountId::from_random(hop.state.random.id())
}
