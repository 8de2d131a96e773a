//! Links a provider's subject to the account of the person who asked for it on their own page.

use std::sync::Arc;

use doorward_domain::audit::AuditAction;
use doorward_domain::connection::Connection;
use doorward_domain::engine::{Denial, Federated, Person};
use doorward_domain::id::AccountId;
use doorward_storage::account;
use doorward_storage::sign_in::{self, AccountWrite, HolderWrite};

use super::check_session;
use crate::signin::fault::SignInFault;
use crate::signin::federated::{about, map, new_link};
use crate::signin::finish::{Answer, Effects, advance};
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::Transaction;

/// Links the subject, whatever address it asserts and whatever the connection's settings make of strangers: the person
/// has shown that both sides are theirs. The profile stays as it is; the next sign-in through the connection does what
/// its settings say.
///
/// # Errors
/// `NotThisBrowser` where nobody is signed in any more, `AnotherAccountHere` where somebody else is by now (S7);
/// `LinkedElsewhere`; `Denied` where the subject is kept out; what else stops it.
pub async fn join(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    federated: &Federated,
    connection: &Arc<Connection>,
    account: &AccountId,
) -> Result<Answer, SignInFault> {
    check_session(hop, account).await?;
    let key = federated.link_key();
    let found = sign_in::look_up(hop.state.store.read(), &key, None, None, &hop.subs(&key)).await?;
    let is_linked = match &found.linked {
        Some(linked) if linked.id == *account => true,
        Some(_) => return Err(SignInFault::LinkedElsewhere),
        // Whoever was erased does not come back by another account (S50).
        None if found.is_kept_out => return Err(SignInFault::Denied(Denial::KeptOut, None)),
        None => false,
    };
    let account = account::find(hop.state.store.read(), account)
        .await?
        .ok_or(SignInFault::Expired)?;
    let mapped = map(hop, connection, federated.assertion().claims.clone());
    let known = account.claims();
    let person = Person::with_account(
        account.id.clone(),
        account.sub.clone(),
        &known,
        &mapped.claims,
        connection,
    );
    let mut effects = Effects {
        account: Some(AccountWrite::Use {
            account: account.id.clone(),
            at: hop.now,
        }),
        ..Effects::default()
    };
    if !is_linked {
        effects.audit = vec![about(hop, AuditAction::Linked, &account.id, &account.sub, connection)];
        effects.link = Some(new_link(hop, key, &account.id));
        // From now on the account's factors are theirs.
        effects.holder = found.holder.map_or(HolderWrite::None, HolderWrite::Erase);
    }
    let next = federated
        .clone()
        .pass(person, &known, connection, &terms.demands(), hop.now)?;
    advance(hop, terms, transaction.clone(), effects, next).await
}
