//! A passkey as proof that an account is the person's. It is asked for as if nobody were known: the page tells no
//! credential of the account, and only one that verifies its user counts.

use doorward_domain::account::Account;
use doorward_domain::engine::Denial;
use doorward_domain::holder::FactorOwner;

use super::check::{Stop, check_used};
use super::{Challenges, party};
use crate::signin::fault::SignInFault;
use crate::signin::finish::Effects;
use crate::signin::hop::Hop;
use crate::signin::transaction::Transaction;

/// What the browser is asked for, as JSON; `None` where our address is one that no passkey works for.
#[must_use]
pub fn identify(hop: &Hop, transaction: &Transaction) -> Option<String> {
    let party = party(hop)?;
    let challenges = Challenges::of(hop, transaction);
    Some(party.request_options(&challenges.to_use(true), []).to_string())
}

/// What using a passkey of this account writes; `None` when it is none of the account's, or the answer is not right.
///
/// # Errors
/// `Denied` for a passkey of the account that may have a copy; those of the database.
pub(in crate::signin) async fn check_owner(
    hop: &Hop,
    transaction: &Transaction,
    account: &Account,
    used: &str,
) -> Result<Option<Effects>, SignInFault> {
    let checked = match check_used(hop, transaction, None, used).await {
        Ok(checked) => checked,
        Err(Stop::Copied(sub)) if sub == account.sub => {
            return Err(SignInFault::Denied(Denial::PasskeyCopied, None));
        }
        Err(Stop::Misfit(_) | Stop::Copied(_)) => return Ok(None),
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    if checked.owner.id != FactorOwner::Account(account.id.clone()) {
        return Ok(None);
    }
    Ok(Some(Effects {
        passkeys: checked.writes,
        ..Effects::default()
    }))
}
