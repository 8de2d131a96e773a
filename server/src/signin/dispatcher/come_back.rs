//! The way back from a provider: its answer is checked, and settles who somebody is.

use std::sync::Arc;

use doorward_domain::connection::Connection;
use doorward_domain::engine::{AwaitingFederation, Federated, Outbound, SignIn};
use doorward_domain::id::TransactionId;
use doorward_domain::script::StepOutcome;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use doorward_federation::{Expected, FaultKind, UntrustedCallback};
use url::Url;

use super::parked::park;
use super::{Failed, callback_address, give_up};
use crate::signin::fault::SignInFault;
use crate::signin::finish::{Answer, again};
use crate::signin::hop::{Hop, Terms};
use crate::signin::refusal::Ended;
use crate::signin::self_service::Visit;
use crate::signin::transaction::Transaction;
use crate::signin::upstream_logout::session_mark;
use crate::signin::{carrier, federated, proof, refusal, self_service, unproven};

/// The transaction a provider's answer belongs to, by the state it gives back.
#[must_use]
pub fn transaction_of_state(state: &str) -> Option<TransactionId> {
    let (id, _) = state.split_once('.')?;
    format!("{}{id}", TransactionId::PREFIX).parse().ok()
}

/// Takes a provider's answer.
///
/// # Errors
/// What stops it. Nothing has been written then, except that a step answered before stays answered.
pub async fn come_back(hop: &Hop, handle: &Handle, callback: UntrustedCallback) -> Result<Answer, Failed> {
    let id = callback
        .state()
        .and_then(transaction_of_state)
        .ok_or(Failed::early(SignInFault::NotThisBrowser))?;
    let transaction = match carrier::find(&hop.state, &hop.headers, &id).await {
        Ok(transaction) => transaction,
        // Whoever presses a button of the provider twice comes back twice.
        Err(fault) => return again::to_session(hop, &id, fault).await.map_err(Failed::early),
    };
    if let SignIn::AwaitingProof(awaiting) = transaction.state.clone() {
        return proof::come_back(hop, transaction, awaiting, handle, callback).await;
    }
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    let SignIn::AwaitingFederation(away) = transaction.state.clone() else {
        return Err(Failed::within(transaction, SignInFault::AlreadyUsed));
    };
    // The state names the connection it was sent to: an answer at another one's address is a mix-up (S25).
    if away.outbound().handle != *handle {
        return Err(Failed::within(transaction, SignInFault::NotThisBrowser));
    }
    let connection = match hop.gate(handle, terms.demands().flow) {
        Ok(connection) if connection.id == away.outbound().connection => connection,
        Ok(_) => return Err(Failed::within(back(transaction), SignInFault::ConnectionUnusable)),
        Err(fault) => return Err(Failed::within(back(transaction), fault).about(hop, handle)),
    };
    let assertion = match exchange(hop, away.outbound(), &connection, callback).await {
        Ok(assertion) => assertion,
        Err(fault) => return not_passed(hop, &terms, transaction, away, fault, &connection).await,
    };
    // The exchange took time: whatever was decided meanwhile counts (S9).
    let hop = hop.renewed();
    let terms = hop.terms(&transaction).map_err(Failed::early)?;
    let connection = match hop.gate(handle, terms.demands().flow) {
        Ok(connection) if connection.id == assertion.connection => connection,
        Ok(_) => return Err(Failed::within(back(transaction), SignInFault::ConnectionUnusable)),
        Err(_) => {
            let failed = Failed::within(back(transaction), SignInFault::ConnectionUnusable);
            return Err(failed.about(&hop, handle));
        }
    };
    if let Err(fault) = self_service::check_fresh(&hop, &transaction, &assertion) {
        note_provider(&hop, &terms, &transaction, &connection, &fault);
        return Err(Failed::within(back(transaction), fault).at(&connection));
    }
    match away.receive(assertion, hop.now) {
        Ok(federated) => settle(&hop, &terms, transaction, federated, &connection).await,
        Err(refused) => Err(Failed::within(transaction, refused.into())),
    }
}

/// The provider's answer does not do: the script hears of it where it wants to, and else the person.
async fn not_passed(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    away: AwaitingFederation,
    fault: SignInFault,
    connection: &Arc<Connection>,
) -> Result<Answer, Failed> {
    let outcome = match &fault {
        SignInFault::Federation(error) if error.kind() == FaultKind::Aborted => StepOutcome::Abort,
        _ => StepOutcome::Fail,
    };
    match give_up(hop, terms, &transaction, away.turn_back(), outcome).await {
        Some(answered) => answered,
        None => {
            note_provider(hop, terms, &transaction, connection, &fault);
            Err(Failed::within(back(transaction), fault).at(connection))
        }
    }
}

/// What a provider did wrong is told to an administrator.
pub(in crate::signin) fn note_provider(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    connection: &Connection,
    fault: &SignInFault,
) {
    if let SignInFault::Federation(error) = fault {
        unproven::note_provider(hop, terms, transaction, connection, error);
    }
}

pub(in crate::signin) async fn exchange(
    hop: &Hop,
    outbound: &Outbound,
    connection: &Connection,
    callback: UntrustedCallback,
) -> Result<VerifiedAssertion, SignInFault> {
    let redirect = Url::parse(&callback_address(hop, &outbound.handle))
        .map_err(|_| SignInFault::Broken("the callback address is no address"))?;
    let expected = Expected {
        state: outbound.state.expose(),
        nonce: outbound.nonce.expose(),
        code_verifier: &outbound.code_verifier,
        redirect_uri: &redirect,
        max_age_seconds: outbound.max_age_seconds,
        now: hop.now,
    };
    let mut assertion = hop.state.federation.finish(connection, callback, expected).await?;
    let keyring = &hop.state.keyring;
    assertion.remember_session(|session_id| session_mark(keyring, &connection.id, session_id));
    Ok(assertion)
}

/// The transaction before the person left for the provider.
fn back(mut transaction: Transaction) -> Transaction {
    if let SignIn::AwaitingFederation(away) = transaction.state {
        transaction.state = SignIn::Choosing(away.turn_back());
    }
    transaction
}

pub(super) async fn settle(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    federated: Federated,
    connection: &Arc<Connection>,
) -> Result<Answer, Failed> {
    let connection = &heard(&transaction, connection);
    let joins = transaction.visit().and_then(Visit::links);
    let settled = match joins.filter(|_| federated.progress().person().is_some()) {
        Some(account) => self_service::join(hop, terms, &transaction, &federated, connection, account).await,
        None => federated::settle(hop, terms, &transaction, &federated, connection).await,
    };
    match settled {
        Ok(answer) => Ok(answer),
        Err(SignInFault::Denied(denial, step)) => {
            let sub = hop.derived_sub(&federated.link_key());
            let ended = Ended::at(&transaction, denial, step);
            refusal::record(hop, terms, ended, Some(connection), Some(sub)).await;
            Err(Failed::within(back(transaction), SignInFault::Denied(denial, step)).at(connection))
        }
        // The sign-in is over: no other way leads on.
        Err(fault @ SignInFault::AlreadyUsed) => Err(Failed::early(fault)),
        Err(fault) => {
            let sealed = fault.is_retryable().then(|| park(hop, &transaction, federated));
            Err(Failed {
                sealed,
                ..Failed::within(back(transaction), fault).at(connection)
            })
        }
    }
}

/// What somebody sets up or proves at their own account they do here: a provider's word takes no step of it.
fn heard(transaction: &Transaction, connection: &Arc<Connection>) -> Arc<Connection> {
    match transaction.visit() {
        Some(visit) if visit.account.is_some() => Arc::new(Connection {
            trusted_acr: vec![],
            trusted_amr: vec![],
            ..connection.as_ref().clone()
        }),
        Some(_) | None => connection.clone(),
    }
}
