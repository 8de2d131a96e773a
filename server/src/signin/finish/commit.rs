//! Commits a state that waits for more, or hands over one that is complete.

use doorward_domain::engine::{Person, SignIn};
use doorward_storage::sign_in::{self, Completion, SessionWrite, TransactionAdvance};
use doorward_storage::{Contested, account};

use super::complete::complete;
use super::{Answer, Effects, proven_at};
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::{Home, Transaction};
use crate::signin::{carrier, dispatcher};

/// Commits. Of an account whose sessions were all ended meanwhile the sign-in is over: a new password, a link that was
/// taken away or a sign-out everywhere also ends what is under way (S6, S16).
pub(super) async fn commit(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    let proven = match &next {
        SignIn::Completed(done) => Some((done.person.account().cloned(), proven_at(done))),
        next => next.progress().map(|progress| {
            let passed = progress.passed().iter().map(|passed| passed.evidence.at);
            (progress.person().and_then(Person::account).cloned(), passed.min())
        }),
    };
    let refused = match write(hop, terms, transaction, effects, next).await {
        Err(SignInFault::Storage(error)) => error,
        settled => return settled,
    };
    if let (Some(Contested::AccountNotActive | Contested::Version), Some((Some(account), Some(since)))) =
        (refused.contested(), proven)
        && account::is_signed_out_since(hop.state.store.read(), &account, since).await?
    {
        return Err(SignInFault::Expired);
    }
    Err(refused.into())
}

async fn write(
    hop: &Hop,
    terms: &Terms,
    mut transaction: Transaction,
    effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    match next {
        SignIn::Denied(denied) => Err(SignInFault::Denied(denied.reason, Some(denied.step))),
        SignIn::Completed(done) => complete(hop, terms, transaction, effects, done).await,
        // Nothing is proven yet: it stays in the cookie and costs nothing.
        next if !next.has_proof() && carrier::version(&transaction).is_none() => {
            transaction.state = next;
            let cookies = carrier::keep(&hop.state, &hop.headers, &transaction)?;
            Ok(Answer::redirect(dispatcher::address(&transaction), cookies))
        }
        next @ (SignIn::AwaitingScript(_)
        | SignIn::Prompting(_)
        | SignIn::Choosing(_)
        | SignIn::AwaitingFederation(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)) => {
            transaction.state = next;
            let passed = transaction
                .state
                .progress()
                .map_or(&[][..], |progress| progress.passed());
            let proven_at = passed.iter().map(|passed| passed.evidence.at).min();
            let completion = effects.into_completion(SessionWrite::None, proven_at);
            let completion = store_state(hop, &mut transaction, completion)?;
            sign_in::complete(&hop.state.store, completion).await?;
            let cookies = carrier::keep(&hop.state, &hop.headers, &transaction)?;
            Ok(Answer::redirect(dispatcher::address(&transaction), cookies))
        }
    }
}

fn store_state(hop: &Hop, transaction: &mut Transaction, completion: Completion) -> Result<Completion, SignInFault> {
    let expires_at = transaction.state.progress().ok_or(SignInFault::Expired)?.expires_at();
    let sealed_state = transaction.seal_for_row(&hop.state.keyring);
    match carrier::version(transaction) {
        None => {
            let row = carrier::first_row(&hop.state, transaction, expires_at);
            transaction.home = Home::Row { version: row.version };
            Ok(Completion {
                transaction: Some(row),
                ..completion
            })
        }
        Some(version) => {
            let id = transaction.id.clone();
            transaction.home = Home::Row { version: version + 1 };
            let advance = TransactionAdvance {
                id,
                version,
                sealed_state,
                at: hop.now,
            };
            Ok(Completion {
                advance: Some(advance),
                ..completion
            })
        }
    }
}
