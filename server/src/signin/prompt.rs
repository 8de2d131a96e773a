//! A form that the application's script shows: what the person sends goes to the script, and nowhere else.

use doorward_domain::engine::{AnswerFault, Prompting, SignIn};

use super::dispatcher::Failed;
use super::fault::SignInFault;
use super::finish::{Answer, Effects, advance};
use super::hop::{Hop, Terms};
use super::transaction::Transaction;

/// What became of what was typed.
pub enum PromptOutcome {
    Passed(Answer),
    Faulty(Vec<(String, AnswerFault)>),
}

fn waiting(transaction: &Transaction) -> Result<Prompting, SignInFault> {
    match &transaction.state {
        SignIn::Prompting(prompting) => Ok(prompting.clone()),
        SignIn::AwaitingScript(_)
        | SignIn::Choosing(_)
        | SignIn::AwaitingFederation(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)
        | SignIn::Completed(_)
        | SignIn::Denied(_) => Err(SignInFault::AlreadyUsed),
    }
}

/// Takes what was typed, and runs the script with it.
///
/// # Errors
/// What stops it.
pub async fn send<'a>(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    typed: impl Fn(&str) -> Option<&'a str>,
) -> Result<PromptOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let prompting = waiting(&transaction).map_err(within)?;
    let form = prompting.form();
    let values = match form.check(&typed) {
        Ok(values) => values,
        Err(faults) => return Ok(PromptOutcome::Faulty(faults)),
    };
    let next = prompting
        .send(&values, hop.now)
        .map_err(|refused| within(refused.into()))?;
    match advance(hop, terms, transaction.clone(), Effects::default(), next).await {
        Ok(answer) => Ok(PromptOutcome::Passed(answer)),
        // Before anybody has proven anything it all travels in a cookie.
        Err(SignInFault::TooLarge) if !values.is_empty() => {
            let longest = values.into_iter().max_by_key(|(_, value)| value.len());
            let faults = longest.map(|(name, _)| (name, AnswerFault::TooLong));
            Ok(PromptOutcome::Faulty(faults.into_iter().collect()))
        }
        Err(fault) => Err(within(fault)),
    }
}

/// Goes on without it, where the script says what happens then.
///
/// # Errors
/// What stops it; `NotOffered`.
pub async fn skip(hop: &Hop, terms: &Terms, transaction: Transaction) -> Result<Answer, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let next = waiting(&transaction)
        .map_err(within)?
        .skip(hop.now)
        .map_err(|refused| within(refused.into()))?;
    advance(hop, terms, transaction.clone(), Effects::default(), next)
        .await
        .map_err(within)
}
