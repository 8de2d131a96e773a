//! Commits a state that waits for more, or hands over one that is complete.

use doorward_domain::engine::{Person, SignIn};
use doorward_storage::sign_in::{self, AccountWrite, Completion, SessionWrite, TransactionAdvance};
use doorward_storage::upstream_logout::is_logged_out;
use doorward_storage::{Contested, account};

use super::complete::complete;
use super::{Answer, Effects, proven_at};
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::transaction::{Home, Transaction};
use crate::signin::{carrier, dispatcher, upstream_logout};

/// Commits. Of an account whose sessions were all ended meanwhile the sign-in is over: a new password, a link that was
/// taken away or a sign-out everywhere also ends what is under way (S6, S16). So does a logout at a provider that has
/// vouched (S34).
pub(super) async fn commit(
    hop: &Hop,
    terms: &Terms,
    transaction: &mut Transaction,
    mut effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    let (account, since) = match &next {
        SignIn::Completed(done) => {
            let vouched = upstream_logout::vouched(hop, &done.person, done.evidence.iter());
            effects.vouched.extend(vouched);
            (done.person.account().cloned(), proven_at(done))
        }
        next => {
            let progress = next.progress();
            let passed = progress.map_or(&[][..], |progress| progress.passed());
            let evidence = || passed.iter().map(|passed| &passed.evidence);
            let person = progress.and_then(|progress| progress.person());
            if let Some(person) = person {
                let vouched = upstream_logout::vouched(hop, person, evidence());
                effects.vouched.extend(vouched);
            }
            let since = evidence().map(|piece| piece.at).min();
            (person.and_then(Person::account).cloned(), since)
        }
    };
    let vouched = effects.vouched.clone();
    let refused = match write(hop, terms, transaction, effects, next).await {
        Err(SignInFault::Storage(error)) => error,
        settled => return settled,
    };
    let (contested, store) = (refused.contested(), hop.state.store.read());
    let is_over = if contested == Some(Contested::SessionEnded) {
        // What was to begin has ended before.
        true
    } else if contested == Some(Contested::Transaction) {
        is_logged_out(store, &vouched).await?
    } else if let (Some(Contested::AccountNotActive | Contested::Version), Some(account), Some(since)) =
        (contested, account, since)
    {
        account::is_signed_out_since(store, &account, since).await?
    } else {
        false
    };
    Err(if is_over { SignInFault::Expired } else { refused.into() })
}

async fn write(
    hop: &Hop,
    terms: &Terms,
    transaction: &mut Transaction,
    mut effects: Effects,
    next: SignIn,
) -> Result<Answer, SignInFault> {
    match next {
        SignIn::Denied(denied) => Err(SignInFault::Denied(denied.reason, Some(denied.step))),
        SignIn::Completed(done) => complete(hop, terms, transaction, effects, done).await,
        // Nothing is proven yet: it stays in the cookie and costs nothing.
        next if !next.has_proof() && carrier::version(transaction).is_none() => {
            transaction.state = next;
            let cookies = carrier::keep(&hop.state, &hop.headers, transaction)?;
            Ok(Answer::redirect(dispatcher::address(transaction), cookies))
        }
        next @ (SignIn::AwaitingScript(_)
        | SignIn::Prompting(_)
        | SignIn::Choosing(_)
        | SignIn::AwaitingFederation(_)
        | SignIn::Noting(_)
        | SignIn::AwaitingProof(_)
        | SignIn::AwaitingAttributes(_)) => {
            // It has not signed in yet, and whether it may is asked at the end.
            effects.account = effects
                .account
                .filter(|write| !matches!(write, AccountWrite::Use { .. }));
            transaction.state = next;
            let passed = transaction
                .state
                .progress()
                .map_or(&[][..], |progress| progress.passed());
            let proven_at = passed.iter().map(|passed| passed.evidence.at).min();
            let completion = effects.into_completion(SessionWrite::None, proven_at);
            let (completion, home) = store_state(hop, transaction, completion)?;
            sign_in::complete(&hop.state.store, completion).await?;
            transaction.home = home;
            let cookies = carrier::keep(&hop.state, &hop.headers, transaction)?;
            Ok(Answer::redirect(dispatcher::address(transaction), cookies))
        }
    }
}

/// The completion with the state to be kept, and where that is then.
fn store_state(
    hop: &Hop,
    transaction: &Transaction,
    completion: Completion,
) -> Result<(Completion, Home), SignInFault> {
    let expires_at = transaction.state.progress().ok_or(SignInFault::Expired)?.expires_at();
    match carrier::version(transaction) {
        None => {
            let row = carrier::first_row(&hop.state, transaction, expires_at);
            let home = Home::Row { version: row.version };
            let completion = Completion {
                transaction: Some(row),
                ..completion
            };
            Ok((completion, home))
        }
        Some(version) => {
            let advance = TransactionAdvance {
                id: transaction.id.clone(),
                version,
                sealed_state: transaction.seal_for_row(&hop.state.keyring),
                at: hop.now,
            };
            let completion = Completion {
                advance: Some(advance),
                ..completion
            };
            Ok((completion, Home::Row { version: version + 1 }))
        }
    }
}
