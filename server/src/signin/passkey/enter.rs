//! Takes a browser's answers: a passkey that was used, one that was made, or both.

use doorward_domain::account::AccountStatus;
use doorward_domain::engine::{Choosing, Denial, PasskeyAccepted, Person, SignIn};
use doorward_domain::flow::AuthOption;
use doorward_domain::script::StepOutcome;
use doorward_storage::Contested;

use super::check::{Stop, check};
use crate::signin::backup_code;
use crate::signin::codes::Misfit;
use crate::signin::dispatcher::{self, Failed};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{Answer, advance, catch_up};
use crate::signin::hop::{Hop, Terms};
use crate::signin::owner::began_elsewhere;
use crate::signin::refusal::{self, Ended};
use crate::signin::transaction::Transaction;

/// What a form sent, each as JSON.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sent<'a> {
    /// A passkey that was used.
    pub used: Option<&'a str>,
    /// A passkey that was made.
    pub made: Option<&'a str>,
    /// What the person calls the one that was made.
    pub name: &'a str,
    /// A code of another factor, where one must be used before a passkey is made.
    pub code: &'a str,
}

/// How a passkey fared.
pub enum PasskeyOutcome {
    Passed(Answer),
    Again(PasskeyMisfit),
}

/// Why a passkey does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasskeyMisfit {
    /// It is none of this person, or the answer is not right.
    Refused,
    /// The one that was made is registered already.
    Taken,
    /// The code of the other factor is not right, or was used.
    Code(Misfit),
}

/// Passes a step with a passkey.
///
/// # Errors
/// What stops it.
pub async fn enter(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    sent: Sent<'_>,
) -> Result<PasskeyOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let demands = terms.demands();
    let choosing = dispatcher::choosing(&transaction).map_err(within)?.into_owned();
    let person = choosing
        .check_passkey_offered(demands.flow, hop.now)
        .map_err(|refused| within(refused.into()))?
        .cloned();
    let checked = match check(hop, &transaction, person.as_ref(), sent).await {
        Ok(checked) => checked,
        Err(Stop::Misfit(misfit)) => {
            let told = dispatcher::give_up(hop, terms, &transaction, choosing, StepOutcome::Fail).await;
            return match told {
                Some(answered) => answered.map(PasskeyOutcome::Passed),
                None => Ok(PasskeyOutcome::Again(misfit)),
            };
        }
        Err(Stop::Copied(sub)) => {
            if let Some(answer) = answered_before(hop, &transaction, &sub).await.map_err(within)? {
                return Ok(PasskeyOutcome::Passed(answer));
            }
            let fault = SignInFault::Denied(Denial::PasskeyCopied, None);
            record(hop, terms, &transaction, &fault, Some(&sub)).await;
            return Err(within(fault));
        }
        Err(Stop::Fault(fault)) => {
            record(hop, terms, &transaction, &fault, person.as_ref().map(Person::sub)).await;
            return Err(within(fault));
        }
    };
    let sub = checked.owner.sub.clone();
    let (accepted, effects) = checked.into_move(hop, terms, person.as_ref());
    let next = confirm(hop, terms, &transaction, choosing, accepted, person.as_ref())
        .await
        .map_err(within)?;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(PasskeyOutcome::Passed(answer)),
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::PasskeyTaken) => {
            Ok(PasskeyOutcome::Again(PasskeyMisfit::Taken))
        }
        Err(fault) if began_elsewhere(&fault, person.as_ref()) => Err(Failed::early(SignInFault::Expired)),
        // Of two uses at once, one is first; of two first passkeys too.
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::FactorUsed) => {
            let before = answered_before(hop, &transaction, &sub).await.map_err(within)?;
            Ok(before.map_or(PasskeyOutcome::Again(PasskeyMisfit::Refused), PasskeyOutcome::Passed))
        }
        Err(SignInFault::Storage(error)) if error.contested() == Some(Contested::FactorExists) => {
            Ok(PasskeyOutcome::Again(PasskeyMisfit::Refused))
        }
        Err(fault) => {
            record(hop, terms, &transaction, &fault, Some(&sub)).await;
            Err(within(fault))
        }
    }
}

/// Where the sign-in is, if this very step has been taken meanwhile: its page was sent twice, and the counter in the second
/// answer is that of the first, not of a copy. `sub` is whose passkey it is.
async fn answered_before(hop: &Hop, transaction: &Transaction, sub: &str) -> Result<Option<Answer>, SignInFault> {
    match catch_up(hop, transaction, Some(sub), SignInFault::AlreadyUsed).await {
        Ok(answer) => Ok(Some(answer)),
        Err(SignInFault::AlreadyUsed) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Passes the step, or first has the person keep backup codes, where the step takes them and they have none or few.
async fn confirm(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: Choosing,
    accepted: PasskeyAccepted,
    person: Option<&Person>,
) -> Result<SignIn, SignInFault> {
    let demands = terms.demands();
    let takes_codes = choosing
        .check_factor_offered(&AuthOption::BackupCode, demands.flow, hop.now)
        .is_ok();
    if let Some(person) = person
        && takes_codes
        && accepted.status == AccountStatus::Active
        && backup_code::are_due(hop, transaction, person).await?
    {
        return Ok(SignIn::Noting(choosing.note_passkey(
            accepted,
            demands.flow,
            hop.now,
        )?));
    }
    Ok(choosing.accept_passkey(accepted, &demands, hop.now)?)
}

/// A refusal after something was proven is on record.
async fn record(hop: &Hop, terms: &Terms, transaction: &Transaction, fault: &SignInFault, sub: Option<&str>) {
    if let SignInFault::Denied(denial, step) = fault {
        let ended = Ended::at(transaction, *denial, *step);
        refusal::record(hop, terms, ended, None, sub.map(str::to_owned)).await;
    }
}
