//! Ways to show anew who somebody is that other sign-ins do not have: a code to the person's own address says who they are
//! where they have nothing else, and a provider is asked to have them prove it now.

use doorward_domain::assurance::Evidence;
use doorward_domain::engine::{Choosing, Person};
use doorward_domain::flow::AuthOption;
use doorward_domain::self_service as rules;
use doorward_domain::subject::VerifiedAssertion;
use doorward_federation::{Fault, FederationError, IdTokenFault};

use super::person;
use crate::signin::fault::SignInFault;
use crate::signin::hop::{Hop, Terms};
use crate::signin::session;
use crate::signin::transaction::Transaction;

/// Whom a visit is about, where a code by email is to say that it is them. They are signed in here, so nobody types an
/// address, and the code goes nowhere but to their own.
///
/// # Errors
/// `NotThisBrowser` where they are not signed in any more (S7); `AlreadyUsed` where they have shown it by a code since the
/// visit began, so that a code works once (S24); those of the database.
pub async fn receiver(
    hop: &Hop,
    terms: &Terms,
    transaction: &Transaction,
    choosing: &Choosing,
) -> Result<Option<Person>, SignInFault> {
    let offered = choosing.check_mail_offered(&AuthOption::EmailOtp, terms.demands().flow, hop.now);
    let (Some(account), Ok(())) = (transaction.visitor(), offered) else {
        return Ok(None);
    };
    let session = session::find(hop).await?;
    let visitor = session.and_then(|session| Some((session.account?, session.evidence)));
    let visitor = visitor.filter(|(current, _)| current.id == *account);
    let (account, evidence) = visitor.ok_or(SignInFault::NotThisBrowser)?;
    let began_at = transaction.began_at().ok_or(SignInFault::Expired)?;
    let is_code_of_now = |piece: &Evidence| piece.option == AuthOption::EmailOtp && piece.at > began_at;
    if evidence.iter().any(is_code_of_now) {
        return Err(SignInFault::AlreadyUsed);
    }
    Ok(Some(person(&account)))
}

/// Refuses a provider's word on who somebody is, where it is to show it anew and rests on an old sign-in there.
///
/// # Errors
/// `Federation` with `TooLongAgo`.
pub fn check_fresh(hop: &Hop, transaction: &Transaction, assertion: &VerifiedAssertion) -> Result<(), SignInFault> {
    if !transaction.proves_anew() || rules::is_fresh(assertion.auth_time, hop.now) {
        return Ok(());
    }
    let connection = hop.snapshot.connection(&assertion.connection);
    let connection = connection.map_or("", |connection| connection.handle.as_str());
    Err(SignInFault::from(FederationError {
        connection: connection.to_owned(),
        fault: Fault::IdToken(IdTokenFault::TooLongAgo),
    }))
}
