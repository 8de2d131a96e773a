//! Joins an identity to an account that there is.

use doorward_domain::account::{Link, verified_email};
use doorward_domain::audit::{AuditAction, AuditEvent};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Person, Proved, Resolution};
use doorward_domain::flow::AuthOption;
use doorward_domain::id::AccountId;
use doorward_domain::subject::LinkKey;
use doorward_storage::sign_in::{self, Address, HolderWrite};
use doorward_storage::{Contested, StorageError, account};
use serde_json::json;

use super::people::synchronise;
use super::{Mapped, Settled, is_race, linked, map, owned_key};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{Answer, Effects, advance};
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::Transaction;
use crate::signin::upstream_logout;

pub(super) async fn link(
    hop: &Hop,
    connection: &Connection,
    key: LinkKey,
    account: AccountId,
    mapped: &Mapped,
    holder: Option<AccountId>,
) -> Result<Settled, SignInFault> {
    let gone = || StorageError::Conflict {
        what: Contested::AccountNotActive,
    };
    let account = account::find(hop.state.store.read(), &account)
        .await?
        .ok_or_else(gone)?;
    // The owner of the address at the look-up must own it still: between the two they may have given it away.
    if owned_key(&account.attributes) != mapped.address {
        return Err(SignInFault::Storage(StorageError::Conflict {
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

/// How the person proved that the account is theirs.
pub(in crate::signin) struct Proof {
    pub by: AuthOption,
    /// What using it writes.
    pub effects: Effects,
}

/// Links what was proven to be one person, and passes the step. The account must be active and still own the address
/// that brought it up, under the connection's current settings.
///
/// # Errors
/// `Denied`, those of the database; `Conflict` `Transaction` for a second use of the proof (S6).
pub(in crate::signin) async fn link_proved(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    proved: Proved,
    connection: &Connection,
    proof: Proof,
) -> Result<Answer, SignInFault> {
    let (key, account) = proved.link();
    let account = account.clone();
    let mapped = map(hop, connection, proved.federated().assertion().claims.clone());
    let (address, subs) = (mapped.address.as_ref(), hop.subs(&key));
    let found = sign_in::look_up(hop.state.store.read(), &key, address, None, &subs).await?;
    let owns = matches!(&found.address, Address::Owned(owner) if owner.account == account);
    let (linked, owner, is_kept_out) = (linked(&found), found.owner(), found.is_kept_out);
    let still_asks = match proved.federated().resolve(connection, linked, owner, is_kept_out) {
        Resolution::AskForProof(asked) | Resolution::Link(asked) => asked == account && owns,
        Resolution::Deny(denial) => return Err(SignInFault::Denied(denial, None)),
        Resolution::SignIn { .. } | Resolution::PassThrough | Resolution::Provision => false,
    };
    if !still_asks {
        return Err(SignInFault::AlreadyUsed);
    }
    let (person, known, mut effects) = link(hop, connection, key.clone(), account, &mapped, found.holder).await?;
    for event in &mut effects.audit {
        event.detail = json!({"proved_by": proof.by.to_string()});
    }
    let vouched = upstream_logout::vouched_as_subject(hop, proved.federated());
    let next = proved.pass(person.sub().to_owned(), &known, connection, &terms.demands(), hop.now)?;
    let effects = Effects {
        forgive: proof.effects.forgive,
        passkeys: proof.effects.passkeys,
        vouched: vouched.into_iter().collect(),
        ..effects
    };
    match advance(hop, terms, transaction, effects, next).await {
        // Whoever was first may have come with the same proof.
        Err(SignInFault::Storage(error)) if error.contested().is_some_and(is_race) => {
            let found = sign_in::look_up(hop.state.store.read(), &key, None, None, &[]).await?;
            Err(match found.linked {
                Some(_) => SignInFault::AlreadyUsed,
                None => error.into(),
            })
        }
        settled => settled,
    }
}

pub(in crate::signin) fn new_link(hop: &Hop, key: LinkKey, account: &AccountId) -> Link {
    Link {
        key,
        account: account.clone(),
        created_at: hop.now,
        last_used_at: None,
    }
}

pub(in crate::signin) fn about(
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
