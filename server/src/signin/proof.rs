//! The person proves that the account which owns the asserted address is theirs, with anything that could sign them in
//! to it: its password, a passkey, a code to its verified address, or another connection it is linked to (S5, S6).
//!
//! Only somebody whom a provider has vouched for as the owner of the address comes here, so the page may name the ways
//! there are; it names neither the account nor any of its credentials. Each wrong try counts where it would count in a
//! sign-in. Nothing is written until a proof is right, and then all at once, by [`federated::link_proved`].

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_app::hosted::Language;
use doorward_domain::account::{Account, AccountStatus};
use doorward_domain::connection::Connection;
use doorward_domain::engine::{AwaitingProof, Choosing, Denial, Person, Proved, Refused, SignIn};
use doorward_domain::flow::AuthOption;
use doorward_domain::self_service::Holdings;
use doorward_domain::subject::VerifiedAssertion;
use doorward_domain::text::Handle;
use doorward_federation::UntrustedCallback;
use doorward_storage::{Contested, account, sign_in};

use super::codes::{Checked, Right};
use super::dispatcher::{self, Failed, Wishes};
use super::fault::SignInFault;
use super::federated::{self, Proof};
use super::finish::{Answer, Effects};
use super::hop::{Hop, Terms};
use super::refusal::{self, Ended};
use super::self_service::holdings;
use super::transaction::Transaction;
use super::{mail_code, passkey, password, unproven};

/// The ways the account has, as far as they work now.
#[derive(Debug, Default)]
pub struct Ways {
    pub has_password: bool,
    /// What the browser is asked for, as JSON.
    pub passkey: Option<String>,
    pub mail: Option<mail_code::Page>,
    /// Other connections the account is linked to.
    pub connections: Vec<Arc<Connection>>,
}

impl Ways {
    /// Whether nothing is left to prove it with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.has_password && self.passkey.is_none() && self.mail.is_none() && self.connections.is_empty()
    }
}

/// What somebody proves the account with.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    Password(&'a str),
    /// A passkey that was used, as JSON.
    Passkey(&'a str),
    MailCode(&'a str),
}

/// How it fared.
pub enum ProofOutcome {
    Passed(Answer),
    /// It does not show that the account is theirs.
    Wrong,
}

/// A transaction that waits for proof, with what it is about as it is now.
struct Standing {
    awaiting: AwaitingProof,
    /// The connection that is to be linked.
    connection: Arc<Connection>,
    account: Account,
}

impl Standing {
    /// # Errors
    /// `AlreadyUsed` when nothing waits here, the account is gone or owns the asserted address no more; `Denied` for
    /// one that is not active; the connection's.
    async fn load(hop: &Hop, terms: &Terms, transaction: &Transaction) -> Result<Self, SignInFault> {
        let SignIn::AwaitingProof(awaiting) = transaction.state.clone() else {
            return Err(SignInFault::AlreadyUsed);
        };
        let federated = awaiting.federated();
        let connection = hop.gate(federated.handle(), terms.demands().flow)?;
        let account = account::find(hop.state.store.read(), awaiting.account())
            .await?
            .ok_or(SignInFault::AlreadyUsed)?;
        // Of an account that has another address by now the page says nothing, and no code goes there.
        let asserted = federated::asserted_address(federated, &connection);
        if asserted.is_none() || federated::owned_key(&account.attributes) != asserted {
            return Err(SignInFault::AlreadyUsed);
        }
        if account.status != AccountStatus::Active {
            return Err(SignInFault::Denied(Denial::NotActive(account.status), None));
        }
        Ok(Self {
            awaiting,
            connection,
            account,
        })
    }

    /// The account as the code by mail knows people, and where its step would stand.
    fn receiver(&self) -> (Person, Choosing) {
        let person = Person::Account {
            id: self.account.id.clone(),
            sub: self.account.sub.clone(),
            fresh: None,
            mailbox: true,
        };
        (person, self.awaiting.federated().clone().turn_back())
    }
}

/// The enabled connections among `held` that can prove something: all but the one that is to be linked.
fn others(hop: &Hop, held: &Holdings, linking: &Connection) -> Vec<Arc<Connection>> {
    let handles: BTreeSet<&Handle> = held.links.iter().filter_map(AuthOption::connection).collect();
    let usable = |handle: &&Handle| **handle != linking.handle;
    let found = handles.into_iter().filter(usable);
    found.filter_map(|handle| hop.enabled(handle).ok()).collect()
}

/// What the page offers.
///
/// # Errors
/// What stops it; `Denied` `AccountExists` where the account has nothing to prove it with.
pub async fn ways(hop: &Hop, terms: &Terms, transaction: &Transaction) -> Result<Ways, SignInFault> {
    let standing = Standing::load(hop, terms, transaction).await?;
    let known = holdings::ways(hop);
    let held = holdings::load(hop.state.store.read(), &standing.account.id, &known).await?;
    let mail = if hop.state.mail.is_open() {
        let (person, choosing) = standing.receiver();
        Some(mail_code::page(hop, &choosing, transaction, &person).await?)
    } else {
        None
    };
    let asks_for_passkey = held.passkeys > 0;
    let ways = Ways {
        has_password: held.has_password,
        passkey: asks_for_passkey.then(|| passkey::identify(hop, transaction)).flatten(),
        mail,
        connections: others(hop, &held, &standing.connection),
    };
    if ways.is_empty() {
        return Err(SignInFault::Denied(Denial::AccountExists, None));
    }
    Ok(ways)
}

/// Mails a code to the account's own verified address (S39).
///
/// # Errors
/// `TooManyAttempts` after too many mails; what else stops it.
pub async fn mail(hop: &Hop, terms: &Terms, transaction: &Transaction, language: Language) -> Result<(), SignInFault> {
    if !hop.state.mail.is_open() {
        return Err(SignInFault::NotOffered);
    }
    let standing = Standing::load(hop, terms, transaction).await?;
    let (person, choosing) = standing.receiver();
    let when = mail_code::When::Asked;
    // No script has a say here.
    mail_code::send(hop, terms, &choosing, transaction, &person, language, when).await?;
    Ok(())
}

/// Takes a proof and links.
///
/// # Errors
/// `TooManyAttempts`; what else stops it.
pub async fn prove(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    shown: Shown<'_>,
) -> Result<ProofOutcome, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let standing = Standing::load(hop, terms, &transaction).await.map_err(within)?;
    let is_password = matches!(shown, Shown::Password(_));
    let checked = check(hop, terms, &transaction, &standing, shown).await;
    let proof = match checked {
        Ok(Some(proof)) => proof,
        Ok(None) => return Ok(ProofOutcome::Wrong),
        Err(fault) => {
            // A password tells of it where it is checked.
            if matches!(fault, SignInFault::TooManyAttempts) && !is_password {
                unproven::note_limit(hop, terms, &transaction, Some(&standing.account.id));
            }
            return Err(stop(hop, terms, transaction, &standing, fault).await);
        }
    };
    let Standing { awaiting, account, .. } = &standing;
    let proved = awaiting
        .clone()
        .prove(&account.id, hop.now)
        .map_err(|refused| within(refused.into()))?;
    match link(hop, terms, transaction, &standing, proved, proof).await {
        Ok(answer) => Ok(ProofOutcome::Passed(answer)),
        // Of two uses of a passkey at once, one is first.
        Err(Failed {
            fault: SignInFault::Storage(error),
            ..
        }) if error.contested() == Some(Contested::FactorUsed) => Ok(ProofOutcome::Wrong),
        Err(failed) => Err(failed),
    }
}

/// `None` when it does not show that the account is theirs.
async fn check(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    standing: &Standing,
    shown: Shown<'_>,
) -> Result<Option<Proof>, SignInFault> {
    let account = &standing.account;
    let proof = |by, effects| Some(Proof { by, effects });
    Ok(match shown {
        Shown::Password(typed) => {
            let checked = password::check(hop, terms, transaction, &account.username, typed).await?;
            let checked = checked.filter(|checked| checked.account.id == account.id);
            checked.and_then(|checked| {
                let forgive = checked.counter;
                proof(
                    AuthOption::Password,
                    Effects {
                        forgive,
                        ..Effects::default()
                    },
                )
            })
        }
        Shown::Passkey(used) => {
            let checked = passkey::check_owner(hop, transaction, account, used).await?;
            checked.and_then(|effects| proof(AuthOption::Passkey, effects))
        }
        Shown::MailCode(typed) => {
            let (person, choosing) = standing.receiver();
            match mail_code::check(hop, &choosing, transaction, &person, typed).await? {
                Checked::Right(right) => {
                    let Right { effects, .. } = *right;
                    proof(AuthOption::EmailOtp, effects)
                }
                Checked::Misfit(_) => None,
            }
        }
    })
}

async fn link(
    hop: &Hop,
    terms: &Terms,
    transaction: Transaction,
    standing: &Standing,
    proved: Proved,
    proof: Proof,
) -> Result<Answer, Failed> {
    let linked = federated::link_proved(hop, terms, transaction.clone(), proved, &standing.connection, proof);
    match linked.await {
        Ok(answer) => Ok(answer),
        Err(fault) => Err(stop(hop, terms, transaction, standing, fault).await),
    }
}

/// A refusal is on record.
async fn stop(hop: &Hop, terms: &Terms, transaction: Transaction, standing: &Standing, fault: SignInFault) -> Failed {
    if let SignInFault::Denied(denial, step) = &fault {
        let ended = Ended::at(&transaction, *denial, *step);
        let sub = Some(standing.account.sub.clone());
        refusal::record(hop, terms, ended, Some(&standing.connection), sub).await;
    }
    Failed::within(transaction, fault)
}

/// Sends the person to another provider, whose word may be the proof.
///
/// # Errors
/// What stops it; `NotOffered` for a connection the account is not linked to, the same as for one there is not.
pub async fn leave(hop: &Hop, terms: &Terms, transaction: Transaction, handle: &Handle) -> Result<Answer, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let standing = Standing::load(hop, terms, &transaction).await.map_err(within)?;
    let known = holdings::ways(hop);
    let held = holdings::load(hop.state.store.read(), &standing.account.id, &known).await;
    let held = held.map_err(|error| within(error.into()))?;
    let mut offered = others(hop, &held, &standing.connection).into_iter();
    let connection = offered
        .find(|connection| connection.handle == *handle)
        .ok_or_else(|| within(SignInFault::NotOffered))?;
    let wishes = Wishes::of(&transaction).choosing_again();
    let (outbound, to) = dispatcher::set_out(hop, &transaction, &connection, &wishes)
        .await
        .inspect_err(|fault| dispatcher::note_provider(hop, terms, &transaction, &connection, fault))
        .map_err(|fault| within(fault).at(&connection))?;
    let away = standing
        .awaiting
        .leave(outbound, hop.now)
        .map_err(|refused| within(refused.into()))?;
    let away = SignIn::AwaitingProof(away);
    dispatcher::go_away(hop, transaction.clone(), away, &to).await
}

/// Takes the answer of that provider. The transaction stays where it is unless the answer proves it.
///
/// # Errors
/// What stops it; `ProvedAnother` for an identity of another account or of none.
pub(super) async fn come_back(
    hop: &Hop,
    transaction: Transaction,
    awaiting: AwaitingProof,
    handle: &Handle,
    callback: UntrustedCallback,
) -> Result<Answer, Failed> {
    let within = |fault| Failed::within(transaction.clone(), fault);
    let outbound = awaiting.outbound().ok_or_else(|| within(SignInFault::AlreadyUsed))?;
    // S25, as for every other answer.
    if outbound.handle != *handle {
        return Err(within(SignInFault::NotThisBrowser));
    }
    let connection = hop.enabled(handle).map_err(|fault| within(fault).about(hop, handle))?;
    if connection.id != outbound.connection {
        return Err(within(SignInFault::ConnectionUnusable));
    }
    let assertion = dispatcher::exchange(hop, outbound, &connection, callback)
        .await
        .inspect_err(|fault| {
            if let Ok(terms) = hop.terms(&transaction) {
                dispatcher::note_provider(hop, &terms, &transaction, &connection, fault);
            }
        })
        .map_err(|fault| within(fault).at(&connection))?;
    // The exchange took time: whatever was decided meanwhile counts (S9).
    let hop = &hop.renewed();
    let terms = &hop.terms(&transaction).map_err(within)?;
    hop.enabled(handle)
        .ok()
        .filter(|connection| connection.id == assertion.connection)
        .ok_or_else(|| within(SignInFault::ConnectionUnusable))?;
    let standing = Standing::load(hop, terms, &transaction).await.map_err(within)?;
    let proved = receive(hop, awaiting, &assertion).await;
    match proved {
        Ok(proved) => {
            let proof = Proof {
                by: AuthOption::Connection(handle.clone()),
                effects: Effects::default(),
            };
            link(hop, terms, transaction, &standing, proved, proof).await
        }
        Err(fault) => {
            if matches!(fault, SignInFault::ProvedAnother) {
                let sub = hop.derived_sub(&standing.awaiting.federated().link_key());
                refusal::record_proof_of_another(hop, terms, &standing.connection, sub).await;
            }
            Err(within(fault).at(&connection))
        }
    }
}

async fn receive(hop: &Hop, awaiting: AwaitingProof, assertion: &VerifiedAssertion) -> Result<Proved, SignInFault> {
    let key = assertion.link_key();
    let found = sign_in::look_up(hop.state.store.read(), &key, None, None, &[]).await?;
    let linked = found.linked.map(|account| account.id);
    match awaiting.receive(assertion, linked.as_ref(), hop.now) {
        Err(Refused::AnotherAccount) => Err(SignInFault::ProvedAnother),
        received => Ok(received?),
    }
}
