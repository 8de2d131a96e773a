//! What people type at a step: a name and a password, or the attributes that are missing.

use doorward_domain::Claims;
use doorward_domain::engine::{AnswerFault, SignIn};
use doorward_domain::script::StepOutcome;
use doorward_storage::sign_in::AccountWrite;

use super::{Failed, choosing, give_up};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{Answer, Effects, advance};
use crate::signin::hop::{Hop, Terms};
use crate::signin::password;
use crate::signin::refusal::{self, Ended};
use crate::signin::transaction::Transaction;

/// How a password fared.
pub enum PasswordOutcome {
    Passed(Answer),
    /// Unknown name or wrong password.
    Wrong,
}

/// Passes a step with a password.
///
/// # Errors
/// What stops it.
pub async fn enter_password(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    name: &str,
    typed: &str,
) -> Result<PasswordOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let demands = terms.demands();
    let choosing = choosing(&transaction).map_err(within)?.into_owned();
    choosing
        .check_password_offered(demands.flow, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let checked = password::check(hop, terms, &transaction, name, typed)
        .await
        .map_err(within)?;
    let Some(checked) = checked else {
        let hop = &hop.having_typed(name, typed);
        return match give_up(hop, terms, &transaction, choosing, StepOutcome::Fail).await {
            Some(answered) => answered.map(PasswordOutcome::Passed),
            None => Ok(PasswordOutcome::Wrong),
        };
    };
    let next = choosing
        .accept(checked.accepted(), &demands, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let used = AccountWrite::Use {
        account: checked.account.id.clone(),
        at: hop.now,
    };
    let effects = Effects {
        account: Some(used),
        forgive: checked.counter,
        ..Effects::default()
    };
    let sub = checked.account.sub;
    match advance(hop, terms, transaction.clone(), effects, next).await {
        Ok(answer) => Ok(PasswordOutcome::Passed(answer)),
        Err(fault) => {
            if let SignInFault::Denied(denial, step) = &fault {
                let ended = Ended::at(&transaction, *denial, *step);
                refusal::record(hop, terms, ended, None, Some(sub)).await;
            }
            Err(within(fault))
        }
    }
}

/// What became of the answers of the attributes page.
pub enum AttributesOutcome {
    Passed(Answer),
    Faulty(Vec<(String, AnswerFault)>),
}

/// Takes attributes that the provider did not send.
///
/// # Errors
/// What stops it.
pub async fn fill_in<'a>(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    typed: impl Fn(&str) -> Option<&'a str>,
) -> Result<AttributesOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let SignIn::AwaitingAttributes(awaiting) = transaction.state.clone() else {
        return Err(within(SignInFault::AlreadyUsed));
    };
    let answers: Claims = match awaiting.check(typed, hop.now) {
        Ok(answers) => answers,
        Err(faults) => return Ok(AttributesOutcome::Faulty(faults)),
    };
    let next = awaiting
        .answer(answers, &terms.demands(), hop.now)
        .map_err(|refused| within(refused.into()))?;
    let answer = advance(hop, terms, transaction.clone(), Effects::default(), next)
        .await
        .map_err(within)?;
    Ok(AttributesOutcome::Passed(answer))
}
